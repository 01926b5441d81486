"""Numbers of a file as NumPy arrays: shapes checked, faults said with their place."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from playground.core.errors import Path, shown
from playground.engine.calls import Array
from playground.exchange.sections import refuse

Bytes = bytes | bytearray | memoryview
LISTS = (list, np.ndarray)
PIECE = 4_000_000
"""Bytes of Base64 that are decoded together; a multiple of 4."""


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """An array that stands in a file as its bytes: in JSON as :func:`pack` writes them."""

    array: Array


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Base64 text that still stands in its file, where only such digits have been found.

    Attributes:
        file: Open for reading.
        start: Where it begins.
        length: Its bytes.
        size: The bytes that it stands for.
    """

    file: BinaryIO
    start: int
    length: int
    size: int

    def __repr__(self) -> str:
        return f"a text of {self.length:,} characters"

    def decoded(self) -> bytearray:
        """What it stands for.

        Raises:
            ValueError: It is no Base64 after all.
        """
        found, left = bytearray(), self.length
        self.file.seek(self.start)
        while left > 0 and (piece := self.file.read(min(left, PIECE))):
            found += base64.b64decode(piece, validate=True)
            left -= len(piece)
        if len(found) != self.size:
            raise ValueError("the file has changed")
        return found


def vector(given: Any, size: int, dtype: np.dtype, path: Path) -> Array:
    """A list of finite numbers, or an array of them, as an array (size,).

    Raises:
        ExperimentError: It is anything else.
    """
    if isinstance(given, np.ndarray) and given.shape == (size,):
        return _as_is(given, dtype, path)
    if not isinstance(given, LISTS):
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
    if isinstance(given, np.ndarray) and given.shape == (rows, columns):
        return _as_is(given, dtype, path)
    wanted = f"must be {rows} × {columns} (a list of {rows} rows, one for each input)"
    if not isinstance(given, LISTS):
        refuse(path, f"{wanted}, but is {_sketch(given)}")
    lengths = {len(row) if isinstance(row, LISTS) else -1 for row in given}
    if len(given) != rows or (len(lengths) == 1 and lengths not in ({columns}, {-1})):
        refuse(path, f"{wanted}, but is {_shape(given, lengths)}")
    return np.stack([vector(row, columns, dtype, (*path, i)) for i, row in enumerate(given)])


def pack(array: Array) -> str:
    """The bytes of an array, lowest first, as Base64 text: exact, whatever the numbers are."""
    data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return base64.b64encode(data).decode()


Unpack = Callable[[Any, tuple[int, ...], np.dtype, Path], Array]
"""What :func:`unpack` and :func:`measured` are."""


def unpack(given: Any, shape: tuple[int, ...], dtype: np.dtype, path: Path) -> Array:
    """The array that :func:`pack` has packed, or whose bytes are given.

    Raises:
        ExperimentError: It is no Base64 text, or one of another length.
    """
    measured(given, shape, dtype, path)
    return _array_of(_bytes(given, path), dtype).reshape(shape)


def measured(given: Any, shape: tuple[int, ...], dtype: np.dtype, path: Path) -> Array:
    """Zeros in no room for the array that :func:`unpack` makes of this.

    Raises:
        ExperimentError: It is no Base64 text, or one of another length.
    """
    length = given.size if isinstance(given, Stretch) else len(_bytes(given, path))
    size = math.prod(shape)
    if length != size * dtype.itemsize:
        refuse(
            path,
            f"must hold {size:,} numbers of {dtype}, {size * dtype.itemsize:,} bytes, but holds "
            f"{length:,} bytes",
        )
    return np.broadcast_to(np.zeros((), dtype), shape)


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
    return _array_of(data, dtype).reshape(-1, columns)


def _as_is(given: Array, dtype: np.dtype, path: Path) -> Array:
    """An array of the right shape, if its numbers are right too."""
    if given.dtype != dtype:
        refuse(path, f"must be of {dtype}, but is of {given.dtype}")
    if not np.isfinite(given).all():
        refuse(path, "must hold finite numbers only")
    return given


def _array_of(data: Bytes, dtype: np.dtype) -> Array:
    """Numbers, lowest byte first, that can be written to."""
    found = np.frombuffer(data, dtype.newbyteorder("<"))
    return found.astype(dtype, copy=not found.flags.writeable)


def _bytes(given: Any, path: Path, end: str = "") -> Bytes:
    if isinstance(given, Bytes):
        return given
    if not isinstance(given, (str, Stretch)):
        refuse(path, f"must be a text in Base64, but is {_sketch(given)}{end}")
    try:
        if isinstance(given, Stretch):
            return given.decoded()
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as error:
        refuse(path, f"must be a text in Base64, but is not: {str(error).lower()}{end}")


def _shape(rows: list[Any] | Array, lengths: set[int]) -> str:
    if len(lengths) == 1 and lengths != {-1}:
        return f"{len(rows)} × {lengths.pop()}"
    return f"a list of {len(rows):,}"


def _sketch(value: Any) -> str:
    """A value as it may stand in a message, without writing out what may be huge."""
    if isinstance(value, LISTS):
        return f"a list of {len(value):,}"
    if isinstance(value, np.generic):
        value = float(str(value))  # as it stands in the file
    if isinstance(value, dict):
        return f"an object with {len(value):,} fields"
    return shown(value)
