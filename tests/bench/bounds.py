"""What is asked of figures, and tables that say it beside what was found."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SIGNS = {"≥": operator.ge, "≤": operator.le, "<": operator.lt}
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure should be, such as "≥ 0.8"."""

    sign: str
    value: float

    def __str__(self) -> str:
        return f"{self.sign} {self.value:g}"

    def holds(self, figure: float) -> bool:
        return bool(SIGNS[self.sign](figure, self.value))


def percentile(values: Sequence[float] | np.ndarray, percent: float) -> float:
    """The value that ``percent`` of all do not exceed; itself one of them."""
    ordered = np.sort(values)
    return float(ordered[max(int(np.ceil(percent / 100 * len(ordered))) - 1, 0)])


def table(
    title: str, asked: Mapping[str, Bound], figures: Mapping[str, Figures | str]
) -> list[dict[str, object]]:
    """A row for each figure; its last cell says whether all that were found are as asked.

    Args:
        title: Stands in the first row.
        asked: The bounds by the figures' names.
        figures: By platform; a word where there are none.
    """
    there = {place: part for place, part in figures.items() if not isinstance(part, str)}
    names = list(dict.fromkeys(name for part in there.values() for name in part))
    found = []
    for index, name in enumerate(names or list(asked)):
        cells = {
            place: part if isinstance(part, str) else part.get(name, "")
            for place, part in figures.items()
        }
        found.append(
            {
                "window": "" if index else title,
                "figure": name,
                "asked": str(asked.get(name, "")),
                **cells,
                "": _verdict(asked.get(name), cells.values()),
            }
        )
    return found


def _verdict(bound: Bound | None, cells: Iterable[object]) -> str:
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    if bound is None or not numbers:
        return ""
    return "met" if all(bound.holds(number) for number in numbers) else "MISSED"
