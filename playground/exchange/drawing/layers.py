"""The gradient from layer to layer: the scale of layers, and where the gradient would vanish."""

from __future__ import annotations

import numpy as np

from playground.exchange.drawing.scales import Array, Tick
from playground.training.doctor.gradients import Vanishing


class Layers:
    """The horizontal scale: a place for each layer."""

    def __init__(self, hidden: int) -> None:
        self.hidden = hidden

    def cover(self, values: Array) -> bool:
        return False

    def project(self, values: Array) -> Array:
        return values

    def limits(self) -> tuple[float, float]:
        return 0.5, self.hidden + 1.5

    def ticks(self, most: int) -> list[Tick]:
        every = next(n for n in (1, 2, 5, 10, 20, 50) if self.hidden / n <= max(most - 1, 1))
        last = self.hidden + 1 - every  # what is nearer to the output would touch its name
        marks = [(float(n), str(n)) for n in range(1, last + 1) if n % every == 0 or n == 1]
        return [*marks, (self.hidden + 1.0, "output")]


def trouble(weights: Array, bottom: float) -> list[tuple[float, float, str]]:
    """Where a hidden layer's dW would be too small beside that of the last hidden one.

    Args:
        weights: Mean absolute dL/dW by layer, the output last (layers,).
        bottom: The lower end of the scale, in decimal logarithms.

    Returns:
        From where, to where, in decimal logarithms, and the name of a colour; nothing where there
        are fewer than two hidden layers.
    """
    if len(weights) < 3 or not weights[-2] > 0:
        return []
    edges = [bottom, *np.log10(weights[-2] * np.array([Vanishing.red, Vanishing.amber]))]
    return [
        (max(float(low), bottom), float(high), role)
        for low, high, role in zip(edges, edges[1:], ("red", "amber"), strict=False)
        if high > bottom
    ]
