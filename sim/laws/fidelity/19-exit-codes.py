# Row: exit codes: 0 at the end of the code, the given one, 1 after an exception that nobody caught.
# Output: deterministic (the exception's text goes to standard error).
import sys
from multiprocessing import Process


def good():
    pass


def leaves():
    sys.exit(3)


def fails():
    raise RuntimeError("Broken")


if __name__ == "__main__":
    for work in (good, leaves, fails):
        child = Process(target=work, name=work.__name__)
        child.start()
        child.join()
        print(f"{child.name} ended with {child.exitcode}", flush=True)
