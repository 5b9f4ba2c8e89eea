# Row: a process whose parent ends first is an orphan: it is adopted, its parent's id changes.
# Output: deterministic by a margin of one UNIT. Needs os.fork (multiprocessing's own processes wait for their children).
import os
import time

UNIT = 0.1


def orphan():
    parent = os.getppid()
    print("orphan starts", flush=True)
    time.sleep(4 * UNIT)
    print(f"orphan has a new parent: {'yes' if os.getppid() != parent else 'no'}", flush=True)
    os._exit(0)


def middle():
    if os.fork() == 0:
        orphan()
    time.sleep(2 * UNIT)
    print("middle ends", flush=True)
    os._exit(0)


if os.fork() == 0:
    middle()
os.wait()
print("main joined middle", flush=True)
time.sleep(4 * UNIT)
print("main ends", flush=True)
