# Row: producer and consumer; the producer ends with a sentinel.
# Output: deterministic; only the consumer prints.
from multiprocessing import Process, Queue


def producer(orders):
    for item in range(3):
        orders.put(item)
    orders.put(None)


def consumer(orders):
    while True:
        item = orders.get()
        if item is None:
            break
        print(f"consumed {item}", flush=True)
    print("consumer ends", flush=True)


if __name__ == "__main__":
    orders = Queue()
    both = [Process(target=producer, args=(orders,)), Process(target=consumer, args=(orders,))]
    for process in both:
        process.start()
    for process in both:
        process.join()
    print("main ends", flush=True)
