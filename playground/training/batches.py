"""Which points make which step: the order of an epoch and its batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.engine.calls import Array


def spans(count: int, batch_size: int, normalised: bool) -> list[tuple[int, int]]:
    """Cut ``count`` points into batches: (start, end) each; the last may be smaller.

    With BatchNorm a last batch of one point joins the one before, since a batch of one has no
    variance.
    """
    starts = list(range(0, count, batch_size))
    if normalised and len(starts) > 1 and count - starts[-1] == 1:
        starts.pop()
    return list(zip(starts, [*starts[1:], count], strict=True))


class Feed:
    """The training points as a program takes them, in the order of the present epoch.

    Attributes:
        ordered: (R, features + 1 + outputs, n), or without the first axis where R is 1; each
            replica has its own order.
    """

    def __init__(self, inputs: Array, targets: Array, replicas: int, dtype: np.dtype[Any]) -> None:
        """``inputs`` (features, n), ``targets`` as the loss encodes them (outputs, n)."""
        count = inputs.shape[1]
        self._table = np.concatenate((inputs, np.ones((1, count)), targets)).astype(dtype)
        shape = self._table.shape if replicas == 1 else (replicas, *self._table.shape)
        self.ordered = np.empty(shape, dtype)
        self._rows = [self.ordered] if replicas == 1 else list(self.ordered)
        self.restore_order()

    def shuffle(self, rngs: Sequence[np.random.Generator]) -> None:
        """Put the points in a new random order, each replica by its own generator."""
        for row, rng in zip(self._rows, rngs, strict=True):
            np.take(self._table, rng.permutation(self._table.shape[1]), 1, row, "clip")

    def restore_order(self) -> None:
        """Put the points in their own order, which is all that a full batch needs."""
        for row in self._rows:
            row[:] = self._table
