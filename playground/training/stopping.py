"""When to stop: the rules, each one entry of the registry, and the words that say why."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from playground.core.families import StopRule, stop_rules
from playground.core.fields import integer, number, other
from playground.engine.calls import Array

MAX_EPOCHS, DIVERGED = "max_epochs", "diverged"
"""The names of the two ends of a run that are no rules."""
STUCK = "Stuck"
ALL_ALIKE = 1e-9
"""A chance loss below this means that all targets are the same: a constant answer is right."""
NOT_LEARNED, FAR_ABOVE = 0.97, 3.0
"""Times the chance loss: a best loss from the first on is no better, above the second far worse."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a run ended.

    Attributes:
        name: The rule's name, or ``max_epochs`` or ``diverged``.
        epoch: When.
        message: The reason in words.
        best_epoch: The epoch with the lowest test loss, where a rule watched it.
        restored: Whether the weights of that epoch were brought back.
    """

    name: str
    epoch: int
    message: str
    best_epoch: int | None = None
    restored: bool = False

    @property
    def stuck(self) -> bool:
        """Whether it is said that nothing has been learned."""
        return self.message.startswith(STUCK)

    @property
    def headline(self) -> str:
        """The beginning of the reason, as a few words."""
        words = self.message.split(":")[0].rstrip(".")
        return words[:1].lower() + words[1:]


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """What rules are shown after an epoch; arrays hold a value for each replica.

    Attributes:
        epoch: The epoch that has just ended; the first one is 1.
        train_loss: In evaluation mode, without the regulariser's part.
        test_loss: The same on the test points; NaN without them.
        gradient_norm: Norm of the gradient averaged over the epoch's steps; with a full batch
            this is ‖∇Q(w)‖. NaN unless a rule asked for it.
        weight_change: Norm of the difference of all parameters between the epoch's start and end;
            with a full batch this is ‖wᵗ - wᵗ⁻¹‖. NaN unless a rule asked for it.
        chance_loss: The test loss of the best constant answer.
        scored: Whether the losses were computed after this epoch; else they are NaN.
    """

    epoch: int
    train_loss: Array
    test_loss: Array
    gradient_norm: Array
    weight_change: Array
    chance_loss: float
    scored: bool = True


class Watch:
    """A rule at work on a run: its memory, a value for each replica.

    Attributes:
        best_epoch: The best epoch so far (0: none yet), for rules that look for one.
        improved: Which replicas became better in the last epoch; their weights are worth keeping.
    """

    def __init__(self, replicas: int) -> None:
        self.best_epoch = np.zeros(replicas, dtype=int)
        self.improved = np.zeros(replicas, dtype=bool)

    def update(self, metrics: EpochMetrics) -> Array:
        """Take note of an epoch; true for each replica that should stop now."""
        raise TypeError  # each rule below has its own

    def reason(self, metrics: EpochMetrics, replica: int) -> str:
        """Why this replica stops, as a sentence."""
        raise TypeError

    def memory(self) -> dict[str, Any]:
        """What the rule remembers, as plain lists, to be written to a file."""
        return {}

    def remember(self, memory: dict[str, Any]) -> None:
        """Take up what :meth:`memory` gave."""


class Watchable(StopRule):
    """A stop rule that can watch a run."""

    needs_scores: ClassVar[bool] = False
    needs_gradient: ClassVar[bool] = False
    needs_weights: ClassVar[bool] = False

    @abstractmethod
    def watch(self, replicas: int) -> Watch:
        """Start to watch a run of so many replicas."""


@stop_rules.add
class TestLossPlateau(Watchable):
    """Stop when the test loss has stopped falling; Keras's EarlyStopping."""

    __test__: ClassVar[bool] = False  # not a test, whatever its name begins with
    name = "test_loss_plateau"
    label = "Test loss plateau"
    formula = "no epoch with loss + min_delta < best for `patience` epochs"
    reference = "Keras, EarlyStopping"
    needs_test_set = True
    needs_scores = True

    patience: int = integer(
        20,
        "Patience",
        "How many epochs without a better one are waited for.",
        minimum=1,
        maximum=1_000_000,
        slider=(1, 200),
        scale="log",
        unit="epochs",
        live=True,
    )
    min_delta: float = number(
        0.001,
        "Minimal improvement",
        "An epoch counts as better only if the test loss falls by more than this.",
        minimum=0,
        maximum=1e6,
        slider=(1e-5, 0.1),
        scale="log",
        decimals=5,
        live=True,
    )
    start_epoch: int = integer(
        10,
        "Start at epoch",
        "Earlier epochs are not looked at: a run may begin with a plateau.",
        minimum=0,
        maximum=1_000_000,
        slider=(0, 200),
        live=True,
    )
    restore_best: bool = other(
        True,
        "Restore best weights",
        "Bring back the weights of the epoch with the lowest test loss.",
        live=True,
        strict=True,
    )

    def watch(self, replicas: int) -> Watch:
        return _PlateauWatch(self, replicas)


