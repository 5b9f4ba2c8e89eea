# Row: a TCP server that serves one client after the other: the second one waits for the first one's end.
# Output: deterministic by a margin of two UNITs.
import socket
from threading import Thread

UNIT = 0.1

server = socket.create_server(("127.0.0.1", 0))


def serve():
    for _ in range(2):
        client, _ = server.accept()
        while data := client.recv(100):
            client.sendall(data)
        client.close()


thread = Thread(target=serve)
thread.start()
first = socket.create_connection(server.getsockname())
second = socket.create_connection(server.getsockname())
second.sendall(b"two")
second.settimeout(2 * UNIT)
try:
    print(f"second got {second.recv(100).decode()}", flush=True)
except TimeoutError:
    print("second waits", flush=True)
first.sendall(b"one")
print(f"first got {first.recv(100).decode()}", flush=True)
first.close()
second.settimeout(10 * UNIT)
print(f"second got {second.recv(100).decode()}", flush=True)
second.close()
thread.join()
