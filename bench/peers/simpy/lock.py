"""100 processes, each 10,000 times: acquire one lock, hold it 1 tick, release, as in bench/scenarios/lock.yaml."""

import simpy

from peer import measure

PROCESSES = 100
ROUNDS = 10_000


def simulate():
    env = simpy.Environment()
    lock = simpy.Resource(env, capacity=1)

    def worker():
        for _ in range(ROUNDS):
            with lock.request() as request:
                yield request
                yield env.timeout(1)

    for _ in range(PROCESSES):
        env.process(worker())
    env.run()
    return env.now, {}


measure(simulate, 2 * PROCESSES * ROUNDS)
