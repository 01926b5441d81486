"""The features: what the network is given of a point.

Each is one entry of the registry, or a formula of one's own, which is written as ``=sin(3*x1)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from playground.core.families import Feature, features
from playground.core.formula import formula_of, is_formula
from playground.core.formula_text import label_of, text_of
from playground.data.formula import evaluate

Array = NDArray[np.float64]

_TF_PLAYGROUND = "TensorFlow Playground, playground.ts"
_POLAR = "polar coordinates"


def _enter(
    name: str,
    label: str,
    compute: Callable[[Array, Array], Array],
    expression: str,
    formula: str = "",
    reference: str = _TF_PLAYGROUND,
) -> None:
    features.add(Feature(name, label, formula or label, reference, compute, expression))


_enter("x1", "x₁", lambda x1, x2: x1, "x1")
_enter("x2", "x₂", lambda x1, x2: x2, "x2")
_enter("x1_squared", "x₁²", lambda x1, x2: x1 * x1, "x1^2")
_enter("x2_squared", "x₂²", lambda x1, x2: x2 * x2, "x2^2")
_enter("x1_x2", "x₁·x₂", lambda x1, x2: x1 * x2, "x1*x2")
_enter("sin_x1", "sin x₁", lambda x1, x2: np.sin(x1), "sin(x1)")
_enter("sin_x2", "sin x₂", lambda x1, x2: np.sin(x2), "sin(x2)")
_enter("cos_x1", "cos x₁", lambda x1, x2: np.cos(x1), "cos(x1)")
_enter("cos_x2", "cos x₂", lambda x1, x2: np.cos(x2), "cos(x2)")
_enter("radius", "r", lambda x1, x2: np.hypot(x1, x2), "r", "√(x₁² + x₂²)", _POLAR)
_enter(
    "angle", "φ", lambda x1, x2: np.arctan2(x2, x1), "atan2(x2, x1)",
    "atan2(x₂, x₁), counter-clockwise from the x₁ axis, from −π to π: it jumps where x₁ < 0 and x₂ "
    "changes sign, and is 0 at the origin", _POLAR,
)  # fmt: skip


@lru_cache(maxsize=512)
def feature(name: str) -> Feature:
    """What is to be known of a feature of a valid experiment, be it registered or a formula."""
    if not is_formula(name):
        return features[name]
    formula = formula_of(name)
    label = label_of(formula)
    return Feature(
        name, label, label, "your own formula", partial(evaluate, formula), text_of(formula)
    )


def compute(names: Sequence[str], points: Array) -> Array:
    """The network's inputs.

    Args:
        names: Features, in the order of the inputs.
        points: Shape (n, 2).

    Returns:
        Shape (features, n): a row a feature, a column a point.
    """
    x1, x2 = np.asarray(points, dtype=np.float64).reshape(-1, 2).T
    return np.stack([feature(name).compute(x1, x2) for name in names])
