# Row: an RLock may be acquired again by its owner, and is free only after as many releases.
# Output: deterministic; nothing is racy (the other thread is joined each time).
from threading import RLock, Thread

UNIT = 0.1
gate = RLock()


def other():
    got = gate.acquire(timeout=UNIT)
    print(f"other gets it: {'yes' if got else 'no'}", flush=True)


def ask_other():
    thread = Thread(target=other)
    thread.start()
    thread.join()


gate.acquire()
gate.acquire()
print("main has it twice", flush=True)
gate.release()
print("main released once", flush=True)
ask_other()
gate.release()
print("main released twice", flush=True)
ask_other()
