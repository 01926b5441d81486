"""JSON written for people: short parts on one line, matrices one row a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from playground.core.points import Points
from playground.exchange.numbers_reading import Packed, pack

WIDTH = 100
STEP = "  "


def text_of(value: Any, indent: str = "") -> str:
    """The JSON of texts, numbers, dicts, lists and NumPy arrays, packed or not.

    Numbers of an array are written as the shortest decimals that give the same bits back in its
    precision, and also when read as float64 and rounded, as JSON readers do.

    Raises:
        ValueError: A number is not finite.
    """
    if isinstance(value, np.ndarray):
        return _array(value, indent)
    if isinstance(value, Packed):
        return f'"{pack(value.array)}"'
    if isinstance(value, Points):
        rows = [f"[{x1!r}, {x2!r}, {target!r}]" for x1, x2, target in value]
        return _joined("[", rows, "]", indent)
    if isinstance(value, Mapping):
        inner = indent + STEP
        parts = [f"{json.dumps(k)}: {text_of(v, inner)}" for k, v in value.items()]
        return _joined("{", parts, "}", indent)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _joined("[", [text_of(item, indent + STEP) for item in value], "]", indent)
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _array(array: np.ndarray, indent: str) -> str:
    if not np.isfinite(array).all():
        raise ValueError("an array holds a number that is not finite")
    if array.ndim == 1:
        return f"[{', '.join(decimals(array))}]"
    rows = [f"[{', '.join(row)}]" for row in map(decimals, array)]
    return _broken("[", rows, "]", indent)


def decimals(row: np.ndarray) -> list[str]:
    """The shortest decimals of numbers (n,) that give the same bits back in their precision."""
    if row.dtype == np.float64:
        return list(map(repr, row.tolist()))
    return row.astype(str).tolist()


def _joined(start: str, parts: list[str], end: str, indent: str) -> str:
    line = start + ", ".join(parts) + end
    if "\n" in line or len(indent) + len(line) > WIDTH:
        return _broken(start, parts, end, indent)
    return line


def _broken(start: str, parts: list[str], end: str, indent: str) -> str:
    lines = f",\n{indent}{STEP}".join(parts)
    return f"{start}\n{indent}{STEP}{lines}\n{indent}{end}"
