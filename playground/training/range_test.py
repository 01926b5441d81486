"""The learning-rate range test: which rates make the loss fall, tried in one short run.

From the present weights a copy of the network trains while the rate rises from very small to very
large, by the same factor each step. Where the loss falls fastest steps are effective; a while later
it turns, and then it explodes. A tenth of the rate at the minimum is a good start (Smith 2017,
"Cyclical learning rates for training neural networks"; the tenth is fast.ai's rule).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from playground.core.experiment import Experiment
from playground.engine.calls import Array
from playground.engine.schedules import RateSchedule
from playground.training.trainer import Trainer

LOWEST, HIGHEST = 1e-6, 1e2
STEPS = 300
POINTS = 512
"""Training points on which every step is judged: batches would say more of themselves."""
FEWEST_STEPS = 20
"""Before so many steps the smoothed loss is not judged."""
MEMORY = 0.8
"""How much of the smoothed loss is kept from step to step."""
ENOUGH = 4.0
"""The test ends where the smoothed loss is so many times its best."""
SHARE_OF_BEST = 0.1
LEAST_FALL = 0.005
"""A loss that has fallen by less than this share has not fallen."""


@dataclass(frozen=True, slots=True, eq=False)
class RangeTest:
    """What the test has found; arrays (steps,), read-only.

    Attributes:
        experiment: Whose network was tried.
        rates: The learning rate of each step.
        losses: The loss after each step, on the same training points each time; all finite.
        smoothed: Their running average, corrected for its start.
        best: The rate at which the smoothed loss was lowest.
        suggestion: A tenth of it with two digits; None where no rate made the loss fall.
        exploded: Whether the loss exploded in the end, as it should for the test to mean much.
    """

    experiment: Experiment
    rates: Array
    losses: Array
    smoothed: Array
    best: float
    suggestion: float | None
    exploded: bool


class _Growth(RateSchedule):
    """Rises by the same factor each step; for the test alone, so it is in no registry."""

    name: ClassVar[str] = "growth"
    steps_per_epoch: int

    def factor(self, t: float) -> float:
        share = t * self.steps_per_epoch / (STEPS - 1)
        return float(LOWEST * (HIGHEST / LOWEST) ** share)


def range_test_in_pieces(trainer: Trainer) -> Generator[float, None, RangeTest]:
    """Try a trainer's first replica at rising rates; gives the share done after every few steps.

    The trainer itself is only looked at, before the first piece is done.
    """
    copy = _copy(trainer)
    part, outputs = copy.dataset.train, copy.network.sizes[-1]
    inputs = part.inputs[:, :POINTS]
    encoded = copy.network.loss.encode(part.targets[:POINTS], outputs)
    losses, rates = [], []
    smoothed, best, exploded = [], float("inf"), False
    yield 0.0
    average = 0.0
    for step in range(STEPS):
        rate = copy.learning_rate
        copy.single_step()
        with np.errstate(all="ignore"):
            loss = float(copy.network.loss.mean(copy.network.outputs(inputs), encoded)[0])
        if copy.stop is not None or not np.isfinite(loss):
            exploded = True
            break
        average = MEMORY * average + (1 - MEMORY) * loss
        rates.append(rate)
        losses.append(loss)
        smoothed.append(average / (1 - MEMORY ** (step + 1)))
        if step >= FEWEST_STEPS:
            best = min(best, smoothed[-1])
            if smoothed[-1] > ENOUGH * best:
                exploded = True
                break
        if step % 5 == 0:
            yield (step + 1) / STEPS
    return _result(trainer.experiment, rates, losses, smoothed, exploded)


def _copy(trainer: Trainer) -> Trainer:
    """A trainer of the first replica's weights whose rate rises and that no rule stops."""
    given = trainer.experiment
    optimizer = given.training.optimizer.model_copy(update={"learning_rate": 1.0})
    changes: dict[str, Any] = {
        "optimizer": optimizer,
        "schedule": _Growth(steps_per_epoch=trainer.steps_per_epoch),
        "replicas": 1,
        "stop": (),
        "max_epochs": STEPS + 1,
    }
    training = given.training.model_copy(update=changes)
    copy = Trainer(given.model_copy(update={"training": training}), history_limit=4)
    theta, running = trainer.outcome.weights_of(0)
    copy.network.theta[0], copy.network.running[0] = theta, running
    return copy


def _result(
    experiment: Experiment,
    rates: list[float],
    losses: list[float],
    smoothed: list[float],
    exploded: bool,
) -> RangeTest:
    curve = np.array(smoothed)
    late = curve[FEWEST_STEPS:] if len(curve) > FEWEST_STEPS else curve
    at = len(curve) - len(late) + int(np.argmin(late)) if len(curve) else 0
    best = rates[at] if rates else LOWEST
    start = curve[max(len(curve) - len(late) - 1, 0)] if len(curve) else 0.0
    fell = len(curve) > 0 and curve[at] < (1 - LEAST_FALL) * start
    suggestion = float(f"{SHARE_OF_BEST * best:.1e}") if fell else None
    arrays = [np.array(values) for values in (rates, losses, smoothed)]
    for array in arrays:
        array.setflags(write=False)
    return RangeTest(experiment, arrays[0], arrays[1], arrays[2], best, suggestion, exploded)
