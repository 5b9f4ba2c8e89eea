# Row: Pool.apply waits for each result: serial.
# Output: deterministic; nothing is racy.
from multiprocessing import Pool


def square(k):
    print(f"working on {k}", flush=True)
    return k * k


if __name__ == "__main__":
    with Pool(2) as pool:
        for k in range(3):
            print(f"result {pool.apply(square, (k,))}", flush=True)
