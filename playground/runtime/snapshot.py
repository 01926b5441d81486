"""One moment of a run, copied and frozen, as the worker hands it to the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from playground.core.experiment import Experiment
from playground.data.dataset import Dataset
from playground.engine.calls import Array
from playground.runtime.field import Extent, FieldMaker, Says
from playground.runtime.focus import EVERYTHING, Focus
from playground.runtime.health import Health, frozen_dead_units
from playground.runtime.past import Past, return_to
from playground.runtime.ration import FLAT_OUT_PAUSE, Ration
from playground.runtime.readings import Readings
from playground.runtime.trace import Trace, Tracer
from playground.training.spread import counted, median
from playground.training.stopping import DIVERGED, Stop
from playground.training.trainer import Trainer

T = TypeVar("T", bound=Any)

HEALTH_SHARE = 0.05
"""Of the training thread's time that may be spent on the health of a run."""


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """A run that another one follows on, to be drawn behind it.

    Attributes:
        experiment: What was trained.
        history: Column to (rows, replicas), as in :class:`Snapshot`.
    """

    experiment: Experiment
    history: Mapping[str, Array]


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
        extent: That of the field (x1 low, x1 high, x2 low, x2 high), the whole plane or the part
            that is looked at; field values sit at the centres of n × n equal cells.
        stop: Why the run ended, or None.
        stops: Why each replica has ended, or None.
        best_epoch: The shown replica's epoch with the lowest test loss, where a rule looks for it.
        readings: What the watched instruments read of the shown replica (of the first one, where
            all are shown), by name; see ``training.instruments``.
        moment: The epoch that is looked back at; None at the present. What a network is or does is
            then that of this moment; history, health, stops and the series of instruments stay
            those of the whole run.
        moments: The epochs that one can look back at (moments,), in order.
        present: Epochs done, whatever is looked at.
        trace: What the shown replica (the first one, where all are shown) has answered over the
            whole run to the point that is followed; None where none is.
        before: The run that this one is compared with, or None.
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
    moment: int | None
    moments: Array
    present: int
    trace: Trace | None
    before: Before | None

    @property
    def replicas(self) -> int:
        """How many networks train."""
        return len(self.stops)

    @property
    def diverged(self) -> Array:
        """Which replicas have diverged, boolean (replicas,)."""
        return np.array([stop is not None and stop.name == DIVERGED for stop in self.stops])

    def until_now(self, epochs: Array, rows: Array) -> Array:
        """Of rows taken at these epochs, those until the moment that is looked at; at least one."""
        if self.moment is None:
            return rows
        return rows[: max(int(np.searchsorted(epochs, self.moment, side="right")), 1)]


def until_now(snapshot: Snapshot, reading: T) -> T:
    """A series' reading with its rows until the moment that is looked at.

    Args:
        snapshot: The moment.
        reading: A frozen dataclass with ``epochs`` (rows,) and arrays of as many rows.
    """
    if snapshot.moment is None:
        return reading
    epochs = reading.epochs
    cut = {
        field.name: snapshot.until_now(epochs, value)
        for field in fields(reading)
        if isinstance(value := getattr(reading, field.name), np.ndarray)
        and len(value) == len(epochs)
    }
    return replace(reading, **cut)


class Photographer:
    """Makes the snapshots of one trainer, and remembers its health and its past between them.

    Attributes:
        trainer: That one.
        number: Counts the trainers of a session.
        wish: The replica to be shown, or None for all; where there are fewer, the last one is.
        focus: What of the plane is looked at closely.
        readings: Those of the instruments that are looked at.
        past: The moments that one can look back at.
        before: A run that this one is compared with, or None.
        flat_out: Whether training goes as fast as can be, and looks must not hold it up.
    """

    def __init__(
        self,
        trainer: Trainer,
        run: int,
        wish: int | None = 0,
        watched: Iterable[str] = (),
        aims: Mapping[str, Any] | None = None,
        focus: Focus = EVERYTHING,
    ) -> None:
        """``aims``: what instruments look at in particular, by their names."""
        self.trainer, self.wish, self.focus = trainer, wish, focus
        self.readings = Readings(trainer, watched, aims)
        self.past = Past(trainer)
        self.before: Before | None = None
        self.number = run
        self.flat_out = False
        self._fields, self._health = FieldMaker(trainer), Health(trainer)
        self._ration = Ration(HEALTH_SHARE)
        self._then: Trainer | None = None
        self._fields_then = self._fields
        self._tracer = Tracer(trainer, self.past)

    @property
    def in_view(self) -> Trainer:
        """The trainer, or one that has returned to the moment that is looked back at."""
        return self.trainer if self._then is None else self._then

    def look_back(self, epoch: int | None) -> None:
        """Take pictures of the moment nearest to an epoch from now on; None for the present."""
        moment = None if epoch is None else self.past.at(epoch)
        if moment is None:
            self._then = None
            return
        self._then = return_to(moment, self.trainer)
        self._fields_then = FieldMaker(self._then)

    def branch(self, run: int) -> Photographer:
        """Pictures of the trainer in view, which goes on from an earlier moment of this one's."""
        trainer = self.in_view
        other = Photographer(trainer, run, self.wish, focus=self.focus)
        other.readings = self.readings.branch(trainer)
        other.past = self.past.branch(trainer)
        other._tracer = Tracer(trainer, other.past)
        other._health = self._health.branch(trainer)
        return other

    def end(self) -> None:
        """Let go of all that is large; it takes no more pictures.

        The parts of a run know each other, so that their memory would wait for the garbage
        collector, which does not see how large arrays are.
        """
        self.trainer.end()
        self.past.forget()
        self.readings.forget()

    def take(
        self,
        running: bool,
        steps_per_second: float,
        breathe: Callable[[], object] = lambda: None,
    ) -> Snapshot:
        """Copy the present moment; while the run goes on, what is costly may be of late.

        ``breathe`` is called now and then, so that one who waits may have a turn.
        """
        present, trainer, shown = self.trainer, self.in_view, self._shown
        is_back = trainer is not present
        outcome = present.outcome
        self._ration.pause = FLAT_OUT_PAUSE if self.flat_out else 0.0
        if not running or self._ration.due:
            with self._ration:
                self._health.note()
        breathe()
        fields = self._fields_then if is_back else self._fields
        field = fields.make(shown, running, breathe, self.focus.extent, self.flat_out)
        if is_back:
            readings = self.readings.read_back(trainer, shown or 0)
        else:
            readings = self.readings.read(shown or 0, running, breathe, self.flat_out)
        point = self.focus.point
        trace = None if point is None else self._tracer.trace(point, shown or 0, breathe)
        return Snapshot(
            run=self.number,
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
            history=present.history.table(),
            health=self._health.rows(shown),
            dead=frozen_dead_units(trainer) if is_back else self._health.dead,
            says=field.says,
            field=field.values,
            extent=field.extent,
            stop=present.stop,
            stops=outcome.stops,
            readings=readings,
            best_epoch=None if shown is None else outcome.best_epoch(shown),
            moment=trainer.epoch if is_back else None,
            moments=self.past.epochs,
            present=present.epoch,
            trace=trace,
            before=self.before,
        )

    @property
    def _shown(self) -> int | None:
        replicas = self.trainer.network.replicas
        if replicas == 1:
            return 0
        return None if self.wish is None else min(self.wish, replicas - 1)

    def _score(self, name: str) -> float:
        trainer, shown = self.in_view, self._shown
        values = getattr(trainer.scores, name)
        if shown is not None:
            return float(values[shown])
        return float(median(values[counted(trainer.outcome.diverged)]))
