"""Sigmoid and tanh, which saturate on both sides."""

from __future__ import annotations

import numpy as np

from playground.core.expressions import Node, X, apply
from playground.core.families import activations
from playground.engine.activations.base import PYTORCH, ActivationFunction, sigmoid, times
from playground.engine.calls import Array, Call, Scratch, call, scalar


@activations.add
class Sigmoid(ActivationFunction):
    """Squeezes into (0, 1); its slope is at most 1/4."""

    name = "sigmoid"
    label = "Sigmoid"
    formula = "1 / (1 + exp(-x))"
    reference = PYTORCH
    torch = "nn.Sigmoid()"
    keras = 'layers.Activation("sigmoid")'
    onnx = "Sigmoid()"
    limits = (0.0, 1.0)

    @property
    def expression(self) -> Node:
        return apply("sigmoid", X)

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        return sigmoid(z, out)

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        slope = scratch("slope")
        return [
            call(np.multiply, out, out, slope),
            call(np.subtract, out, slope, slope),
            times(delta, slope),
        ]


@activations.add
class Tanh(ActivationFunction):
    """Squeezes into (-1, 1), centred at 0; its slope is at most 1."""

    name = "tanh"
    label = "Tanh"
    formula = "(exp(x) - exp(-x)) / (exp(x) + exp(-x))"
    reference = PYTORCH
    torch = "nn.Tanh()"
    keras = 'layers.Activation("tanh")'
    onnx = "Tanh()"
    gain = 5 / 3
    limits = (-1.0, 1.0)

    @property
    def expression(self) -> Node:
        return apply("tanh", X)

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        return [call(np.tanh, z, out)]

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        slope = scratch("slope")
        return [
            call(np.multiply, out, out, slope),
            call(np.subtract, scalar(z, 1), slope, slope),
            times(delta, slope),
        ]
