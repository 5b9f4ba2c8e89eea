# Row: start method spawn: the child imports the module again and gets fresh values.
# Output: deterministic; nothing is racy.
import multiprocessing

print(f"module loaded as {__name__}", flush=True)
money = 100


def look():
    print(f"child sees {money}", flush=True)


if __name__ == "__main__":
    money = 200
    child = multiprocessing.get_context("spawn").Process(target=look)
    child.start()
    child.join()
    print(f"main sees {money}", flush=True)
