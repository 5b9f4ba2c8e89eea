"""M/M/1 as SimPy's own documentation writes queues: a process for each customer, who requests the server as a resource."""

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
    server = simpy.Resource(env, capacity=1)
    waited = 0.0

    def customer():
        nonlocal waited
        arrived = env.now
        with server.request() as request:
            yield request
            waited += env.now - arrived
            yield env.timeout(draw.expovariate(SERVICES_PER_UNIT))

    def source():
        for _ in range(CUSTOMERS):
            yield env.timeout(draw.expovariate(ARRIVALS_PER_UNIT))
            env.process(customer())

    env.process(source())
    env.run()
    return env.now, {"meanWaiting": waited / CUSTOMERS}


measure(simulate, 2 * CUSTOMERS)
