# Row: a daemon process (QQ's download) dies with the process that started it.
# Output: deterministic by a margin of one UNIT.
import time
from multiprocessing import Process

UNIT = 0.1


def download():
    for part in range(1, 10):
        time.sleep(2 * UNIT)
        print(f"downloaded part {part}", flush=True)


if __name__ == "__main__":
    Process(target=download, daemon=True).start()
    print("QQ opened", flush=True)
    time.sleep(5 * UNIT)
    print("QQ closed", flush=True)
