# Row: synchronous and non-blocking: the caller goes on, but has to ask again and again itself.
# Output: deterministic by a margin of one UNIT.
import time
from threading import Thread

UNIT = 0.1
ready = False


def boil():
    global ready
    time.sleep(5 * UNIT)
    ready = True
    print("water boils", flush=True)


print("kettle on", flush=True)
Thread(target=boil).start()
while not ready:
    print("not yet, read a page", flush=True)
    time.sleep(2 * UNIT)
print("tea is made", flush=True)
