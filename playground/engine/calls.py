"""The small vocabulary of a compiled step: a list of NumPy calls with their arrays bound.

A step is compiled once for a network and a batch size, and then only runs its calls. Two measured
facts shape the code that compiles: a scalar operand is fastest as a 0-d array of the same type, and
``np.dot`` on plain matrices takes half the time of ``np.matmul`` at these sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Call = Callable[[], object]
call = partial


def scalar(like: Array, value: float) -> Array:
    """A 0-d array of the type of ``like``."""
    return np.array(value, dtype=like.dtype)


def product(left: Array, right: Array, out: Array) -> Call:
    """The matrix product of each replica, written to ``out``."""
    return partial(np.dot if left.ndim == 2 else np.matmul, left, right, out)


def row_sums(x: Array, weights: Array, out: Array) -> Call:
    """The weighted sum of each row: ``x`` (R, n, samples), ``weights`` (samples,), ``out`` (R, n).

    Half as long as the product with a matrix of one column.
    """
    return partial(np.dot if x.ndim == 2 else np.matmul, x, weights, out)


def transposed(array: Array) -> Array:
    """A view with the last two axes exchanged."""
    return array.swapaxes(-1, -2)


class Scratch:
    """Arrays of one shape and type that are allocated once and found again by name."""

    def __init__(self, like: Array) -> None:
        self._like = like
        self._arrays: dict[str, Array] = {}

    def __call__(self, name: str, dtype: Any = None) -> Array:
        if name not in self._arrays:
            self._arrays[name] = np.empty_like(self._like, dtype=dtype)
        return self._arrays[name]
