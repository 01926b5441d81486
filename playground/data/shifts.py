"""Ways in which test points come from elsewhere, each one entry of the registry.

A point x is moved to ``scale · R(rotation) · x + (x1, x2)``: enlarged and turned about the origin,
then carried along. Terms as in Moreno-Torres et al. 2012, "A unifying view on dataset shift in
classification".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.core.families import Shift, shifts
from playground.core.fields import number

Array = NDArray[np.float64]

UNIFYING_VIEW = "Moreno-Torres et al. 2012"


@shifts.add
class NoShift(Shift):
    """Test points from the same distribution as training points."""

    name = "none"
    label = "none"
    formula = "P_test(x, y) = P_train(x, y)"
    reference = ""
    moves = False


class MovingShift(Shift):
    """Test points that are moved."""

    x1: float = number(
        0.0,
        "Shift in x₁",
        "How far the test points are moved to the right. The data sets lie on [-6, 6].",
        minimum=-12,
        maximum=12,
        slider=(-6, 6),
        decimals=2,
    )
    x2: float = number(
        0.0,
        "Shift in x₂",
        "How far the test points are moved upwards. The data sets lie on [-6, 6].",
        minimum=-12,
        maximum=12,
        slider=(-6, 6),
        decimals=2,
    )
    rotation: float = number(
        0.0,
        "Rotation",
        "By how much the test points are turned about the origin, counter-clockwise.",
        minimum=-180,
        maximum=180,
        unit="°",
        decimals=0,
    )
    scale: float = number(
        1.0,
        "Scale",
        "How many times as far from the origin the test points lie.",
        minimum=0.1,
        maximum=4,
        slider=(0.25, 2),
        decimals=2,
    )

    def move(self, points: Array) -> Array:
        """Where points (n, 2) come to lie."""
        if (self.x1, self.x2, self.rotation, self.scale) == (0, 0, 0, 1):
            return points
        angle = np.deg2rad(self.rotation)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        moved: Array = self.scale * (points @ turn) + (self.x1, self.x2)
        return moved


@shifts.add
class CovariateShift(MovingShift):
    """P(x) changes and P(y|x) stays: a moved point gets the label that belongs to its new place."""

    name = "covariate"
    label = "Covariate shift"
    formula = "P_test(x) ≠ P_train(x), P_test(y|x) = P_train(y|x): labelled where they come to lie"
    reference = f"Shimodaira 2000; {UNIFYING_VIEW}"
    by_the_rule = True


@shifts.add
class LabelledShift(MovingShift):
    """Points are moved with their labels, so P(y|x) changes as well: what was learned is wrong."""

    name = "with_labels"
    label = "Shift with labels"
    formula = "P_test(x, y) is P_train(x, y), moved: P(x) and P(y|x) change"
    reference = f"{UNIFYING_VIEW}: dataset shift"
