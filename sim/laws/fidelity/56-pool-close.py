# Row: after close a pool takes nothing new; join waits for what it has.
# Output: deterministic by a margin of two UNITs. The line "refused: …" is what sim reports as misuse.
import time
from multiprocessing import Pool

UNIT = 0.1


def work():
    time.sleep(2 * UNIT)
    print("work done", flush=True)


if __name__ == "__main__":
    pool = Pool(1)
    pool.apply_async(work)
    pool.close()
    print("pool closed", flush=True)
    pool.join()
    print("pool joined", flush=True)
    try:
        pool.apply_async(work)
    except ValueError:
        print("refused: ValueError", flush=True)
