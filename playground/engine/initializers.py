"""The initialisers: how weights and biases start, each one entry of the registry."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from playground.core.families import Initializer, initializers
from playground.core.fields import number
from playground.engine.calls import Array

GLOROT = "Glorot & Bengio 2010"
HE = "He et al. 2015"
LECUN = "LeCun et al. 1998, Efficient BackProp"


class WeightInitializer(Initializer):
    """An initialiser that can draw."""

    @abstractmethod
    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        """Draw the weights of a layer.

        Args:
            fan_in: Inputs of the layer.
            fan_out: Units of the layer.
            activation_gain: What the layer's activation asks for, used by He's initialisers.
            rng: Where the random numbers come from.

        Returns:
            Shape (fan_in, fan_out), float64.
        """

    def biases(self, fan_in: int, fan_out: int, rng: np.random.Generator) -> Array:
        """The biases of a layer: shape (fan_out,), float64."""
        return np.full(fan_out, self.bias)


class _Scaled(WeightInitializer):
    """Weights of a standard deviation that depends on the layer's size."""

    gain: float = number(
        1.0,
        "Gain",
        "The factor by which all weights are enlarged.",
        minimum=0,
        maximum=1000,
        slider=(0.1, 10),
        scale="log",
        decimals=2,
    )

    @abstractmethod
    def deviation(self, fan_in: int, fan_out: int, activation_gain: float) -> float:
        """The standard deviation of the weights."""


class _Normal(_Scaled):
    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        # abs: a gain of -0.0 is valid JSON, and NumPy takes its sign for a negative one
        deviation = abs(self.deviation(fan_in, fan_out, activation_gain))
        return rng.normal(0, deviation, (fan_in, fan_out))


class _Uniform(_Scaled):
    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        bound = 3**0.5 * abs(self.deviation(fan_in, fan_out, activation_gain))
        return rng.uniform(-bound, bound, (fan_in, fan_out))


class _Xavier(_Scaled):
    def deviation(self, fan_in: int, fan_out: int, activation_gain: float) -> float:
        return float(self.gain * (2 / (fan_in + fan_out)) ** 0.5)


class _He(_Scaled):
    gain: float | None = number(  # type: ignore[assignment]  # None: from the activation
        None,
        "Gain",
        "The factor g in g/√in. Automatic: from the layer's activation, √2 for ReLU.",
        minimum=0,
        maximum=1000,
        slider=(0.1, 10),
        scale="log",
        decimals=2,
        none_label="automatic",
    )

    def deviation(self, fan_in: int, fan_out: int, activation_gain: float) -> float:
        return float((activation_gain if self.gain is None else self.gain) / fan_in**0.5)


class _LeCun(_Scaled):
    def deviation(self, fan_in: int, fan_out: int, activation_gain: float) -> float:
        return float(self.gain / fan_in**0.5)


@initializers.add
class XavierUniform(_Xavier, _Uniform):
    """Keeps the variance of signals forward and of gradients backward, for symmetric functions."""

    name = "xavier_uniform"
    label = "Xavier (Glorot) uniform"
    formula = "U(±√3·std), std = gain·√(2/(in + out))"
    reference = GLOROT


@initializers.add
class XavierNormal(_Xavier, _Normal):
    """As Xavier uniform, from a normal distribution."""

    name = "xavier_normal"
    label = "Xavier (Glorot) normal"
    formula = "N(0, std²), std = gain·√(2/(in + out))"
    reference = GLOROT


@initializers.add
class HeUniform(_He, _Uniform):
    """Makes up for the half of the signal that ReLU cuts off."""

    name = "he_uniform"
    label = "He (Kaiming) uniform"
    formula = "U(±√3·std), std = g/√in, g the activation's gain"
    reference = HE


@initializers.add
class HeNormal(_He, _Normal):
    """As He uniform, from a normal distribution."""

    name = "he_normal"
    label = "He (Kaiming) normal"
    formula = "N(0, std²), std = g/√in, g the activation's gain"
    reference = HE


