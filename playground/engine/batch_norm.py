"""BatchNorm (Ioffe & Szegedy 2015), compiled for training and for evaluation.

As in PyTorch 2.13: epsilon 1e-5 inside the root, the biased variance to normalise, the unbiased
one for the running statistics. A value a unit, such as a mean, has the shape (R, units);
``[..., None]`` lets it act on (R, units, samples).

In a small step it is the number of NumPy calls that costs, and a call that broadcasts a column
costs as much as two products of small matrices. There, centring and scaling are such products.
"""

from __future__ import annotations

import numpy as np

from playground.engine.calls import Array, Call, call, product, row_sums, scalar

EPSILON = 1e-5
MOMENTUM = 0.1
"""The share of the batch in the running statistics: PyTorch's ``momentum``, 1 minus Keras's."""
SMALL = 32
"""Up to so many units and samples a product of matrices is faster than broadcasting."""


class BatchNormStage:
    """Normalise each unit over the batch, then scale by gamma and shift by beta."""

    def __init__(self, x: Array, gamma: Array, beta: Array, statistics: Array, out: Array) -> None:
        """Compile the forward calls.

        Args:
            x: Shape (R, units, samples), like ``out``.
            gamma: Shape (R, units), like ``beta``.
            statistics: Receives the batch's means and, after them, its biased variances:
                (R, 2·units).
        """
        units, batch = x.shape[-2:]
        self._rows = _Products(x) if max(units, batch) <= SMALL else _Broadcasts(x)
        self._products = products = np.empty_like(x)
        average = np.full(batch, 1 / batch, x.dtype)
        self._sigma = sigma = np.empty_like(x[..., 0])
        mean, variance = statistics[..., :units], statistics[..., units:]
        centred = self._rows.centred
        self.forward: list[Call] = [
            row_sums(x, average, mean),
            *self._rows.centre(x, mean, centred),
            call(np.multiply, centred, centred, products),
            row_sums(products, average, variance),
            call(np.add, variance, scalar(x, EPSILON), sigma),
            call(np.sqrt, sigma, sigma),
            call(np.divide, gamma, sigma, self._rows.scale),
            *self._rows.scaled(beta, out),
        ]

    def backward(self, delta: Array, grad_gamma: Array, grad_beta: Array) -> list[Call]:
        """Compile the gradients of gamma and beta, and that of the input in place.

        With c = x - mean and σ = √(variance + ε):
        ``delta = gamma/σ·(delta - mean(delta) - c/σ²·mean(delta·c))``.
        """
        rows, products, sigma, batch = self._rows, self._products, self._sigma, delta.shape[-1]
        ones, share, factor = np.ones(batch, delta.dtype), 1 / batch, np.empty_like(sigma)
        return [
            row_sums(delta, ones, grad_beta),
            call(np.multiply, delta, rows.centred, products),
            row_sums(products, ones, grad_gamma),
            call(np.divide, grad_gamma, sigma, grad_gamma),
            call(np.divide, grad_gamma, sigma, factor),
            call(np.multiply, factor, scalar(delta, -share), factor),
            call(np.multiply, factor, rows.scale, rows.weight),
            *rows.centre(delta, grad_beta, rows.centred_delta, share),
            *rows.combined(delta),
        ]


class _Broadcasts:
    """Rows are centred and scaled by broadcasting a column.

    Attributes:
        centred: For the centred input, as :class:`BatchNormStage` fills it.
        centred_delta: For the centred gradient.
        scale: For ``gamma/σ`` (R, units).
        weight: For ``-gamma/σ³·mean(delta·c)``, the part of ``centred`` in the gradient.
    """

    def __init__(self, x: Array) -> None:
        self.centred, self.centred_delta = np.empty_like(x), np.empty_like(x)
        self.scale, self.weight = np.empty_like(x[..., 0]), np.empty_like(x[..., 0])
        self._temporary, self._mean = np.empty_like(x), np.empty_like(x[..., 0])

    def centre(self, x: Array, mean: Array, out: Array, factor: float = 1) -> list[Call]:
        """Compile ``out = x - factor·mean``, which has the mean 0."""
        scaled = mean if factor == 1 else self._mean
        calls: list[Call] = [call(np.subtract, x, scaled[..., None], out)]
        return (
            calls if factor == 1 else [call(np.multiply, mean, scalar(x, factor), scaled), *calls]
        )

    def scaled(self, beta: Array, out: Array) -> list[Call]:
        """Compile ``out = scale·centred + beta``."""
        return [
            call(np.multiply, self.centred, self.scale[..., None], out),
            call(np.add, out, beta[..., None], out),
        ]

    def combined(self, out: Array) -> list[Call]:
        """Compile ``out = scale·centred_delta + weight·centred``."""
        return [
            call(np.multiply, self.centred_delta, self.scale[..., None], out),
            call(np.multiply, self.centred, self.weight[..., None], self._temporary),
            call(np.add, out, self._temporary, out),
        ]


