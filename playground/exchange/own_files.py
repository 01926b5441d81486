"""Experiments in the files that this program makes: experiment files, sessions and models.

A model in safetensors or ONNX has its experiment as metadata. That is checked as a file's is; the
weights are not taken, since they may be those of any other program by then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from playground.core.errors import PlaygroundError
from playground.core.limits import MAX_EXPERIMENT_BYTES
from playground.exchange import experiment_file, files, session_file
from playground.exchange.document import Document
from playground.exchange.foreign import LOOKED_AT, ONNX, SAFETENSORS
from playground.exchange.json_reading import parse

EXPERIMENT = "experiment"
"""The name of the experiment among the metadata of a model."""
LENGTH = 8
"""Bytes at the beginning of a safetensors file that say how long its header is."""
MAX_HEADER = 2 * MAX_EXPERIMENT_BYTES
"""Bytes: quotation marks within a text within a text take two."""
WITHOUT_WEIGHTS = (
    "Of a model only the experiment is taken, without weights and epochs: training starts anew. An "
    "experiment file (.json) brings them along."
)


class _Kind(NamedTuple):
    start: bytes
    read: Callable[[Path], Document]
    notes: tuple[str, ...] = ()


def document_in(path: Path) -> tuple[Document, tuple[str, ...]] | None:
    """What one of our files holds.

    Returns:
        It, and sentences on what was not taken; None where the file is of another kind.

    Raises:
        ExperimentError: There is no experiment in it; the problems say where and why.
        PlaygroundError: There is no such file, or it cannot be read.
    """
    with files.opened(path) as file:
        start = file.read(LOOKED_AT)
    for kind in _KINDS:
        if re.match(kind.start, start):
            return kind.read(path), kind.notes
    return None


def _in_session(path: Path) -> Document:
    return session_file.load(path).document


def _in_safetensors(path: Path) -> Document:
    with files.opened(path) as file:
        length = int.from_bytes(file.read(LENGTH), "little")
        if length > MAX_HEADER:
            raise PlaygroundError(f"{path}: its header is larger than any with an experiment")
        header = file.read(length)
    try:
        tree: Any = parse(header.decode(), path.name)
    except UnicodeDecodeError:
        raise PlaygroundError(f"{path}: its header is damaged") from None
    metadata = tree.get("__metadata__") if isinstance(tree, dict) else None
    return _in_metadata(metadata if isinstance(metadata, dict) else {}, path)


def _in_onnx(path: Path) -> Document:
    try:
        import onnx
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise PlaygroundError(
            f"{path}: to read it, the package {error.name} is needed, which is not installed"
        ) from None
    try:
        model = onnx.ModelProto.FromString(files.read(path))
    except DecodeError:
        raise PlaygroundError(f"{path}: it is damaged, or no ONNX model") from None
    return _in_metadata({entry.key: entry.value for entry in model.metadata_props}, path)


def _in_metadata(metadata: dict[str, Any], path: Path) -> Document:
    text = metadata.get(EXPERIMENT)
    if not isinstance(text, str):
        raise PlaygroundError(
            f"{path} is a model without an experiment: it was not exported by this program"
        )
    return Document(experiment_file.loads(text, f"The experiment in {path.name}").experiment)


_KINDS = (
    _Kind(rb"(\xef\xbb\xbf)?\s*\{", experiment_file.load),
    # An archive that begins with the member which tells of a session.
    _Kind(rb"(?s)PK\x03\x04.{26}" + re.escape(session_file.ABOUT.encode()), _in_session),
    _Kind(SAFETENSORS, _in_safetensors, (WITHOUT_WEIGHTS,)),
    _Kind(ONNX, _in_onnx, (WITHOUT_WEIGHTS,)),
)
