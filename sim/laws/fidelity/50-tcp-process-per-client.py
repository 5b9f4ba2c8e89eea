# Row: a TCP echo server with a process for each client.
# Output: deterministic; nothing is racy. Needs fork (the connection is inherited).
import socket
from multiprocessing import Process


def echo(client):
    while data := client.recv(100):
        client.sendall(data)
    client.close()


def serve(server):
    handlers = []
    for _ in range(2):
        client, _ = server.accept()
        handlers.append(Process(target=echo, args=(client,)))
        handlers[-1].start()
        client.close()
    for handler in handlers:
        handler.join()


if __name__ == "__main__":
    server = socket.create_server(("127.0.0.1", 0))
    process = Process(target=serve, args=(server,))
    process.start()
    first = socket.create_connection(server.getsockname())
    second = socket.create_connection(server.getsockname())
    second.sendall(b"two")
    print(f"second got {second.recv(100).decode()}", flush=True)
    first.sendall(b"one")
    print(f"first got {first.recv(100).decode()}", flush=True)
    first.close()
    second.close()
    process.join()
