# Row: ticket sale over a file with a lock around reading and writing: exactly one ticket is sold.
# Output: a set; who comes first is racy; always one "bought", two "got none".
import os
import tempfile
import time
from multiprocessing import Lock, Process

UNIT = 0.1


def read(path):
    with open(path) as file:
        return int(file.read())


def buy(name, path, gate):
    with gate:
        left = read(path)
        time.sleep(UNIT)
        if left > 0:
            with open(path, "w") as file:
                file.write(str(left - 1))
            print(f"{name} bought a ticket", flush=True)
        else:
            print(f"{name} got none", flush=True)


if __name__ == "__main__":
    gate = Lock()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tickets")
        with open(path, "w") as file:
            file.write("1")
        people = [Process(target=buy, args=(f"person[{index}]", path, gate)) for index in range(3)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        print(f"{read(path)} left", flush=True)
