# Row: ten people, four seats: a semaphore lets four in at a time.
# Output: deterministic; who sits when is racy and not printed.
import time
from threading import Lock, Semaphore, Thread

UNIT = 0.1
seats, guard = Semaphore(4), Lock()
inside = peak = served = 0


def person():
    global inside, peak, served
    with seats:
        with guard:
            inside += 1
            peak = max(peak, inside)
        time.sleep(2 * UNIT)
        with guard:
            inside -= 1
            served += 1


people = [Thread(target=person) for _ in range(10)]
for thread in people:
    thread.start()
for thread in people:
    thread.join()
print(f"at most {peak} inside, {served} served", flush=True)
