# Row: put_nowait on a full queue: what nobody catches up with is lost.
# Output: deterministic; nothing is racy.
from queue import Full, Queue

orders = Queue(maxsize=3)
lost = 0
for item in range(5):
    try:
        orders.put_nowait(item)
    except Full:
        lost += 1
        print(f"{item} lost", flush=True)
while not orders.empty():
    print(f"{orders.get_nowait()} kept", flush=True)
print(f"{lost} lost in all", flush=True)
