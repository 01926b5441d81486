"""From a table to points of one's own: which columns, which classes, which rows are unusable.

Classes become 0, 1, …: whole numbers from 0 to 19 stay what they are; other numbers are counted
from the smallest, and words in alphabetical order, capitals and small letters alike. Rows with a
missing or faulty cell are listed, and left out only where that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import shown
from playground.core.experiment import Data
from playground.core.families import TaskKind
from playground.core.limits import MAX_CLASSES, MAX_COORDINATE
from playground.core.points import Points
from playground.core.words import in_words
from playground.exchange.table import Table, TableError, is_missing, number

Array = NDArray[np.float64]
Scaling = Literal["none", "standardise", "fit"]

SCALINGS: dict[Scaling, str] = {
    "none": "as they are",
    "standardise": "zero mean, unit variance",
    "fit": "fitted into [-6, 6]",
}
"""What may be done with x1 and x2, each by itself. With either, numbers as targets get zero mean
and unit variance; classes are never scaled."""
FIELD = 6.0
MOST_LISTED = 5
PLAIN = frozenset("0123456789+-.eE")
"""Of these, Python makes the same numbers as :func:`~playground.exchange.table.number`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be taken from a table.

    Attributes:
        x1, x2, target: Columns, from 0.
        problem: Whether targets are classes or numbers.
        scaling: See ``SCALINGS``.
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


@dataclass(frozen=True, slots=True)
class Scale:
    """How a column was scaled: ``(value - offset) / divisor``."""

    offset: float
    divisor: float


UNSCALED = Scale(0.0, 1.0)


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
        classes, targets = _classified(words, table, label)
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
    scales = _scaled(values, choice)
    notes += _scale_notes(scales, choice)
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


# --- classes -------------------------------------------------------------------------------------


def _classified(words: list[str], table: Table, label: str) -> tuple[tuple[str, ...], Array]:
    """What the classes are called, and the class of each row."""
    numbers = {word: number(word, table.decimal) for word in set(words)}
    values = {value for value in numbers.values() if value is not None}
    if None not in numbers.values():
        if len(values) > MAX_CLASSES:
            _too_many_classes(label, len(values))
        if all(value.is_integer() and 0 <= value < MAX_CLASSES for value in values):
            names = tuple(str(index) for index in range(int(max(values)) + 1))
            return names, np.array([numbers[word] for word in words])
        order = {value: index for index, value in enumerate(sorted(values))}
        names = tuple(f"{value:g}" for value in sorted(values))
        return names, np.array([float(order[numbers[word] or 0.0]) for word in words])
    if len(numbers) > MAX_CLASSES:
        _too_many_classes(label, len(numbers))
    names = tuple(sorted(numbers, key=lambda word: (word.casefold(), word)))
    places = {word: float(index) for index, word in enumerate(names)}
    return names, np.array([places[word] for word in words])


def _too_many_classes(label: str, count: int) -> NoReturn:
    raise TableError(
        f"the column {label} has {count:,} different values, more than the {MAX_CLASSES} classes "
        "that are allowed; choose another column, or take them as numbers"
    )


# --- scaling -------------------------------------------------------------------------------------


def _scaled(values: Array, choice: Choice) -> tuple[Scale, Scale, Scale]:
    """Scale the columns in place, and say how."""
    if choice.scaling == "none":
        return UNSCALED, UNSCALED, UNSCALED
    scales = []
    for column in range(3):
        if column == 2 and choice.problem == "classification":
            scales.append(UNSCALED)
            continue
        cells = values[:, column]
        if column < 2 and choice.scaling == "fit":
            low, high = float(cells.min()), float(cells.max())
            scale = Scale((low + high) / 2, (high - low) / 2 / FIELD)
        else:
            scale = Scale(float(cells.mean()), float(cells.std()))
        if scale.divisor < 1e-300:  # all alike
            scale = Scale(scale.offset, 1.0)
        values[:, column] = (cells - scale.offset) / scale.divisor
        scales.append(scale)
    return scales[0], scales[1], scales[2]


def _scale_notes(scales: Sequence[Scale], choice: Choice) -> list[str]:
    return [
        f"{name} = ({name} in the table − {scale.offset:.6g}) / {scale.divisor:.6g}."
        for name, scale in zip(("x1", "x2", "Target"), scales, strict=True)
        if scale != UNSCALED
    ]
