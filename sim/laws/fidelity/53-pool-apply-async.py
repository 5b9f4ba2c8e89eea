# Row: apply_async returns at once, get waits for the result.
# Output: deterministic; the results are asked for in order.
import time
from multiprocessing import Pool

UNIT = 0.1


def square(k):
    time.sleep(UNIT)
    return k * k


if __name__ == "__main__":
    with Pool(2) as pool:
        results = [pool.apply_async(square, (k,)) for k in range(4)]
        print("all submitted", flush=True)
        for result in results:
            print(f"result {result.get()}", flush=True)
