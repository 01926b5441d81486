"""The experiments that come with the program, in the order and the words of their index.

Each is an experiment file ``resources/presets/<name>.json`` with its picture beside it. The index
``resources/presets/index.json`` has the groups in their order, and for each preset two sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from playground import resources
from playground.core.choice import Model
from playground.exchange import files
from playground.exchange.experiment_file import Document, load
from playground.exchange.json_reading import decode, parse
from playground.exchange.sections import validated

FOLDER = "presets"
Words = Annotated[str, Field(strict=True, min_length=1, max_length=200)]


class _Entry(Model):
    name: Annotated[str, Field(strict=True, pattern=r"^[a-z0-9_]+$")]
    shows: Words
    to_try: Words


class _Group(Model):
    title: Words
    presets: Annotated[list[_Entry], Field(min_length=1)]


class _Index(Model):
    format: Literal["gradient-playground/presets"]
    version: Literal[1]
    groups: Annotated[list[_Group], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Preset:
    """An experiment that is worth a look.

    Attributes:
        name: Of its files.
        title: What the experiment is called.
        group: Under which heading it stands.
        shows: A sentence: what there is to be seen.
        to_try: A sentence: what to do next.
    """

    name: str
    title: str
    group: str
    shows: str
    to_try: str

    @property
    def path(self) -> Path:
        """Its experiment file."""
        return resources.path(FOLDER, f"{self.name}.json")

    @property
    def picture(self) -> Path:
        """A PNG of what comes of it, transparent where nothing is drawn."""
        return resources.path(FOLDER, f"{self.name}.png")

    def document(self) -> Document:
        """The experiment, untrained."""
        return load(self.path)


@cache
def presets() -> tuple[Preset, ...]:
    """All of them, group by group.

    Raises:
        PlaygroundError: The index or an experiment file is missing or not valid.
    """
    return tuple(
        Preset(entry.name, _title(entry.name), group.title, entry.shows, entry.to_try)
        for group in _index().groups
        for entry in group.presets
    )


def welcome() -> Document:
    """What the window opens on when nothing else is asked for."""
    return load(resources.path(FOLDER, "welcome.json"))


def _index() -> _Index:
    path = resources.path(FOLDER, "index.json")
    return validated(_Index, parse(decode(files.read(path), path.name), path.name), ())


def _title(name: str) -> str:
    return load(resources.path(FOLDER, f"{name}.json")).experiment.name
