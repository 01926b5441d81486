"""The neural network: layers, activations, initialisers, losses, optimizers, in NumPy alone.

Arrays have the replicas first and the samples last: ``(R, units, samples)``. A column is a sample,
so that a layer's input can carry a constant last row of ones without losing its memory order; the
biases are then the last row of the weight matrix, and neither the forward nor the backward pass
needs a call of its own for them.
"""

from playground.engine import (
    activations,
    clipping,
    initializers,
    losses,
    optimizers,
    regularizers,
    schedules,
)

__all__ = [
    "activations",
    "clipping",
    "initializers",
    "losses",
    "optimizers",
    "regularizers",
    "schedules",
]
