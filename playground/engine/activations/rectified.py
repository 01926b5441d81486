"""Those of two pieces that meet at 0, the identity, and what bends off exponentially below 0."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.core.expressions import Node, X, apply, maximum, minimum
from playground.core.families import activations
from playground.core.fields import number
from playground.engine.activations.base import MEASURED_GAIN, PYTORCH, ActivationFunction, times
from playground.engine.calls import Array, Call, Scratch, call, scalar
from playground.engine.corners import Corner

KINK_AT_0 = Corner("kink", "x", 0.0)


@activations.add
class ReLU(ActivationFunction):
    """Lets the positive part through; a unit that is never positive no longer learns."""

    name = "relu"
    label = "ReLU"
    formula = "max(0, x)"
    reference = PYTORCH
    torch = "nn.ReLU()"
    keras = "layers.ReLU()"
    onnx = "Relu()"
    gain = 2**0.5

    @property
    def corner(self) -> Corner:
        return KINK_AT_0

    @property
    def expression(self) -> Node:
        return maximum(X, 0)

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        return [call(np.maximum, z, scalar(z, 0), out=out)]

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        slope = scratch("slope")
        return [call(np.sign, out, slope), times(delta, slope)]


@activations.add
class LeakyReLU(ActivationFunction):
    """A ReLU that keeps a small slope on the negative side, and so cannot die."""

    name = "leaky_relu"
    label = "Leaky ReLU"
    formula = "x if x > 0 else a·x"
    reference = PYTORCH
    torch = "nn.LeakyReLU({negative_slope!r})"
    keras = "layers.LeakyReLU(negative_slope={negative_slope!r})"
    onnx = "LeakyRelu(alpha={negative_slope!r})"

    negative_slope: float = number(
        0.01,
        "Negative slope a",
        "The slope for negative inputs. 0 is ReLU; 1 makes the layer linear.",
        minimum=0,
        maximum=1,
        slider=(0.0, 1.0),
        decimals=3,
    )

    @property
    def fitting_gain(self) -> float:
        return float((2 / (1 + self.negative_slope**2)) ** 0.5)

    @property
    def corner(self) -> Corner | None:
        return None if self.negative_slope == 1 else KINK_AT_0

    @property
    def expression(self) -> Node:
        return maximum(X, self.negative_slope * X)

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        return [
            call(np.multiply, z, scalar(z, self.negative_slope), out),
            call(np.maximum, z, out, out=out),
        ]

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        slope = scratch("slope")
        return [
            call(np.heaviside, z, scalar(z, 0), slope),
            call(np.maximum, slope, scalar(z, self.negative_slope), out=slope),
            times(delta, slope),
        ]


@activations.add
class Linear(ActivationFunction):
    """No activation: layers of these are together one linear map."""

    name = "linear"
    label = "Linear"
    formula = "x"
    reference = PYTORCH
    torch = "nn.Identity()"
    keras = 'layers.Activation("linear")'
    onnx = "Identity()"

    @property
    def expression(self) -> Node:
        return X

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        return [call(np.copyto, out, z)]

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        return []


class _ExponentialUnit(ActivationFunction):
    """``scale · (x if x > 0 else alpha · (exp(x) - 1))``."""

    def _shape(self) -> tuple[float, float]:
        raise TypeError  # every entry below says its own

    @property
    def corner(self) -> Corner:
        return Corner("bend", "x", 0.0) if self._shape()[1] == 1 else KINK_AT_0

    @property
    def expression(self) -> Node:
        scale, alpha = self._shape()
        whole = maximum(X, 0) + alpha * apply("expm1", minimum(X, 0))
        return whole if scale == 1 else scale * whole

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        scale, alpha = self._shape()
        below, zero = scratch("below"), scalar(z, 0)
        calls: list[Call] = [
            call(np.minimum, z, zero, out=below),
            call(np.expm1, below, below),
            call(np.multiply, below, scalar(z, alpha), below),
            call(np.maximum, z, zero, out=out),
            call(np.add, out, below, out),
        ]
        return calls + [call(np.multiply, out, scalar(z, scale), out)] * (scale != 1)

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        scale, alpha = self._shape()
        slope, positive = scratch("below"), scratch("positive", bool)
        calls: list[Call] = [
            call(np.add, slope, scalar(z, alpha), slope),
            call(np.greater, z, scalar(z, 0), positive),
            call(np.putmask, slope, positive, scalar(z, 1)),
            times(delta, slope),
        ]
        return calls + [call(np.multiply, delta, scalar(z, scale), delta)] * (scale != 1)


@activations.add
class ELU(_ExponentialUnit):
    """Linear above 0, bending smoothly to -alpha below."""

    name = "elu"
    label = "ELU"
    formula = "x if x > 0 else α·(exp(x) - 1)"
    reference = f"{PYTORCH}; {MEASURED_GAIN}"
    torch = "nn.ELU({alpha!r})"
    keras = "layers.ELU(alpha={alpha!r})"
    onnx = "Elu(alpha={alpha!r})"
    gain = 1.25

    alpha: float = number(
        1.0,
        "Alpha",
        "Minus the value that the function approaches for very negative inputs.",
        minimum=0,
        maximum=100,
        slider=(0, 3),
        decimals=2,
    )

    def _shape(self) -> tuple[float, float]:
        return 1.0, self.alpha


@activations.add
class SELU(_ExponentialUnit):
    """An ELU whose constants pull a layer's outputs to mean 0 and variance 1."""

    name = "selu"
    label = "SELU"
    formula = "1.0507·(x if x > 0 else 1.6733·(exp(x) - 1))"
    reference = f"Klambauer et al. 2017; {PYTORCH}"
    torch = "nn.SELU()"
    keras = 'layers.Activation("selu")'
    onnx = "Selu()"
    gain = 0.75
    scale: ClassVar[float] = 1.0507009873554805
    alpha: ClassVar[float] = 1.6732632423543772

    def _shape(self) -> tuple[float, float]:
        return self.scale, self.alpha
