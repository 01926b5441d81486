"""The losses: means over samples and outputs, each one entry of the registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np

from playground.core.families import Loss, Task, losses
from playground.engine.calls import Array, Call, call, scalar
from playground.engine.corners import Corner

PYTORCH = "PyTorch 2.13, torch.nn.functional"
TF_PLAYGROUND = "TensorFlow Playground, nn.ts, Errors.SQUARE"


class LossFunction(ABC):
    """A loss of the network's raw outputs ``z`` against encoded targets ``y``.

    Both have the shape (..., outputs, n).

    Attributes:
        corner: Where the loss is not smooth; None if it is smooth everywhere.
        answer: The function that makes of the outputs what people are shown: the classes'
            probabilities, or with tanh a number from -1 to 1; empty where nothing does.
    """

    corner: ClassVar[Corner | None] = None
    answer: ClassVar[Literal["", "sigmoid", "softmax", "tanh"]] = ""

    def to_corner(self, z: Array, y: Array) -> Array:
        """The quantity of :attr:`corner`, (..., outputs, n)."""
        return z

    def encode(self, targets: Array, outputs: int) -> Array:
        """Targets (n,), classes or values, as the loss needs them: (outputs, n)."""
        return targets[None, :].astype(np.float64)

    @abstractmethod
    def terms(self, z: Array, y: Array) -> Array:
        """The loss of each output and sample; an axis over which it has summed has length 1."""

    @abstractmethod
    def gradient(self, z: Array, y: Array, delta: Array) -> list[Call]:
        """Compile ``delta = d mean(terms) / dz``."""

    @abstractmethod
    def constant(self, y: Array) -> Array:
        """The constant output (outputs, 1) that does best on ``y`` (outputs, n): chance level."""

    def mean(self, z: Array, y: Array) -> Array:
        """The loss of each replica, float64, of shape ``z.shape[:-2]``."""
        return np.asarray(self.terms(z, y).mean(axis=(-2, -1), dtype=np.float64))


class _SignTargets(LossFunction):
    """Two classes become -1 and +1 where numbers are compared."""

    def __init__(self, task: Task) -> None:
        self._signs = task.kind == "classification"

    def encode(self, targets: Array, outputs: int) -> Array:
        values = super().encode(targets, outputs)
        return 2 * values - 1 if self._signs else values


class BinaryCrossEntropy(LossFunction):
    """``max(z, 0) - z·y + log(1 + exp(-|z|))``: finite for every finite z."""

    answer = "sigmoid"

    def terms(self, z: Array, y: Array) -> Array:
        return np.asarray(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))

    def gradient(self, z: Array, y: Array, delta: Array) -> list[Call]:
        return [
            call(np.negative, z, delta),
            call(np.exp, delta, delta),
            call(np.add, delta, scalar(z, 1), delta),
            call(np.reciprocal, delta, delta),
            call(np.subtract, delta, y, delta),
            call(np.multiply, delta, scalar(z, 1 / _elements(z)), delta),
        ]

    def constant(self, y: Array) -> Array:
        share = np.clip(y.mean(axis=-1, keepdims=True), 1e-12, 1 - 1e-12)
        return np.asarray(np.log(share / (1 - share)))


class CrossEntropy(LossFunction):
    """``log Σ exp(z) - z[class]``, the softmax cross-entropy."""

    answer = "softmax"

    def encode(self, targets: Array, outputs: int) -> Array:
        return np.equal.outer(np.arange(outputs), targets).astype(np.float64)

    def terms(self, z: Array, y: Array) -> Array:
        top = z.max(axis=-2, keepdims=True)
        total = np.exp(z - top).sum(axis=-2, keepdims=True)
        return np.asarray(np.log(total) + top - (z * y).sum(axis=-2, keepdims=True))

    def gradient(self, z: Array, y: Array, delta: Array) -> list[Call]:
        row = np.empty_like(z[..., :1, :])
        samples = z.shape[-1]
        return [
            call(np.max, z, -2, row, True),
            call(np.subtract, z, row, delta),
            call(np.exp, delta, delta),
            call(np.sum, delta, -2, None, row, True),
            call(np.divide, delta, row, delta),
            call(np.subtract, delta, y, delta),
            call(np.multiply, delta, scalar(z, 1 / samples), delta),
        ]

    def constant(self, y: Array) -> Array:
        return np.asarray(np.log(np.maximum(y.mean(axis=-1, keepdims=True), 1e-12)))


class MeanSquaredError(_SignTargets):
    """``(z - y)²``, without the half that some put before it."""

    def terms(self, z: Array, y: Array) -> Array:
        return np.asarray(np.square(z - y))

    def gradient(self, z: Array, y: Array, delta: Array) -> list[Call]:
        return [
            call(np.subtract, z, y, delta),
            call(np.multiply, delta, scalar(z, 2 / _elements(z)), delta),
        ]

    def constant(self, y: Array) -> Array:
        return np.asarray(y.mean(axis=-1, keepdims=True))


class HalfSquaredError(_SignTargets):
    """``(z - y)²/2``: its slope is the error itself."""

    def terms(self, z: Array, y: Array) -> Array:
        return np.asarray(np.square(z - y) / 2)

    def gradient(self, z: Array, y: Array, delta: Array) -> list[Call]:
        return [
            call(np.subtract, z, y, delta),
            call(np.multiply, delta, scalar(z, 1 / _elements(z)), delta),
        ]

    def constant(self, y: Array) -> Array:
        return np.asarray(y.mean(axis=-1, keepdims=True))


class HalfSquaredErrorOfTanh(_SignTargets):
    """``(tanh z - y)²/2``, y = ±1: a saturated output hardly learns, even where it is wrong."""

    answer = "tanh"

    def terms(self, z: Array, y: Array) -> Array:
        return np.asarray(np.square(np.tanh(z) - y) / 2)

    def gradient(self, z: Array, y: Array, delta: Array) -> list[Call]:
        slope = np.empty_like(z)
        return [
            call(np.tanh, z, delta),
            call(np.multiply, delta, delta, slope),
            call(np.subtract, scalar(z, 1), slope, slope),
            call(np.subtract, delta, y, delta),
            call(np.multiply, delta, slope, delta),
            call(np.multiply, delta, scalar(z, 1 / _elements(z)), delta),
        ]

    def constant(self, y: Array) -> Array:
        nearly = 1 - 1e-12
        return np.asarray(np.arctanh(np.clip(y.mean(axis=-1, keepdims=True), -nearly, nearly)))


class Huber(_SignTargets):
    """Squared (halved) up to a difference of 1, absolute beyond: outliers pull less."""

    corner = Corner("bend", "z - y", 1.0, mirrored=True)

    def to_corner(self, z: Array, y: Array) -> Array:
        return z - y

    def terms(self, z: Array, y: Array) -> Array:
        distance = np.abs(z - y)
        near = np.minimum(distance, 1)
        return np.asarray(near * (distance - near / 2))

    def gradient(self, z: Array, y: Array, delta: Array) -> list[Call]:
        return [
            call(np.subtract, z, y, delta),
            call(np.clip, delta, scalar(z, -1), scalar(z, 1), delta),
            call(np.multiply, delta, scalar(z, 1 / _elements(z)), delta),
        ]

    def constant(self, y: Array) -> Array:
        low, high = y.min(axis=-1, keepdims=True), y.max(axis=-1, keepdims=True)
        for _ in range(60):  # bisect the slope, which rises with the constant
            middle = (low + high) / 2
            rises = np.clip(middle - y, -1, 1).sum(axis=-1, keepdims=True) > 0
            low, high = np.where(rises, low, middle), np.where(rises, middle, high)
        return np.asarray((low + high) / 2)


class Hinge(_SignTargets):
    """``max(0, 1 - y·z)``, y = ±1: only points inside the margin pull."""

    corner = Corner("kink", "y·z", 1.0)

    def to_corner(self, z: Array, y: Array) -> Array:
        return y * z

    def terms(self, z: Array, y: Array) -> Array:
        return np.asarray(np.maximum(0, 1 - y * z))

    def gradient(self, z: Array, y: Array, delta: Array) -> list[Call]:
        zero = scalar(z, 0)
        return [
            call(np.multiply, z, y, delta),
            call(np.subtract, scalar(z, 1), delta, delta),
            call(np.heaviside, delta, zero, delta),
            call(np.multiply, delta, y, delta),
            call(np.multiply, delta, scalar(z, -1 / _elements(z)), delta),
        ]

    def constant(self, y: Array) -> Array:
        return np.where(y.mean(axis=-1, keepdims=True) < 0, -1.0, 1.0)


def _elements(z: Array) -> int:
    return int(z.shape[-2] * z.shape[-1])


def predicted(task: Task, z: Array) -> Array:
    """What the outputs mean: classes 0, 1, … or values.

    Args:
        z: Shape (..., outputs, n).

    Returns:
        Shape (..., n).
    """
    if task.kind == "regression":
        return z[..., 0, :]
    if z.shape[-2] == 1:
        return (z[..., 0, :] > 0).astype(z.dtype)
    return np.asarray(z.argmax(axis=-2), z.dtype)


def _two_classes(task: Task) -> bool:
    return task == Task("classification", 2)


def _any_classes(task: Task) -> bool:
    return task.kind == "classification"


def _numbers_or_two_classes(task: Task) -> bool:
    return task.kind == "regression" or _two_classes(task)


def _one(task: Task) -> int:
    return 1


def _enter(
    name: str,
    label: str,
    formula: str,
    fits: Callable[[Task], bool],
    build: Callable[[Task], LossFunction],
    outputs: Callable[[Task], int] = _one,
    reference: str = PYTORCH,
) -> None:
    losses.add(Loss(name, label, formula, reference, fits, outputs, build))


_enter(
    "binary_cross_entropy", "Binary cross-entropy", "-y·log p - (1 - y)·log(1 - p), p = σ(z)",
    _two_classes, lambda task: BinaryCrossEntropy(),
)  # fmt: skip
_enter(
    "cross_entropy", "Softmax cross-entropy", "-log softmax(z)[class]",
    _any_classes, lambda task: CrossEntropy(), lambda task: task.classes,
)  # fmt: skip
_enter("mse", "Mean squared error", "(z - y)²", _numbers_or_two_classes, MeanSquaredError)
_enter(
    "half_mse", "Half squared error", "(z - y)²/2", _numbers_or_two_classes, HalfSquaredError,
    reference=TF_PLAYGROUND,
)  # fmt: skip
_enter(
    "tanh_half_mse", "Squared error of tanh", "(tanh z - y)²/2, y = ±1", _two_classes,
    HalfSquaredErrorOfTanh, reference=TF_PLAYGROUND,
)  # fmt: skip
_enter("huber", "Huber", "d²/2 if d < 1 else d - 1/2, d = |z - y|", _numbers_or_two_classes, Huber)
_enter(
    "hinge", "Hinge", "max(0, 1 - y·z), y = ±1", _two_classes, Hinge,
    reference="Keras, Hinge; PyTorch has none for raw outputs",
)  # fmt: skip
