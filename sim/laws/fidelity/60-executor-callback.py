# Row: add_done_callback on the future of a ProcessPoolExecutor runs in the submitting process.
# Output: deterministic; nothing is racy (shutdown waits).
import os
from concurrent.futures import ProcessPoolExecutor

main_pid = os.getpid()


def square(k):
    return k * k


def callback(future):
    print(f"callback in the main process: {'yes' if os.getpid() == main_pid else 'no'}, result {future.result()}", flush=True)


if __name__ == "__main__":
    executor = ProcessPoolExecutor(max_workers=1)
    executor.submit(square, 3).add_done_callback(callback)
    executor.shutdown()
    print("shut down", flush=True)
