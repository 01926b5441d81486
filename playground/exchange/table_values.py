"""What becomes of a table's values: classes are numbered, coordinates perhaps scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

from playground.core.families import TaskKind
from playground.core.limits import MAX_CLASSES
from playground.exchange.table import Table, TableError, number

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


@dataclass(frozen=True, slots=True)
class Scale:
    """How a column was scaled: ``(value - offset) / divisor``."""

    offset: float
    divisor: float


UNSCALED = Scale(0.0, 1.0)


def classified(words: list[str], table: Table, label: str) -> tuple[tuple[str, ...], Array]:
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


def scaled(values: Array, scaling: Scaling, problem: TaskKind) -> tuple[Scale, Scale, Scale]:
    """Scale the columns in place, and say how."""
    if scaling == "none":
        return UNSCALED, UNSCALED, UNSCALED
    scales = []
    for column in range(3):
        if column == 2 and problem == "classification":
            scales.append(UNSCALED)
            continue
        cells = values[:, column]
        if column < 2 and scaling == "fit":
            low, high = float(cells.min()), float(cells.max())
            scale = Scale((low + high) / 2, (high - low) / 2 / FIELD)
        else:
            scale = Scale(float(cells.mean()), float(cells.std()))
        if (cells == cells[0]).all() or scale.divisor == 0:
            scale = Scale(float(cells[0]), 1.0)
        values[:, column] = (cells - scale.offset) / scale.divisor
        scales.append(scale)
    return scales[0], scales[1], scales[2]


def notes_on(scales: Sequence[Scale]) -> list[str]:
    """What was scaled and how, a sentence each."""
    return [
        f"{name} = ({name} in the table − {scale.offset:.6g}) / {scale.divisor:.6g}."
        for name, scale in zip(("x1", "x2", "Target"), scales, strict=True)
        if scale != UNSCALED
    ]
