"""The gradient check: does backpropagation give the gradient of the loss?

Of each parameter the derivative as the engine's backward pass has it, ``a``, is compared with the
central difference ``n = (L(w + h) - L(w - h)) / 2h``, in float64. ``L`` is the loss with the
regulariser, on a batch of training points, at the present weights. ``h`` is 1e-5, or as much less
as keeps every weighted sum of the network from moving by more than 0.01 (times their usual size in
that layer, where that is more than 1), but at least 1e-8 of the parameter itself. The relative
error is ``|a - n| / max(|a|, |n|, 1e-3·g)``, where ``g`` is the largest derivative in the layer:
without that floor rounding would count as an error where a derivative is 0, as those of the biases
before BatchNorm are. It must be below 1e-7.

A difference across a corner (ReLU at 0, the margin of the hinge loss, L1 at a weight of 0) is no
derivative: where a move takes any value of the batch across one, the parameter is left out and
counted. Where the error is above 1e-8 without that, the difference itself is looked into: those
with other steps are extrapolated to a step of 0, which also says how exact they are. Only what
deviates by much more than that is called wrong; what differences cannot tell is left out and
counted.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from playground.core.experiment import Experiment
from playground.engine.parameters import Layout
from playground.training.comparison import Comparison, Part, work_of_a_pass
from playground.training.differences import Subject
from playground.training.trainer import Trainer

POINTS, FEWEST_POINTS = 64, 16
PER_PART, FEWEST_PER_PART = 250, 2
"""Training points in the batch, and parameters of a part; the fewest are for huge networks."""
WORK = 2e10
"""Multiplications in all, which take some seconds."""


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """What the check has found.

    Attributes:
        experiment: Whose network was checked.
        epoch: Epochs done by then.
        step: Optimizer steps done by then.
        points: How many training points made the batch.
        per_part: How many parameters of a part were looked at, at most.
        diverged: Whether the run had ended by diverging; then these are its last finite weights.
        not_finite: What is infinite or not a number, so that nothing could be checked.
        parts: By layer, and in it weights, biases, gamma and beta.
    """

    experiment: Experiment
    epoch: int
    step: int
    points: int
    per_part: int
    diverged: bool
    not_finite: Literal["", "weights", "loss"] = ""
    parts: tuple[Part, ...] = ()

    @property
    def faulty_layer(self) -> int | None:
        """The layer with a wrong derivative that is nearest to the output; None if all are right.

        Backpropagation goes on from there to the input: those before it are wrong because of it.
        """
        return max((part.layer for part in self.parts if part.differing), default=None)

    @property
    def worst(self) -> Part | None:
        """The part with the largest relative error; None if nothing was compared."""
        judged = [part for part in self.parts if part.worst is not None]
        return max(judged, key=lambda part: part.worst.error if part.worst else 0, default=None)


def check_gradient(trainer: Trainer) -> GradientCheck:
    """Check the first replica of a trainer as it is now; nothing of it changes."""
    pieces = check_in_pieces(trainer)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            found: GradientCheck = end.value
            return found


def check_in_pieces(trainer: Trainer) -> Generator[float, None, GradientCheck]:
    """The check in pieces of some milliseconds; gives the share that is done after each.

    The trainer is looked at in the first piece only, and may train on between the others.
    """
    train, network = trainer.dataset.train, trainer.network
    points, per_part = _plan(network.layout, len(train))
    subject = Subject(
        trainer.experiment,
        trainer.outcome.present()[0][0].astype(np.float64),
        train.inputs[:, :points],
        network.loss.encode(train.targets[:points], network.sizes[-1]),
    )
    stop = trainer.stop
    diverged = stop is not None and stop.name == "diverged"
    found = GradientCheck(
        trainer.experiment, trainer.epoch, trainer.step, points, per_part, diverged
    )
    if not np.isfinite(subject.theta).all():
        return replace(found, not_finite="weights")
    comparison = Comparison(subject, per_part)
    if not comparison.is_finite:
        return replace(found, not_finite="loss")
    return replace(found, parts=(yield from comparison.run()))


def _plan(layout: Layout, most: int) -> tuple[int, int]:
    """How many points make the batch, and how many parameters of a part are looked at."""
    points = min(POINTS, most)
    parts = sum(4 if normalised else 2 for normalised in layout.normalised)
    while True:
        affordable = WORK / (2 * work_of_a_pass(layout.sizes, points) * parts)
        if affordable > 2 * FEWEST_POINTS or points < 2 * FEWEST_POINTS:
            return points, int(min(max(affordable, FEWEST_PER_PART), PER_PART))
        points //= 2
