"""A file looked at before it is read, so that a wrong one costs neither seconds nor memory.

Parsed JSON takes up to thirty times the room of its text. So a large file may only be as large as
the network needs that it describes: the experiment, which stands before the section ``trained``, is
read first, and what follows is sifted with that in mind.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from playground.core.experiment import Experiment
from playground.core.limits import MAX_EXPERIMENT_BYTES, MAX_HISTORY_VALUES
from playground.exchange import files
from playground.exchange.json_reading import check_start, decode, parse
from playground.exchange.sections import refuse

_TRAINED = re.compile(rb'(?<!\\)"trained"[ \t\r\n]*:')
_PER_NUMBER = {"float32": 80, "float64": 136}
"""Bytes in a file for each number of a network: its decimals, as other programs may indent them,
and up to eight packed arrays of the state of a run."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that may be read.

    Attributes:
        tree: What it says; arrays and texts of numbers are made where they are wanted.
        early: What stands before the section ``trained`` of a large file; None for others.
    """

    tree: Any
    early: Experiment | None = None


@contextlib.contextmanager
def incoming(path: Path, experiment_of: Callable[[str], Experiment]) -> Iterator[Incoming]:
    """What a file says, once it is known to be one that an experiment can have.

    The file is open meanwhile, as the numbers of a large one are read when they are wanted.

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
            yield Incoming(parse(decode(head, name), name))
            return
        from playground.exchange.sifting import Sifter

        head = head[: _end_of_section(head, name)]
        early = experiment_of(decode(head, name) + " null}")
        allowed = _Allowed(early)
        if size > allowed.size:
            refuse(
                ("trained",),
                f"makes {name} {size // 1_000_000:,} MB large; with a network of "
                f"{allowed.numbers:,} numbers in all replicas it can have "
                f"{allowed.size // 1_000_000:,} MB at most",
            )
        sifter = Sifter(
            file,
            name,
            dtype=np.dtype(early.training.precision),
            values=allowed.numbers + 2 * allowed.largest,
            largest=allowed.largest,
            texts=allowed.texts,
        )
        sifted = sifter.sift(len(head))
        yield Incoming(parse(sifted.text, name, sifted), early)


class _Allowed:
    """What a file may hold that has this experiment.

    Attributes:
        numbers: Weights and running statistics of all replicas.
        largest: Weights of the largest layer.
        size: Bytes.
        texts: Names and texts.
    """

    def __init__(self, experiment: Experiment) -> None:
        from playground.exchange.document import layout_of, statistics_count

        layout, training = layout_of(experiment), experiment.training
        replicas = training.replicas
        self.numbers = replicas * (layout.count + statistics_count(layout))
        self.largest = max(a * b for a, b in pairwise(layout.sizes))
        history = MAX_HISTORY_VALUES * 8 * 4 // 3  # packed, in Base64
        rest = MAX_EXPERIMENT_BYTES + history
        self.size = rest + self.numbers * _PER_NUMBER[training.precision]
        self.texts = replicas * (8 * len(layout.sizes) + 40) + 2000


def _end_of_section(head: bytes, name: str) -> int:
    """Where the experiment ends, and what training has made begins."""
    found = _TRAINED.search(head)
    if found is None:
        refuse(
            (),
            f"{name} is larger than the {MAX_EXPERIMENT_BYTES // 1_000_000} MB that an experiment "
            "can have without its weights. Either it is none, or its sections stand in another "
            'order: move "trained" to its end',
        )
    return found.end()
