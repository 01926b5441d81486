"""The learning rate in the course of training: schedules, each one entry of the registry.

A schedule is a factor of the optimizer's learning rate that depends on the time alone. Time counts
in epochs, in fractions within one: a step has its own rate, and with a full batch, where a step is
an epoch, the rates are those of PyTorch's schedulers called once an epoch.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from playground.core.families import Schedule, schedules
from playground.core.fields import integer, number
from playground.engine.calls import Array, scalar

PYTORCH = "PyTorch 2.13, torch.optim.lr_scheduler"


class Rate:
    """The learning rate of the present step: the one place from which compiled calls take it.

    Attributes:
        value: The rate in double precision, for what is computed anew in each step.
        scalar: The same as a 0-d array of the parameters' type, to be bound into calls.
    """

    __slots__ = ("_followers", "_like", "scalar", "value")

    def __init__(self, like: Array, value: float) -> None:
        """``like``: an array of the parameters' type."""
        self.value, self._like = value, like
        self._followers: list[tuple[Array, Callable[[float], float]]] = []
        self.scalar = self.follow(float)

    def follow(self, function: Callable[[float], float]) -> Array:
        """A 0-d array that always holds ``function`` of the rate."""
        array = scalar(self._like, function(self.value))
        self._followers.append((array, function))
        return array

    def set(self, value: float) -> None:
        """Let all steps from now on take another rate."""
        self.value = value
        for array, function in self._followers:
            array.fill(function(value))


class RateSchedule(Schedule):
    """A schedule that can be computed."""

    @abstractmethod
    def factor(self, t: float) -> float:
        """What the learning rate is multiplied by, from 0 to 1.

        Args:
            t: Epochs done, from 0; within an epoch with the part of its steps that is done.
        """


def _gamma(default: float, help: str, low: float) -> Any:
    return number(
        default, "Gamma γ", help, minimum=0, maximum=1, slider=(low, 1), decimals=4, live=True
    )


def _epochs(default: float, label: str, help: str) -> Any:
    return number(
        default,
        label,
        help,
        minimum=0,
        maximum=1_000_000_000,
        slider=(0, 50),
        unit="epochs",
        decimals=1,
        live=True,
    )


@schedules.add
class Constant(RateSchedule):
    """The same rate throughout."""

    name = "constant"
    label = "Constant"
    formula = "η"
    reference = ""
    changes: ClassVar[bool] = False

    def factor(self, t: float) -> float:
        return 1.0


@schedules.add
class Step(RateSchedule):
    """Falls at once, every so many epochs, and stays between."""

    name = "step"
    label = "Step"
    formula = "η·γ^⌊t/s⌋"
    reference = f"{PYTORCH}.StepLR"

    step_size: int = integer(
        30,
        "Step size s",
        "After how many epochs the rate falls, again and again.",
        minimum=1,
        maximum=1_000_000_000,
        slider=(1, 1000),
        scale="log",
        unit="epochs",
        live=True,
    )
    gamma: float = _gamma(0.1, "What the rate is multiplied by each time.", 0)

    def factor(self, t: float) -> float:
        return math.pow(self.gamma, t // self.step_size)


@schedules.add
class Exponential(RateSchedule):
    """Falls by the same share in every epoch."""

    name = "exponential"
    label = "Exponential"
    formula = "η·γ^t"
    reference = f"{PYTORCH}.ExponentialLR"

    gamma: float = _gamma(
        0.97, "What the rate is multiplied by in each epoch: 0.97 halves it in 23 epochs.", 0.8
    )

    def factor(self, t: float) -> float:
        return math.pow(self.gamma, t)


@schedules.add
class Cosine(RateSchedule):
    """Falls along half a wave, slowly at first and at last, and then stays at its minimum.

    PyTorch's scheduler would rise again after ``t_max``; Keras's stays, as here.
    """

    name = "cosine"
    label = "Cosine"
    formula = "η·(α + (1 - α)·½(1 + cos(π·t/T))), and η·α after T"
    reference = (
        f"{PYTORCH}.CosineAnnealingLR, whose η_min is α·η; the end and the warm-up are those of "
        "Keras's CosineDecay; Loshchilov & Hutter 2017"
    )

    t_max: int = integer(
        100,
        "Duration T",
        "How many epochs the fall takes, after the warm-up.",
        minimum=1,
        maximum=1_000_000_000,
        slider=(10, 10_000),
        scale="log",
        unit="epochs",
        live=True,
    )
    alpha: float = number(
        0.0,
        "Minimum α",
        "The share of the rate that is left in the end. At 0 the network then stands still.",
        minimum=0,
        maximum=1,
        live=True,
    )
    warmup: float = _epochs(
        0.0, "Warm-up", "For how many epochs the rate first rises in a straight line from 0."
    )

    def factor(self, t: float) -> float:
        if t < self.warmup:
            return t / self.warmup
        done = min((t - self.warmup) / self.t_max, 1.0)
        return self.alpha + (1 - self.alpha) * 0.5 * (1 + math.cos(math.pi * done))


@schedules.add
class WarmUp(RateSchedule):
    """Starts low and rises in a straight line: Adam's averages settle before steps are long."""

    name = "warm_up"
    label = "Linear warm-up"
    formula = "η·(f + (1 - f)·min(t/T, 1))"
    reference = f"{PYTORCH}.LinearLR; Goyal et al. 2017"

    start_factor: float = number(
        0.1,
        "Start factor f",
        "The share of the rate that the first step takes.",
        minimum=0,
        maximum=1,
        live=True,
    )
    total_iters: float = _epochs(5.0, "Duration T", "For how many epochs the rate rises.")

    def factor(self, t: float) -> float:
        if t >= self.total_iters:
            return 1.0
        return self.start_factor + (1 - self.start_factor) * (t / self.total_iters)


@schedules.add
class InverseTime(RateSchedule):
    """Falls as 1/t: so slowly that all steps together can still go anywhere.

    Robbins and Monro's condition for stochastic descent to settle: the sum of the rates has no
    limit, the sum of their squares has one.
    """

    name = "inverse_time"
    label = "Inverse time (1/t)"
    formula = "η/(1 + d·t)"
    reference = "Keras, InverseTimeDecay; Robbins & Monro 1951"

    decay_rate: float = number(
        0.05,
        "Decay rate d",
        "How fast the rate falls: after 1/d epochs half of it is left.",
        minimum=0,
        maximum=1e6,
        slider=(1e-3, 10),
        scale="log",
        decimals=4,
        live=True,
    )

    def factor(self, t: float) -> float:
        return 1 / (1 + self.decay_rate * t)
