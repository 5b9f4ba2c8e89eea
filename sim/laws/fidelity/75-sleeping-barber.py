# Row: classic: the sleeping barber with two chairs; five customers come while he serves the first.
# Output: deterministic by a margin of one UNIT.
import time
from queue import Full, Queue
from threading import Thread

UNIT = 0.08
chairs = Queue(maxsize=2)


def barber():
    while True:
        customer = chairs.get()
        if customer is None:
            break
        time.sleep(6 * UNIT)
        print(f"customer {customer} is shaved", flush=True)


thread = Thread(target=barber)
thread.start()
for customer in range(5):
    try:
        chairs.put(customer, block=False)
    except Full:
        print(f"customer {customer} leaves", flush=True)
    time.sleep(UNIT)
chairs.put(None)
thread.join()
