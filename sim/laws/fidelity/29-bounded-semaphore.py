# Row: a BoundedSemaphore refuses more releases than acquires.
# Output: deterministic. The line "refused: …" is what sim reports as misuse.
from threading import BoundedSemaphore

seats = BoundedSemaphore(2)
seats.acquire()
seats.release()
print("one seat taken and given back", flush=True)
try:
    seats.release()
except ValueError:
    print("refused: ValueError", flush=True)
