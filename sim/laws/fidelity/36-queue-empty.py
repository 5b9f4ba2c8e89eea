# Row: get_nowait on an empty queue.
# Output: deterministic; nothing is racy.
from queue import Empty, Queue

orders = Queue()
orders.put(7)
for _ in range(2):
    try:
        print(f"got {orders.get_nowait()}", flush=True)
    except Empty:
        print("nothing there", flush=True)
