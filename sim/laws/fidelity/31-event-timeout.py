# Row: waiting for an event with a timeout.
# Output: deterministic; nothing is racy.
from threading import Event

UNIT = 0.1

ready = Event()
print(f"ready: {'yes' if ready.wait(timeout=UNIT) else 'no'}", flush=True)
ready.set()
print(f"ready: {'yes' if ready.wait(timeout=UNIT) else 'no'}", flush=True)
ready.clear()
print(f"ready: {'yes' if ready.is_set() else 'no'}", flush=True)
