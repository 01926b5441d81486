"""Where the neurons of a drawn network are, in pixels. No Qt here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

MOST_SINGLE = 32
"""Units of a column that is drawn one by one below each other; more stand in a block."""
LARGEST, LEAST = 46.0, 7.0
"""Sides of a neuron's map at the zoom 1: what looks good, and what can still be seen."""
GAP_SHARE, LEAST_GAP = 0.16, 1.0
LARGEST_CELL, WIDEST_BLOCK = 12.0, 112.0
"""Of a block: a cell's side, and all of it."""
WIDEST_SHARE = 0.7
"""Of the distance between two columns that neurons may take."""


class Spot(NamedTuple):
    """A square: its left, its top and its side."""

    x: float
    y: float
    side: float

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.side / 2, self.y + self.side / 2

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is in it."""
        return self.x <= x < self.x + self.side and self.y <= y < self.y + self.side


@dataclass(frozen=True, slots=True)
class Column:
    """The neurons of a layer, or the features.

    Attributes:
        count: How many.
        x: The middle.
        top: Where they begin.
        side: Of one.
        gap: Between two.
        across: How many stand beside each other: 1, or more in a block.
    """

    count: int
    x: float
    top: float
    side: float
    gap: float
    across: int

    @property
    def is_block(self) -> bool:
        """Whether they stand in a block, with the weights drawn for all together."""
        return self.across > 1

    @property
    def width(self) -> float:
        """Of all of it."""
        return self.across * (self.side + self.gap) - self.gap

    @property
    def height(self) -> float:
        """Of all of it."""
        return -(-self.count // self.across) * (self.side + self.gap) - self.gap

    def spot(self, unit: int) -> Spot:
        """Where a neuron is."""
        row, place = divmod(unit, self.across)
        pitch = self.side + self.gap
        return Spot(self.x - self.width / 2 + place * pitch, self.top + row * pitch, self.side)

    def spots(self) -> Iterator[Spot]:
        """Of all neurons, in order."""
        return (self.spot(unit) for unit in range(self.count))

    def at(self, x: float, y: float) -> int | None:
        """The neuron at a point."""
        pitch = self.side + self.gap
        place = math.floor((x - self.x + self.width / 2) / pitch)
        row = math.floor((y - self.top) / pitch)
        unit = row * self.across + place
        if not (0 <= place < self.across and row >= 0 and unit < self.count):
            return None
        return unit if self.spot(unit).holds(x, y) else None


@dataclass(frozen=True, slots=True)
class Picture:
    """Where everything is.

    Attributes:
        columns: The features, the hidden layers, the output.
        height: Of all of it.
    """

    columns: tuple[Column, ...]
    height: float

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """The column and the neuron at a point."""
        for index, column in enumerate(self.columns):
            unit = column.at(x, y)
            if unit is not None:
                return index, unit
        return None


def lay_out(
    counts: Sequence[int],
    centres: Sequence[float],
    height: float,
    zoom: float = 1.0,
    margin: float = 0.0,
) -> Picture:
    """Place the neurons of a network, each column in the middle of the height.

    At the zoom 1 all fits into the height, unless neurons would become too small to be seen.

    Args:
        counts: Neurons in each column.
        centres: The middle of each column.
        height: That there is.
        zoom: How many times larger than fits, as far as columns are apart.
        margin: What stays free above and below.
    """
    height -= 2 * margin
    single = max((count for count in counts if count <= MOST_SINGLE), default=1)
    apart = min((right - left for left, right in pairwise(centres)), default=math.inf)
    pitch = min(LARGEST * (1 + GAP_SHARE), height / single, WIDEST_SHARE * apart / zoom)
    side = max(min(pitch / (1 + GAP_SHARE), pitch - LEAST_GAP), LEAST) * zoom
    gap = max(GAP_SHARE * side, LEAST_GAP)
    columns = []
    for count, x in zip(counts, centres, strict=True):
        if count <= MOST_SINGLE:
            column = Column(count, x, 0.0, side, gap, 1)
        else:
            across = math.ceil(math.sqrt(count))
            pitch = min(height, WIDEST_BLOCK, WIDEST_SHARE * apart / zoom) / across
            cell = max(min(LARGEST_CELL, pitch - LEAST_GAP), LEAST / 3) * zoom
            column = Column(count, x, 0.0, cell, LEAST_GAP, across)
        columns.append(column)
    whole = max(max(column.height for column in columns), height)
    placed = (replace(c, top=margin + (whole - c.height) / 2) for c in columns)
    return Picture(tuple(placed), whole + 2 * margin)
