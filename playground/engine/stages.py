"""The parts of a layer, compiled: dense, activation, dropout (BatchNorm has a file of its own).

Each stage compiles its forward calls when it is made and its backward calls when it is asked for
them; between the two it keeps what the backward pass needs. Arrays are (R, units, samples), or
(units, samples) where there is one replica.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.engine.activations import ActivationFunction
from playground.engine.calls import Array, Call, Scratch, call, product, scalar, transposed


class DenseStage:
    """``z = Wᵀ·[x; 1]``: the last row of the table holds the biases."""

    def __init__(self, x: Array, table: Array, z: Array) -> None:
        self._x, self._table = x, table
        self.forward = [product(transposed(table), x, z)]

    def backward(self, delta: Array, grad_table: Array, delta_x: Array | None) -> list[Call]:
        """Compile the gradient of the table, and of the input unless it is the data."""
        calls = [product(self._x, transposed(delta), grad_table)]
        if delta_x is not None:
            calls.append(product(self._table[..., :-1, :], delta, delta_x))
        return calls


class ActivationStage:
    """``out = f(z)``."""

    def __init__(self, function: ActivationFunction, z: Array, out: Array) -> None:
        self._function, self._z, self._out, self._scratch = function, z, out, Scratch(z)
        self.forward = function.forward(z, out, self._scratch)

    def backward(self, delta: Array) -> list[Call]:
        return self._function.backward(self._z, self._out, delta, self._scratch)


class DropoutStage:
    """Zero a share of the outputs at random and scale the rest by 1/(1 - rate).

    "Inverted" dropout (Srivastava et al. 2014), so that evaluation needs nothing. Each replica
    draws from its own generator, and so gets the masks that it would get alone.
    """

    def __init__(
        self, x: Array, rate: float, rngs: Sequence[np.random.Generator], out: Array
    ) -> None:
        self.mask = mask = np.empty_like(x)
        rows = [mask] if mask.ndim == 2 else list(mask)
        self.forward: list[Call] = [
            *(
                call(rng.random, dtype=mask.dtype.type, out=row)
                for rng, row in zip(rngs, rows, strict=True)
            ),
            # floor(u + 1 - rate) is 1 where u >= rate, else 0
            call(np.add, mask, scalar(x, 1 - rate), mask),
            call(np.floor, mask, mask),
            call(np.multiply, mask, scalar(x, 1 / (1 - rate)), mask),
            call(np.multiply, x, mask, out),
        ]

    def backward(self, delta: Array) -> list[Call]:
        return [call(np.multiply, delta, self.mask, delta)]
