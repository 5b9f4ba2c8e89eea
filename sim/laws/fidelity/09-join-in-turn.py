# Row: joining orange, apple, durian in turn: the first join lasts longest, the others return at once.
# Output: deterministic by a margin of two UNITs between the ends.
import time
from multiprocessing import Process

UNIT = 0.1


def ripen(name, duration):
    time.sleep(duration * UNIT)
    print(f"{name} is ripe", flush=True)


if __name__ == "__main__":
    fruits = [Process(target=ripen, args=pair, name=pair[0]) for pair in (("orange", 5), ("apple", 1), ("durian", 3))]
    for fruit in fruits:
        fruit.start()
    for fruit in fruits:
        fruit.join()
        print(f"joined {fruit.name}", flush=True)
