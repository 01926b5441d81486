"""Pulls of the weights towards 0, added to the gradient; each one entry of the registry.

They act on weights alone, not on biases and BatchNorm's parameters, as Keras's
``kernel_regularizer`` and TensorFlow Playground do.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from playground.core.families import Regularizer, regularizers
from playground.core.fields import number
from playground.engine.calls import Array, Call, call
from playground.engine.corners import Corner


class Penalty(Regularizer):
    """A regulariser that can be compiled.

    Attributes:
        corner: Where a weight's penalty is not smooth; None if it is smooth everywhere.
    """

    corner: ClassVar[Corner | None] = None

    @abstractmethod
    def terms(self, weights: Array) -> Array:
        """The penalty of each weight (any shape); their sum is added to the loss."""

    @abstractmethod
    def compile(self, theta: Array, grad: Array, weights: Array) -> list[Call]:
        """Compile ``grad += d penalty / d theta``.

        Args:
            theta: All parameters, flat.
            grad: The gradient of the loss, of the same shape.
            weights: 1 where a parameter is a weight, else 0; of the same shape and type.
        """


def _rate() -> Any:
    return number(
        0.001,
        "Rate λ",
        "How strong the pull is.",
        minimum=0,
        maximum=1e6,
        slider=(1e-5, 10),
        scale="log",
        decimals=6,
        live=True,
    )


@regularizers.add
class NoPenalty(Penalty):
    """No regularisation."""

    name = "none"
    label = "none"
    formula = "0"
    reference = ""

    def terms(self, weights: Array) -> Array:
        return np.zeros_like(weights)

    def compile(self, theta: Array, grad: Array, weights: Array) -> list[Call]:
        return []


@regularizers.add
class L1(Penalty):
    """Pulls every weight with the same force: many end at 0."""

    name = "l1"
    label = "L1"
    formula = "λ·Σ|w|, which adds λ·sign(w) to the gradient"
    reference = "Tibshirani 1996; TensorFlow Playground"
    corner = Corner("kink", "w", 0.0)

    rate: float = _rate()

    def terms(self, weights: Array) -> Array:
        return np.asarray(self.rate * np.abs(weights))

    def compile(self, theta: Array, grad: Array, weights: Array) -> list[Call]:
        pull, rates = np.empty_like(theta), weights * theta.dtype.type(self.rate)
        return [
            call(np.sign, theta, pull),
            call(np.multiply, pull, rates, pull),
            call(np.add, grad, pull, grad),
        ]


@regularizers.add
class L2(Penalty):
    """Pulls weights in proportion to their size: coupled weight decay.

    With Adam this is not AdamW: the pull is scaled like the gradient.
    """

    name = "l2"
    label = "L2 (weight decay, coupled)"
    formula = "λ/2·Σw², which adds λ·w to the gradient"
    reference = "PyTorch 2.13, weight_decay of torch.optim.SGD and Adam; Keras's λ is half of it"

    rate: float = _rate()

    def terms(self, weights: Array) -> Array:
        return np.asarray(self.rate / 2 * np.square(weights))

    def compile(self, theta: Array, grad: Array, weights: Array) -> list[Call]:
        pull, rates = np.empty_like(theta), weights * theta.dtype.type(self.rate)
        return [call(np.multiply, theta, rates, pull), call(np.add, grad, pull, grad)]
