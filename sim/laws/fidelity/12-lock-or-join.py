# Row: a lock makes only its section serial, joining at once makes everything serial.
# Output: deterministic (three people browse within two UNITs of one another); only the peaks are printed.
import time
from threading import Lock, Thread

UNIT = 0.1
guard, till = Lock(), Lock()
inside = {"browsing": 0, "paying": 0}
peak = {"browsing": 0, "paying": 0}


def stay(place, duration):
    with guard:
        inside[place] += 1
        peak[place] = max(peak[place], inside[place])
    time.sleep(duration * UNIT)
    with guard:
        inside[place] -= 1


def person():
    stay("browsing", 2)
    with till:
        stay("paying", 1)


people = [Thread(target=person) for _ in range(3)]
for thread in people:
    thread.start()
for thread in people:
    thread.join()
print(f"lock: {peak['browsing']} browse at once, {peak['paying']} pays", flush=True)

peak = {"browsing": 0, "paying": 0}
for _ in range(3):
    thread = Thread(target=person)
    thread.start()
    thread.join()
print(f"join: {peak['browsing']} browses at once, {peak['paying']} pays", flush=True)
