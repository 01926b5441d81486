"""The points that are painted: what a stroke does to them. No Qt here."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from playground.core.experiment import Data
from playground.core.families import shifts
from playground.core.limits import MAX_SAMPLES
from playground.core.points import COLUMNS, Points
from playground.data.dataset import Dataset, Part, extent, prepare
from playground.exchange.drawing.field import Meaning, meaning_of_values
from playground.runtime.field import Extent

Array = NDArray[np.float64]

USUAL = (-6.0, 6.0, -6.0, 6.0)
"""The square that is shown while there is nothing on it."""
CHIPS = 8
"""Classes that can be painted."""
TINY = 0.1
"""Points that fill less of the square than this share need a smaller one."""


class Sheet:
    """Rows of x1, x2 and target, and the part of them that the present stroke has added.

    Attributes:
        rows: (n, 3), those of the stroke not among them.
        fresh: (m, 3), those.
    """

    def __init__(self, rows: Array | None = None) -> None:
        self.rows: Array = np.empty((0, COLUMNS)) if rows is None else rows
        self.fresh: Array = np.empty((0, COLUMNS))

    def __len__(self) -> int:
        return len(self.rows) + len(self.fresh)

    def spray(
        self,
        at: tuple[float, float],
        radius: float,
        count: int,
        target: float,
        rng: np.random.Generator,
    ) -> int:
        """Add points evenly within a circle; how many there was room for."""
        count = min(count, MAX_SAMPLES - len(self))
        distance = radius * np.sqrt(rng.uniform(0, 1, count))
        angle = rng.uniform(0, 2 * np.pi, count)
        x1, x2 = at[0] + distance * np.cos(angle), at[1] + distance * np.sin(angle)
        added = np.column_stack((x1, x2, np.full(count, target)))
        self.fresh = np.concatenate((self.fresh, added))
        return count

    def erase(self, at: tuple[float, float], radius: float) -> int:
        """Take the points within a circle away; how many there were."""
        kept = self._distances(at) > radius
        gone = len(self.rows) - int(kept.sum())
        if gone:
            self.rows = self.rows[kept]
        return gone

    def lift(self, at: tuple[float, float], reach: float) -> bool:
        """Take the nearest point up as the only fresh one, if one is near enough."""
        if not len(self.rows):
            return False
        distances = self._distances(at)
        nearest = int(distances.argmin())
        if distances[nearest] > reach:
            return False
        self.fresh = self.rows[nearest : nearest + 1].copy()
        self.rows = np.delete(self.rows, nearest, axis=0)
        return True

    def carry(self, at: tuple[float, float]) -> None:
        """Put the point that was taken up somewhere else."""
        self.fresh[0, :2] = at

    def settle(self) -> None:
        """End the stroke: what is fresh belongs to the rest."""
        if len(self.fresh):
            self.rows = np.concatenate((self.rows, self.fresh))
            self.fresh = np.empty((0, COLUMNS))

    def points(self) -> Points:
        """All of them, for an experiment."""
        return Points(np.concatenate((self.rows, self.fresh)).tolist())

    def _distances(self, at: tuple[float, float]) -> Array:
        distances: Array = np.hypot(self.rows[:, 0] - at[0], self.rows[:, 1] - at[1])
        return distances


def sheet_of(data: Data) -> Sheet:
    """The points of an experiment, be they own or drawn, as they are without wrong labels.

    Label noise and the test distribution are settings that go on to hold.
    """
    if data.source == "points":
        return Sheet(np.frombuffer(data.points.packed).reshape(-1, COLUMNS))
    plain = Data(**{**dict(data), "label_noise": 0.0, "shift": shifts["none"]()})
    dataset = prepare(plain)
    parts = (dataset.train, dataset.test)
    return Sheet(np.concatenate([np.column_stack((p.points, p.targets)) for p in parts]))


def dataset_of(rows: Array, data: Data) -> Dataset:
    """Rows as training points of an experiment's task, to be drawn."""
    part = Part(rows[:, :2], rows[:, 2], np.empty((0, len(rows))))
    empty = Part(np.empty((0, 2)), np.empty(0), np.empty((0, 0)))
    return Dataset(data.task, part, empty)


def meaning_of_targets(data: Data, rows: Array, value: float) -> Meaning:
    """The colours of targets; those of values reach as far as there are any."""
    if data.task.kind == "classification":
        return Meaning("classes", max(CHIPS, data.task.classes), 0, 1)
    return meaning_of_values(rows[:, 2] if len(rows) else np.array([value]))


def square_for(sheet: Sheet, data: Data, present: Extent | None) -> Extent:
    """The square of the plane that is shown.

    Args:
        present: The one that was shown before, which is kept while the points suit it; None to
            find the best one.
    """
    rows = sheet.rows
    if not len(rows):
        return present or USUAL
    best = extent(dataset_of(rows, data))
    if present is None:
        return best
    low1, high1, low2, high2 = present
    x1, x2 = rows[:, 0], rows[:, 1]
    inside = low1 <= x1.min() and x1.max() <= high1 and low2 <= x2.min() and x2.max() <= high2
    small = best[1] - best[0] < TINY * (high1 - low1) and len(rows) > CHIPS
    return best if small or not inside else present


def along(
    begin: tuple[float, float], end: tuple[float, float], spacing: float
) -> list[tuple[float, float]]:
    """Places from one point to another, so far apart; the first one a step from the beginning."""
    distance = math.dist(begin, end)
    steps = int(distance / spacing)
    across, up = end[0] - begin[0], end[1] - begin[1]
    shares = [spacing * (step + 1) / distance for step in range(steps)]
    return [(begin[0] + share * across, begin[1] + share * up) for share in shares]
