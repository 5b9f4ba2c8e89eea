# Row: start and join in one loop: the processes run one after the other.
# Output: deterministic; nothing is racy.
import time
from multiprocessing import Process

UNIT = 0.1


def work(name):
    print(f"{name} starts", flush=True)
    time.sleep(UNIT)
    print(f"{name} ends", flush=True)


if __name__ == "__main__":
    for index in range(3):
        worker = Process(target=work, args=(f"worker[{index}]",))
        worker.start()
        worker.join()
    print("main ends", flush=True)
