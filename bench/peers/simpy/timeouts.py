"""1,000 processes, each 1,000 timeouts of 1 to 100 ticks, as in bench/scenarios/timeouts.yaml."""

import random

import simpy

from peer import measure

PROCESSES = 1000
ROUNDS = 1000


def simulate():
    draw = random.Random(1).randint
    env = simpy.Environment()

    def sleeper():
        for _ in range(ROUNDS):
            yield env.timeout(draw(1, 100))

    for _ in range(PROCESSES):
        env.process(sleeper())
    env.run()
    return env.now, {}


measure(simulate, PROCESSES * ROUNDS)
