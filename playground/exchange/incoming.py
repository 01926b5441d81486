"""A file looked at before it is read, so that a wrong one costs neither seconds nor memory.

Parsed JSON takes up to thirty times the room of its text. So a large file may only be as large as
the network needs that it describes: the experiment, which stands before the section ``trained``, is
read first, and what follows is counted before it is kept.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from playground.core.experiment import Experiment
from playground.core.limits import (
    MAX_EXPERIMENT_BYTES,
    MAX_HISTORY_VALUES,
    MAX_SAMPLES,
    MAX_VALUES,
)
from playground.exchange import files
from playground.exchange.json_reading import BOUNDS, check_start, decode, not_utf8
from playground.exchange.sections import refuse

PIECE = 4_000_000
"""Bytes that are looked at together."""

_TRAINED = re.compile(rb'(?<!\\)"trained"[ \t\r\n]*:')
_PER_NUMBER = {"float32": 80, "float64": 136}
"""Bytes in a file for each number of a network: its decimals, as other programs may indent them,
and up to eight packed arrays of the state of a run."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that may be read.

    Attributes:
        text: All of it.
        early: What stands before the section ``trained`` of a large file; None for others.
    """

    text: str
    early: Experiment | None = None


def incoming(path: Path, experiment_of: Callable[[str], Experiment]) -> Incoming:
    """The text of a file, once it is known to be one that an experiment can have.

    Args:
        experiment_of: What makes an experiment of the text of a file.

    Raises:
        ExperimentError: It cannot be an experiment file; the problems say why.
        PlaygroundError: There is no such file, or it cannot be read.
    """
    name = path.name
    with files.opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(MAX_EXPERIMENT_BYTES + 1)
        check_start(head, name)
        if len(head) <= MAX_EXPERIMENT_BYTES:
            return Incoming(decode(head, name))
        early = experiment_of(_before_trained(head, name))
        allowed = _Allowed(early)
        if size > allowed.size:
            refuse(
                ("trained",),
                f"makes {name} {size // 1_000_000:,} MB large; with a network of "
                f"{allowed.numbers:,} numbers in all replicas it can have "
                f"{allowed.size // 1_000_000:,} MB at most",
            )
        del head
        file.seek(0)
        _look_through(file, name, allowed)
        file.seek(0)
        content = file.read(size)
    return Incoming(decode(content, name), early)


class _Allowed:
    """What a file may hold that has this experiment.

    Attributes:
        numbers: Weights and running statistics of all replicas.
        size: Bytes.
        values: Commas.
    """

    def __init__(self, experiment: Experiment) -> None:
        from playground.exchange.document import layout_of, statistics_count

        layout, training = layout_of(experiment), experiment.training
        self.numbers = training.replicas * (layout.count + statistics_count(layout))
        history = MAX_HISTORY_VALUES * 8 * 4 // 3  # packed, in Base64
        rest = MAX_EXPERIMENT_BYTES + history
        self.size = rest + self.numbers * _PER_NUMBER[training.precision]
        held = 3 * min(self.numbers, training.replicas * MAX_SAMPLES)  # layer, row, unit
        self.values = min(MAX_VALUES, 4 * MAX_SAMPLES + self.numbers + held)


def _before_trained(head: bytes, name: str) -> str:
    """The file as if it were not trained."""
    found = _TRAINED.search(head)
    if found is None:
        refuse(
            (),
            f"{name} is larger than the {MAX_EXPERIMENT_BYTES // 1_000_000} MB that an experiment "
            "can have without its weights. Either it is none, or its sections stand in another "
            'order: move "trained" to its end',
        )
    return decode(head[: found.end()], name) + " null}"


def _look_through(file: BinaryIO, name: str, allowed: _Allowed) -> None:
    """Count what would fill the memory, a piece at a time.

    Raises:
        ExperimentError: It is too much, no text, or cut off.
    """
    bounds = [(sign, min(most, allowed.values), what) for sign, most, what in BOUNDS]
    counts = dict.fromkeys((sign for sign, _, _ in bounds), 0)
    decoder, place, last = codecs.getincrementaldecoder("utf-8")(), 0, b""
    while piece := file.read(PIECE):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            pending = len(error.object) - len(piece)
            refuse((), not_utf8(name, place - pending + error.start))
        for sign, most, what in bounds:
            counts[sign] += piece.count(sign.encode())
            if counts[sign] > most:
                refuse((), f"{name} holds more than the {most:,} {what} that it can have")
        place += len(piece)
        last = piece.rstrip()[-1:] or last
    if last != b"}":
        refuse((), f'{name} is not JSON: it does not end with "}}"; the file is cut off')
