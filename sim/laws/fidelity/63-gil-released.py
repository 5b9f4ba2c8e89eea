# Row: the GIL is given up while a thread waits: two threads that sleep take as long as one.
# Output: deterministic with a tolerance of one UNIT.
import time
from threading import Thread

UNIT = 0.1

threads = [Thread(target=time.sleep, args=(3 * UNIT,)) for _ in range(2)]
start = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
taken = time.perf_counter() - start
print(f"two threads wait at the same time: {'yes' if taken < 5 * UNIT else 'no'}", flush=True)
