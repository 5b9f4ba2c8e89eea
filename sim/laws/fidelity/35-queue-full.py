# Row: a queue of capacity 5 and the sixth put.
# Output: deterministic; nothing is racy.
from queue import Full, Queue

UNIT = 0.1

orders = Queue(maxsize=5)
for item in range(6):
    try:
        orders.put(item, timeout=UNIT)
        print(f"put {item}", flush=True)
    except Full:
        print(f"no room for {item}", flush=True)
print(f"{orders.qsize()} in the queue", flush=True)
