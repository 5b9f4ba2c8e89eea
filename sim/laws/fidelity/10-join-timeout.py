# Row: join with a timeout gives up waiting, but ends nothing.
# Output: deterministic by a margin of two UNITs.
import time
from multiprocessing import Process

UNIT = 0.1


def work():
    time.sleep(3 * UNIT)
    print("child ends", flush=True)


if __name__ == "__main__":
    child = Process(target=work)
    child.start()
    child.join(timeout=UNIT)
    print(f"alive after the timeout: {'yes' if child.is_alive() else 'no'}", flush=True)
    child.join()
    print(f"alive after join: {'yes' if child.is_alive() else 'no'}", flush=True)