class _PlateauWatch(Watch):
    def __init__(self, rule: TestLossPlateau, replicas: int) -> None:
        super().__init__(replicas)
        self._rule = rule
        self._best = np.full(replicas, np.inf)
        self._waited = np.zeros(replicas, dtype=int)

    def update(self, metrics: EpochMetrics) -> Array:
        if metrics.epoch < self._rule.start_epoch:
            return np.zeros_like(self.improved)
        self.improved = metrics.test_loss + self._rule.min_delta < self._best
        self._best = np.where(self.improved, metrics.test_loss, self._best)
        self.best_epoch = np.where(self.improved, metrics.epoch, self.best_epoch)
        self._waited = np.where(self.improved, 0, self._waited + 1)
        return np.asarray(self._waited >= self._rule.patience)

    def reason(self, metrics: EpochMetrics, replica: int) -> str:
        best, epoch = self._best[replica], self.best_epoch[replica]
        waited = self._waited[replica]
        chance = metrics.chance_loss
        if best >= NOT_LEARNED * chance and chance > ALL_ALIKE:
            far = best > FAR_ABOVE * chance
            meaning = (
                "Steps or initial weights are probably too large."
                if far
                else "The network has not learned; this is no convergence."
            )
            return (
                f"{STUCK} {'far above' if far else 'at'} chance level: for {waited} epochs the "
                f"test loss has not fallen below {best:.3g}; a constant answer gets {chance:.3g}. "
                f"{meaning}"
            )
        text = f"Test loss plateau: {waited} epochs without a test loss below {best:.4g}"
        text += f" (epoch {epoch})"
        if self._rule.restore_best:
            text += ", whose weights are restored"
        return text + "."

    def memory(self) -> dict[str, Any]:
        return {
            "best": [None if np.isinf(value) else float(value) for value in self._best],
            "best_epoch": self.best_epoch.tolist(),
            "waited": self._waited.tolist(),
        }

    def remember(self, memory: dict[str, Any]) -> None:
        self._best = np.array([np.inf if value is None else value for value in memory["best"]])
        self.best_epoch = np.array(memory["best_epoch"])
        self._waited = np.array(memory["waited"])


class _ThresholdWatch(Watch):
    """A rule that compares one number of the epoch with a threshold."""

    def __init__(self, replicas: int, quantity: str, threshold: float, sentence: str) -> None:
        super().__init__(replicas)
        self._quantity, self._threshold, self._sentence = quantity, threshold, sentence

    def update(self, metrics: EpochMetrics) -> Array:
        return np.asarray(getattr(metrics, self._quantity) < self._threshold)

    def reason(self, metrics: EpochMetrics, replica: int) -> str:
        value = getattr(metrics, self._quantity)[replica]
        return self._sentence.format(value=value, threshold=self._threshold)


@stop_rules.add
class GradientNorm(Watchable):
    """Stop when the gradient is nearly zero; a lecture's classic, easily fooled.

    A network whose gradients vanish stops at once, at chance level.
    """

    name = "gradient_norm"
    label = "Small gradient"
    formula = "‖∇Q(w)‖ < ε, averaged over the epoch's steps"
    reference = "the classic criterion; Goodfellow et al. 2016, 4.3"
    needs_gradient = True

    epsilon: float = number(
        0.01,
        "Epsilon ε",
        "Training stops when the gradient's norm is below this.",
        minimum=0,
        maximum=1e6,
        slider=(1e-6, 1),
        scale="log",
        decimals=6,
        live=True,
    )

    def watch(self, replicas: int) -> Watch:
        sentence = (
            "Small gradient: its norm over the epoch is {value:.3g}, below {threshold:g}. "
            "That can be a minimum, or a plateau."
        )
        return _ThresholdWatch(replicas, "gradient_norm", self.epsilon, sentence)


@stop_rules.add
class WeightChange(Watchable):
    """Stop when the weights hardly move; a small learning rate fools it."""

    name = "weight_change"
    label = "Small change of weights"
    formula = "‖wᵗ - wᵗ⁻¹‖ < ε over an epoch"
    reference = "the classic criterion; Goodfellow et al. 2016, 4.3"
    needs_weights = True

    epsilon: float = number(
        0.001,
        "Epsilon ε",
        "Training stops when an epoch moves the weights by less than this.",
        minimum=0,
        maximum=1e6,
        slider=(1e-6, 1),
        scale="log",
        decimals=6,
        live=True,
    )

    def watch(self, replicas: int) -> Watch:
        sentence = (
            "Small change of weights: the epoch moved them by {value:.3g}, less than "
            "{threshold:g}. That can be a minimum, or too small a learning rate."
        )
        return _ThresholdWatch(replicas, "weight_change", self.epsilon, sentence)


@stop_rules.add
class TargetLoss(Watchable):
    """Stop when the training loss is as low as was wanted."""

    name = "target_loss"
    label = "Target loss"
    formula = "training loss < target"
    reference = ""
    needs_scores = True

    target: float = number(
        0.01,
        "Target",
        "Training stops when the training loss is below this.",
        minimum=0,
        maximum=1e6,
        slider=(1e-4, 1),
        scale="log",
        decimals=5,
        live=True,
    )

    def watch(self, replicas: int) -> Watch:
        sentence = "Target reached: the training loss is {value:.4g}, below {threshold:g}."
        return _ThresholdWatch(replicas, "train_loss", self.target, sentence)
