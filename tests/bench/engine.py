"""The engine's steps a second, by itself and against the floor, in interleaved pairs."""

from __future__ import annotations

import statistics
import time

from playground.core.experiment import Experiment
from playground.training.trainer import Trainer
from tests.bench import floor

SHAPES = (
    ((2, 4, 2, 1), 10),
    ((2, 8, 8, 8, 1), 10),
    ((2, 8, 8, 8, 8, 8, 8, 1), 10),
    ((2, 32, 32, 1), 50),
    ((2, 128, 128, 128, 1), 250),
)


def experiment(sizes: tuple[int, ...], batch: int, optimizer: str, **layer: object) -> Experiment:
    """250 training points, tanh, no stop rule."""
    hidden = [{"units": units, "activation": "tanh", **layer} for units in sizes[1:-1]]
    return Experiment.model_validate(
        {
            "data": {"source": "xor", "samples": 250, "test_share": 0},
            "network": {"hidden": hidden},
            "training": {
                "optimizer": {"name": optimizer},
                "batch_size": batch,
                "stop": [],
                "max_epochs": 1_000_000_000,
            },
        }
    )


def alone(given: Experiment) -> Trainer:
    """A trainer without instruments: its history keeps few rows, and so few epochs are scored."""
    return Trainer(given, history_limit=16)


def steps_per_second(trainer: Trainer, seconds: float) -> float:
    """Train for so long and count."""
    steps = trainer.step
    start = time.perf_counter()
    end = start + seconds
    trainer.run(lambda: time.perf_counter() > end)
    return (trainer.step - steps) / (time.perf_counter() - start)


def against_floor(pairs: int, seconds: float) -> list[dict[str, object]]:
    """For each shape and optimizer the median of engine / floor over interleaved pairs."""
    rows: list[dict[str, object]] = []
    for sizes, batch in SHAPES:
        for optimizer in ("sgd", "adam"):
            trainer = alone(experiment(sizes, batch, optimizer))
            found = []
            for _ in range(pairs):
                ours = steps_per_second(trainer, seconds)
                theirs = floor.steps_per_second(sizes, batch, optimizer, seconds)
                found.append((ours / theirs, ours, theirs))
            ratio, ours, theirs = (statistics.median(column) for column in zip(*found, strict=True))
            rows.append(
                {
                    "network": "-".join(map(str, sizes)),
                    "batch": batch,
                    "optimizer": optimizer,
                    "engine": round(ours),
                    "floor": round(theirs),
                    "ratio": round(ratio, 2),
                }
            )
    return rows


def layer_costs(pairs: int, seconds: float) -> list[dict[str, object]]:
    """How much longer a step takes with BatchNorm or dropout on every layer of 2-8-8-8-1."""
    sizes = (2, 8, 8, 8, 1)
    plain = alone(experiment(sizes, 10, "adam"))
    rows: list[dict[str, object]] = []
    for label, layer in (
        ("BatchNorm before", {"batch_norm": "before"}),
        ("BatchNorm after", {"batch_norm": "after"}),
        ("dropout 0.2", {"dropout": 0.2}),
    ):
        trainer = alone(experiment(sizes, 10, "adam", **layer))
        ratios = [
            steps_per_second(plain, seconds) / steps_per_second(trainer, seconds)
            for _ in range(pairs)
        ]
        rows.append({"layer": label, "times a plain step": round(statistics.median(ratios), 2)})
    return rows


def replica_gain(pairs: int, seconds: float) -> list[dict[str, object]]:
    """All replicas' steps of 32 at once against a single run's."""
    rows: list[dict[str, object]] = []
    for sizes, batch in (SHAPES[0], SHAPES[2]):
        one = experiment(sizes, batch, "adam")
        many = one.model_copy(update={"training": one.training.model_copy(update={"replicas": 32})})
        single, together = alone(one), alone(many)
        ratios = [
            32 * steps_per_second(together, seconds) / steps_per_second(single, seconds)
            for _ in range(pairs)
        ]
        rows.append(
            {
                "network": "-".join(map(str, sizes)),
                "32 replicas / 1": round(statistics.median(ratios), 1),
            }
        )
    return rows
