# Row: asynchronous and non-blocking: the caller goes on, and a callback tells when it is done.
# Output: deterministic by a margin of one UNIT.
import time
from threading import Thread

UNIT = 0.1


def whistle():
    print("whistle: tea is made", flush=True)


def boil(callback):
    time.sleep(5 * UNIT)
    print("water boils", flush=True)
    callback()


print("kettle on", flush=True)
Thread(target=boil, args=(whistle,)).start()
for page in range(2):
    print(f"page {page}", flush=True)
    time.sleep(2 * UNIT)
print("main code ends", flush=True)
