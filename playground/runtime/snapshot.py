"""One moment of a run, copied and frozen, as the worker hands it to the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.core.experiment import Experiment
from playground.data.dataset import Dataset
from playground.engine.calls import Array
from playground.runtime.field import Extent, FieldMaker, Says
from playground.runtime.health import Health
from playground.runtime.ration import Ration
from playground.runtime.readings import Readings
from playground.training.spread import counted, median
from playground.training.stopping import DIVERGED, Stop
from playground.training.trainer import Trainer

HEALTH_SHARE = 0.05
"""Of the training thread's time that may be spent on the health of a run."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What views draw; all arrays are read-only.

    Attributes:
        run: Counts the trainers of a session; what carries an old number is dropped.
        experiment: What is trained.
        dataset: Its points; the same object as long as they are the same points.
        running: Whether training goes on.
        epoch: Epochs done.
        step: Optimizer steps done.
        learning_rate: Of the next step, as the schedule has it.
        steps_per_second: Of the last stretch of training; 0 before there was any.
        shown: The replica that is looked at, from 0; None for all of them together.
        train_loss, test_loss: Of what is shown, now: of a replica, or the median over those that
            have not diverged (over all if all have); NaN where there is none.
        train_accuracy, test_accuracy: The same as shares of 1; NaN for regression.
        history: The trainer's history: column to (rows, replicas); see
            ``training.trainer.HISTORY_COLUMNS``.
        health: Of what is shown: "epoch" to (rows, 1); "weights" and "errors" to (rows, layers),
            the gradient's sizes from the first hidden layer to the output (see
            ``GradientSizes``); "dead" to (rows, hidden layers), the share of dead units;
            "saturated" to (rows, hidden layers), see ``training.diagnostics.saturation``.
        dead: For each hidden layer which units are dead in each replica (replicas, units).
        says: What the field's values are; see ``runtime.field.Field``.
        field: Over the plane, (outputs or classes, n, n), row 0 lowest in x2.
        extent: The plane's (x1 low, x1 high, x2 low, x2 high); field values sit at the centres of
            n × n equal cells.
        stop: Why the run ended, or None.
        stops: Why each replica has ended, or None.
        best_epoch: The shown replica's epoch with the lowest test loss, where a rule looks for it.
        readings: What the watched instruments read of the shown replica (of the first one, where
            all are shown), by name; see ``training.instruments``.
    """

    run: int
    experiment: Experiment
    dataset: Dataset
    running: bool
    epoch: int
    step: int
    learning_rate: float
    steps_per_second: float
    shown: int | None
    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    history: Mapping[str, Array]
    health: Mapping[str, Array]
    dead: tuple[Array, ...]
    says: Says
    field: Array
    extent: Extent
    stop: Stop | None
    stops: tuple[Stop | None, ...]
    best_epoch: int | None
    readings: Mapping[str, Any]

    @property
    def replicas(self) -> int:
        """How many networks train."""
        return len(self.stops)

    @property
    def diverged(self) -> Array:
        """Which replicas have diverged, boolean (replicas,)."""
        return np.array([stop is not None and stop.name == DIVERGED for stop in self.stops])


class Photographer:
    """Makes the snapshots of one trainer, and remembers its health between them.

    Attributes:
        wish: The replica to be shown, or None for all; where there are fewer, the last one is.
        readings: Those of the instruments that are looked at.
    """

    def __init__(
        self,
        trainer: Trainer,
        run: int,
        wish: int | None = 0,
        watched: Iterable[str] = (),
        aims: Mapping[str, Any] | None = None,
    ) -> None:
        """``aims``: what instruments look at in particular, by their names."""
        self.wish = wish
        self.readings = Readings(trainer, watched, aims)
        self._trainer, self._run = trainer, run
        self._fields, self._health = FieldMaker(trainer), Health(trainer)
        self._ration = Ration(HEALTH_SHARE)

    def take(
        self,
        running: bool,
        steps_per_second: float,
        breathe: Callable[[], object] = lambda: None,
    ) -> Snapshot:
        """Copy the present moment; while the run goes on, what is costly may be of late.

        ``breathe`` is called now and then, so that one who waits may have a turn.
        """
        trainer, shown = self._trainer, self._shown
        outcome = trainer.outcome
        if not running or self._ration.due:
            with self._ration:
                self._health.note()
        breathe()
        field = self._fields.make(shown, running, breathe)
        readings = self.readings.read(shown or 0, running, breathe)
        return Snapshot(
            run=self._run,
            experiment=trainer.experiment,
            dataset=trainer.dataset,
            running=running,
            epoch=trainer.epoch,
            step=trainer.step,
            learning_rate=trainer.learning_rate,
            steps_per_second=steps_per_second,
            shown=shown,
            train_loss=self._score("train_loss"),
            test_loss=self._score("test_loss"),
            train_accuracy=self._score("train_accuracy"),
            test_accuracy=self._score("test_accuracy"),
            history=trainer.history.table(),
            health=self._health.rows(shown),
            dead=self._health.dead,
            says=field.says,
            field=field.values,
            extent=field.extent,
            stop=trainer.stop,
            stops=outcome.stops,
            readings=readings,
            best_epoch=None if shown is None else outcome.best_epoch(shown),
        )

    @property
    def _shown(self) -> int | None:
        replicas = self._trainer.network.replicas
        if replicas == 1:
            return 0
        return None if self.wish is None else min(self.wish, replicas - 1)

    def _score(self, name: str) -> float:
        values, shown = getattr(self._trainer.scores, name), self._shown
        if shown is not None:
            return float(values[shown])
        return float(median(values[counted(self._trainer.outcome.diverged)]))
