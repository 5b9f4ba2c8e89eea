# Row: terminate only asks; the process is dead for certain after join.
# Output: a set of two; "right after terminate" is racy (nearly always yes), the other lines are not.
import time
from multiprocessing import Process

UNIT = 0.1


def yes(value):
    return "yes" if value else "no"


if __name__ == "__main__":
    worker = Process(target=time.sleep, args=(10 * UNIT,), name="worker")
    print(f"{worker.name} alive before start: {yes(worker.is_alive())}", flush=True)
    worker.start()
    print(f"{worker.name} alive after start: {yes(worker.is_alive())}", flush=True)
    worker.terminate()
    print(f"{worker.name} alive right after terminate: {yes(worker.is_alive())}", flush=True)
    worker.join()
    print(f"{worker.name} alive after join: {yes(worker.is_alive())}", flush=True)
    print(f"{worker.name} ended with {worker.exitcode}", flush=True)
