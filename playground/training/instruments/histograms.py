"""Histograms with fixed bins, over magnitudes or over plain values; exact zeros stand apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from playground.engine.calls import Array

LOWEST_DECADE, HIGHEST_DECADE = -30, 6
PER_DECADE = 6
"""Bins of a decade of magnitudes."""
PLAIN_WIDTH = 0.025
PLAIN_BINS = 672
"""Over the axis of plain values, from -2223 to 2223; an even number, so that one begins at 0."""
STRAY = 0.004
"""The share of what is in the bins that may lie beyond the reach at either end."""


class Axis(Protocol):
    """How values are sorted into bins; what lies beyond an end is in the bin there.

    Attributes:
        sides: 2 if negative values have bins of their own, which mirror the positive ones.
        bins: Of each side.
        low: Where the first bin begins, in the axis's coordinate.
        width: Of a bin, in the axis's coordinate.
    """

    sides: int
    bins: int
    low: float
    width: float

    def bins_of(self, values: Array) -> Array:
        """The bin of each finite value (n,), the negative side's after the positive one's."""


class Magnitudes:
    """log10 of the magnitude; the first side holds positive values, the second negative ones."""

    sides = 2
    bins = (HIGHEST_DECADE - LOWEST_DECADE) * PER_DECADE
    low = float(LOWEST_DECADE)
    width = 1 / PER_DECADE

    def bins_of(self, values: Array) -> Array:
        bins: Array = _whole(np.log10(np.abs(values)), self)
        bins += self.bins * (values < 0)
        return bins


class Plain:
    """asinh of the value: near 0 it is the value itself, far out the logarithm of its double."""

    sides = 1
    bins = PLAIN_BINS
    low = -PLAIN_WIDTH * PLAIN_BINS / 2
    width = PLAIN_WIDTH

    def bins_of(self, values: Array) -> Array:
        return _whole(np.arcsinh(values), self)


def _whole(places: Array, axis: Axis) -> Array:
    """The bins of places on an axis, which may be infinite."""
    steps = np.floor((places - axis.low) * (1 / axis.width))
    bins: Array = np.clip(steps, 0, axis.bins - 1).astype(np.intp)
    return bins


MAGNITUDES, PLAIN = Magnitudes(), Plain()


@dataclass(frozen=True, slots=True, eq=False)
class Histograms:
    """One histogram a layer, with what the bins do not tell; all arrays are read-only.

    Attributes:
        axis: Whose bins they are.
        layers: Which layers, from 0.
        shares: Of all values how many are in a bin: (layers, sides, bins).
        zeros: The share of exact zeros (layers,).
        broken: The share of what is not finite (layers,); it counts nowhere else.
        mean, std: Of the finite values (layers,); NaN where there are none.
        size: Their mean magnitude (layers,).
        reach: The first and the last bin that matter, both sides taken together: (layers, 2),
            whole numbers. At each end a few values in a thousand may lie beyond. Where no bin
            holds anything, the last comes before the first.
    """

    axis: Axis
    layers: tuple[int, ...]
    shares: Array
    zeros: Array
    broken: Array
    mean: Array
    std: Array
    size: Array
    reach: Array


def histograms(axis: Axis, layers: Sequence[int], values: Sequence[Array]) -> Histograms:
    """Sort the values (any shape) of these layers into bins."""
    count = len(layers)
    shares = np.zeros((count, axis.sides, axis.bins), np.float32)
    rest = np.zeros((5, count))
    reach = np.empty((count, 2), np.intp)
    with np.errstate(all="ignore"):  # squares of what has diverged
        for index, array in enumerate(values):
            counts, rest[:, index] = _one(axis, array.ravel().astype(np.float64))
            shares[index] = counts * (1 / max(array.size, 1))
            reach[index] = _reach(counts.sum(axis=0))
    for array in (shares, rest, reach):
        array.setflags(write=False)
    zeros, broken, mean, std, size = rest
    return Histograms(axis, tuple(layers), shares, zeros, broken, mean, std, size, reach)


def _one(axis: Axis, values: Array) -> tuple[Array, tuple[float, ...]]:
    """The counts in the bins, and zeros, broken, mean, std and size."""
    total = max(values.size, 1)
    finite = np.isfinite(values)
    if not finite.all():
        values = values[finite]
    there = values[values != 0]
    found = np.bincount(axis.bins_of(there), minlength=axis.sides * axis.bins)
    counts = found.reshape(axis.sides, axis.bins)
    zeros, broken = (values.size - there.size) / total, 1 - values.size / total
    if not values.size:
        return counts, (0.0, broken, np.nan, np.nan, np.nan)
    mean = float(values.sum()) / values.size
    centred = values - mean
    std = float(np.sqrt(centred @ centred / values.size))
    return counts, (zeros, broken, mean, std, float(np.abs(values).sum()) / values.size)


def _reach(counts: Array) -> tuple[int, int]:
    upto = np.cumsum(counts)
    if not upto[-1]:
        return len(counts), -1
    spare = STRAY * upto[-1]
    first = np.searchsorted(upto, spare, side="right")
    return int(first), int(np.searchsorted(upto, upto[-1] - spare))
