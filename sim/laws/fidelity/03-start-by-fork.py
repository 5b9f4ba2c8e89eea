# Row: start method fork: the child gets a copy of its parent's values at that moment.
# Output: deterministic; nothing is racy.
import multiprocessing

money = 100


def look():
    print(f"child sees {money}", flush=True)


if __name__ == "__main__":
    money = 200
    child = multiprocessing.get_context("fork").Process(target=look)
    child.start()
    child.join()
    print(f"main sees {money}", flush=True)
