"""The axes of histograms in words: ticks, the values of a bin, the range that is shown. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterator

from playground.exchange.drawing.scales import Tick, in_words
from playground.training.instruments.histograms import MAGNITUDES, PLAIN, Axis, Histograms

GRID = {MAGNITUDES: round(1 / MAGNITUDES.width), PLAIN: 12}
"""The ends of a range are multiples of so many bins, so that it seldom moves."""
LEAST = {MAGNITUDES: (-2.0, 0.0), PLAIN: (math.asinh(-0.25), math.asinh(1.0))}
"""What of an axis is shown at least, in its coordinate."""


class Span:
    """The bins that are shown of an axis; it grows and never shrinks.

    Attributes:
        axis: Whose bins.
        first, last: The outermost bins.
    """

    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        low, high = (round((end - axis.low) / axis.width) for end in LEAST[axis])
        self.first = self.last = 0
        self._hold(low, high - 1)

    def cover(self, seen: Histograms, layers: slice = slice(None)) -> None:
        """Grow to what matters of some of these histograms, which are over the same axis."""
        reach = seen.reach[layers]
        there = reach[reach[:, 0] <= reach[:, 1]]
        if len(there):
            low = min(self.first, int(there[:, 0].min()))
            self._hold(low, max(self.last, int(there[:, 1].max())))

    def _hold(self, low: int, high: int) -> None:
        grid = GRID[self.axis]
        self.first, self.last = low // grid * grid, (high // grid + 1) * grid - 1

    def together(self, bars: float) -> int:
        """How many bins are taken together where there is room for so many bars."""
        grid, enough = GRID[self.axis], self.count / max(bars, 1)
        factors = [factor for factor in range(1, grid + 1) if grid % factor == 0]
        return next((factor for factor in factors if factor >= enough), grid)

    @property
    def count(self) -> int:
        """How many bins are shown."""
        return self.last - self.first + 1

    def place(self, coordinate: float) -> float:
        """Where a coordinate of the axis lies, from 0 to 1."""
        return ((coordinate - self.axis.low) / self.axis.width - self.first) / self.count

    def bin_at(self, place: float) -> int:
        """The bin at a place from 0 to 1."""
        return self.first + min(max(int(place * self.count), 0), self.count - 1)

    def ticks(self, most: int) -> list[Tick]:
        """About so many ticks at most, from 0 to 1, with their words."""
        return _decades(self, most) if self.axis is MAGNITUDES else _plain(self, most)

    def ends(self) -> list[Tick]:
        """The two ends with their words."""
        return [(0.0, self._text(self.first)), (1.0, self._text(self.last + 1))]

    def words(self, first: int, last: int) -> str:
        """From where to where some bins go, which stand beside each other."""
        low, high = self._text(first), self._text(last + 1)
        if first == self.first:
            return f"below {high}"
        if last == self.last:
            return f"{low} or more"
        return f"{low} to {high}"

    def _text(self, edge: int) -> str:
        """The value where a bin begins."""
        coordinate = self.axis.low + edge * self.axis.width
        if self.axis is MAGNITUDES:
            return in_words(10.0**coordinate, 2, least_plain=-1)
        return in_words(_clean(math.sinh(coordinate)), 2)


def _clean(value: float) -> float:
    """Without what rounding has left of a 0."""
    return 0.0 if abs(value) < 1e-9 else value


def _decades(span: Span, most: int) -> list[Tick]:
    axis = span.axis
    low = math.ceil(axis.low + span.first * axis.width - 1e-9)
    high = math.floor(axis.low + (span.last + 1) * axis.width + 1e-9)
    every = next(n for n in (1, 2, 3, 4, 5, 10, 20, 50) if (high - low) / n + 1 <= max(most, 2))
    return [
        (span.place(decade), in_words(10.0**decade, 1, least_plain=-1))
        for decade in range(low, high + 1)
        if (high - decade) % every == 0
    ]


def _plain(span: Span, most: int) -> list[Tick]:
    """The roundest numbers first, as far as there is room between them."""
    taken: list[Tick] = []
    for value in _round_numbers():
        place = span.place(math.asinh(value))
        free = all(abs(place - other) >= 1 / max(most, 1) for other, _ in taken)
        if free and -1e-9 <= place <= 1 + 1e-9:
            taken.append((place, in_words(value)))
    return sorted(taken)


def _round_numbers() -> Iterator[float]:
    yield 0.0
    for parts in ((1.0,), (5.0,), (2.0,)):
        for power in (0, 1, 2, 3, -1):
            for part in parts:
                yield part * 10.0**power
                yield -part * 10.0**power
