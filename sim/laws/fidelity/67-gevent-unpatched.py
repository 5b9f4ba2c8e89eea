# Row: gevent: an unpatched time.sleep blocks every greenlet of the thread.
# Output: deterministic; nothing is racy. Needs gevent.
import time

import gevent

UNIT = 0.1


def eat():
    print("anna eats", flush=True)
    time.sleep(2 * UNIT)
    print("anna eats again", flush=True)


def play():
    print("bob plays", flush=True)
    time.sleep(UNIT)
    print("bob plays again", flush=True)


gevent.joinall([gevent.spawn(eat), gevent.spawn(play)])
print("main ends", flush=True)
