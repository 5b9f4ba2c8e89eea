# Row: the GIL: two threads that only compute are no faster than one after the other.
# Output: deterministic with a tolerance: while both threads run, the process gets no more than 1.4 CPUs.
import sys
import time
from threading import Thread


def compute():
    total = 0
    for k in range(2_000_000):
        total += k


threads = [Thread(target=compute) for _ in range(2)]
wall, cpu = time.perf_counter(), time.process_time()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
if not getattr(sys, "_is_gil_enabled", lambda: True)():
    sys.exit("this Python has no GIL")
print(f"two threads compute faster than one: {'yes' if cpu > 1.4 * wall else 'no'}", flush=True)
