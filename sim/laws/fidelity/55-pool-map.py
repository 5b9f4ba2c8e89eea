# Row: map gives the results in the order of the arguments, whichever is ready first.
# Output: deterministic; nothing is racy.
import time
from multiprocessing import Pool

UNIT = 0.05


def square(k):
    time.sleep((4 - k) * UNIT)
    return k * k


if __name__ == "__main__":
    with Pool(2) as pool:
        for result in pool.map(square, range(4)):
            print(f"result {result}", flush=True)
