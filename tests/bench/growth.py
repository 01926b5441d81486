"""How cost grows with samples, layers and units, and whether memory stays flat."""

from __future__ import annotations

import math
import statistics
import time
from pathlib import Path

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.training.trainer import Trainer
from tests.bench import engine

SAMPLES = (100, 1_000, 10_000, 100_000)
LAYERS = (1, 2, 5, 10, 20)
UNITS = (8, 16, 32, 64, 128, 256)
EPOCHS = (10_000, 100_000)


def _seconds(experiment: Experiment, epochs: int, repeats: int) -> float:
    """The median time of so many epochs, scoring included."""
    trainer = Trainer(experiment)
    trainer.run_epoch()
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(epochs):
            trainer.run_epoch()
        found.append((time.perf_counter() - start) / epochs)
    return statistics.median(found)


def growth(repeats: int) -> list[dict[str, object]]:
    """Time an epoch over a range; the exponent is the slope from one row to the next.

    Samples at batch 50; layers of 32 and units of two layers at a full batch of 250 points.
    """
    base = engine.experiment((2, 32, 32, 1), 50, "adam")
    full = replace(base, ("training", "batch_size"), "full")
    layer = base.network.hidden[0]
    rows: list[dict[str, object]] = []
    tables = {
        "samples": [(n, replace(base, ("data", "samples"), n)) for n in SAMPLES],
        "layers of 32": [(n, replace(full, ("network", "hidden"), (layer,) * n)) for n in LAYERS],
        "units": [
            (n, replace(full, ("network", "hidden"), (replace(layer, ("units",), n),) * 2))
            for n in UNITS
        ],
    }
    for what, entries in tables.items():
        before: tuple[int, float] | None = None
        for size, experiment in entries:
            epochs = max(1, 2000 // size) if what == "samples" else 20
            seconds = _seconds(experiment, epochs, repeats)
            slope: object = ""
            if before is not None:
                slope = round(math.log(seconds / before[1]) / math.log(size / before[0]), 2)
            rows.append(
                {
                    "what grows": what,
                    "size": size,
                    "ms an epoch": round(1000 * seconds, 3),
                    "µs a unit of size": round(1e6 * seconds / size, 2),
                    "exponent": slope,
                }
            )
            before = (size, seconds)
    return rows


def memory() -> list[dict[str, object]]:
    """Resident memory and rows of history of one small run, after more and more epochs."""
    experiment = engine.experiment((2, 4, 2, 1), 10, "adam")
    experiment = replace(experiment, ("data", "samples"), 10)
    trainer = Trainer(experiment)
    rows: list[dict[str, object]] = []
    for epochs in EPOCHS:
        start, done = time.perf_counter(), trainer.epoch
        while trainer.epoch < epochs:
            trainer.run_epoch()
        rows.append(
            {
                "epochs": epochs,
                "resident MB": round(resident_megabytes(), 1),
                "rows of history": len(trainer.history),
                "one row in": trainer.history.every,
                "epochs a second": round((epochs - done) / (time.perf_counter() - start)),
            }
        )
    return rows


def resident_megabytes() -> float:
    """What the process holds now; where the system does not say, the most that it held."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * 4096 / 2**20
