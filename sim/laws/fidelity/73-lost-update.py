# Row: classic: a counter read and written in two steps by two threads loses an update.
# Output: deterministic by a margin of two UNITs (both read before either writes).
import time
from threading import Thread

UNIT = 0.1
counter = 0


def add():
    global counter
    seen = counter
    time.sleep(2 * UNIT)
    counter = seen + 1


threads = [Thread(target=add) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"counter {counter}", flush=True)
