"""What a run looked like: rows over the epochs, thinned as they become many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.core.limits import HISTORY_ROWS
from playground.engine.calls import Array


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What a history holds, to be written to a file.

    Attributes:
        every: Its spacing, in offers of a row.
        cells: (rows, columns, width), read-only.
    """

    every: int
    cells: Array


class History:
    """Rows of named columns, bounded in number.

    When ``limit`` rows are reached, every second one is dropped and from then on only every second
    one is taken; so the rows stay evenly spread over the run, and the last one may be younger than
    the spacing.

    Attributes:
        columns: The names; the first one counts (epochs).
        every: The present spacing, in offers of a row.
    """

    def __init__(self, columns: tuple[str, ...], width: int = 1, limit: int = HISTORY_ROWS) -> None:
        """``width``: values in each cell, such as the replicas."""
        self.columns, self.every = columns, 1
        self._limit = max(limit, 4)
        self._rows = np.empty((64, len(columns), width))
        self._places = np.empty(64, np.int64)  # of each row the number of offers before it
        self._count = 0
        self._offered = 0

    def __len__(self) -> int:
        return self._count

    @property
    def is_due(self) -> bool:
        """Whether the next row that is offered will be looked at."""
        return self._offered % self.every == 0

    def skip(self) -> None:
        """Count an offer whose turn it is not, without a row."""
        self._offered += 1

    def append(self, *cells: float | Array) -> None:
        """Offer a row; it is kept if it is its turn, with NaN for what is not finite."""
        place = self._offered
        self._offered += 1
        while self._count == self._limit and place % self.every == 0:
            self.every *= 2
            self._thin()
        if place % self.every:
            return
        if self._count == len(self._rows):
            self._make_room(self._count + 1)
        row = self._rows[self._count]
        for index, cell in enumerate(cells):
            row[index] = cell
        # As in a file's scores, so that a resumed run keeps the same bytes.
        np.copyto(row, np.nan, where=~np.isfinite(row))
        self._places[self._count] = place
        self._count += 1

    def table(self) -> dict[str, Array]:
        """A read-only copy: for each column an array (rows, width)."""
        rows = self.rows().cells
        return {name: rows[:, index] for index, name in enumerate(self.columns)}

    def rows(self) -> Rows:
        """A read-only copy of all rows."""
        cells = self._rows[: self._count].copy()
        cells.setflags(write=False)
        return Rows(self.every, cells)

    def until(self, value: float) -> Rows:
        """A read-only copy of the rows whose first column is at most ``value``."""
        rows = self.rows()
        count = int(np.searchsorted(rows.cells[:, 0, 0], value, side="right"))
        return Rows(rows.every, rows.cells[:count])

    def branch(self, value: float) -> History:
        """A history that goes on from the rows whose first column is at most ``value``."""
        rows = self.until(value)
        count = len(rows.cells)
        other = History(self.columns, self._rows.shape[2], self._limit)
        offered = int(self._places[count - 1]) + 1 if count else 0
        other.take_up(rows.cells, self._places[:count], offered)
        return other

    def take_up(self, cells: Array, places: Array, offered: int) -> None:
        """Go on from the rows of another history, as if their run had been this one's.

        The spacing is the one that so many offers would have led to here. Rows that were thinned
        more than that are all kept, and the next ones follow more closely.

        Args:
            cells: Its rows (rows, columns, width).
            places: Of each row the number of offers before it (rows,); they rise from 0.
            offered: How many rows it has been offered in all.
        """
        self.every = 1
        while -(-offered // self.every) > self._limit:
            self.every *= 2
        kept = places % self.every == 0
        self._count, self._offered = int(kept.sum()), offered
        self._make_room(self._count)
        self._rows[: self._count], self._places[: self._count] = cells[kept], places[kept]

    def column(self, name: str, index: int) -> Array:
        """A read-only copy of one value of each row, such as a replica's: (rows,)."""
        cells = self._rows[: self._count, self.columns.index(name), index].copy()
        cells.setflags(write=False)
        return cells

    def clear(self) -> None:
        """Forget all rows."""
        self._count = self._offered = 0
        self.every = 1

    def _thin(self) -> None:
        kept = np.flatnonzero(self._places[: self._count] % self.every == 0)
        self._count = len(kept)
        self._rows[: self._count], self._places[: self._count] = (
            self._rows[kept],
            self._places[kept],
        )

    def _make_room(self, count: int) -> None:
        """Have room for ``count`` rows: twice what there is, as long as the limit allows."""
        size = len(self._rows)
        while size < count:
            size = min(2 * size, max(self._limit, count))
        if size > len(self._rows):
            old = len(self._rows)
            rows, places = self._rows, self._places
            self._rows = np.empty((size, *rows.shape[1:]))
            self._places = np.empty(size, np.int64)
            self._rows[:old], self._places[:old] = rows, places
