"""What a run has answered to one point, from the moments that are kept of it until now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from playground.data.features import compute
from playground.engine.calls import Array
from playground.runtime.past import Past
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer

MOST_ROWS = 200
"""Where no moments are kept, so many answers are, from when the point was first followed."""
ROWS_AT_ONCE = 25
"""Moments that are looked at before one who waits has a turn."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A replica's answers to a point over the run; read-only.

    Attributes:
        point: That one, x1 and x2.
        replica: From 0.
        epochs: When, rising (rows,); the last one is now, which may lie within an epoch.
        outputs: The raw outputs then, in evaluation mode (outputs, rows).
    """

    point: Place
    replica: int
    epochs: Array
    outputs: Array


class Tracer:
    """Follows a point through a trainer's past: each moment is asked once, as it cannot change."""

    def __init__(self, trainer: Trainer, past: Past) -> None:
        self._trainer, self._past = trainer, past
        self._of: tuple[Place, int] | None = None
        self._known: dict[float, Array] = {}

    @cached_property
    def _stand_in(self) -> StandIn:
        """Made when a point is first followed: a network takes memory."""
        return StandIn(self._trainer)

    def trace(self, point: Place, replica: int, breathe: Callable[[], object]) -> Trace:
        """The answers to a point until now.

        Args:
            point: x1 and x2.
            replica: From 0.
            breathe: Called now and then, so that one who waits may have a turn.
        """
        if self._of != (point, replica):
            self._of, self._known = (point, replica), {}
        names = self._trainer.experiment.data.features
        inputs = compute(names, np.array([point]))
        now = self._trainer.epochs_done
        answer = self._stand_in.of(replica).outputs(inputs)[0, :, 0]
        if self._past.is_kept:
            self._ask_moments(replica, inputs, breathe)
        else:
            self._keep(now, answer)
        rows = sorted(epoch for epoch in self._known if epoch < now)
        epochs = np.array([*rows, now], dtype=np.float64)
        outputs = np.stack([*(self._known[epoch] for epoch in rows), answer], axis=1)
        for array in (epochs, outputs):
            array.setflags(write=False)
        return Trace(point, replica, epochs, outputs)

    def _ask_moments(self, replica: int, inputs: Array, breathe: Callable[[], object]) -> None:
        moments = self._past.moments
        kept = {float(moment.epoch) for moment in moments}
        self._known = {epoch: row for epoch, row in self._known.items() if epoch in kept}
        for count, moment in enumerate(m for m in moments if m.epoch not in self._known):
            trained = moment.trained
            network = self._stand_in.with_weights(
                trained.parameters[replica], trained.running[replica]
            )
            self._known[float(moment.epoch)] = network.outputs(inputs)[0, :, 0]
            if count % ROWS_AT_ONCE == ROWS_AT_ONCE - 1:
                breathe()

    def _keep(self, now: float, answer: Array) -> None:
        """Of more than MOST_ROWS every second one is dropped."""
        self._known = {epoch: row for epoch, row in self._known.items() if epoch < now}
        if len(self._known) >= MOST_ROWS:
            self._known = dict(list(self._known.items())[::2])
        self._known[now] = answer.copy()
