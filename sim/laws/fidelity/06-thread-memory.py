# Row: threads of one process share its memory.
# Output: deterministic; nothing is racy.
from threading import Thread

money = 100


def spend():
    global money
    money = 666
    print(f"thread has {money}", flush=True)


thread = Thread(target=spend)
thread.start()
thread.join()
print(f"main has {money}", flush=True)
