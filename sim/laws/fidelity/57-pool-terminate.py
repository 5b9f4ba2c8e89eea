# Row: terminate stops a pool's workers in the middle of their work.
# Output: deterministic by a margin of four UNITs.
import time
from multiprocessing import Pool

UNIT = 0.1


def work():
    time.sleep(5 * UNIT)
    print("never printed", flush=True)


if __name__ == "__main__":
    pool = Pool(2)
    for _ in range(3):
        pool.apply_async(work)
    time.sleep(UNIT)
    pool.terminate()
    print("pool terminated", flush=True)
    pool.join()
    print("pool joined", flush=True)
