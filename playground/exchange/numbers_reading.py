"""Numbers of a file as NumPy arrays: shapes checked, faults said with their place."""

from __future__ import annotations

import base64
import binascii
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.core.errors import Path, shown
from playground.engine.calls import Array
from playground.exchange.sections import refuse


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """An array that stands in a file as its bytes: in JSON as :func:`pack` writes them."""

    array: Array


def vector(given: Any, size: int, dtype: np.dtype, path: Path) -> Array:
    """A list of finite numbers, or an array of them, as an array (size,).

    Raises:
        ExperimentError: It is anything else.
    """
    if isinstance(given, np.ndarray):
        return _as_is(given, (size,), dtype, path)
    if not isinstance(given, list):
        refuse(path, f"must be a list of {size:,} numbers, but is {_sketch(given)}")
    if len(given) != size:
        refuse(path, f"must be of length {size:,}, but is of length {len(given):,}")
    if not set(map(type, given)) <= {int, float}:
        index = next(i for i, item in enumerate(given) if type(item) not in (int, float))
        refuse((*path, index), f"must be a number, but is {_sketch(given[index])}")
    with np.errstate(over="ignore"):
        found = np.array(given, np.float64).astype(dtype)
    if not np.isfinite(found).all():
        index = int(np.argmin(np.isfinite(found)))
        refuse((*path, index), f"must be a finite number of {dtype}, but is {given[index]!r}")
    return found


def matrix(given: Any, rows: int, columns: int, dtype: np.dtype, path: Path) -> Array:
    """A list of rows of finite numbers, or an array, as an array (rows, columns).

    Raises:
        ExperimentError: It is anything else.
    """
    if isinstance(given, np.ndarray):
        return _as_is(given, (rows, columns), dtype, path)
    wanted = f"must be {rows} × {columns} (a list of {rows} rows, one for each input)"
    if not isinstance(given, list):
        refuse(path, f"{wanted}, but is {_sketch(given)}")
    lengths = {len(row) if isinstance(row, list) else -1 for row in given}
    if len(given) != rows or (len(lengths) == 1 and lengths not in ({columns}, {-1})):
        refuse(path, f"{wanted}, but is {_shape(given, lengths)}")
    return np.stack([vector(row, columns, dtype, (*path, i)) for i, row in enumerate(given)])


def pack(array: Array) -> str:
    """The bytes of an array, lowest first, as Base64 text: exact, whatever the numbers are."""
    data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return base64.b64encode(data).decode()


def unpack(given: Any, shape: tuple[int, ...], dtype: np.dtype, path: Path) -> Array:
    """The array that :func:`pack` has packed, or whose bytes are given.

    Raises:
        ExperimentError: It is no Base64 text, or one of another length.
    """
    data, size = _bytes(given, path), math.prod(shape)
    if len(data) != size * dtype.itemsize:
        refuse(
            path,
            f"must hold {size:,} numbers of {dtype}, {size * dtype.itemsize:,} bytes, but holds "
            f"{len(data):,} bytes",
        )
    return np.frombuffer(data, dtype.newbyteorder("<")).astype(dtype).reshape(shape)


def unpack_rows(given: Any, columns: int, dtype: np.dtype, path: Path, remedy: str) -> Array:
    """The table (any number of rows, columns) that :func:`pack` has packed.

    Args:
        remedy: What to do if it is none, for the end of the message.

    Raises:
        ExperimentError: It is no Base64 text, or does not end with a row.
    """
    data, size = _bytes(given, path, f"; {remedy}"), columns * dtype.itemsize
    if len(data) % size:
        refuse(
            path,
            f"must hold whole rows of {columns:,} numbers of {dtype}, {size:,} bytes each, but "
            f"holds {len(data):,} bytes; {remedy}",
        )
    return np.frombuffer(data, dtype.newbyteorder("<")).astype(dtype).reshape(-1, columns)


def _as_is(given: Array, shape: tuple[int, ...], dtype: np.dtype, path: Path) -> Array:
    """An array of a file that holds arrays, if it is the one that belongs there."""
    if given.shape != shape or given.dtype != dtype:
        refuse(path, f"must be {shape} of {dtype}, but is {given.shape} of {given.dtype}")
    if not np.isfinite(given).all():
        refuse(path, "must hold finite numbers only")
    return given


def _bytes(given: Any, path: Path, end: str = "") -> bytes:
    if isinstance(given, bytes):
        return given
    if not isinstance(given, str):
        refuse(path, f"must be a text in Base64, but is {_sketch(given)}{end}")
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as error:
        refuse(path, f"must be a text in Base64, but is not: {str(error).lower()}{end}")


def _shape(rows: list[Any], lengths: set[int]) -> str:
    if len(lengths) == 1 and lengths != {-1}:
        return f"{len(rows)} × {lengths.pop()}"
    return f"a list of {len(rows):,}"


def _sketch(value: Any) -> str:
    """A value as it may stand in a message, without writing out what may be huge."""
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    if isinstance(value, dict):
        return f"an object with {len(value):,} fields"
    return shown(value)
