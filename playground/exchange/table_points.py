"""From a table to points of one's own: which columns, which classes, which rows are unusable.

Classes become 0, 1, …: whole numbers from 0 to 19 stay what they are; other numbers are counted
from the smallest, and words in alphabetical order, capitals and small letters alike. Rows with a
missing or faulty cell are listed, and left out only where that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import shown
from playground.core.experiment import Data
from playground.core.families import TaskKind
from playground.core.limits import MAX_COORDINATE
from playground.core.points import Points
from playground.core.words import in_words
from playground.exchange.table import Table, TableError, is_missing, number
from playground.exchange.table_values import Scale, Scaling, classified, notes_on, scaled

Array = NDArray[np.float64]

MOST_LISTED = 5
PLAIN = frozenset("0123456789+-.eE")
"""Of these, Python makes the same numbers as :func:`~playground.exchange.table.number`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be taken from a table.

    Attributes:
        x1, x2, target: Columns, from 0.
        problem: Whether targets are classes or numbers.
        scaling: See ``table_values.SCALINGS``.
    """

    x1: int
    x2: int
    target: int
    problem: TaskKind = "classification"
    scaling: Scaling = "none"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not a point: the line of the text, from 1, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line:,}: {self.reason}"


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """The points of a table.

    Attributes:
        choice: What was asked for.
        values: (n, 3): x1, x2, target of the usable rows, scaled; read-only.
        classes: What class 0, 1, … is called in the table; empty for numbers.
        bad: The rows that are no points.
        scales: Of x1, x2 and the target.
        notes: What is worth a word to the user, as sentences.
    """

    choice: Choice
    values: Array
    classes: tuple[str, ...]
    bad: tuple[BadRow, ...]
    scales: tuple[Scale, Scale, Scale]
    notes: tuple[str, ...]

    def points(self, *, leave_out_bad: bool = False) -> Points:
        """The points, for an experiment.

        Raises:
            TableError: There are bad rows, and they are not to be left out.
        """
        if self.bad and not leave_out_bad:
            raise TableError(f"{self.about_bad()}; correct them or leave them out")
        return Points(self.values.tolist())

    def data(self, data: Data, *, leave_out_bad: bool = False) -> Data:
        """The data part of an experiment with these points in place of what it had.

        Raises:
            TableError: As :meth:`points`.
        """
        points = self.points(leave_out_bad=leave_out_bad)
        given = {"source": "points", "points": points, "problem": self.choice.problem}
        return Data(**{**dict(data), **given})

    def about_bad(self) -> str:
        """Which rows are unusable and why, as one sentence; empty if there are none."""
        if not self.bad:
            return ""
        count = len(self.bad)
        rows = "1 row is no point" if count == 1 else f"{count:,} rows are no points"
        first = "; ".join(map(str, self.bad[:MOST_LISTED]))
        more = f"; … and {count - MOST_LISTED:,} more" if count > MOST_LISTED else ""
        return f"{rows}: {first}{more}"


def take(table: Table, choice: Choice) -> Taken:
    """The points of a table.

    Raises:
        TableError: No row is usable, all are alike, or there are too many classes.
    """
    if len({choice.x1, choice.x2, choice.target}) < 3:
        raise TableError("x1, x2 and the target must be three different columns")
    values, words, bad = usable(table, choice)
    if not len(values):
        raise TableError(f"no row is a point; {bad[0]}")
    label = shown(table.names[choice.target])
    classes: tuple[str, ...] = ()
    if choice.problem == "classification":
        classes, targets = classified(words, table, label)
        values[:, 2] = targets
    if (values[:, 2] == values[0, 2]).all():
        raise TableError(
            f"all targets in the column {label} are {words[0]}, so there is nothing to learn; "
            "choose another column"
        )
    flat = [index for index in (0, 1) if (values[:, index] == values[0, index]).all()]
    if len(flat) == 2:
        raise TableError("all points lie at the same place, so there is nothing to learn")
    notes = [
        f"x{index + 1} is {values[0, index]:g} in every row and tells nothing." for index in flat
    ]
    scales = scaled(values, choice.scaling, choice.problem)
    notes += notes_on(scales)
    values.setflags(write=False)
    return Taken(choice, values, classes, tuple(bad), scales, (*table.notes, *notes))


# --- columns -------------------------------------------------------------------------------------


def usable(
    table: Table, choice: Choice, most: int | None = None
) -> tuple[Array, list[str], list[BadRow]]:
    """The usable rows (n, 3), the cells of their targets, and the rows that are unusable.

    Where targets are classes, the last column is 0.

    Args:
        most: How many rows to look at; all if not given.
    """
    columns = [choice.x1, choice.x2]
    if choice.problem == "regression":
        columns.append(choice.target)
    width, decimal, target = len(table.names), table.decimal, choice.target
    array = _all_plain(table, columns, target, most)
    if array is not None:
        return array, [row[target] for row in table.rows[:most]], []
    values: list[list[float]] = []
    words: list[str] = []
    bad: list[BadRow] = []
    for line, row in zip(table.lines[:most], table.rows[:most], strict=True):
        if len(row) != width:
            have = f"{len(row)} cell{'s' if len(row) != 1 else ''}"
            bad.append(BadRow(line, f"has {have} where the table has {width} columns"))
            continue
        found = [number(row[column], decimal) for column in columns]
        if None in found or is_missing(row[target]) or not all(map(_fits, found)):
            bad.append(BadRow(line, _reason(table, row, [*columns[:2], target], found)))
            continue
        values.append([value for value in found if value is not None])
        words.append(row[target])
    array = np.zeros((len(values), 3))
    if values:
        array[:, : len(columns)] = values
    return array, words, bad


def _all_plain(table: Table, columns: Sequence[int], target: int, most: int | None) -> Array | None:
    """The rows (n, 3) all at once, if nothing is wrong with any of them; otherwise None."""
    rows = table.rows[:most]
    if set(map(len, rows)) != {len(table.names)}:
        return None
    array = np.zeros((len(rows), 3))
    for place, column in enumerate(columns):
        cells = [row[column] for row in rows]
        text = "".join(cells)
        if table.decimal == ",":
            text = text.replace(".", "?").replace(",", ".")
            cells = [cell.replace(",", ".") for cell in cells]
        if not PLAIN.issuperset(text):
            return None
        try:
            array[:, place] = list(map(float, cells))
        except ValueError:
            return None
    if any(map(is_missing, {row[target] for row in rows})):
        return None
    return array if np.abs(array).max() <= MAX_COORDINATE else None


def _fits(value: float | None) -> bool:
    return value is not None and abs(value) <= MAX_COORDINATE


def _reason(
    table: Table, row: Sequence[str], columns: Sequence[int], found: Sequence[float | None]
) -> str:
    """Why a row is no point: the first of its cells that is at fault."""
    for place, column in enumerate(columns):
        cell, name = row[column], shown(table.names[column])
        if is_missing(cell):
            return f"{name} is missing"
        if place >= len(found):  # a class, which may be any word
            continue
        value = found[place]
        if value is None:
            if table.decimal == "," and "." in cell:
                return f"{name} is {shown(cell)}, but decimals have a comma in this table"
            return f"{name} is {shown(cell)}, which is no number"
        if not _fits(value):
            return f"{name} is {shown(cell)}, more than {in_words(MAX_COORDINATE)} in size"
    raise AssertionError("a row without a fault")
