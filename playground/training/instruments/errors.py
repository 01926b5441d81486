"""How the network errs on all training and test points: which classes it takes for which."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Dataset, Part
from playground.engine.calls import Array
from playground.engine.losses import predicted
from playground.training.instruments.base import Instrument, instruments
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer


@dataclass(frozen=True, slots=True, eq=False)
class PartErrors:
    """Errors on the training points, or on the test points.

    Attributes:
        count: How many points there are.
        confusion: Of classes: how many points of each class (rows) get each answer (columns),
            (classes, classes), read-only; of values None. A point whose outputs are not numbers
            has no answer, and is not counted.
        rmse: Of values: the root of the mean squared difference to the targets; else NaN.
        mae: Of values: the mean absolute difference; else NaN.
        r2: Of values: the coefficient of determination, 1 - SS_res/SS_tot (Draper and Smith 1998,
            section 1.3): 1 where all is right, 0 for answering the targets' mean everywhere; NaN
            where all targets are the same.
    """

    count: int
    confusion: Array | None
    rmse: float = math.nan
    mae: float = math.nan
    r2: float = math.nan

    @property
    def accuracy(self) -> float:
        """The share of points whose class is right; NaN where there are none."""
        if self.confusion is None or not self.count:
            return math.nan
        return float(np.trace(self.confusion)) / self.count


@dataclass(frozen=True, slots=True, eq=False)
class ErrorsReading:
    """Errors on both parts of a data set.

    Attributes:
        dataset: That one.
        replica: Whose errors they are, from 0.
        train, test: On both parts.
    """

    dataset: Dataset
    replica: int
    train: PartErrors
    test: PartErrors


@instruments.add
class Errors(Instrument):
    """Reads an :class:`ErrorsReading` of all points, however many there are."""

    name = "errors"

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._stand_in = StandIn(trainer)

    def read(self, replica: int) -> ErrorsReading:
        dataset = self.trainer.dataset
        train, test = (self._part(replica, part) for part in (dataset.train, dataset.test))
        return ErrorsReading(dataset, replica, train, test)

    def _part(self, replica: int, part: Part) -> PartErrors:
        task, count = self.trainer.dataset.task, len(part)
        classes = task.classes if task.kind == "classification" else 0
        if not count:
            return PartErrors(0, _frozen(np.zeros((classes, classes), int)) if classes else None)
        outputs = self._stand_in.of(replica).outputs(part.inputs)[0]
        said = predicted(task, outputs)
        if classes:
            able = ~np.isnan(outputs).any(axis=0)
            cells = part.targets[able].astype(np.intp) * classes + said[able].astype(np.intp)
            counts = np.bincount(cells, minlength=classes * classes)
            return PartErrors(count, _frozen(counts.reshape(classes, classes)))
        with np.errstate(all="ignore"):  # a network that diverges has errors to match
            residuals = part.targets - said.astype(np.float64)
            spread = float(np.square(part.targets - part.targets.mean()).sum())
            squares = float(np.square(residuals).sum())
            mae = float(np.abs(residuals).mean())
        r2 = 1 - squares / spread if spread > 0 else math.nan
        return PartErrors(count, None, math.sqrt(squares / count), mae, r2)


def _frozen(counts: Array) -> Array:
    counts.setflags(write=False)
    return counts
