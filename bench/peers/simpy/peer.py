"""What the three SimPy models share: timing, peak memory and the one line of JSON that bench/run.mjs reads."""

import json
import resource
import time


def measure(simulate, events):
    """Run `simulate()`, which returns (final time, extra figures), and print the line. `events` counts the model's own events."""
    start = time.perf_counter()
    check, extra = simulate()
    seconds = time.perf_counter() - start
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"events": events, "seconds": seconds, "peakRssMb": peak_kib / 1024, "check": check, **extra}))
