# Row: greenlets switch by hand.
# Output: deterministic; nothing is racy. Needs greenlet.
from greenlet import greenlet


def eat():
    print("anna eats", flush=True)
    bob.switch()
    print("anna eats again", flush=True)
    bob.switch()
    print("anna ends", flush=True)


def play():
    print("bob plays", flush=True)
    anna.switch()
    print("bob plays again", flush=True)
    anna.switch()
    print("bob ends", flush=True)


anna = greenlet(eat)
bob = greenlet(play)
anna.switch()
print("main goes on", flush=True)
bob.switch()
print("main ends", flush=True)
