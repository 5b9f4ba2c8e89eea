# Row: a JoinableQueue with daemon consumers: join returns once every item is done, then the consumers die.
# Output: the same lines always; the order of the four "done" lines is racy, the last line is not.
import time
from multiprocessing import JoinableQueue, Process

UNIT = 0.1


def consumer(orders):
    while True:
        item = orders.get()
        time.sleep(UNIT)
        print(f"{item} done", flush=True)
        orders.task_done()


if __name__ == "__main__":
    orders = JoinableQueue()
    for _ in range(2):
        Process(target=consumer, args=(orders,), daemon=True).start()
    for item in range(4):
        orders.put(item)
    orders.join()
    print("all done", flush=True)
