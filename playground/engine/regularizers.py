"""Pulls of the weights towards 0; each one entry of the registry.

They act on weights alone, not on biases and BatchNorm's parameters, as Keras's
``kernel_regularizer`` and TensorFlow Playground do.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from playground.core.families import Regularizer, regularizers
from playground.core.fields import number
from playground.engine.calls import Array, Call, call
from playground.engine.corners import Corner
from playground.engine.schedules import Rate


@dataclass(frozen=True, slots=True)
class Around:
    """What a decoupled pull works with, flat and of the parameters' shape.

    Attributes:
        rate: The learning rate of the step.
        pulled: 1 where a parameter is a weight that may move, else 0; of the parameters' type.
        update: What the optimizer takes from the parameters; the pull is added to it.
        dead: Boolean; which weights have died. Those that die are noted here.
    """

    rate: Rate
    pulled: Array
    update: Array
    dead: Array


class Penalty(Regularizer):
    """A regulariser that can be compiled.

    Attributes:
        corner: Where a weight's penalty is not smooth; None if it is smooth everywhere.
    """

    corner: ClassVar[Corner | None] = None
    decoupled: ClassVar[bool] = False
    """Whether it moves the weights after the optimizer's step, and is no part of the gradient."""

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

    def around(self, theta: Array, around: Around) -> tuple[list[Call], list[Call]]:
        """Compile what comes before the optimizer's step, and what after it; mostly nothing."""
        return [], []


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
class DyingL1(Penalty):
    """L1 that ends a connection: a weight that the pull takes past 0 is cut for good.

    The pull follows the optimizer's step, as AdamW's decay does, and is no part of the gradient:
    only so can be told which of the two took a weight past 0. With SGD the step is L1's. A weight
    that has died lives again when it is set by hand, or when the regulariser is changed.
    """

    name = "l1_dying"
    label = "L1, weights die at 0"
    formula = "after each step w -= ηλ·sign(w before it); a weight that this takes past 0 stays 0"
    reference = "TensorFlow Playground, nn.ts, updateWeights; clipping: Tsuruoka et al. 2009"
    decoupled = True

    rate: float = _rate()

    def terms(self, weights: Array) -> Array:
        return np.zeros_like(weights)

    def compile(self, theta: Array, grad: Array, weights: Array) -> list[Call]:
        return []

    def around(self, theta: Array, around: Around) -> tuple[list[Call], list[Call]]:
        pull, moved, product = (np.empty_like(theta) for _ in range(3))
        crossed, dead = np.empty_like(around.dead), around.dead
        strength = around.rate.follow(lambda learning_rate: learning_rate * self.rate)
        before: list[Call] = [
            call(np.sign, theta, pull),
            call(np.multiply, pull, around.pulled, pull),
        ]
        after: list[Call] = [
            call(np.multiply, pull, strength, pull),
            call(np.subtract, theta, pull, moved),
            call(np.multiply, theta, moved, product),
            call(np.less, product, 0, crossed),
            call(np.logical_or, dead, crossed, dead),
            call(np.copyto, theta, moved),
            call(np.copyto, theta, 0, where=dead),
            call(np.add, around.update, pull, around.update),
        ]
        return before, after


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
