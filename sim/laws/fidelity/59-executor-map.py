# Row: executor.map gives the results in the order of the arguments.
# Output: deterministic; nothing is racy.
import time
from concurrent.futures import ThreadPoolExecutor

UNIT = 0.05


def square(k):
    time.sleep((3 - k) * UNIT)
    return k * k


with ThreadPoolExecutor(max_workers=3) as executor:
    for result in executor.map(square, range(3)):
        print(f"result {result}", flush=True)
