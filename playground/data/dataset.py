"""From the data part of an experiment to points that are ready to train and test on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from playground.core.experiment import Data
from playground.core.families import Task, sources
from playground.core.points import COLUMNS
from playground.data.features import compute
from playground.data.shifts import MovingShift

Array = NDArray[np.float64]

GENERATE, SPLIT, RELABEL = 0, 1, 2
"""Separate random streams: a change of the split, or of the labels' noise, draws the same points.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Training or test points; the arrays are read-only.

    Attributes:
        points: Shape (n, 2).
        targets: Shape (n,): classes 0, 1, … or values.
        inputs: Shape (features, n): what the network is given.
    """

    points: Array
    targets: Array
    inputs: Array

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Points split into training and test."""

    task: Task
    train: Part
    test: Part


def prepare(data: Data) -> Dataset:
    """Draw or take the points of an experiment and split them; the same data, the same bytes.

    A shift moves test points only, and label noise changes training targets only. Under covariate
    shift a moved point is judged by the data set's rule at its new place, with the same noise;
    where there is no rule, it keeps its label.
    """
    order = np.random.default_rng((data.seed, SPLIT)).permutation(data.count)
    train, test = order[data.test_count :], order[: data.test_count]
    source, shift = sources[data.source], cast(MovingShift, data.shift)

    def move(points: Array) -> Array:
        moved = points.copy()
        moved[test] = shift.move(points[test])
        return moved

    judged_anew = shift.moves and shift.by_the_rule and source.rule is not None
    if data.source == "points":
        labelled = np.frombuffer(data.points.packed).reshape(-1, COLUMNS)
        points, targets = labelled[:, :2], labelled[:, 2]
    else:
        rng = np.random.default_rng((data.seed, GENERATE))
        points, targets = source.generate(
            data.samples,
            data.noise,
            rng,
            classes=data.classes,
            balance=data.balance,
            move=move if judged_anew else None,
        )
    if shift.moves and not judged_anew:
        points = move(points)
    return Dataset(
        data.task,
        _part(data, points[train], _with_label_noise(data, targets[train])),
        _part(data, points[test], targets[test]),
    )


def _with_label_noise(data: Data, targets: Array) -> Array:
    """Targets (n,) of which a share is another class, or to which numbers are added.

    A point whose label is exchanged by a little noise has the same wrong label under more of it.
    """
    if data.label_noise == 0:
        return targets
    rng = np.random.default_rng((data.seed, RELABEL))
    task, count = data.task, len(targets)
    if task.kind == "regression":
        spread = float(targets.std())
        return targets + data.label_noise * spread * rng.normal(size=count)
    wrong = rng.permutation(count)[: round(data.label_noise * count)]
    steps = rng.integers(1, task.classes, count)
    changed = targets.copy()
    changed[wrong] = (targets[wrong] + steps[wrong]) % task.classes
    return changed


def _part(data: Data, points: Array, targets: Array) -> Part:
    inputs = compute(data.features, points)
    for array in (points, targets, inputs):
        array.setflags(write=False)
    return Part(points, targets, inputs)


def extent(dataset: Dataset) -> tuple[float, float, float, float]:
    """The square of the plane that is shown: (x1 low, x1 high, x2 low, x2 high).

    It is [-6, 6]², as in TensorFlow Playground, unless points lie outside or all very close.
    """
    points = np.concatenate((dataset.train.points, dataset.test.points))
    low, high = points.min(axis=0), points.max(axis=0)
    reach = np.abs(points).max()
    if 1 < reach <= 6:
        return (-6.0, 6.0, -6.0, 6.0)
    half = max(float((high - low).max()) / 2, 1e-3) * 1.1
    x1, x2 = (float(value) for value in (low + high) / 2)
    return (x1 - half, x1 + half, x2 - half, x2 + half)


def plane_inputs(
    dataset: Dataset,
    features: Sequence[str],
    grid: int,
    part: tuple[float, float, float, float] | None = None,
) -> Array:
    """What a network is given at the centres of ``grid`` × ``grid`` equal cells of the plane.

    Args:
        dataset: Its :func:`extent` is the plane.
        features: In the order of the network's inputs.
        grid: Cells along each side.
        part: Another part of the plane, as an :func:`extent`.

    Returns:
        Shape (features, grid · grid): row after row, the one lowest in x2 first.
    """
    low1, high1, low2, high2 = part or extent(dataset)
    cells = (np.arange(grid) + 0.5) / grid
    x1, x2 = low1 + cells * (high1 - low1), low2 + cells * (high2 - low2)
    return compute(features, np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2))
