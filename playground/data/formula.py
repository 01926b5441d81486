"""Formulas of one's own as NumPy computes them: for all points at once, and for any points.

Where a formula has no value, such as the logarithm of a negative number, or one beyond 10¹⁸ in
size, the network is given 0 instead: so it holds for every point of the plane, and no single one
spoils training. :func:`undefined` finds those places, and ``data.checks`` warns of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.expressions import Name, Node, Number
from playground.core.limits import LARGEST_FEATURE

Array = NDArray[np.float64]

OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power,
    "negate": np.negative, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh,
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs, "sign": np.sign,
    "floor": np.floor, "atan2": np.arctan2,
    "min": lambda *parts: reduce(np.minimum, parts),
    "max": lambda *parts: reduce(np.maximum, parts),
}  # fmt: skip
CONSTANTS = {"pi": np.float64(np.pi), "e": np.float64(np.e)}
"""Of formulas, with their values."""


def evaluate(formula: Node, x1: Array, x2: Array) -> Array:
    """The formula's values (n,) at points, 0 where it has none."""
    values = raw(formula, x1, x2)
    return np.where(_has_value(values), values, 0.0)


def undefined(formula: Node, x1: Array, x2: Array) -> NDArray[np.bool_]:
    """At which points (n,) the formula has no value, or one that is too large to be used."""
    return ~_has_value(raw(formula, x1, x2))


def _has_value(values: Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.abs(values) <= LARGEST_FEATURE  # false for what is not a number
    return found


def raw(formula: Node, x1: Array, x2: Array) -> Array:
    """The formula's values (n,) at points; not finite where it has none."""
    with np.errstate(all="ignore"):
        values = value_of(formula, {"x1": x1, "x2": x2, **CONSTANTS})
    return np.broadcast_to(values, x1.shape)


def value_of(
    node: Node, names: Mapping[str, Any], operations: Mapping[str, Callable[..., Any]] = OPERATIONS
) -> Any:
    """An expression's value, from those of its names."""
    if isinstance(node, Number):
        return np.float64(node.value)  # a Python float would raise at 1/0
    if isinstance(node, Name):
        if node.name == "r":
            return np.hypot(names["x1"], names["x2"])
        return names[node.name]
    parts = (value_of(part, names, operations) for part in node.parts)
    return operations[node.operation](*parts)
