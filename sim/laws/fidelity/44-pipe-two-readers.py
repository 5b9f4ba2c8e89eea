# Row: two readers on one pipe: each message reaches exactly one of them (they need a lock to read whole messages).
# Output: a set; which reader gets which message is racy, the last line is not.
import time
from multiprocessing import Lock, Pipe, Process, Value

UNIT = 0.05


def reader(name, end, gate, received):
    while True:
        with gate:
            item = end.recv()
        if item is None:
            break
        with received.get_lock():
            received.value += 1
        print(f"{name} got {item}", flush=True)
        time.sleep(UNIT)


if __name__ == "__main__":
    a, b = Pipe()
    gate, received = Lock(), Value("i", 0)
    readers = [Process(target=reader, args=(f"reader[{index}]", b, gate, received)) for index in range(2)]
    for process in readers:
        process.start()
    for item in (1, 2, 3, None, None):
        a.send(item)
    for process in readers:
        process.join()
    print(f"{received.value} received", flush=True)
