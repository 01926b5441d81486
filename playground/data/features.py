"""The features: what the network is given of a point, each one entry of the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from playground.core.families import Feature, features

Array = NDArray[np.float64]

_TF_PLAYGROUND = "TensorFlow Playground, playground.ts"


def _enter(name: str, label: str, compute: Callable[[Array, Array], Array]) -> None:
    features.add(Feature(name, label, label, _TF_PLAYGROUND, compute))


_enter("x1", "x₁", lambda x1, x2: x1)
_enter("x2", "x₂", lambda x1, x2: x2)
_enter("x1_squared", "x₁²", lambda x1, x2: x1 * x1)
_enter("x2_squared", "x₂²", lambda x1, x2: x2 * x2)
_enter("x1_x2", "x₁·x₂", lambda x1, x2: x1 * x2)
_enter("sin_x1", "sin x₁", lambda x1, x2: np.sin(x1))
_enter("sin_x2", "sin x₂", lambda x1, x2: np.sin(x2))


def compute(names: Sequence[str], points: Array) -> Array:
    """The network's inputs.

    Args:
        names: Features, in the order of the inputs.
        points: Shape (n, 2).

    Returns:
        Shape (features, n): a row a feature, a column a point.
    """
    x1, x2 = np.asarray(points, dtype=np.float64).reshape(-1, 2).T
    return np.stack([features[name].compute(x1, x2) for name in names])
