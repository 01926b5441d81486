"""The parts of a layer, compiled: dense, BatchNorm, activation, dropout.

Each stage compiles its forward calls when it is made and its backward calls when it is asked for
them; between the two it keeps what the backward pass needs. Arrays are (R, units, samples), or
(units, samples) where there is one replica.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.engine.activations import ActivationFunction
from playground.engine.calls import Array, Call, Scratch, call, product, scalar, transposed

BATCH_NORM_EPSILON = 1e-5
BATCH_NORM_MOMENTUM = 0.1
"""The share of the batch in the running statistics: PyTorch's ``momentum``, 1 minus Keras's."""


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


class BatchNormStage:
    """Normalise each unit over the batch, then scale and shift (Ioffe & Szegedy 2015).

    As in PyTorch 2.13: epsilon 1e-5 inside the root, the biased variance to normalise, the unbiased
    one for the running statistics.
    """

    def __init__(self, x: Array, gamma: Array, beta: Array, running: Array, out: Array) -> None:
        """``running``: mean above variance, (R, 2·units, 1)."""
        units, batch = x.shape[-2:]
        self._gamma, self._batch = gamma, batch
        self._scratch = scratch = Scratch(x)
        self._normal = normal = np.empty_like(x)
        self._inverse = inverse = np.empty_like(x[..., :1])
        statistics = np.empty_like(x, shape=(*x.shape[:-2], 2 * units, 1))
        mean, variance = statistics[..., :units, :], statistics[..., units:, :]
        average = np.full((batch, 1), 1 / batch, dtype=x.dtype)
        share = np.full((2 * units, 1), BATCH_NORM_MOMENTUM, dtype=x.dtype)
        share[units:] *= batch / (batch - 1)
        squares, addition = scratch("product"), np.empty_like(statistics)
        self.forward: list[Call] = [
            product(x, average, mean),
            call(np.subtract, x, mean, normal),
            call(np.multiply, normal, normal, squares),
            product(squares, average, variance),
            call(np.add, variance, scalar(x, BATCH_NORM_EPSILON), inverse),
            call(np.sqrt, inverse, inverse),
            call(np.reciprocal, inverse, inverse),
            call(np.multiply, normal, inverse, normal),
            call(np.multiply, normal, gamma, out),
            call(np.add, out, beta, out),
            call(np.multiply, running, scalar(x, 1 - BATCH_NORM_MOMENTUM), running),
            call(np.multiply, statistics, share, addition),
            call(np.add, running, addition, running),
        ]

    def backward(self, delta: Array, grad_gamma: Array, grad_beta: Array) -> list[Call]:
        """Compile the gradients of gamma and beta, and that of the input in place."""
        normal, like = self._normal, delta
        products, factor = self._scratch("product"), np.empty_like(self._inverse)
        ones = np.ones((self._batch, 1), dtype=like.dtype)
        share = scalar(like, 1 / self._batch)
        return [
            product(delta, ones, grad_beta),
            call(np.multiply, delta, normal, products),
            product(products, ones, grad_gamma),
            # delta = gamma·inverse·(delta - mean(delta) - normal·mean(delta·normal))
            call(np.multiply, grad_gamma, share, factor),
            call(np.multiply, normal, factor, products),
            call(np.subtract, delta, products, delta),
            call(np.multiply, grad_beta, share, factor),
            call(np.subtract, delta, factor, delta),
            call(np.multiply, self._gamma, self._inverse, factor),
            call(np.multiply, delta, factor, delta),
        ]


def batch_norm_evaluation(
    x: Array, gamma: Array, beta: Array, running: Array, out: Array
) -> list[Call]:
    """Compile BatchNorm with the running statistics, as the network is judged and used."""
    units = x.shape[-2]
    mean, variance = running[..., :units, :], running[..., units:, :]
    scale, shift = np.empty_like(mean), np.empty_like(mean)
    return [
        call(np.add, variance, scalar(x, BATCH_NORM_EPSILON), scale),
        call(np.sqrt, scale, scale),
        call(np.divide, gamma, scale, scale),
        call(np.multiply, mean, scale, shift),
        call(np.subtract, beta, shift, shift),
        call(np.multiply, x, scale, out),
        call(np.add, out, shift, out),
    ]


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
