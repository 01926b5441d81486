"""Those that follow the rectifier smoothly: a gate times x, and softplus."""

from __future__ import annotations

import numpy as np

from playground.core.expressions import Node, X, apply, minimum, up_to
from playground.core.families import activations
from playground.engine.activations.base import (
    MEASURED_GAIN,
    PYTORCH,
    ActivationFunction,
    sigmoid,
    times,
)
from playground.engine.calls import Array, Call, Scratch, call, scalar
from playground.engine.corners import Corner
from playground.engine.normal_cdf import normal_cdf


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
            times(delta, slope),
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
        return [*sigmoid(z, gate), call(np.multiply, z, gate, out)]

    def backward(self, z: Array, out: Array, delta: Array, scratch: Scratch) -> list[Call]:
        gate, slope = scratch("gate"), scratch("slope")  # slope = σ(z) + out·(1 - σ(z))
        return [
            call(np.subtract, scalar(z, 1), gate, slope),
            call(np.multiply, slope, out, slope),
            call(np.add, slope, gate, slope),
            times(delta, slope),
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
            *sigmoid(z, slope),
            call(np.multiply, slope, rest, slope),
            call(np.multiply, slope, z, slope),
            call(np.add, slope, gate, slope),
            times(delta, slope),
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
            *sigmoid(z, slope),
            call(np.putmask, slope, scratch("high", bool), scalar(z, 1)),
            times(delta, slope),
        ]
