"""Experiment files: JSON, version 1, with a ``trained`` section or without.

The experiment is written with all its fields; in a file that is read, a field left out takes its
default. What the section ``trained`` holds is said in :mod:`playground.exchange.trained_section`,
which is loaded when there is one. Reading never runs anything that a file holds, and every fault is
an :class:`~playground.core.errors.ExperimentError` with its place.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from playground.core.choice import unknown_fields
from playground.core.errors import ExperimentError, PlaygroundError, shown
from playground.core.experiment import Experiment
from playground.exchange import files
from playground.exchange.document import Document
from playground.exchange.json_reading import parse
from playground.exchange.json_writing import pieces_of, text_of
from playground.exchange.sections import refuse, validated

__all__ = ["FORMAT", "VERSION", "Document", "dumps", "load", "loads", "save"]

FORMAT = "gradient-playground/experiment"
VERSION = 1
FIELDS = ("format", "version", *Experiment.model_fields, "trained")
"""What may stand at the top of a file; a model, with its validator, would hold up the start."""


def dumps(document: Document) -> str:
    """The text of an experiment file."""
    return text_of(tree_of(document)) + "\n"


def tree_of(document: Document) -> dict[str, Any]:
    """What an experiment file says, as plain dicts, lists and arrays."""
    tree: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    tree |= document.experiment.model_dump()
    if document.trained is not None:
        from playground.exchange import trained_section

        tree["trained"] = trained_section.write(document.trained, document.experiment)
    return tree


def content_of(document: Document) -> bytes:
    """The same as the bytes of a file, put together without another copy of them all."""
    content = io.BytesIO()
    for piece in _encoded(pieces_of(tree_of(document))):
        content.write(piece)
    return content.getvalue()


def save(document: Document, path: Path, breathe: Callable[[], object] = lambda: None) -> None:
    """Write an experiment file; if that fails, an old file stays as it was.

    Args:
        document: That.
        path: Its place.
        breathe: Called again and again meanwhile, some thousandths of a second apart.

    Raises:
        PlaygroundError: It cannot be written.
    """
    try:
        text = pieces_of(tree_of(document))
        files.write_pieces(path, _encoded(text, breathe))
    except MemoryError:
        raise PlaygroundError(f"{path} needs more memory to be written than there is") from None


def _encoded(text: Iterable[str], breathe: Callable[[], object] = lambda: None) -> Iterator[bytes]:
    for piece in text:
        yield piece.encode()
        breathe()
    yield b"\n"


def loads(text: str, name: str = "The text") -> Document:
    """The document that a text holds.

    Args:
        name: What messages about the whole call it, such as the file's name.

    Raises:
        ExperimentError: It holds none; the problems say where and why.
    """
    return document_of(parse(text, name), name)


def document_of(tree: Any, name: str) -> Document:
    """The document that is said in dicts, lists and perhaps arrays.

    Raises:
        ExperimentError: It says none; the problems say where and why.
    """
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        refuse(
            (), f'{name} is not an experiment file: it must be an object with "format": "{FORMAT}"'
        )
    _check_version(tree, name)
    problems = unknown_fields(tree, dict.fromkeys(FIELDS))
    if problems:
        raise ExperimentError(problems)
    parts = {key: tree[key] for key in Experiment.model_fields if key in tree}
    experiment = validated(Experiment, parts, ())
    given = tree.get("trained")
    if given is None:
        return Document(experiment)
    from playground.exchange import trained_section

    return Document(experiment, trained_section.read(given, experiment))


def load(path: Path) -> Document:
    """The document in a file.

    Raises:
        ExperimentError: The file holds none; the problems say where and why.
        PlaygroundError: There is no such file, or it cannot be read.
    """
    from playground.exchange.incoming import incoming

    try:
        with incoming(path, lambda text: loads(text, path.name).experiment) as given:
            document = document_of(given.tree, path.name)
    except MemoryError:
        refuse((), f"{path.name} needs more memory to be opened than there is")
    if given.early is not None and given.early != document.experiment:
        refuse(("trained",), "must be the last section of a file of this size; move it to the end")
    return document


def _check_version(tree: dict[str, Any], name: str) -> None:
    path = ("version",)
    if "version" not in tree:
        refuse(path, f"is missing; this program reads version {VERSION}")
    version = tree["version"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        refuse(path, f"must be a whole number from 1, but is {shown(version)}")
    if version > VERSION:
        refuse(
            path,
            f"is {shown(version)}, but this program reads only version {VERSION}: {name} was made "
            "by a newer Gradient Playground; update this one to open it",
        )
