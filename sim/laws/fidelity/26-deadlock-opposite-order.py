# Row: two locks taken in opposite order: a deadlock (resolved here by a timeout).
# Output: deterministic by a margin of one UNIT.
import time
from threading import Lock, Thread

UNIT = 0.1
fork, noodles = Lock(), Lock()


def anna():
    with fork:
        print("anna has the fork", flush=True)
        time.sleep(2 * UNIT)
        if not noodles.acquire(timeout=3 * UNIT):
            print("anna gives up", flush=True)


def bob():
    time.sleep(UNIT)
    with noodles:
        print("bob has the noodles", flush=True)
        if fork.acquire(timeout=8 * UNIT):
            print("bob eats", flush=True)
            fork.release()


threads = [Thread(target=anna), Thread(target=bob)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("main ends", flush=True)
