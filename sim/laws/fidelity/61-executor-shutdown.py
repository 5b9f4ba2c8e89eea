# Row: after shutdown an executor takes nothing new.
# Output: deterministic. The line "refused: …" is what sim reports as misuse.
import time
from concurrent.futures import ThreadPoolExecutor

UNIT = 0.1


def work():
    time.sleep(UNIT)
    print("work done", flush=True)


executor = ThreadPoolExecutor(max_workers=1)
executor.submit(work)
executor.shutdown(wait=True)
print("shut down", flush=True)
try:
    executor.submit(work)
except RuntimeError:
    print("refused: RuntimeError", flush=True)
