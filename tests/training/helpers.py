"""Experiments and trainers for the tests of this floor."""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.core.experiment import Experiment
from playground.core.families import sources
from playground.training.trainer import Trainer

Trained = tuple[bytes, ...]


def experiment(hidden: list[Any] | None = None, **given: Any) -> Experiment:
    """60 training points, three small layers, no stop rule; ``data`` and ``training`` add to it."""
    data = {"samples": 80, "test_share": 0.25, **given.pop("data", {})}
    training = {"stop": [], "max_epochs": 20, **given.pop("training", {})}
    if hidden is None:
        hidden = [{"units": 5}, {"units": 4}]
    assert not given
    return Experiment.model_validate(
        {"data": data, "network": {"hidden": hidden}, "training": training}
    )


def unit_spread(
    source: str, samples: int, noise: float = 0.0, test_share: float = 0.0, seed: int = 7
) -> dict[str, Any]:
    """A data set with inputs of unit spread about 0, as points of one's own.

    The claims about gradients are stated for such inputs; the data sets lie on [-6, 6].
    """
    points, targets = sources[source].generate(samples, noise, np.random.default_rng(seed))
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    return {
        "source": "points",
        "points": np.column_stack((points, targets)).tolist(),
        "test_share": test_share,
    }


def unit_circle(samples: int = 200) -> dict[str, Any]:
    """The circle with inputs of unit spread, all points to train."""
    return unit_spread("circle", samples)


def state_of(trainer: Trainer) -> Trained:
    """Everything that training has made, as bytes."""
    slots = trainer.optimizer_state.slots
    return (
        trainer.network.theta.tobytes(),
        trainer.network.running.tobytes(),
        *(slots[name].tobytes() for name in slots),
        *(column.tobytes() for column in trainer.history.table().values()),
        repr((trainer.epoch, trainer.step, trainer.stop)).encode(),
    )
