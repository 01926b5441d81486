"""What a window worked on, written so that it costs the window nothing, however large it is.

A ZIP archive, not compressed, of four members:

- ``about.json``: what a list of sessions shows: the experiment's name, and the epoch;
- ``session.json``: ``{"format", "version", "file", "unsaved", "window", "experiment"}``, the last
  one as in an experiment file, with a note of where an array stands in the place of each;
- ``points``: the experiment's own points (n, 3) as float64;
- ``arrays``: the bytes of the arrays, one after another.

So numbers need not become decimals and back, which would keep the interpreter's lock for seconds,
and the archive's checksums tell whether anything was damaged. What is read goes through the same
checks as an experiment file. ``window`` is whatever the window wants to find again; what is not
understood there is left out without complaint, so that it may grow.
"""

from __future__ import annotations

import json
import logging
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from playground.core.errors import PlaygroundError
from playground.core.limits import MAX_BYTES
from playground.core.points import COLUMNS, Points
from playground.engine.calls import Array
from playground.exchange import experiment_file, files
from playground.exchange.document import Document
from playground.exchange.json_reading import decode, parse
from playground.exchange.json_writing import text_of
from playground.exchange.numbers_reading import Packed

FORMAT = "gradient-playground/session"
VERSION = 1
ABOUT, SESSION, POINTS, ARRAYS = "about.json", "session.json", "points", "arrays"
PLACE, SIZE, TYPE, SHAPE = "array at", "bytes", "type", "shape"
"""The fields of a note in the place of an array; one that is packed has but the first two."""
TYPES = ("float32", "float64")
DAMAGED = (ValueError, EOFError, RuntimeError, struct.error, zipfile.BadZipFile, zlib.error)
"""What reading a damaged archive raises; RuntimeError is its word for what it cannot do, such as
versions to come."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A session.

    Attributes:
        document: What was worked on.
        file: Where it is saved to when asked; None where that is not known.
        window: How the window looked; JSON.
        unsaved: Whether there is work in it that is in no other file.
    """

    document: Document
    file: Path | None = None
    window: Mapping[str, Any] = field(default_factory=dict)
    unsaved: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """A session in short.

    Attributes:
        name: The experiment's.
        epoch: How many epochs it has been trained.
        written: When, in seconds since 1970.
    """

    name: str
    epoch: int
    written: float


def save(kept: Kept, path: Path) -> None:
    """Write a session; if that fails, an old one stays as it was.

    Raises:
        PlaygroundError: It cannot be written.
    """
    files.fill(path, partial(write, kept))


