# Row: executor: submit gives a future, result waits for it.
# Output: deterministic by a margin of two UNITs.
import time
from concurrent.futures import ThreadPoolExecutor

UNIT = 0.1


def square(k):
    time.sleep(2 * UNIT)
    return k * k


with ThreadPoolExecutor(max_workers=2) as executor:
    futures = [executor.submit(square, k) for k in range(2)]
    print(f"done at once: {'yes' if futures[0].done() else 'no'}", flush=True)
    print(f"result {futures[0].result()}", flush=True)
    print(f"result {futures[1].result()}", flush=True)
