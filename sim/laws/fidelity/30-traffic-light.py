# Row: an event as a traffic light: cars wait while it is red and drive on while it is green.
# Output: the same lines always; the order in which car[0] and car[1] pass is racy.
import time
from threading import Event, Thread

UNIT = 0.1
green = Event()


def car(index, arrival):
    time.sleep(arrival * UNIT)
    if not green.is_set():
        print(f"car[{index}] waits", flush=True)
        green.wait()
    print(f"car[{index}] passes", flush=True)


print("red", flush=True)
cars = [Thread(target=car, args=pair) for pair in ((0, 1), (1, 2), (2, 6))]
for thread in cars:
    thread.start()
time.sleep(4 * UNIT)
print("green", flush=True)
green.set()
for thread in cars:
    thread.join()
