# Row: ten mails are sent at the same time, and only then "all sent".
# Output: the same lines always; the order of the ten mails is racy, "all sent" is last.
import time
from multiprocessing import Process

UNIT = 0.1


def send(name):
    time.sleep(UNIT)
    print(f"{name} sent", flush=True)


if __name__ == "__main__":
    mails = [Process(target=send, args=(f"mail[{index}]",)) for index in range(10)]
    for mail in mails:
        mail.start()
    for mail in mails:
        mail.join()
    print("all sent", flush=True)
