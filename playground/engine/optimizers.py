"""The optimizers, each one entry of the registry: how a step is made from a gradient.

Formulas are PyTorch's (2.13, ``torch.optim``); hyper-parameters have Keras's names. Weight decay
that is coupled (L2, L1) is added to the gradient before, by ``engine.regularizers``. Where a
formula says η, the step takes it from a :class:`~playground.engine.schedules.Rate`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from playground.core.families import Optimizer, learning_rate, optimizers
from playground.core.fields import number
from playground.engine.calls import Array, Call, call, scalar
from playground.engine.schedules import Rate

PYTORCH = "PyTorch 2.13, torch.optim"


@dataclass(slots=True)
class OptimizerState:
    """What an optimizer remembers from step to step.

    Attributes:
        slots: Arrays of the shape of the parameters, by name.
        step: Steps done.
        momentum_product: NAdam's product of its momenta so far.
        update: What the last step has taken from the parameters; 0 before it.
    """

    slots: dict[str, Array] = field(default_factory=dict)
    step: int = 0
    momentum_product: float = 1.0
    update: Array | None = None

    def fresh_update(self, theta: Array) -> Array:
        """An array for the update, which steps are to leave there."""
        self.update = np.zeros_like(theta)
        return self.update


class StepRule(Optimizer):
    """An optimizer that can be compiled."""

    slots: ClassVar[tuple[str, ...]] = ()
    """The names of the arrays that it remembers."""

    def start(self, theta: Array) -> OptimizerState:
        """The memory before the first step."""
        return OptimizerState({name: np.zeros_like(theta) for name in self.slots})

    def effective_rate(self, state: OptimizerState, learning_rate: float) -> Array | float:
        """What a lasting gradient of each parameter is multiplied by in a step, flat.

        η itself, η/(1 - μ) with momentum, η divided by the root of the gathered squares where the
        rate adapts; the memory's bias at the start is corrected as in the step.
        """
        return learning_rate

    def stability_limit(self, state: OptimizerState) -> float:
        """How large ``η·λ`` may be: beyond, steps of full batches run away from a minimum.

        λ is the curvature, the largest eigenvalue of the Hessian; where the rate adapts that of
        ``P^-½·H·P^-½``, with P what the step divides η by. Past corrections for a start at 0, and
        without AdamW's decay, the limit is that of the linear recursion which steps make of a
        parabola (Cohen et al. 2021, "Gradient Descent on Neural Networks Typically Occurs at the
        Edge of Stability", appendix B; for adaptive rates Cohen et al. 2022, "Adaptive Gradient
        Methods at the Edge of Stability").
        """
        return 2.0

    @abstractmethod
    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        """Compile one step, which changes ``theta`` and ``state`` in place.

        Args:
            theta: All parameters, flat.
            grad: Their gradient, of the same shape; left as it is.
            rate: What each step takes as its learning rate, whatever it is by then.
        """


def _decay(default: float, label: str, help: str) -> Any:
    return number(
        default, label, help, minimum=0, maximum=1, slider=(0, 0.9999), below_maximum=True,
        decimals=4, live=True,
    )  # fmt: skip


def _epsilon(default: float) -> Any:
    return number(
        default,
        "Epsilon",
        "Keeps the division finite where a gradient has always been 0.",
        minimum=1e-16,
        maximum=1,
        slider=(1e-12, 1e-2),
        scale="log",
        decimals=12,
        live=True,
    )


def _descend(theta: Array, update: Array) -> Call:
    return call(np.subtract, theta, update, theta)


def _average(memory: Array, decay: float, addition: Array, temporary: Array) -> list[Call]:
    """``memory = decay·memory + (1 - decay)·addition``."""
    return [
        call(np.multiply, memory, scalar(memory, decay), memory),
        call(np.multiply, addition, scalar(memory, 1 - decay), temporary),
        call(np.add, memory, temporary, memory),
    ]


@optimizers.add
class SGD(StepRule):
    """Plain gradient descent: full, mini-batch or stochastic, as the batch size says."""

    name = "sgd"
    label = "Gradient descent (SGD)"
    formula = "w ← w - η·g"
    reference = f"{PYTORCH}.SGD"

    learning_rate: float = learning_rate(0.1)

    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        update = state.fresh_update(theta)
        return [call(np.multiply, grad, rate.scalar, update), _descend(theta, update)]


class _Velocity(StepRule):
    slots = ("velocity",)

    learning_rate: float = learning_rate(0.03)
    momentum: float = _decay(
        0.9, "Momentum μ", "The share of the last step that is kept; the step can grow 1/(1 - μ)."
    )

    def effective_rate(self, state: OptimizerState, learning_rate: float) -> Array | float:
        return learning_rate / (1 - self.momentum)

    def stability_limit(self, state: OptimizerState) -> float:
        return 2 * (1 + self.momentum)

    def _gather(self, grad: Array, velocity: Array) -> list[Call]:
        return [
            call(np.multiply, velocity, scalar(velocity, self.momentum), velocity),
            call(np.add, velocity, grad, velocity),
        ]


@optimizers.add
class Momentum(_Velocity):
    """A heavy ball: past gradients go on pulling.

    Lectures often put η both into the velocity and before it; the effective rate would be η².
    """

    name = "momentum"
    label = "Momentum"
    formula = "b ← μ·b + g; w ← w - η·b"
    reference = f"{PYTORCH}.SGD(momentum)"

    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        velocity, update = state.slots["velocity"], state.fresh_update(theta)
        return [
            *self._gather(grad, velocity),
            call(np.multiply, velocity, rate.scalar, update),
            _descend(theta, update),
        ]


@optimizers.add
class Nesterov(_Velocity):
    """Momentum that looks ahead: the step is corrected by the gradient where it leads.

    In the variable ``w + μ·v`` this is Sutskever's form of Nesterov's method.
    """

    name = "nesterov"
    label = "Nesterov momentum"
    formula = "b ← μ·b + g; w ← w - η·(g + μ·b)"
    reference = f"{PYTORCH}.SGD(nesterov); Sutskever et al. 2013"

    def stability_limit(self, state: OptimizerState) -> float:
        return 2 * (1 + self.momentum) / (1 + 2 * self.momentum)

    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        velocity, update = state.slots["velocity"], state.fresh_update(theta)
        return [
            *self._gather(grad, velocity),
            call(np.multiply, velocity, scalar(theta, self.momentum), update),
            call(np.add, update, grad, update),
            call(np.multiply, update, rate.scalar, update),
            _descend(theta, update),
        ]


@optimizers.add
class Adagrad(StepRule):
    """Each weight's rate falls with all the gradients that it has had."""

    name = "adagrad"
    label = "Adagrad"
    formula = "G ← G + g²; w ← w - η·g/(√G + ε)"
    reference = f"{PYTORCH}.Adagrad; Duchi et al. 2011; Keras has √(G + ε)"
    slots = ("accumulator",)

    learning_rate: float = learning_rate(0.1)
    initial_accumulator_value: float = number(
        0.0,
        "Start of G",
        "The value that G starts from; more makes the first steps shorter.",
        minimum=0,
        maximum=1e6,
        slider=(0, 1),
    )
    epsilon: float = _epsilon(1e-10)

    def start(self, theta: Array) -> OptimizerState:
        return OptimizerState({"accumulator": np.full_like(theta, self.initial_accumulator_value)})

    def effective_rate(self, state: OptimizerState, learning_rate: float) -> Array | float:
        return learning_rate / (np.sqrt(state.slots["accumulator"]) + self.epsilon)

    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        accumulator, update = state.slots["accumulator"], state.fresh_update(theta)
        return [
            call(np.multiply, grad, grad, update),
            call(np.add, accumulator, update, accumulator),
            call(np.sqrt, accumulator, update),
            call(np.add, update, scalar(theta, self.epsilon), update),
            call(np.divide, grad, update, update),
            call(np.multiply, update, rate.scalar, update),
            _descend(theta, update),
        ]


@optimizers.add
class RMSProp(StepRule):
    """Adagrad that forgets: a running average of squared gradients instead of their sum."""

    name = "rmsprop"
    label = "RMSProp"
    formula = "v ← ρ·v + (1 - ρ)·g²; w ← w - η·g/(√v + ε)"
    reference = f"{PYTORCH}.RMSprop; Hinton 2012; Keras has √(v + ε) and ρ = 0.9"
    slots = ("second_moment",)

    rho: float = _decay(0.99, "Decay ρ", "How long squared gradients are remembered.")
    epsilon: float = _epsilon(1e-8)

    def effective_rate(self, state: OptimizerState, learning_rate: float) -> Array | float:
        return learning_rate / (np.sqrt(state.slots["second_moment"]) + self.epsilon)

    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        second, update = state.slots["second_moment"], state.fresh_update(theta)
        return [
            call(np.multiply, grad, grad, update),
            *_average(second, self.rho, update, update),
            call(np.sqrt, second, update),
            call(np.add, update, scalar(theta, self.epsilon), update),
            call(np.divide, grad, update, update),
            call(np.multiply, update, rate.scalar, update),
            _descend(theta, update),
        ]


class _Moments(StepRule):
    slots = ("first_moment", "second_moment")

    beta_1: float = _decay(0.9, "Beta 1", "How long gradients are remembered.")
    beta_2: float = _decay(0.999, "Beta 2", "How long squared gradients are remembered.")
    epsilon: float = _epsilon(1e-8)

    def _gather(self, grad: Array, state: OptimizerState, update: Array) -> list[Call]:
        return [
            *_average(state.slots["first_moment"], self.beta_1, grad, update),
            call(np.multiply, grad, grad, update),
            *_average(state.slots["second_moment"], self.beta_2, update, update),
        ]

    def _root(self, state: OptimizerState, epsilon: Array, out: Array) -> list[Call]:
        """``out = √v + ε·c``, with c = √(1 - β2ᵗ): c times the denominator ``√v̂ + ε``.

        With the numerator times c the quotient is the same, by one call less.
        """
        return [
            call(np.sqrt, state.slots["second_moment"], out),
            call(np.add, out, epsilon, out),
        ]

    def effective_rate(self, state: OptimizerState, learning_rate: float) -> Array | float:
        root = np.sqrt(state.slots["second_moment"]) / self._correction(max(state.step, 1))
        return learning_rate / (root + self.epsilon)

    def stability_limit(self, state: OptimizerState) -> float:
        return 2 * (1 + self.beta_1) / (1 - self.beta_1)

    def _correction(self, step: int) -> float:
        return math.sqrt(1 - math.pow(self.beta_2, step))

    def _adam(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        """Compile Adam's update; what remains is to take it from the parameters."""
        update = state.fresh_update(theta)
        epsilon, corrected = scalar(theta, 1), scalar(theta, 1)

        def count() -> None:
            state.step += 1
            correction = self._correction(state.step)
            epsilon.fill(self.epsilon * correction)
            corrected.fill(rate.value * correction / (1 - self.beta_1**state.step))

        return [
            count,
            *self._gather(grad, state, update),
            *self._root(state, epsilon, update),
            call(np.divide, state.slots["first_moment"], update, update),
            call(np.multiply, update, corrected, update),
        ]


@optimizers.add
class Adam(_Moments):
    """RMSProp with momentum; both averages are corrected for having started at 0."""

    name = "adam"
    label = "Adam"
    formula = "m ← β₁·m + (1 - β₁)·g; v ← β₂·v + (1 - β₂)·g²; w ← w - η·m̂/(√v̂ + ε)"
    reference = f"{PYTORCH}.Adam; Kingma & Ba 2015, Algorithm 1"

    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        calls = self._adam(theta, grad, state, rate)
        assert state.update is not None
        return [*calls, _descend(theta, state.update)]


@optimizers.add
class NAdam(_Moments):
    """Adam with Nesterov's look-ahead, and a momentum that grows towards beta 1."""

    name = "nadam"
    label = "NAdam"
    formula = (
        "μₜ = β₁(1 - ½·0.96^(tψ)); w ← w - η·[(1 - μₜ)g/(1 - Πμ≤ₜ) + μₜ₊₁m/(1 - Πμ≤ₜ₊₁)]/(√v̂ + ε)"
    )
    reference = f"{PYTORCH}.NAdam; Dozat 2016; Keras has 0.96ᵗ"

    momentum_decay: float = number(
        0.004,
        "Momentum decay ψ",
        "How fast the momentum grows to beta 1.",
        minimum=0,
        maximum=1,
        slider=(0, 0.1),
        decimals=4,
        live=True,
    )

    def _momentum(self, step: int) -> float:
        return self.beta_1 * (1 - 0.5 * math.pow(0.96, step * self.momentum_decay))

    def stability_limit(self, state: OptimizerState) -> float:
        beta, now = self.beta_1, self._momentum(state.step + 1)
        return 2 * (1 + beta) / (1 + beta - 2 * now * beta)

    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        update, ahead = state.fresh_update(theta), np.empty_like(theta)
        epsilon, of_gradient, of_moment = (scalar(theta, 1) for _ in range(3))

        def count() -> None:
            state.step += 1
            now, following = self._momentum(state.step), self._momentum(state.step + 1)
            state.momentum_product *= now
            product = state.momentum_product
            corrected = rate.value * self._correction(state.step)
            epsilon.fill(self.epsilon * self._correction(state.step))
            of_gradient.fill(corrected * (1 - now) / (1 - product))
            of_moment.fill(corrected * following / (1 - product * following))

        return [
            count,
            *self._gather(grad, state, update),
            call(np.multiply, grad, of_gradient, ahead),
            call(np.multiply, state.slots["first_moment"], of_moment, update),
            call(np.add, ahead, update, ahead),
            *self._root(state, epsilon, update),
            call(np.divide, ahead, update, update),
            _descend(theta, update),
        ]


@optimizers.add
class AdamW(_Moments):
    """Adam whose weight decay acts on the weights themselves, past the adaptive scaling.

    As in PyTorch and Keras it acts on all parameters, biases too. Adam with L2 is another thing:
    there the decay is divided by √v̂ like the gradient, and its strength hardly matters.
    """

    name = "adamw"
    label = "AdamW"
    formula = "w ← (1 - η·λ)·w, then Adam"
    reference = f"{PYTORCH}.AdamW; Loshchilov & Hutter 2019"

    weight_decay: float = number(
        0.01,
        "Weight decay λ",
        "The share η·λ of every parameter that each step takes away.",
        minimum=0,
        maximum=1e6,
        slider=(1e-4, 10),
        scale="log",
        decimals=4,
        live=True,
    )

    def compile(self, theta: Array, grad: Array, state: OptimizerState, rate: Rate) -> list[Call]:
        decay, pull = rate.follow(lambda value: value * self.weight_decay), np.empty_like(theta)
        calls, update = self._adam(theta, grad, state, rate), state.update
        assert update is not None
        return [
            *calls,
            call(np.multiply, theta, decay, pull),
            call(np.add, update, pull, update),
            _descend(theta, update),
        ]
