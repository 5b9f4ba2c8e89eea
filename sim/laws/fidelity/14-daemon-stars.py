# Row: a daemon prints stars until the main code ends; a process that is no daemon runs on.
# Output: deterministic by a margin of one UNIT.
import time
from multiprocessing import Process

UNIT = 0.1


def stars():
    while True:
        time.sleep(2 * UNIT)
        print("*", flush=True)


def work():
    time.sleep(9 * UNIT)
    print("work done", flush=True)


if __name__ == "__main__":
    Process(target=stars, daemon=True).start()
    Process(target=work).start()
    time.sleep(5 * UNIT)
    print("main code ends", flush=True)
