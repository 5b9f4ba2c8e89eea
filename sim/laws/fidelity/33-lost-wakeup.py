# Row: a notify before the wait is lost.
# Output: deterministic by a margin of two UNITs.
import time
from threading import Condition, Thread

UNIT = 0.1
changed = Condition()


def late():
    time.sleep(2 * UNIT)
    with changed:
        print("late waits", flush=True)
        woken = changed.wait(timeout=2 * UNIT)
        print(f"late was woken: {'yes' if woken else 'no'}", flush=True)


thread = Thread(target=late)
thread.start()
with changed:
    changed.notify()
    print("main notified", flush=True)
thread.join()
