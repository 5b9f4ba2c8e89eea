# Row: task_done called more often than there were items.
# Output: deterministic. The line "refused: …" is what sim reports as misuse.
from queue import Queue

orders = Queue()
orders.put(1)
orders.get()
orders.task_done()
print("one item done", flush=True)
try:
    orders.task_done()
except ValueError:
    print("refused: ValueError", flush=True)
