# Row: daemon may only be set before start().
# Output: deterministic. The line "refused: …" is what sim reports as misuse.
from multiprocessing import Process


def work():
    pass


if __name__ == "__main__":
    child = Process(target=work)
    child.daemon = True
    child.start()
    print("child started", flush=True)
    try:
        child.daemon = False
    except AssertionError:
        print("refused: AssertionError", flush=True)
    child.join()
