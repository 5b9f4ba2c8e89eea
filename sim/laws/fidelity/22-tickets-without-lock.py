# Row: ticket sale over a file without a lock: several people see the same count, the ticket is oversold.
# Output: a set; the order of the lines, what each person sees and who buys are racy (nearly always all three buy).
import os
import tempfile
import time
from multiprocessing import Process

UNIT = 0.1


def read(path):
    with open(path) as file:
        return int(file.read() or 0)


def buy(name, path):
    left = read(path)
    print(f"{name} sees {left} left", flush=True)
    time.sleep(UNIT)
    if left > 0:
        with open(path, "w") as file:
            file.write(str(left - 1))
        print(f"{name} bought a ticket", flush=True)
    else:
        print(f"{name} got none", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tickets")
        with open(path, "w") as file:
            file.write("1")
        people = [Process(target=buy, args=(f"person[{index}]", path)) for index in range(3)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        print(f"{read(path)} left", flush=True)
