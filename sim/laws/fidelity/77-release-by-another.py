# Row: an RLock may only be released by its owner.
# Output: deterministic. The line "refused: …" is what sim reports as misuse.
from threading import RLock, Thread

gate = RLock()


def other():
    print("other releases", flush=True)
    try:
        gate.release()
    except RuntimeError:
        print("refused: RuntimeError", flush=True)


gate.acquire()
print("main has it", flush=True)
thread = Thread(target=other)
thread.start()
thread.join()
