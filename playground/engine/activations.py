"""The activation functions, each with its derivative, each one entry of the registry.

Formulas and derivatives at 0 are PyTorch's (2.13, ``torch.nn.functional``).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from playground.core.expressions import Node, X, apply, maximum, minimum, up_to
from playground.core.families import Activation, activations
from playground.core.fields import number
from playground.engine.calls import Array, Call, Scratch, call, scalar
from playground.engine.corners import Corner
from playground.engine.normal_cdf import normal_cdf

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


KINK_AT_0 = Corner("kink", "x", 0.0)


def _sigmoid(z: Array, out: Array) -> list[Call]:
    one = scalar(z, 1)
    return [
        call(np.negative, z, out),
        call(np.exp, out, out),
        call(np.add, out, one, out),
        call(np.reciprocal, out, out),
    ]


def _times(delta: Array, slope: Array) -> Call:
    return call(np.multiply, delta, slope, delta)


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
        return _sigmoid(z, out)

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        slope = scratch("slope")
        return [
            call(np.multiply, out, out, slope),
            call(np.subtract, out, slope, slope),
            _times(delta, slope),
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
            _times(delta, slope),
        ]


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
        return [call(np.sign, out, slope), _times(delta, slope)]


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
            _times(delta, slope),
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
            _times(delta, slope),
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


@activations.add
class GELU(ActivationFunction):
    """The input, weighted by how probable a smaller one is; exact, not the tanh approximation."""

    name = "gelu"
    label = "GELU"
    formula = "x·Φ(x), Φ the normal distribution's cumulative function"
    reference = f"Hendrycks & Gimpel 2016; {PYTORCH}; {MEASURED_GAIN}"
    torch = "nn.GELU()"
    keras = 'layers.Activation("gelu")'
    gain = 1.53

    @property
    def expression(self) -> Node:
        return X * apply("normal_cdf", X)

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        cdf = scratch("cdf")
        return [*normal_cdf(z, cdf), call(np.multiply, z, cdf, out)]

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        cdf, slope = scratch("cdf"), scratch("slope")  # slope = Φ(z) + z φ(z)
        return [
            call(np.multiply, z, z, slope),
            call(np.multiply, slope, scalar(z, -0.5), slope),
            call(np.exp, slope, slope),
            call(np.multiply, slope, scalar(z, (2 * np.pi) ** -0.5), slope),
            call(np.multiply, slope, z, slope),
            call(np.add, slope, cdf, slope),
            _times(delta, slope),
        ]


@activations.add
class SiLU(ActivationFunction):
    """The input, weighted by its sigmoid; also called Swish."""

    name = "silu"
    label = "SiLU (Swish)"
    formula = "x·σ(x)"
    reference = f"Elfwing et al. 2017; {PYTORCH}; {MEASURED_GAIN}"
    torch = "nn.SiLU()"
    keras = 'layers.Activation("silu")'
    gain = 1.68

    @property
    def expression(self) -> Node:
        return X * apply("sigmoid", X)

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        gate = scratch("gate")
        return [*_sigmoid(z, gate), call(np.multiply, z, gate, out)]

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        gate, slope = scratch("gate"), scratch("slope")  # slope = σ(z) + out·(1 - σ(z))
        return [
            call(np.subtract, scalar(z, 1), gate, slope),
            call(np.multiply, slope, out, slope),
            call(np.add, slope, gate, slope),
            _times(delta, slope),
        ]


SOFTPLUS_THRESHOLD = 20.0
SOFTPLUS = up_to(
    X, SOFTPLUS_THRESHOLD, apply("log1p", apply("exp", minimum(X, SOFTPLUS_THRESHOLD))), X
)


def _softplus(z: Array, out: Array, high: Array) -> list[Call]:
    """``log(1 + exp(z))``; ``z`` itself above the threshold, where ``high`` becomes true."""
    threshold = scalar(z, SOFTPLUS_THRESHOLD)
    return [
        call(np.minimum, z, threshold, out=out),
        call(np.exp, out, out),
        call(np.log1p, out, out),
        call(np.greater, z, threshold, high),
        call(np.copyto, out, z, where=high),
    ]


@activations.add
class Mish(ActivationFunction):
    """The input, weighted by the tanh of its softplus."""

    name = "mish"
    label = "Mish"
    formula = "x·tanh(log(1 + exp(x)))"
    reference = f"Misra 2019; {PYTORCH}; {MEASURED_GAIN}"
    torch = "nn.Mish()"
    keras = 'layers.Activation("mish")'
    gain = 1.49

    @property
    def expression(self) -> Node:
        return X * apply("tanh", SOFTPLUS)

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        gate = scratch("gate")
        return [
            *_softplus(z, gate, scratch("high", bool)),
            call(np.tanh, gate, gate),
            call(np.multiply, z, gate, out),
        ]

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        # slope = gate + z·σ(z)·(1 - gate²)
        gate, slope, rest = scratch("gate"), scratch("slope"), scratch("rest")
        return [
            call(np.multiply, gate, gate, rest),
            call(np.subtract, scalar(z, 1), rest, rest),
            *_sigmoid(z, slope),
            call(np.multiply, slope, rest, slope),
            call(np.multiply, slope, z, slope),
            call(np.add, slope, gate, slope),
            _times(delta, slope),
        ]


@activations.add
class Softplus(ActivationFunction):
    """A smooth ReLU."""

    name = "softplus"
    label = "Softplus"
    formula = "log(1 + exp(x)); x itself above 20"
    reference = f"{PYTORCH}; its slope is the sigmoid, hence the sigmoid's gain"
    torch = "nn.Softplus()"
    keras = 'layers.Activation("softplus")'

    @property
    def corner(self) -> Corner:  # a step of 2e-9, which differences would not overlook
        return Corner("kink", "x", SOFTPLUS_THRESHOLD)

    @property
    def expression(self) -> Node:
        return SOFTPLUS

    def forward(self, z: Array, out: Array, scratch: Scratch) -> list[Call]:
        return _softplus(z, out, scratch("high", bool))

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        slope = scratch("slope")
        return [
            *_sigmoid(z, slope),
            call(np.putmask, slope, scratch("high", bool), scalar(z, 1)),
            _times(delta, slope),
        ]
