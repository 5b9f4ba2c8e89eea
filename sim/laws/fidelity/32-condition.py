# Row: a condition waits in a while loop: the test is made again after each wake-up.
# Output: deterministic by a margin of two UNITs.
import time
from threading import Condition, Thread

UNIT = 0.1
changed = Condition()
goods = 0


def consumer():
    global goods
    with changed:
        while goods == 0:
            print("nothing there, consumer waits", flush=True)
            changed.wait()
        goods -= 1
        print(f"consumer takes one, {goods} left", flush=True)


thread = Thread(target=consumer)
thread.start()
time.sleep(2 * UNIT)
with changed:
    print("woken for nothing", flush=True)
    changed.notify()
time.sleep(2 * UNIT)
with changed:
    goods = 2
    print("two delivered", flush=True)
    changed.notify()
thread.join()
