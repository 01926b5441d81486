"""A table as it is read with the wishes so far. No Qt here: it is done beside the window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from playground.core.errors import PlaygroundError
from playground.core.limits import MAX_COORDINATE, MAX_TABLE_BYTES
from playground.core.points import NO_POINTS, Points
from playground.core.words import sentence
from playground.exchange import files
from playground.exchange.table import Decimal, Table, TableError, is_missing, number, table_of
from playground.exchange.table_guess import guess
from playground.exchange.table_points import Choice, Taken, take

Anew = Literal["nothing", "problem", "scaling"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table comes from: a file, or a text that was pasted or dropped.

    Attributes:
        name: What messages call it.
    """

    name: str
    path: Path | None = None
    text: str = ""

    def content(self) -> bytes | str:
        """What it holds.

        Raises:
            PlaygroundError: The file cannot be read.
        """
        return self.text if self.path is None else files.read(self.path, MAX_TABLE_BYTES)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user has said; None is left to be found out.

    Attributes:
        separator: A key of ``table.SEPARATORS``.
        decimal: How decimals are written.
        has_header: Whether the first row names the columns.
        choice: The columns, what the targets are, and scaling.
        anew: What of the choice is to be guessed for its columns again.
    """

    separator: str | None = None
    decimal: Decimal | None = None
    has_header: bool | None = None
    choice: Choice | None = None
    anew: Anew = "nothing"

    @property
    def of_text(self) -> tuple[str | None, Decimal | None, bool | None]:
        """What says how the text is cut into cells."""
        return self.separator, self.decimal, self.has_header


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What has come of it.

    Attributes:
        content: Of the file or text.
        wish: What was asked for.
        table: None where there is none.
        choice: What is taken of it; None where that could not be told.
        taken: The points; None where there are none.
        points: The same for an experiment, without bad rows.
        error: Why there are no points, as a sentence; empty if there are.
    """

    content: bytes | str
    wish: Wish
    table: Table | None = None
    choice: Choice | None = None
    taken: Taken | None = None
    points: Points = NO_POINTS
    error: str = ""


def read(origin: Origin, wish: Wish, before: Reading | None = None) -> Reading:
    """Read a table; as much as is still right is taken from the reading before.

    Raises:
        PlaygroundError: The file cannot be read.
    """
    content = origin.content() if before is None else before.content
    table = choice = None
    try:
        if before is not None and before.table and before.wish.of_text == wish.of_text:
            table = before.table
        else:
            table = table_of(
                content, origin.name, separator=wish.separator, has_header=wish.has_header
            )
            if wish.decimal is not None:
                table = replace(table, decimal=wish.decimal)
        choice = _choice(table, wish)
        taken = take(table, choice)
        points = taken.points(leave_out_bad=True)
    except PlaygroundError as error:
        return Reading(content, wish, table, choice, error=_sentence(error, origin))
    return Reading(content, wish, table, choice, taken, points)


def bad_cells(table: Table, choice: Choice | None, row: tuple[str, ...]) -> set[int]:
    """The columns in which a row keeps it from being a point; all if it has too few or many."""
    width = len(table.names)
    if len(row) != width:
        return set(range(max(width, len(row))))
    if choice is None:
        return set()
    numbers = [choice.x1, choice.x2]
    if choice.problem == "regression":
        numbers.append(choice.target)
    bad = {column for column in numbers if not _is_usable(row[column], table.decimal)}
    return bad | ({choice.target} if is_missing(row[choice.target]) else set())


def _is_usable(cell: str, decimal: Decimal) -> bool:
    value = number(cell, decimal)
    return value is not None and abs(value) <= MAX_COORDINATE


def _choice(table: Table, wish: Wish) -> Choice:
    if wish.choice is None or wish.anew == "nothing":
        return wish.choice or guess(table)
    columns = {wish.choice.x1, wish.choice.x2, wish.choice.target}
    if len(columns) < 3:
        raise TableError("x1, x2 and the target must be three different columns")
    found = guess(table, wish.choice)
    if wish.anew == "problem":
        return replace(wish.choice, problem=found.problem)
    return replace(wish.choice, scaling=found.scaling)


def _sentence(error: PlaygroundError, origin: Origin) -> str:
    text = str(error)
    if origin.path is not None and text.startswith(origin.name):  # a name is written as it is
        return f"{text}."
    return sentence(text)
