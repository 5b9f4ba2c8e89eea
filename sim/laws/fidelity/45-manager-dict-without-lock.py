# Row: d['count'] -= 1 on a manager's dictionary reads and writes in two steps: updates get lost.
# Output: a set; the number left is racy (0 if nothing was lost, 8 at most).
from multiprocessing import Manager, Process


def buy(d):
    for _ in range(5):
        d["count"] -= 1


if __name__ == "__main__":
    with Manager() as manager:
        d = manager.dict({"count": 10})
        buyers = [Process(target=buy, args=(d,)) for _ in range(2)]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()
        print(f"{d['count']} left", flush=True)
