# Row: gevent: after monkey.patch_all() time.sleep is co-operative.
# Output: deterministic by a margin of one UNIT. Needs gevent.
from gevent import monkey

monkey.patch_all()
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
