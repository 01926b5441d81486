"""What the columns of a table probably mean: which are x1, x2 and the target."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np

from playground.core.errors import shown
from playground.core.families import TaskKind
from playground.core.limits import MAX_CLASSES
from playground.exchange.table import SAMPLE_ROWS, Table, TableError, is_missing, number
from playground.exchange.table_points import Choice, usable
from playground.exchange.table_values import FIELD

NUMERIC_SHARE = 0.5
"""Of a column's cells that are numbers, from which on it is a column of numbers."""
SCALE_ROWS = 2000
"""From which it is told whether x1 and x2 need scaling."""

_PAIRS = (("x1", "x2"), ("x_1", "x_2"), ("x₁", "x₂"), ("x", "y"), ("x0", "x1"))
_TARGETS = (
    "target", "label", "class", "y", "output", "category", "species", "group", "z", "value",
)  # fmt: skip
_PASSED_OVER = frozenset({"id", "index", "row", "no", "nr", "number", "#", "unnamed: 0", "set"})


def guess(table: Table, columns: Choice | None = None) -> Choice:
    """Which columns are probably x1, x2 and the target, what problem it is, and whether to scale.

    Args:
        columns: A choice whose columns are to be taken; the rest is found out.

    Raises:
        TableError: There are fewer than three columns, or not two of numbers.
    """
    if columns is None:
        columns = _columns(table)
    choice = replace(columns, problem=_problem(table, columns.target))
    taken = usable(table, choice, SCALE_ROWS)[0]
    reach = float(np.abs(taken[:, :2]).max()) if len(taken) else FIELD
    return replace(choice, scaling="none" if 0.5 <= reach <= 2 * FIELD else "fit")


def _columns(table: Table) -> Choice:
    width = len(table.names)
    if width < 3:
        raise TableError(
            f"the table has {width} columns; points need three, for x1, x2 and the target"
        )
    numeric = [index for index in range(width) if _is_numeric(table, index)]
    names = [name.lower() for name in table.names]
    pair = next(
        (
            (names.index(one), names.index(two))
            for one, two in _PAIRS
            if one in names and two in names
            and names.index(one) in numeric and names.index(two) in numeric
        ),
        None,
    )  # fmt: skip
    others = [index for index in range(width) if pair is None or index not in pair]
    target = next(
        (names.index(n) for n in _TARGETS if n in names and names.index(n) in others), None
    )
    if target is None:
        likely = [index for index in others if names[index] not in _PASSED_OVER]
        words = [index for index in likely if index not in numeric and _values(table, index, 2)]
        target = (words or likely or others)[-1]
    if pair is None:
        free = [index for index in numeric if index != target]
        free = [index for index in free if names[index] not in _PASSED_OVER] or free
        if len(free) < 2:
            have = f"only {shown(table.names[free[0]])} is one" if free else "there is none"
            raise TableError(f"x1 and x2 need two columns of numbers beside the target, but {have}")
        pair = (free[0], free[1])
    return Choice(*pair, target)


def _values(table: Table, column: int, most: int) -> list[str]:
    """The different values among the first rows of a column; at most ``most`` of them."""
    found: dict[str, None] = {}
    for row in table.rows[:SAMPLE_ROWS]:
        if column < len(row) and not is_missing(row[column]):
            found[row[column]] = None
            if len(found) >= most:
                break
    return list(found)


def _is_numeric(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows[:SAMPLE_ROWS] if column < len(row)]
    cells = [cell for cell in cells if not is_missing(cell)]
    numbers = sum(number(cell, table.decimal) is not None for cell in cells)
    return bool(cells) and numbers >= NUMERIC_SHARE * len(cells)


def _problem(table: Table, target: int) -> TaskKind:
    """Words are classes; so are a few whole numbers that come again and again."""
    if not _is_numeric(table, target):
        return "classification"
    cells = [row[target] for row in table.rows if target < len(row)]
    numbers = [number(cell, table.decimal) for cell in cells]
    known = Counter(value for value in numbers if value is not None and math.isfinite(value))
    whole = all(value.is_integer() for value in known)
    few = len(known) <= min(MAX_CLASSES, max(2, known.total() // 3))
    return "classification" if whole and few else "regression"
