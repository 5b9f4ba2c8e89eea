# Row: a UDP server files messages by their sender.
# Output: deterministic; one process sends all the messages, and on one machine they arrive in that order.
import socket
from threading import Thread

UNIT = 0.1

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
server.settimeout(10 * UNIT)
anna = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
anna.bind(("127.0.0.1", 0))
bob = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
bob.bind(("127.0.0.1", 0))
names = {anna.getsockname(): "anna", bob.getsockname(): "bob"}
filed = {"anna": 0, "bob": 0}


def serve():
    for _ in range(3):
        _, sender = server.recvfrom(100)
        filed[names[sender]] += 1


thread = Thread(target=serve)
thread.start()
anna.sendto(b"a", server.getsockname())
bob.sendto(b"b", server.getsockname())
anna.sendto(b"c", server.getsockname())
thread.join()
print(f"anna: {filed['anna']} messages", flush=True)
print(f"bob: {filed['bob']} message", flush=True)
