"""What several replicas say together: shares of votes for classes, a median of values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from playground.core.families import Task
from playground.engine.calls import Array
from playground.engine.losses import predicted
from playground.training.spread import median

Says = Literal["outputs", "votes", "median"]
"""What values over the plane are: one network's raw outputs, or one of the two below."""


def votes(task: Task, outputs: Iterable[Array]) -> Array:
    """The share of replicas that answer each class; of two classes that of class 1 alone.

    Where a replica's output is not a number it does not vote.

    Args:
        task: A classification.
        outputs: Each replica's raw outputs (outputs, n).

    Returns:
        float32, (1, n) for two classes, else (classes, n); equal shares where nobody votes.
    """
    classes = np.arange(1, 2) if task.classes == 2 else np.arange(task.classes)
    counts: Array | float = 0.0
    voters: Array | float = 0.0
    for z in outputs:
        able = ~np.isnan(z).any(axis=0)
        counts = counts + ((predicted(task, z) == classes[:, None]) & able)
        voters = voters + able
    shares = np.full(np.shape(counts), 1 / task.classes, np.float32)
    return np.asarray(np.divide(counts, voters, out=shares, where=np.asarray(voters) > 0))


def middle(outputs: Iterable[Array]) -> Array:
    """The median of the replicas' outputs (outputs, n), of what is finite."""
    return median(np.stack(list(outputs), axis=-1))
