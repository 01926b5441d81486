"""Backpropagation and central differences side by side, part by part of a network.

A part is one kind of a layer's parameters. How the two are compared, and what becomes of parameters
for which differences say nothing, is told in :mod:`playground.training.gradient_check`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from playground.engine.calls import Array
from playground.engine.corners import Corner
from playground.training.differences import (
    EPSILON,
    SHRINK,
    Copies,
    Differences,
    Subject,
    extrapolated,
)

STEP = 1e-5
LEAST_STEP = 1e-8
"""As a share of the parameter itself, so that the step is seen beside a huge one."""
REACH, ATTEMPTS = 1e-2, 4
"""A step that moves any weighted sum by more is made smaller, so many times at most."""
BOUND, DOUBTFUL = 1e-7, 1e-8
"""Of the relative error: what is right, and from where on the difference is looked into."""
FLOOR = 1e-3
"""As a share of the layer's largest derivative: what is smaller is judged as if it were that."""
TINY = EPSILON**2
"""A deviation this small is none."""
STEP_FACTORS = tuple(SHRINK**power for power in (3, 2, 1, 0, -1))
"""Times the step: with these a difference is looked into."""
LOSS_FACTOR = 3.0
"""Times the loss: what its gradient then differs by is rounding."""
DOUBT = 4.0
"""A deviation is wrong if it is more than so many times what both sides may be off."""
SEED = 0
"""Of the draw, where a part has more parameters than are looked at."""
WORK_A_PASS, MOST_COPIES = 2e7, 64
"""Multiplications in one pass, which takes some milliseconds, and networks in it."""
WORK_A_UNIT = 100
"""As many multiplications take as long as one activation."""

Kind = Literal["weights", "biases", "gamma", "beta"]
KINDS: tuple[Kind, ...] = ("weights", "biases", "gamma", "beta")


@dataclass(frozen=True, slots=True)
class Worst:
    """The parameter with the largest relative error.

    Attributes:
        where: (input, unit) of a weight, (unit,) of the others, from 0.
        error: The relative error.
        backward: Its derivative by backpropagation.
        difference: Its derivative by differences.
    """

    where: tuple[int, ...]
    error: float
    backward: float
    difference: float


@dataclass(frozen=True, slots=True)
class Part:
    """What is found of one kind of a layer's parameters.

    Attributes:
        layer: From 0; the output is the last one.
        kind: Which of its parameters.
        total: How many there are.
        agreeing: How many were found right.
        differing: How many were found wrong.
        cornered: How many lie at a corner, one of :attr:`corners`.
        unresolved: Of how many the differences are not exact enough to tell.
        corners: Whose corners, and which.
        largest: The largest derivative by backpropagation among those looked at, in size.
        worst: Of the right and wrong ones; None where there are none.
    """

    layer: int
    kind: Kind
    total: int
    agreeing: int
    differing: int
    cornered: int
    unresolved: int
    corners: tuple[tuple[str, Corner], ...]
    largest: float
    worst: Worst | None

    @property
    def compared(self) -> int:
        """How many were judged."""
        return self.agreeing + self.differing

    @property
    def drawn(self) -> int:
        """How many were looked at."""
        return self.compared + self.cornered + self.unresolved


def work_of_a_pass(sizes: tuple[int, ...], points: int) -> float:
    """Multiplications of one network's forward pass, or what takes as long."""
    weights = sum((fan_in + 1) * units for fan_in, units in pairwise(sizes))
    return points * (weights + WORK_A_UNIT * sum(sizes[1:]))


