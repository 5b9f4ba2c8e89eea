# Row: synchronous and blocking: the caller makes the call and waits in it.
# Output: deterministic; nothing is racy.
import time

UNIT = 0.1


def boil():
    time.sleep(3 * UNIT)
    print("water boils", flush=True)


print("kettle on", flush=True)
boil()
print("tea is made", flush=True)
