# Row: a process that has ended stays a zombie until its parent joins it.
# Output: deterministic by a margin of two UNITs. Needs /proc.
import os
import time
from multiprocessing import Process

UNIT = 0.1


def state(pid):
    """The state letter of /proc/PID/stat stands behind the name in brackets."""
    if not os.path.exists(f"/proc/{pid}/stat"):
        return "ended"
    with open(f"/proc/{pid}/stat") as stat:
        letter = stat.read().rpartition(")")[2].split()[0]
    return "zombie" if letter == "Z" else "alive"


if __name__ == "__main__":
    child = Process(target=time.sleep, args=(UNIT,))
    child.start()
    print(f"child is {state(child.pid)}", flush=True)
    time.sleep(3 * UNIT)
    print(f"child is {state(child.pid)}", flush=True)
    child.join()
    print(f"child is {state(child.pid)}", flush=True)
