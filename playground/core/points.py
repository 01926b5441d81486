"""One's own points: up to 100,000 rows in an object that is checked once and then only passed on.

An edit of anything else in an experiment hands the same object on, so that neither validation nor
undo nor comparison looks at the rows again.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, islice
from typing import Any, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from playground.core.errors import MOST_FOUND, Problem, fail, shown
from playground.core.limits import MAX_COORDINATE, MAX_SAMPLES

COLUMNS = 3
ROW_BYTES = COLUMNS * 8

Row = tuple[float, float, float]


class Points(Sequence[Row]):
    """Rows (x1, x2, target); never changes.

    Two are equal where all their numbers have the same bits. In a file they are a list of lists.

    Attributes:
        packed: All numbers, row after row, as float64 in the machine's byte order.
    """

    def __init__(self, rows: Sequence[Sequence[float]] = ()) -> None:
        """Takes rows of three finite numbers of at most ``MAX_COORDINATE`` in size.

        Raises:
            PydanticCustomError: They are not; its problems give row and column. In a model it
                becomes an error with the whole place.
        """
        self.packed = _packed(rows)

    def __len__(self) -> int:
        return len(self.packed) // ROW_BYTES

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        start = COLUMNS * range(len(self))[index]
        x1, x2, target = self._numbers[start : start + COLUMNS]
        return x1, x2, target

    def __iter__(self) -> Iterator[Row]:
        return zip(*[iter(self._numbers)] * COLUMNS, strict=True)

    def __eq__(self, other: object) -> bool:
        return self.packed == other.packed if isinstance(other, Points) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.packed)

    def __repr__(self) -> str:
        return f"Points({shown(self[:3])}, {len(self)} in all)"

    @property
    def targets(self) -> Sequence[float]:
        """The last column."""
        return self._numbers[COLUMNS - 1 :: COLUMNS]

    @cached_property
    def largest_target(self) -> float:
        """The largest target; there must be a point."""
        return max(self.targets)

    def first_no_class(self, classes: int) -> int | None:
        """The first row whose target is not one of 0, 1, … ``classes`` - 1; None if all are."""
        allowed = frozenset(map(float, range(classes)))
        if self._distinct <= allowed:
            return None
        return next(i for i, target in enumerate(self.targets) if target not in allowed)

    @property
    def _numbers(self) -> memoryview[float]:
        return memoryview(self.packed).cast("d")

    @cached_property
    def _distinct(self) -> frozenset[float]:
        return frozenset(self.targets)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda given: given if isinstance(given, Points) else cls(given),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda points: list(map(list, points)), when_used="json"
            ),
        )


def _packed(rows: Any) -> bytes:
    if not isinstance(rows, (list, tuple)):
        fail([Problem((), f"must be a list, but is {shown(rows)}")])
    if len(rows) > MAX_SAMPLES:
        fail([Problem((), f"has {len(rows):,} entries; at most {MAX_SAMPLES:,} are allowed")])
    if set(map(type, rows)) <= {list, tuple} and set(map(len, rows)) <= {COLUMNS}:
        flat = list(chain.from_iterable(rows))
        if set(map(type, flat)) <= {float, int} and all(map(_fits, flat)):
            return array("d", flat).tobytes()
    found = (problem for index, row in enumerate(rows) for problem in _problems(row, index))
    problems = list(islice(found, MOST_FOUND))
    if problems:
        fail(problems)
    return array("d", chain.from_iterable(rows)).tobytes()


def _fits(value: float) -> bool:
    return -MAX_COORDINATE <= value <= MAX_COORDINATE  # false for what is not a number


def _problems(row: Any, index: int) -> Iterator[Problem]:
    if not isinstance(row, (list, tuple)):
        yield Problem((index,), f"must be a list [x1, x2, target], but is {shown(row)}")
        return
    if len(row) < COLUMNS:
        yield Problem((index, len(row)), f"is missing in {shown(row)}")
    if len(row) > COLUMNS:
        yield Problem((index,), f"has {len(row)} numbers, but a point is [x1, x2, target]")
    for column, value in enumerate(row[:COLUMNS]):
        place = (index, column)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield Problem(place, f"must be a number, but is {shown(value)}")
        elif isinstance(value, float) and not math.isfinite(value):
            yield Problem(place, f"must be a finite number, but is {shown(value)}")
        elif value < -MAX_COORDINATE:
            yield Problem(place, f"must be at least {-MAX_COORDINATE}, but is {shown(value)}")
        elif value > MAX_COORDINATE:
            yield Problem(place, f"must be at most {MAX_COORDINATE}, but is {shown(value)}")


NO_POINTS = Points()
