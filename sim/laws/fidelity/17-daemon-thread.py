# Row: a daemon thread ends when every other thread of its process has ended, not with the main code.
# Output: deterministic by a margin of one UNIT.
import time
from threading import Thread

UNIT = 0.1


def stars():
    while True:
        time.sleep(2 * UNIT)
        print("*", flush=True)


def work():
    time.sleep(7 * UNIT)
    print("work done", flush=True)


Thread(target=stars, daemon=True).start()
Thread(target=work).start()
time.sleep(3 * UNIT)
print("main code ends", flush=True)
