# Row: classic: Peterson's algorithm, two threads, no lock.
# Output: deterministic; who enters first is racy and not printed.
import time
from threading import Thread

wants = [False, False]
turn = 0
counter = 0


def run(me):
    global turn, counter
    other = 1 - me
    for _ in range(3):
        wants[me] = True
        turn = other
        while wants[other] and turn == other:
            time.sleep(0)
        seen = counter
        time.sleep(0)
        counter = seen + 1
        wants[me] = False


threads = [Thread(target=run, args=(me,)) for me in (0, 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"counter {counter}", flush=True)
