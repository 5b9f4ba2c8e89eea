# Row: creating a process from a function.
# Output: deterministic; nothing is racy, as the main process joins before it prints.
from multiprocessing import Process


def work(name):
    print(f"{name} works", flush=True)


if __name__ == "__main__":
    child = Process(target=work, args=("child",))
    child.start()
    child.join()
    print("main ends", flush=True)
