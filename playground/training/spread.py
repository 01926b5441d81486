"""How replicas are spread: medians and other quantiles over those that have not diverged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.engine.calls import Array


def counted(diverged: Array) -> Array:
    """Which replicas count: boolean (R,); those that have not diverged, or all if all have."""
    return np.full_like(diverged, True) if diverged.all() else ~diverged


def quantiles(values: Array, shares: Sequence[float]) -> Array:
    """Quantiles over the last axis, linear between two values (NumPy's and R's usual ones).

    What is not finite is left out.

    Args:
        values: Shape (..., n).
        shares: From 0, the smallest, to 1, the largest; 0.5 is the median.

    Returns:
        Shape (len(shares), ...), float64; NaN where nothing is finite.
    """
    finite = np.isfinite(values)
    if finite.all():
        ordered = np.sort(values, axis=-1).astype(np.float64)
        return np.stack([_at(ordered, share * (values.shape[-1] - 1)) for share in shares])
    ordered = np.sort(np.where(finite, values, np.nan), axis=-1).astype(np.float64)
    last = np.maximum(finite.sum(axis=-1, keepdims=True) - 1, 0)
    found = []
    for share in shares:
        place = share * last
        below = place.astype(np.intp)
        low = np.take_along_axis(ordered, below, axis=-1)
        high = np.take_along_axis(ordered, np.minimum(below + 1, last), axis=-1)
        found.append(_between(low, high, place - below)[..., 0])
    return np.stack(found)


def _at(ordered: Array, place: float) -> Array:
    below = int(place)
    above = min(below + 1, ordered.shape[-1] - 1)
    return _between(ordered[..., below], ordered[..., above], place - below)


def _between(low: Array, high: Array, part: Array | float) -> Array:
    return np.asarray(low * (1 - part) + high * part)  # in this form nothing overflows


def median(values: Array) -> Array:
    """The median over the last axis, of what is finite; NaN where nothing is."""
    return values[..., 0] if values.shape[-1] == 1 else quantiles(values, (0.5,))[0]


def median_of_all(values: Array, axis: int = -1) -> Array:
    """The median over an axis as ``np.median`` has it: NaN where any value is.

    That one loads NumPy's masked arrays, which would hold up the start of the window, and takes
    several times as long for few values.

    Args:
        values: Not empty along the axis.
        axis: Which one.

    Returns:
        Without the axis, of the values' type.
    """
    count = values.shape[axis]
    middle = count // 2
    ordered = np.moveaxis(np.partition(values, (middle - 1, middle, -1), axis=axis), axis, -1)
    found, last = ordered[..., middle], ordered[..., -1]
    if count % 2 == 0:
        found = (ordered[..., middle - 1] + found) * found.dtype.type(0.5)
    return np.where(np.isnan(last), last, found)  # sorted, NaN is the last