def write(kept: Kept, file: BinaryIO) -> None:
    """Write a session into a file that is open.

    Raises:
        PlaygroundError: It is too large.
        OSError: It cannot be written.
    """
    document, arrays = kept.document, _Arrays()
    trained = document.trained
    about = {"name": document.experiment.name, "epoch": trained.epoch if trained else 0}
    tree = {
        "format": FORMAT,
        "version": VERSION,
        "file": _name(kept.file),
        "unsaved": kept.unsaved,
        "window": dict(kept.window),
        "experiment": arrays.noted(experiment_file.tree_of(document)),
    }
    tree["experiment"]["data"]["points"] = []
    points = np.frombuffer(document.experiment.data.points.packed).astype("<f8").tobytes()
    parts: dict[str, str | bytes] = {
        ABOUT: json.dumps(about),
        SESSION: text_of(tree),
        POINTS: points,
    }
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(ARRAYS, "w", force_zip64=True) as member:
            for array in arrays.found:
                member.write(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def load(path: Path, with_arrays: bool = True) -> Kept:
    """Read a session.

    Args:
        path: Its file.
        with_arrays: Whether what was trained is wanted too; without it a large one is read soon.

    Raises:
        PlaygroundError: There is none, or it is damaged.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PlaygroundError(f"{path.name} is larger than any session")
        with path.open("rb") as file:
            return read(file, path.name, with_arrays)
    except OSError as error:
        raise PlaygroundError(f"{path.name} cannot be read: {error.strerror or error}") from None


def read(file: BinaryIO, name: str, with_arrays: bool = True) -> Kept:
    """The same from a file that is open, under this name in messages.

    Raises:
        PlaygroundError: It is no session, or damaged.
        OSError: It cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            tree = parse(decode(_member(archive, SESSION, name), name), name)
            numbers = np.frombuffer(_member(archive, POINTS, name), "<f8")
            points = numbers.reshape(-1, COLUMNS).tolist()
            data = memoryview(_member(archive, ARRAYS, name) if with_arrays else b"")
    except DAMAGED as error:
        log.info("%s is damaged: %s", name, error)
        raise PlaygroundError(f"{name} is damaged") from None
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise PlaygroundError(f"{name} is no session")
    if tree.get("version") != VERSION:
        raise PlaygroundError(f"{name} is of another version of Gradient Playground")
    said, goes_to, window = tree.get("experiment"), tree.get("file"), tree.get("window")
    if isinstance(said, dict):
        if points and isinstance(said.get("data"), dict):
            said["data"]["points"] = points
        if with_arrays and "trained" in said:
            said["trained"] = _with_arrays(said["trained"], data, name)
        elif not with_arrays:
            said.pop("trained", None)
    return Kept(
        experiment_file.document_of(said, name),
        Path(goes_to) if isinstance(goes_to, str) and goes_to and "\0" not in goes_to else None,
        window if isinstance(window, dict) else {},
        tree.get("unsaved") is not False,
    )


def about(path: Path) -> About | None:
    """A session in short; None where there is none, or where it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            said = json.loads(_member(archive, ABOUT, path.name))
        return About(str(said["name"]), int(said["epoch"]), path.stat().st_mtime)
    except (OSError, KeyError, TypeError, PlaygroundError, *DAMAGED):
        return None


def _name(file: Path | None) -> str | None:
    """A file's name as text; None where it is none, as old systems allow."""
    try:
        return None if file is None else str(file).encode().decode()
    except UnicodeEncodeError:
        return None


def _member(archive: zipfile.ZipFile, name: str, file: str) -> bytes:
    """A member, which is not compressed and so no larger than the file."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise PlaygroundError(f"{file} lacks the part {name}") from None
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
        raise PlaygroundError(f"{file} was not written by this program")
    return archive.read(info)


class _Arrays:
    """Takes the arrays out of a tree.

    Attributes:
        found: Those that were taken out, in the order in which they are to be written.
    """

    def __init__(self) -> None:
        self.found: list[Array] = []
        self._end = 0

    def noted(self, value: Any) -> Any:
        """The tree with a note in the place of each array."""
        if isinstance(value, Packed):
            return self._note(value.array)
        if isinstance(value, np.ndarray):
            return self._note(value) | {TYPE: value.dtype.name, SHAPE: list(value.shape)}
        if isinstance(value, Mapping):
            return {key: self.noted(item) for key, item in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str | Points):
            return [self.noted(item) for item in value]
        return value

    def _note(self, array: Array) -> dict[str, Any]:
        start, self._end = self._end, self._end + array.nbytes
        if self._end > MAX_BYTES:
            raise PlaygroundError("this session is too large to be kept")
        self.found.append(array.astype(array.dtype.newbyteorder("<"), copy=False))
        return {PLACE: start, SIZE: array.nbytes}


def _with_arrays(value: Any, data: memoryview, name: str) -> Any:
    """The tree with arrays, or their bytes, in the place of the notes."""
    if isinstance(value, dict):
        if PLACE in value:
            return _noted(value, data, name)
        return {key: _with_arrays(item, data, name) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_arrays(item, data, name) for item in value]
    return value


def _noted(note: dict[str, Any], data: memoryview, name: str) -> Array | memoryview:
    start, size = note[PLACE], note.get(SIZE)
    if not (_are_counts([start, size]) and start + size <= len(data)):
        raise PlaygroundError(f"{name} is damaged: it says wrongly where its arrays are")
    part = data[start : start + size]
    if TYPE not in note:
        return part
    kind, shape = note[TYPE], note.get(SHAPE, ())
    known = kind in TYPES and isinstance(shape, list) and _are_counts(shape)
    if not known or math.prod(shape) * np.dtype(kind).itemsize != size:
        raise PlaygroundError(f"{name} is damaged: it says wrongly what its arrays are")
    return np.frombuffer(part, np.dtype(kind).newbyteorder("<")).astype(kind).reshape(shape)


def _are_counts(values: list[Any]) -> bool:
    return all(type(value) is int and 0 <= value <= MAX_BYTES for value in values)
