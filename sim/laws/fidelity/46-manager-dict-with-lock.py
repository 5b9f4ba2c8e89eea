# Row: the same with a lock: no update gets lost.
# Output: deterministic; nothing is racy.
from multiprocessing import Lock, Manager, Process


def buy(d, gate):
    for _ in range(5):
        with gate:
            d["count"] -= 1


if __name__ == "__main__":
    gate = Lock()
    with Manager() as manager:
        d = manager.dict({"count": 10})
        buyers = [Process(target=buy, args=(d, gate)) for _ in range(2)]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()
        print(f"{d['count']} left", flush=True)
