# Row: start all, then join all: the processes run at the same time, the longest decides.
# Output: deterministic by a margin of one UNIT between the ends; nothing else is racy.
import time
from multiprocessing import Process

UNIT = 0.1


def work(name, duration):
    time.sleep(duration * UNIT)
    print(f"{name} ends", flush=True)


if __name__ == "__main__":
    workers = [Process(target=work, args=(f"worker[{index}]", 6 - 2 * index)) for index in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("main ends", flush=True)
