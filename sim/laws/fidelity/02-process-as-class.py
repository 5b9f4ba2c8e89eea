# Row: creating a process as a class with run().
# Output: deterministic; nothing is racy.
from multiprocessing import Process


class Worker(Process):
    def __init__(self, index):
        super().__init__(name=f"worker[{index}]")

    def run(self):
        print(f"{self.name} runs", flush=True)


if __name__ == "__main__":
    for index in range(2):
        worker = Worker(index)
        worker.start()
        worker.join()
    print("main ends", flush=True)
