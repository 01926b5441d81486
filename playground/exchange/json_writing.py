"""JSON written for people: short parts on one line, matrices one row a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from playground.core.points import COLUMNS, Points
from playground.engine.calls import Array
from playground.exchange.numbers_reading import Packed, pack

WIDTH = 100
STEP = "  "
PIECE = 30_000
"""Numbers in a piece of a text, which takes some thousandths of a second to make; a multiple of 3,
so that a piece of Base64 text is not padded."""
MANY = 10_000
"""Numbers from which on it pays to load the library that writes them twenty times as fast."""
MISREAD = np.uint32(0x15AE43FD).view(np.float32)
"""The one number of single precision (with its negative) whose shortest decimals, 7.038531e-26, are
those of its neighbour once they are read as float64 and rounded. Found by trying all of them."""

Rows = Callable[[Array, str], str]
"""Writes the rows of an array (n, m) as lists, with a text between one and the next."""


def text_of(value: Any, indent: str = "") -> str:
    """The JSON of texts, numbers, dicts, lists and NumPy arrays, packed or not.

    Numbers of an array are written as the shortest decimals that give the same bits back in its
    precision, and also when read as float64 and rounded, as JSON readers do.

    Raises:
        ValueError: A number is not finite.
    """
    return "".join(pieces_of(value, indent))


def pieces_of(value: Any, indent: str = "") -> Iterator[str]:
    """The same in pieces, each made when it is asked for: a large text is never held as a whole.

    Raises:
        ValueError: A number of an array is not finite; said before there is a piece.
    """
    rows = _rows_in_c if _count(value) >= MANY else _rows
    return _Writer(rows).pieces(value, indent)


def decimals(row: Array) -> list[str]:
    """The shortest decimals of numbers (n,) that give the same bits back in their precision."""
    row = _unmistakable(row)
    if row.dtype == np.float64:
        return list(map(repr, row.tolist()))
    found: list[str] = row.astype(str).tolist()
    return found


def _count(value: Any) -> int:
    """How many numbers the arrays hold, which are looked at by the way."""
    if isinstance(value, np.ndarray):
        if not np.isfinite(value).all():
            raise ValueError("an array holds a number that is not finite")
        return value.size
    if isinstance(value, Points):
        return COLUMNS * len(value)
    if isinstance(value, Mapping):
        return sum(map(_count, value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(map(_count, value))
    return 0


def _rows(array: Array, between: str) -> str:
    return between.join(f"[{', '.join(row)}]" for row in map(decimals, array))


def _rows_in_c(array: Array, between: str) -> str:
    import orjson  # not at the start, which it would hold up

    exact = np.ascontiguousarray(_unmistakable(array))
    text = orjson.dumps(exact, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].replace(b",", b", ")
    return text.replace(b"], [", f"]{between}[".encode()).decode()


def _unmistakable(array: Array) -> Array:
    """The same numbers, in double precision where there is one that would be misread."""
    if array.dtype == np.float32 and (np.abs(array) == MISREAD).any():
        return array.astype(np.float64)
    return array


def _is_large(value: Any) -> bool:
    """Whether there is an array within that is surely too large for one line."""
    if isinstance(value, np.ndarray):
        return value.ndim > 1 or value.size > WIDTH
    if isinstance(value, Packed):
        return value.array.nbytes > WIDTH
    if isinstance(value, Points):
        return len(value) > WIDTH
    if isinstance(value, Mapping):
        return any(map(_is_large, value.values()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(map(_is_large, value))
    return False


class _Writer:
    """Writes values, the rows of arrays in one way or the other."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def pieces(self, value: Any, indent: str) -> Iterator[str]:
        """A value, on one line if it has room there."""
        inner = indent + STEP
        if not _is_large(value):
            yield self._short(value, indent)
        elif isinstance(value, Packed):
            flat = value.array.reshape(-1)
            yield '"'
            for start in range(0, flat.size, PIECE):
                yield pack(flat[start : start + PIECE])
            yield '"'
        elif isinstance(value, np.ndarray) and value.ndim == 1:
            yield self._rows(value[np.newaxis], "")
        elif isinstance(value, Points):
            numbers = np.frombuffer(value.packed, np.float64)
            yield from _broken("[", self._blocks(numbers.reshape(-1, COLUMNS), inner), "]", indent)
        elif isinstance(value, np.ndarray):
            yield from _broken("[", self._blocks(value, inner), "]", indent)
        elif isinstance(value, Mapping):
            yield from _broken("{", self._fields(value, inner), "}", indent)
        else:
            yield from _broken("[", (self.pieces(item, inner) for item in value), "]", indent)

    def _blocks(self, array: Array, indent: str) -> Iterator[list[str]]:
        """The rows of an array (n, m), as many together as make a piece."""
        count = max(PIECE // max(array.shape[1], 1), 1)
        for start in range(0, len(array), count):
            yield [self._rows(array[start : start + count], f",\n{indent}")]

    def _fields(self, value: Mapping[str, Any], indent: str) -> Iterator[Iterator[str]]:
        for key, item in value.items():
            yield self._field(key, item, indent)

    def _field(self, key: str, value: Any, indent: str) -> Iterator[str]:
        yield f"{json.dumps(key)}: "
        yield from self.pieces(value, indent)

    def _short(self, value: Any, indent: str) -> str:
        """A value without a large array."""
        if isinstance(value, np.ndarray):
            return self._rows(value[np.newaxis], "")
        if isinstance(value, Packed):
            return f'"{pack(value.array)}"'
        if isinstance(value, Points):
            rows = [f"[{x1!r}, {x2!r}, {target!r}]" for x1, x2, target in value]
            return _joined("[", rows, "]", indent)
        if isinstance(value, Mapping):
            inner = indent + STEP
            parts = [f"{json.dumps(k)}: {self._short(v, inner)}" for k, v in value.items()]
            return _joined("{", parts, "}", indent)
        if isinstance(value, Sequence) and not isinstance(value, str):
            parts = [self._short(item, indent + STEP) for item in value]
            return _joined("[", parts, "]", indent)
        return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _joined(start: str, parts: list[str], end: str, indent: str) -> str:
    line = start + ", ".join(parts) + end
    if "\n" in line or len(indent) + len(line) > WIDTH:
        return "".join(_broken(start, ([part] for part in parts), end, indent))
    return line


def _broken(start: str, parts: Iterable[Iterable[str]], end: str, indent: str) -> Iterator[str]:
    """Parts on lines of their own."""
    yield f"{start}\n{indent}{STEP}"
    for index, part in enumerate(parts):
        if index:
            yield f",\n{indent}{STEP}"
        yield from part
    yield f"\n{indent}{end}"
