# Row: receiving from a pipe whose other end is closed: what was sent arrives, then EOFError.
# Output: deterministic; nothing is racy.
from multiprocessing import Pipe, Process


def reader(a, b):
    a.close()  # fork gave the reader a copy of the writing end: as long as it is open there is no end of file
    while True:
        try:
            print(f"reader got {b.recv()}", flush=True)
        except EOFError:
            print("end of file", flush=True)
            break


if __name__ == "__main__":
    a, b = Pipe()
    process = Process(target=reader, args=(a, b))
    process.start()
    b.close()
    a.send(1)
    a.send(2)
    a.close()
    process.join()
    print("main ends", flush=True)
