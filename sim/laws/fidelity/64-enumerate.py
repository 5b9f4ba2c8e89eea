# Row: enumerate, active_count and current_thread.
# Output: deterministic; nothing is racy.
import threading

threading.main_thread().name = "main"
go = threading.Event()


def work():
    go.wait()


threads = [threading.Thread(target=work, name=f"worker[{index}]") for index in range(2)]
print(f"{threading.active_count()} active, this is {threading.current_thread().name}", flush=True)
for thread in threads:
    thread.start()
print(f"{threading.active_count()} active", flush=True)
for thread in threading.enumerate():
    print(f"  {thread.name}", flush=True)
go.set()
for thread in threads:
    thread.join()
print(f"{threading.active_count()} active", flush=True)
