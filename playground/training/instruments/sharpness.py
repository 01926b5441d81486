"""The sharpness of the training loss, against the bound beyond which steps run away.

On a parabola of curvature λ gradient descent converges for ``η < 2/λ``. The sharpness of a loss is
the largest eigenvalue of its Hessian; with full batches it often rises in training until it hovers
at 2/η, the "edge of stability" (Cohen et al. 2021). With momentum or rates that adapt the bound is
another; see ``StepRule.stability_limit``. With mini-batches it is a guide only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast

import numpy as np

from playground.engine.calls import Array
from playground.engine.optimizers import StepRule
from playground.training.history import History
from playground.training.instruments.base import SeriesInstrument, instruments
from playground.training.instruments.updates import SECOND
from playground.training.trainer import Trainer

if TYPE_CHECKING:
    from playground.training.curvature import Curvature, Estimate

ROWS = 600
MOST_POINTS, FEWEST_POINTS = 1024, 128
"""Training points on which the loss is looked at; the fewest are for huge networks."""
WORK = 4e6
"""Multiplications in a pass, which those points are to keep to."""


@dataclass(frozen=True, slots=True, eq=False)
class SharpnessReading:
    """The sharpness over the epochs, and its bound.

    Attributes:
        epochs: When the rows were taken (rows,).
        sharpness: The largest eigenvalue of the Hessian, preconditioned where :attr:`adaptive`
            (rows,); NaN where there is none.
        bound: What it may be at the learning rate of the next step (rows,).
        limit: The bound times the learning rate, such as 2.
        adaptive: Whether the rate adapts: the Hessian is then that of the weights as the optimizer
            scales them, by what it has gathered of squared gradients.
        doubt: How far the last one is known, relative to itself: the eigenvalue that was found lies
            within so much of it; NaN where there is none.
        at_a_corner: Whether the last look told nothing, since the loss has a corner just there.
        points: How many training points were looked at.
        of: How many there are.
    """

    epochs: Array
    sharpness: Array
    bound: Array
    limit: float
    adaptive: bool
    doubt: float
    at_a_corner: bool
    points: int
    of: int


@instruments.add
class Sharpness(SeriesInstrument):
    """Reads a :class:`SharpnessReading`; each look improves on the last one."""

    name = "sharpness"

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._subject: object = None
        self._adaptive = False
        self._curvatures: dict[int, Curvature] = {}
        self._last: dict[int, tuple[object, Estimate]] = {}

    def read(self, replica: int) -> SharpnessReading | None:
        trainer = self.trainer
        rule, state = cast(StepRule, trainer.experiment.training.optimizer), trainer.optimizer_state
        train, normalised = trainer.dataset.train, trainer.normalised
        if normalised and len(train) < 2:
            return None  # one point has no variance
        curvature = self._curvature(replica)
        rates = rule.effective_rate(state, 1.0)
        adaptive = not np.isscalar(rates)
        if adaptive != self._adaptive:  # what was measured before is another quantity
            self._adaptive = adaptive
            self._past.clear()
        history = self._past.setdefault(replica, History(("epoch", "value", "bound"), 1, ROWS))
        ended = bool(trainer.outcome.ended[replica])
        moment = (None if ended else trainer.step, trainer.experiment)
        if moment != self._last.get(replica, (None,))[0]:
            scale = self._scale(np.asarray(rates), replica) if adaptive else None
            if adaptive and not np.any(scale):
                return None  # nothing is gathered yet that rates could adapt to
            theta, _ = trainer.outcome.weights_of(replica)
            found = curvature.look(theta, scale)
            with np.errstate(all="ignore"):
                bound = rule.stability_limit(state) / np.float64(trainer.learning_rate)
            history.append(trainer.epochs_done, found.value, bound)
            self._last[replica] = (moment, found)
        found, table = self._last[replica][1], history.table()
        with np.errstate(all="ignore"):
            doubt = float(np.abs(np.float64(found.residual) / found.value))
        return SharpnessReading(
            table["epoch"][:, 0],
            table["value"][:, 0],
            table["bound"][:, 0],
            rule.stability_limit(state),
            adaptive,
            doubt,
            found.at_a_corner,
            len(train.targets[self._chosen]),
            len(train),
        )

    def branch(self, trainer: Trainer) -> Self:
        other = super().branch(trainer)
        other._adaptive = self._adaptive
        return other

    @property
    def _chosen(self) -> slice:
        """Which training points are looked at: evenly spread ones, as many as can be afforded."""
        from playground.training.comparison import work_of_a_pass

        affordable = WORK / work_of_a_pass(self.trainer.network.sizes, 1)
        most = int(np.clip(affordable, FEWEST_POINTS, MOST_POINTS))
        return slice(None, None, -(-len(self.trainer.dataset.train) // most))

    def _curvature(self, replica: int) -> Curvature:
        """That of a replica, made anew where the loss or its points have changed."""
        trainer, experiment = self.trainer, self.trainer.experiment
        train, network = trainer.dataset.train, trainer.network
        subject = (experiment.network, train, experiment.training.regularizer)
        if subject != self._subject:
            self._subject = subject
            self._curvatures.clear()
        if replica not in self._curvatures:
            from playground.training.curvature import Curvature  # not needed for a start

            chosen = self._chosen
            targets = network.loss.encode(train.targets[chosen], network.sizes[-1])
            self._curvatures[replica] = Curvature(experiment, train.inputs[:, chosen], targets)
        return self._curvatures[replica]

    def _scale(self, rates: Array, replica: int) -> Array:
        """Of each parameter the effective rate over η (P,); 0 where no gradient has ever come.

        There the rate is 1/ε, which says nothing of the loss: it is flat in that direction.
        """
        state, shape = self.trainer.optimizer_state, self.trainer.network.theta.shape
        (gathered,) = [state.slots[name] for name in SECOND if name in state.slots]
        rates = np.where(gathered > 0, rates, 0.0)
        return np.asarray(rates.reshape(shape)[replica])
