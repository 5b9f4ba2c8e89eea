# Row: dining philosophers who take the lower fork first never deadlock.
# Output: deterministic; only the number of meals is printed (who eats when is racy).
import time
from threading import Lock, Thread

UNIT = 0.05
N = 5
forks = [Lock() for _ in range(N)]
table = Lock()
meals = 0


def philosopher(index):
    global meals
    first, second = sorted((index, (index + 1) % N))
    for _ in range(2):
        with forks[first]:
            time.sleep(UNIT)
            with forks[second]:
                with table:
                    meals += 1


threads = [Thread(target=philosopher, args=(index,)) for index in range(N)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{meals} meals", flush=True)
