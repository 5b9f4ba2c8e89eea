# Row: classic: readers share, a writer is alone (the first reader locks the writers out, the last one lets them in).
# The room is a semaphore, as the reader who frees it is not the one who took it.
# Output: deterministic by a margin of two UNITs; who comes when is not printed.
import time
from threading import Lock, Semaphore, Thread

UNIT = 0.1
room, guard = Semaphore(1), Lock()
readers = peak = writing = disturbed = 0


def reader():
    global readers, peak, disturbed
    with guard:
        readers += 1
        peak = max(peak, readers)
        if readers == 1:
            room.acquire()
        disturbed += writing
    time.sleep(2 * UNIT)
    with guard:
        readers -= 1
        if readers == 0:
            room.release()


def writer():
    global writing
    with room:
        writing += 1
        time.sleep(UNIT)
        writing -= 1


threads = [Thread(target=work) for work in (reader, reader, reader, writer, writer)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"{peak} readers at once, disturbed {disturbed} times", flush=True)
