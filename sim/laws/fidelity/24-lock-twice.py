# Row: a Lock acquired twice by the same thread blocks for ever (here: until the timeout).
# Output: deterministic; nothing is racy.
from threading import Lock

UNIT = 0.1

gate = Lock()
gate.acquire()
print("first acquire", flush=True)
got = gate.acquire(timeout=2 * UNIT)
print(f"second acquire: {'yes' if got else 'no'}", flush=True)
