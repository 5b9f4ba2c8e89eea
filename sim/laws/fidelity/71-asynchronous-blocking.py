# Row: asynchronous and blocking: the kettle whistles, but the caller does nothing else until then.
# Output: deterministic; nothing is racy.
import time
from threading import Event, Thread

UNIT = 0.1
whistle = Event()


def boil():
    time.sleep(3 * UNIT)
    print("water boils", flush=True)
    whistle.set()


print("kettle on", flush=True)
Thread(target=boil).start()
whistle.wait()
print("tea is made", flush=True)
