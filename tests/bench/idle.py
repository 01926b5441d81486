"""The heartbeat of a process that does nothing: how long the machine itself keeps one waiting.

``python -m tests.bench.idle`` beats until its standard input ends.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from tests.bench.bounds import percentile

BEAT_SECONDS = 0.01


def beat() -> list[float]:
    """Milliseconds between beats."""
    beats = [time.perf_counter()]
    while not select.select([sys.stdin], [], [], BEAT_SECONDS)[0]:
        beats.append(time.perf_counter())
    return [1000 * (b - a) for a, b in pairwise(beats)]


@contextmanager
def beside() -> Iterator[dict[str, float]]:
    """Have it beat while something else goes on; in the end there are its figures."""
    figures: dict[str, float] = {}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.idle"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield figures
    finally:
        gaps = json.loads(process.communicate()[0])
    figures["an idle process's, 99th percentile"] = round(percentile(gaps, 99), 1)
    figures["an idle process's, longest"] = round(percentile(gaps, 100), 1)


if __name__ == "__main__":
    print(json.dumps(beat()))
