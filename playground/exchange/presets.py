"""The experiments that come with the program."""

from __future__ import annotations

from playground import resources
from playground.exchange.experiment_file import Document, load


def welcome() -> Document:
    """What the window opens on when nothing else is asked for."""
    return load(resources.path("presets", "welcome.json"))
