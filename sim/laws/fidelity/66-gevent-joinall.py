# Row: gevent: greenlets change over when one sleeps (gevent.sleep); joinall waits for all.
# Output: deterministic by a margin of one UNIT. Needs gevent.
import gevent

UNIT = 0.1


def eat():
    print("anna eats", flush=True)
    gevent.sleep(2 * UNIT)
    print("anna eats again", flush=True)


def play():
    print("bob plays", flush=True)
    gevent.sleep(UNIT)
    print("bob plays again", flush=True)


gevent.joinall([gevent.spawn(eat), gevent.spawn(play)])
print("main ends", flush=True)