@initializers.add
class LeCunUniform(_LeCun, _Uniform):
    """Keeps the variance of the signal through a linear layer."""

    name = "lecun_uniform"
    label = "LeCun uniform"
    formula = "U(±√3·std), std = gain/√in"
    reference = LECUN


@initializers.add
class LeCunNormal(_LeCun, _Normal):
    """As LeCun uniform, from a normal distribution; the one for SELU."""

    name = "lecun_normal"
    label = "LeCun normal"
    formula = "N(0, std²), std = gain/√in"
    reference = LECUN


@initializers.add
class Orthogonal(WeightInitializer):
    """Rows or columns that are orthogonal: no direction is stretched."""

    name = "orthogonal"
    label = "Orthogonal"
    formula = "gain·Q·sign(diag R), QR of a normal matrix"
    reference = "Saxe et al. 2013; PyTorch 2.13, torch.nn.init.orthogonal_"

    gain: float = number(
        1.0,
        "Gain",
        "The factor by which all weights are enlarged.",
        minimum=0,
        maximum=1000,
        slider=(0.1, 10),
        scale="log",
        decimals=2,
    )

    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        tall = rng.normal(size=(max(fan_in, fan_out), min(fan_in, fan_out)))
        q, r = np.linalg.qr(tall)
        q *= np.sign(np.diag(r))
        return self.gain * (q if fan_in >= fan_out else q.T)


@initializers.add
class TorchDefault(WeightInitializer):
    """What PyTorch's Linear does when nothing is said: a third of LeCun's variance."""

    name = "torch_default"
    label = "PyTorch's default"
    formula = "U(±1/√in) for weights; for biases the same, moved by their start value"
    reference = "PyTorch 2.13, torch.nn.Linear.reset_parameters"

    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        bound = fan_in**-0.5
        return rng.uniform(-bound, bound, (fan_in, fan_out))

    def biases(self, fan_in: int, fan_out: int, rng: np.random.Generator) -> Array:
        bound = fan_in**-0.5
        return self.bias + rng.uniform(-bound, bound, fan_out)


@initializers.add
class Normal(WeightInitializer):
    """A normal distribution of one's own width, whatever the layer's size."""

    name = "normal"
    label = "Normal"
    formula = "N(0, std²)"
    reference = "Keras, RandomNormal"

    stddev: float = number(
        0.05,
        "Standard deviation",
        "The width of the distribution. Too small: signals fade; too large: units saturate.",
        minimum=0,
        maximum=1e37,  # ten times it, which no draw exceeds, is still a float32
        slider=(1e-3, 10),
        scale="log",
        decimals=4,
    )

    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        return rng.normal(0, abs(self.stddev), (fan_in, fan_out))


@initializers.add
class Uniform(WeightInitializer):
    """A uniform distribution of one's own width, whatever the layer's size."""

    name = "uniform"
    label = "Uniform"
    formula = "U(±limit)"
    reference = "Keras, RandomUniform; TensorFlow Playground with 0.5"

    limit: float = number(
        0.5,
        "Limit",
        "The largest weight, of either sign.",
        minimum=0,
        maximum=1e38,
        slider=(1e-3, 10),
        scale="log",
        decimals=4,
    )

    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        return rng.uniform(-1, 1, (fan_in, fan_out)) * self.limit


@initializers.add
class Constant(WeightInitializer):
    """The same value everywhere: all units of a layer then learn the same."""

    name = "constant"
    label = "Constant"
    formula = "value"
    reference = "Keras, Constant"

    value: float = number(
        0.1, "Value", "The value of every weight.", minimum=-1e38, maximum=1e38, slider=(-1, 1)
    )

    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        return np.full((fan_in, fan_out), self.value)


@initializers.add
class Zeros(WeightInitializer):
    """All weights 0: no signal and no gradient passes, and hidden layers never learn."""

    name = "zeros"
    label = "Zeros"
    formula = "0"
    reference = "Keras, Zeros"

    def weights(
        self, fan_in: int, fan_out: int, activation_gain: float, rng: np.random.Generator
    ) -> Array:
        return np.zeros((fan_in, fan_out))
