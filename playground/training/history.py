"""What a run looked like: rows over the epochs, thinned as they become many."""

from __future__ import annotations

import numpy as np

from playground.engine.calls import Array


class History:
    """Rows of named columns, bounded in number.

    When ``limit`` rows are reached, every second one is dropped and from then on only every second
    one is taken; so the rows stay evenly spread over the run, and the last one may be younger than
    the spacing.

    Attributes:
        columns: The names; the first one counts (epochs).
        every: The present spacing, in offers of a row.
    """

    def __init__(self, columns: tuple[str, ...], width: int = 1, limit: int = 2000) -> None:
        """``width``: values in each cell, such as the replicas."""
        self.columns, self.every = columns, 1
        self._limit, self._width = max(limit, 4), width
        self._rows = np.empty((64, len(columns), width))
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
        """Offer a row; it is kept if it is its turn."""
        turn = self.is_due
        self._offered += 1
        if not turn:
            return
        if self._count == self._limit:
            kept = self._rows[: self._count : 2].copy()
            self._count = len(kept)
            self._rows[: self._count] = kept
            self.every *= 2
            if (self._offered - 1) % self.every:
                return
        if self._count == len(self._rows):
            size = min(2 * len(self._rows), self._limit)
            larger = np.empty((size, *self._rows.shape[1:]))
            larger[: self._count] = self._rows
            self._rows = larger
        for index, cell in enumerate(cells):
            self._rows[self._count, index] = cell
        self._count += 1

    def table(self) -> dict[str, Array]:
        """A read-only copy: for each column an array (rows, width)."""
        rows = self._rows[: self._count].copy()
        rows.setflags(write=False)
        return {name: rows[:, index] for index, name in enumerate(self.columns)}

    def column(self, name: str, index: int) -> Array:
        """A read-only copy of one value of each row, such as a replica's: (rows,)."""
        cells = self._rows[: self._count, self.columns.index(name), index].copy()
        cells.setflags(write=False)
        return cells

    def clear(self) -> None:
        """Forget all rows."""
        self._count = self._offered = 0
        self.every = 1
