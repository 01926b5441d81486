"""The activation functions, each with its derivative: entries of the registry, in this order.

Formulas and derivatives at 0 are PyTorch's (2.13, ``torch.nn.functional``).
"""

from playground.engine.activations.base import MEASURED_GAIN, ActivationFunction
from playground.engine.activations.bounded import Sigmoid, Tanh
from playground.engine.activations.rectified import ELU, SELU, LeakyReLU, Linear, ReLU
from playground.engine.activations.smooth import GELU, Mish, SiLU, Softplus

__all__ = [
    "ELU",
    "GELU",
    "MEASURED_GAIN",
    "SELU",
    "ActivationFunction",
    "LeakyReLU",
    "Linear",
    "Mish",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
]
