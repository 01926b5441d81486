"""The families of named choices: what an entry of each must say, and its registry.

The entries themselves stand where their mathematics is (``playground.data``, ``playground.engine``,
``playground.training``) and enter these registries when the package is imported; so a new one is
added in one place, and files, widgets, tables and tests find it here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

from playground.core.choice import Choice, Registry
from playground.core.fields import number


def learning_rate(default: float) -> Any:
    """The field that all optimizers share, with a default that suits toy data."""
    return number(
        default,
        "Learning rate",
        "The length of a step. Too small: nothing moves; too large: the loss jumps or diverges.",
        minimum=0,
        maximum=1e9,
        slider=(1e-5, 10),
        scale="log",
        decimals=6,
        live=True,
    )


TaskKind = Literal["classification", "regression"]


class Task(NamedTuple):
    """What is to be learned.

    Attributes:
        kind: Classes or numbers.
        classes: How many classes; 0 for regression.
    """

    kind: TaskKind
    classes: int

    def __str__(self) -> str:
        return "regression" if self.kind == "regression" else f"{self.classes} classes"


class Activation(Choice):
    """A function applied to each unit's weighted sum."""

    gain: ClassVar[float] = 1.0
    """The factor by which an initialiser enlarges weights to keep the signal's variance."""
    limits: ClassVar[tuple[float, float] | None] = None
    """What the answers approach at both ends, where the slope fades; None if one end is open."""
    torch: ClassVar[str] = ""
    """The same in PyTorch, with parameters in braces; empty if there is none, and the expression of
    ``engine.activations`` then says it."""
    keras: ClassVar[str] = ""
    """A layer of Keras, likewise; softplus has no threshold there, which makes 2e-9."""
    onnx: ClassVar[str] = ""
    """An operator of ONNX, likewise."""

    @property
    def fitting_gain(self) -> float:
        """The gain with this entry's parameters."""
        return self.gain


class Initializer(Choice):
    """How weights and biases start."""

    bias: float = number(
        0.0,
        "Start of the biases",
        "The value that every bias of the layer starts from. A large negative one kills ReLU units "
        "before the first step; 0 is usual.",
        minimum=-1000,
        maximum=1000,
        slider=(-3, 3),
    )


class Optimizer(Choice):
    """How a step is made from a gradient."""

    learning_rate: float = learning_rate(0.01)


class Schedule(Choice):
    """How the learning rate changes as training goes on."""

    changes: ClassVar[bool] = True
    """Whether it changes at all."""


class Clipping(Choice):
    """A bound on the gradient of the loss, before a regulariser adds its part."""


class Regularizer(Choice):
    """A pull of the weights towards 0. Biases and BatchNorm's parameters are left alone."""


class StopRule(Choice):
    """When training has done enough."""

    needs_test_set: ClassVar[bool] = False


class Shift(Choice):
    """How the test points are distributed otherwise than the training points."""

    moves: ClassVar[bool] = True
    """Whether it moves the test points at all."""
    by_the_rule: ClassVar[bool] = False
    """Whether moved points get the label that belongs to their new place."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What a generator of points is told.

    Attributes:
        count: How many points.
        noise: From 0 (clean) to 1.
        classes: How many classes, where a data set leaves that open.
        balance: The share of class 0; None for equal shares, or what chance gives.
    """

    count: int
    noise: float
    classes: int
    balance: float | None


@dataclass(frozen=True, slots=True)
class Source:
    """A data set: a generator of labelled points in the plane.

    Attributes:
        task: What is to be learned from it, where ``many`` with the default number of classes; None
            where the points themselves say so.
        scatter: ``(draw, rng) -> (points (count, 2), targets (count,))``.
        rule: ``(points, draw, rng) -> targets``: the label of any place, noise included; it then
            replaces the targets of ``scatter``. None where only the generator knows the labels, as
            that of a cloud which overlaps with others.
        many: Whether the number of classes is left to the experiment.
    """

    name: str
    label: str
    formula: str
    reference: str
    task: Task | None
    scatter: Callable[..., Any]
    rule: Callable[..., Any] | None = None
    many: bool = False

    def task_for(self, classes: int) -> Task | None:
        """The task with so many classes, where the data set leaves that open."""
        return Task("classification", classes) if self.many else self.task

    def generate(
        self,
        count: int,
        noise: float,
        rng: Any,
        *,
        classes: int = 3,
        balance: float | None = None,
        move: Callable[..., Any] | None = None,
    ) -> Any:
        """Draw points: (points (count, 2), targets (count,)).

        Args:
            move: What becomes of the points before the rule labels them.
        """
        draw = Draw(count, noise, classes, balance)
        points, targets = self.scatter(draw, rng)
        if move is not None:
            points = move(points)
        return points, targets if self.rule is None else self.rule(points, draw, rng)


@dataclass(frozen=True, slots=True)
class Feature:
    """An input of the network: a function of a point.

    Attributes:
        compute: ``(x1 (n,), x2 (n,)) -> (n,)``.
        expression: The same as a formula that can be typed in (see ``core.formula``).
    """

    name: str
    label: str
    formula: str
    reference: str
    compute: Callable[..., Any]
    expression: str


@dataclass(frozen=True, slots=True)
class Loss:
    """What training makes small: the mean over samples and outputs.

    Attributes:
        fits: Whether it can be used for a task.
        outputs: How many outputs the network needs for a task.
        build: The implementation's class (``playground.engine.losses.LossFunction``).
    """

    name: str
    label: str
    formula: str
    reference: str
    fits: Callable[[Task], bool]
    outputs: Callable[[Task], int]
    build: Callable[..., Any]


activations: Registry[type[Activation]] = Registry("activation")
initializers: Registry[type[Initializer]] = Registry("initializer")
optimizers: Registry[type[Optimizer]] = Registry("optimizer")
schedules: Registry[type[Schedule]] = Registry("schedule")
clippings: Registry[type[Clipping]] = Registry("clipping")
regularizers: Registry[type[Regularizer]] = Registry("regularizer")
stop_rules: Registry[type[StopRule]] = Registry("stop rule")
shifts: Registry[type[Shift]] = Registry("shift")
sources: Registry[Source] = Registry("data set")
features: Registry[Feature] = Registry("feature")
losses: Registry[Loss] = Registry("loss")


def loss_for(name: str, task: Task) -> Loss:
    """The loss of an experiment; ``auto`` is the usual one for the task."""
    if name != "auto":
        return losses[name]
    if task.kind == "regression":
        return losses["mse"]
    return losses["binary_cross_entropy" if task.classes == 2 else "cross_entropy"]
