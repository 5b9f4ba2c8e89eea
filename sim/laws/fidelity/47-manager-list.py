# Row: a manager's list is shared by processes; append is one step.
# Output: deterministic; the order of the items is racy and only their number and sum are printed.
from multiprocessing import Manager, Process


def add(items, index):
    items.append(index)


if __name__ == "__main__":
    with Manager() as manager:
        items = manager.list()
        adders = [Process(target=add, args=(items, index)) for index in range(4)]
        for adder in adders:
            adder.start()
        for adder in adders:
            adder.join()
        print(f"{len(items)} items, sum {sum(items)}", flush=True)
