"""What the network answers to single training and test points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset
from playground.engine.calls import Array
from playground.engine.losses import predicted
from playground.training.instruments.base import Instrument, instruments
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer

MOST_POINTS = 1500
"""Points that are drawn, and asked about; of more, some are taken that are evenly spread."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class PartAnswers:
    """Answers to training points, or to test points; read-only.

    Attributes:
        rows: Which points, as :func:`some_rows` has them (points,).
        outputs: The network's raw outputs, in evaluation mode (outputs, points).
        predicted: What these mean: classes or values (points,).
        wrong: Whether the class is another one than the point's (points,); none is, of values.
    """

    rows: Rows
    outputs: Array
    predicted: Array
    wrong: Array


@dataclass(frozen=True, slots=True, eq=False)
class AnswersReading:
    """Answers to the points of a data set.

    Attributes:
        dataset: That one.
        replica: Whose answers they are, from 0.
        train, test: To both of its parts.
    """

    dataset: Dataset
    replica: int
    train: PartAnswers
    test: PartAnswers


def some_rows(dataset: Dataset) -> tuple[Rows, Rows]:
    """The training and the test points that are drawn: all, or MOST_POINTS in proportion.

    Points are in random order, so any will do.
    """
    counts = [len(part) for part in (dataset.train, dataset.test)]
    total = sum(counts)
    if total <= MOST_POINTS:
        train, test = (np.arange(count) for count in counts)
        return train, test
    train, test = (
        np.linspace(0, count - 1, max(round(MOST_POINTS * count / total), 1)).astype(np.intp)
        if count
        else np.arange(0)
        for count in counts
    )
    return train, test


@instruments.add
class Answers(Instrument):
    """Reads an :class:`AnswersReading`."""

    name = "answers"
    share = 0.05

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._stand_in = StandIn(trainer)
        self._asked: tuple[Dataset, tuple[Rows, Rows], Array] | None = None

    def read(self, replica: int) -> AnswersReading:
        dataset = self.trainer.dataset
        if self._asked is None or self._asked[0] is not dataset:
            chosen = some_rows(dataset)
            parts = zip((dataset.train, dataset.test), chosen, strict=True)
            inputs = np.concatenate([part.inputs[:, rows] for part, rows in parts], axis=1)
            self._asked = (dataset, chosen, inputs)
        _, (train, test), inputs = self._asked
        outputs = self._stand_in.of(replica).outputs(inputs)[0]
        return AnswersReading(
            dataset,
            replica,
            _answers(dataset, dataset.train.targets, train, outputs[:, : len(train)]),
            _answers(dataset, dataset.test.targets, test, outputs[:, len(train) :]),
        )


def _answers(dataset: Dataset, targets: Array, rows: Rows, outputs: Array) -> PartAnswers:
    said = predicted(dataset.task, outputs).copy()
    wrong = np.zeros(len(rows), dtype=bool)
    if dataset.task.kind == "classification":
        wrong = (said != targets[rows]) | np.isnan(outputs).any(axis=0)
    outputs = outputs.copy()
    for array in (outputs, said, wrong):
        array.setflags(write=False)
    return PartAnswers(rows, outputs, said, wrong)
