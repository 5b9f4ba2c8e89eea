# Row: a callback runs in the process that submitted, not in the worker.
# Output: deterministic; nothing is racy.
import os
from multiprocessing import Pool

main_pid = os.getpid()


def square(k):
    print(f"work in the main process: {'yes' if os.getpid() == main_pid else 'no'}", flush=True)
    return k * k


def callback(result):
    print(f"callback in the main process: {'yes' if os.getpid() == main_pid else 'no'}, result {result}", flush=True)


if __name__ == "__main__":
    pool = Pool(1)
    pool.apply_async(square, (3,), callback=callback)
    pool.close()
    pool.join()
    print("main ends", flush=True)
