"""What an activation function is, and the pieces that several are made of."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from playground.core.expressions import Node
from playground.core.families import Activation
from playground.engine.calls import Array, Call, Scratch, call, scalar
from playground.engine.corners import Corner

PYTORCH = "PyTorch 2.13, torch.nn.functional"
MEASURED_GAIN = "gain: root of 1 / E[f(x)²], x ~ N(0, 1)"


class ActivationFunction(Activation):
    """An activation that can be compiled.

    ``z``, ``out`` and ``delta`` have one shape and type; ``scratch`` is the same object in both
    calls, so that the backward pass may use what the forward pass left there.
    """

    @property
    def corner(self) -> Corner | None:
        """Where the function is not smooth; None if it is smooth everywhere."""
        return None

    @property
    @abstractmethod
    def expression(self) -> Node:
        """The function of ``X``, to be written in other programs' words."""

    @abstractmethod
    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        """Compile ``out = f(z)``; ``z`` is left as it is."""

    @abstractmethod
    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        """Compile ``delta *= f'(z)``, to be run after :meth:`forward`."""

    def evaluate(self, z: Array) -> tuple[Array, Array]:
        """Values and derivatives at ``z`` (any shape)."""
        out, slope, scratch = np.empty_like(z), np.ones_like(z), Scratch(z)
        with np.errstate(all="ignore"):  # exp may overflow on the way to a limit that is right
            for step in self.forward(z, out, scratch) + self.backward(z, out, slope, scratch):
                step()
        return out, slope


def sigmoid(z: Array, out: Array) -> list[Call]:
    """Compile ``out = 1 / (1 + exp(-z))``."""
    one = scalar(z, 1)
    return [
        call(np.negative, z, out),
        call(np.exp, out, out),
        call(np.add, out, one, out),
        call(np.reciprocal, out, out),
    ]


def times(delta: Array, slope: Array) -> Call:
    """Compile ``delta *= slope``."""
    return call(np.multiply, delta, slope, delta)
