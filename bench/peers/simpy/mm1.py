"""M/M/1 as in bench/scenarios/mm1.yaml: a source, an unbounded queue, a server. `customers` in place of 1,000,000 may be given."""

import random
import sys

import simpy

from peer import measure

CUSTOMERS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ARRIVALS_PER_UNIT = 0.9
SERVICES_PER_UNIT = 1.0


def simulate():
    draw = random.Random(1)
    env = simpy.Environment()
    queue = simpy.Store(env)
    waited = 0.0

    def source():
        for _ in range(CUSTOMERS):
            yield env.timeout(draw.expovariate(ARRIVALS_PER_UNIT))
            yield queue.put(env.now)

    def server():
        nonlocal waited
        for _ in range(CUSTOMERS):
            arrived = yield queue.get()
            waited += env.now - arrived
            yield env.timeout(draw.expovariate(SERVICES_PER_UNIT))

    env.process(source())
    env.process(server())
    env.run()
    return env.now, {"meanWaiting": waited / CUSTOMERS}


measure(simulate, 2 * CUSTOMERS)
