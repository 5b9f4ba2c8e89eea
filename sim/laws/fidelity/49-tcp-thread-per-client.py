# Row: a TCP echo server with a thread for each client: the second is served while the first is connected.
# Output: deterministic; nothing is racy.
import socket
from threading import Thread

server = socket.create_server(("127.0.0.1", 0))


def echo(client):
    while data := client.recv(100):
        client.sendall(data)
    client.close()


def serve():
    for _ in range(2):
        client, _ = server.accept()
        Thread(target=echo, args=(client,)).start()


thread = Thread(target=serve)
thread.start()
first = socket.create_connection(server.getsockname())
second = socket.create_connection(server.getsockname())
second.sendall(b"two")
print(f"second got {second.recv(100).decode()}", flush=True)
first.sendall(b"one")
print(f"first got {first.recv(100).decode()}", flush=True)
first.close()
second.close()
thread.join()
