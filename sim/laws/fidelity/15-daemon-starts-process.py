# Row: a daemon process may not start processes of its own.
# Output: deterministic. The line "refused: …" is what sim reports as misuse.
from multiprocessing import Process


def nothing():
    print("never printed", flush=True)


def daemon():
    print("daemon starts a process", flush=True)
    try:
        Process(target=nothing).start()
    except AssertionError:
        print("refused: AssertionError", flush=True)


if __name__ == "__main__":
    child = Process(target=daemon, daemon=True)
    child.start()
    child.join()
