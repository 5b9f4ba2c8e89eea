# Row: processes do not share memory: a write in the child never reaches its parent.
# Output: deterministic; nothing is racy.
from multiprocessing import Process

money = 100


def spend():
    global money
    money = 666
    print(f"child has {money}", flush=True)


if __name__ == "__main__":
    child = Process(target=spend)
    child.start()
    child.join()
    print(f"main has {money}", flush=True)
