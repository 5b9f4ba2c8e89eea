# Row: a barrier is used again, round after round.
# Output: deterministic, as the lines name no thread (which of the three prints first is racy).
from threading import Barrier, Thread

gate = Barrier(3)


def runner():
    for lap in range(3):
        print(f"lap {lap}", flush=True)
        gate.wait()


threads = [Thread(target=runner) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all home", flush=True)