class Comparison:
    """A comparison under way.

    Attributes:
        is_finite: Whether the loss and its gradient are; else there is nothing to compare.
    """

    def __init__(self, subject: Subject, per_part: int) -> None:
        """``per_part``: how many parameters of a part are looked at."""
        self._per_part = per_part
        alone = Copies(subject, 1)  # the very calls of training, in float64
        gradient, otherwise = alone.gradient(), alone.gradient(LOSS_FACTOR)
        self.is_finite = bool(np.isfinite(alone.losses()).all() and np.isfinite(gradient).all())
        self._gradient, self._rounding = gradient, alone.rounding()
        layout = alone.network.layout
        # Of each parameter's layer: what is judged as 0, and how inexact backpropagation is.
        self._floors, self._inexact = np.empty((2, len(gradient)))
        with np.errstate(all="ignore"):
            for views in layout.views(gradient[None]):
                own = views.columns
                self._floors[own] = FLOOR * np.abs(gradient[own]).max() + TINY / BOUND
                self._inexact[own] = np.abs(gradient[own] - otherwise[own]).max()
        self._least = LEAST_STEP * np.abs(subject.theta)
        self._layers = layout.views(np.arange(len(gradient))[None])
        count = WORK_A_PASS / work_of_a_pass(layout.sizes, subject.inputs.shape[1])
        count = int(min(max(count, 1), MOST_COPIES))
        self._copies = alone if count == 1 else Copies(subject, count)
        self._done = self._reached = self._total = 0

    def run(self) -> Generator[float, None, tuple[Part, ...]]:
        """Compare part by part; gives the share that is done after each piece."""
        drawn = list(self._draw())
        self._total = sum(len(columns) for _, _, columns in drawn)
        found = []
        for layer, kind, columns in drawn:
            found.append((yield from self._part(layer, kind, columns)))
            self._done += len(columns)
        return tuple(found)

    def _numbers(self, layer: int, kind: Kind) -> Array:
        """The columns of a part in the shape that it has, (in, units) or (units,)."""
        part = np.asarray(getattr(self._layers[layer], kind))[0]
        return np.asarray(part if kind == "weights" else part.reshape(-1))

    def _draw(self) -> Iterator[tuple[int, Kind, Array]]:
        """The columns that are looked at, part by part."""
        rng = np.random.default_rng(SEED)
        for layer, normalised in enumerate(self._copies.network.layout.normalised):
            for kind in KINDS if normalised else KINDS[:2]:
                numbers = self._numbers(layer, kind).reshape(-1)
                count = min(self._per_part, len(numbers))
                some = rng.choice(len(numbers), count, replace=False, shuffle=False)
                yield layer, kind, numbers[np.sort(some)]

    def _part(self, layer: int, kind: Kind, columns: Array) -> Generator[float, None, Part]:
        found, steps = yield from self._local(columns)
        values, uncertain = found.quotients.copy(), np.zeros(len(columns))
        clear = ~found.crossed.any(axis=0) & (found.moved <= REACH)
        doubtful = np.flatnonzero(clear & ~(self._errors(columns, values) <= DOUBTFUL))
        if len(doubtful):
            own = columns[doubtful]
            exact, off = yield from self._look_into(own, steps[doubtful])
            better = off < np.abs(self._gradient[own] - values[doubtful])
            values[doubtful[better]] = exact[better]
            uncertain[doubtful] = off + self._inexact[own]
        return self._judged(layer, kind, columns, found, values, uncertain)

    def _judged(
        self,
        layer: int,
        kind: Kind,
        columns: Array,
        found: Differences,
        values: Array,
        uncertain: Array,
    ) -> Part:
        """Sort a part's parameters by what is to be said of them.

        Args:
            columns: Which they are (n,).
            found: Their differences.
            values: Those, or what is more exact (n,).
            uncertain: How far each of both sides together may be off (n,).
        """
        backward, errors = self._gradient[columns], self._errors(columns, values)
        cornered = found.crossed.any(axis=0)
        clear = ~cornered & (found.moved <= REACH)
        right = clear & (errors <= BOUND)
        with np.errstate(all="ignore"):
            wrong = clear & ~right & (np.abs(backward - values) > DOUBT * uncertain)
        judged, numbers = np.flatnonzero(right | wrong), self._numbers(layer, kind)
        worst = None
        if len(judged):
            at = judged[np.argmax(errors[judged])]
            where = tuple(int(index) for index in np.argwhere(numbers == columns[at])[0])
            worst = Worst(where, float(errors[at]), float(backward[at]), float(values[at]))
        places = zip(self._copies.places, found.crossed, strict=True)
        return Part(
            layer,
            kind,
            total=numbers.size,
            agreeing=int(right.sum()),
            differing=int(wrong.sum()),
            cornered=int(cornered.sum()),
            unresolved=int((~cornered & ~right & ~wrong).sum()),
            corners=tuple(dict.fromkeys(place for place, hit in places if hit.any())),
            largest=float(np.abs(backward).max()),
            worst=worst,
        )

    def _errors(self, columns: Array, differences: Array) -> Array:
        """Relative errors of backpropagation, NaN where a difference is."""
        backward = self._gradient[columns]
        with np.errstate(all="ignore"):
            largest = np.maximum(np.abs(backward), np.abs(differences))
            scale = np.maximum(largest, self._floors[columns])
            return np.asarray(np.abs(backward - differences) / scale)

    def _differences(self, columns: Array, steps: Array) -> Generator[float, None, Differences]:
        """Differences of any number of parameters, in pieces."""
        found = []
        for start in range(0, len(columns), self._copies.count):
            piece = slice(start, start + self._copies.count)
            found.append(self._copies.differences(columns[piece], steps[piece]))
            self._reached = max(self._reached, self._done + start)
            yield self._reached / self._total
        return Differences.joined(found)

    def _local(self, columns: Array) -> Generator[float, None, tuple[Differences, Array]]:
        """Differences with a step that moves no weighted sum too far, and that step."""
        steps, least = np.maximum(STEP, self._least[columns]), self._least[columns]
        found = yield from self._differences(columns, steps)
        for _ in range(ATTEMPTS):
            far = np.flatnonzero((found.moved > REACH) & (steps > least))
            if not len(far):
                break
            steps[far] = np.maximum(steps[far] * (REACH / 2) / found.moved[far], least[far])
            better = yield from self._differences(columns[far], steps[far])
            found = found.with_better(far, better)
        return found, steps

    def _look_into(
        self, columns: Array, steps: Array
    ) -> Generator[float, None, tuple[Array, Array]]:
        """Better derivatives by differences, and how far each may be off."""
        tried, blurs = [], []
        for factor in STEP_FACTORS:
            found = yield from self._differences(columns, factor * steps)
            tried.append(np.where(found.crossed.any(axis=0), np.nan, found.quotients))
            blurs.append(found.blurs + self._rounding[columns] / (factor * steps))
        exact = []
        for quotients, own in zip(np.transpose(tried), np.transpose(blurs), strict=True):
            # From the largest step within which there is no corner, down to the smallest.
            first = int(np.argmin(np.isnan(quotients)))
            exact.append(extrapolated(quotients[first:].tolist(), own[first:].tolist()))
        values, off = np.transpose(exact)
        return values, off
