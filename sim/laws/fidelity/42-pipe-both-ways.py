# Row: a duplex pipe carries messages both ways.
# Output: deterministic; nothing is racy.
from multiprocessing import Pipe, Process


def child(end):
    print(f"child got {end.recv()}", flush=True)
    end.send("pong")


if __name__ == "__main__":
    a, b = Pipe()
    process = Process(target=child, args=(b,))
    process.start()
    a.send("ping")
    print(f"main got {a.recv()}", flush=True)
    process.join()