class _Products:
    """The same by products with small matrices.

    The rows [centred_delta; centred; 1] stand in one buffer, so that a matrix [diag(scale) | beta]
    scales and shifts, and [diag(scale) | diag(weight)] combines.
    """

    def __init__(self, x: Array) -> None:
        units, batch = x.shape[-2:]
        stack = np.ones_like(x, shape=(*x.shape[:-2], 2 * units + 1, batch))
        self.centred_delta, self.centred = stack[..., :units, :], stack[..., units:-1, :]
        self._both, self._with_ones = stack[..., :-1, :], stack[..., units:, :]
        self._centring = (np.eye(batch) - 1 / batch).astype(x.dtype)
        self._affine = np.zeros_like(x, shape=(*x.shape[:-2], units, units + 1))
        self._mixing = np.zeros_like(x, shape=(*x.shape[:-2], units, 2 * units))
        self.scale, self.weight = _diagonal(self._affine), _diagonal(self._mixing, units)

    def centre(self, x: Array, mean: Array, out: Array, factor: float = 1) -> list[Call]:
        """Compile ``out = x - factor·mean``; the product finds the mean by itself."""
        return [product(x, self._centring, out)]

    def scaled(self, beta: Array, out: Array) -> list[Call]:
        """Compile ``out = scale·centred + beta``."""
        return [
            call(np.copyto, self._affine[..., -1], beta),
            product(self._affine, self._with_ones, out),
        ]

    def combined(self, out: Array) -> list[Call]:
        """Compile ``out = scale·centred_delta + weight·centred``."""
        return [
            call(np.copyto, _diagonal(self._mixing), self.scale),
            product(self._mixing, self._both, out),
        ]


def _diagonal(matrices: Array, start: int = 0) -> Array:
    """A view of the diagonal that begins in column ``start``."""
    found = np.diagonal(matrices, start, -2, -1)
    found.flags.writeable = True  # NumPy hands it out read-only, though it is a view
    return found


def running_statistics(
    running: Array, statistics: Array, is_variance: Array, batch: int
) -> list[Call]:
    """Compile the step by which the running statistics of all layers follow a batch's.

    Args:
        running: Means and variances (R, S), changed in place.
        statistics: The batch's (R, S), with biased variances.
        is_variance: Which of the S columns are variances.
        batch: How many samples it has.
    """
    if not running.size:
        return []
    share = np.where(is_variance, MOMENTUM * batch / (batch - 1), MOMENTUM).astype(running.dtype)
    addition = np.empty_like(running)
    return [
        call(np.multiply, running, scalar(running, 1 - MOMENTUM), running),
        call(np.multiply, statistics, share, addition),
        call(np.add, running, addition, running),
    ]


def batch_norm_evaluation(
    x: Array, gamma: Array, beta: Array, running: Array, out: Array
) -> list[Call]:
    """Compile BatchNorm with the running statistics, as the network is judged and used.

    Shapes are those of :class:`BatchNormStage`, with ``running`` in place of ``statistics``.
    """
    units = x.shape[-2]
    mean, variance = running[..., :units], running[..., units:]
    scale, shift = np.empty_like(gamma), np.empty_like(gamma)
    return [
        call(np.add, variance, scalar(x, EPSILON), scale),
        call(np.sqrt, scale, scale),
        call(np.divide, gamma, scale, scale),
        call(np.multiply, mean, scale, shift),
        call(np.subtract, beta, shift, shift),
        call(np.multiply, x, scale[..., None], out),
        call(np.add, out, shift[..., None], out),
    ]
