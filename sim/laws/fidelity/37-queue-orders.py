# Row: first in first out, last in first out, smallest first.
# Output: deterministic; nothing is racy.
from queue import LifoQueue, PriorityQueue, Queue

for name, kind in (("fifo", Queue), ("lifo", LifoQueue), ("priority", PriorityQueue)):
    items = kind()
    for item in (2, 3, 1):
        items.put(item)
    print(f"{name}: {items.get()} {items.get()} {items.get()}", flush=True)
