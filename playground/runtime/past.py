"""The moments of a run that are kept, so that one can look back at them and go on from them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from playground.core.experiment import Experiment
from playground.exchange.document import Document, Trained
from playground.exchange.trained import restore, state_of
from playground.training.trainer import Trainer

MOST_MOMENTS = 200
MOST_BYTES = 32 * 2**20
"""What all moments of a run may take; a larger network is kept at fewer of them."""
FEWEST_MOMENTS = 3
"""Fewer say nothing of a run; a network so large that there is no room for them is not kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What a run was at the end of an epoch.

    Attributes:
        experiment: What was trained then.
        trained: What it had reached, without its history.
    """

    experiment: Experiment
    trained: Trained

    @property
    def epoch(self) -> int:
        """Epochs done by then."""
        return self.trained.epoch


class Past:
    """Keeps moments of one trainer, from its present state on; spread evenly as the run grows.

    When there are too many, every second one is dropped, and from then on only every second one
    is taken. The first one stays.

    Attributes:
        is_kept: Whether the network is small enough for moments to be kept.
        epochs: When the moments were, in order: (moments,), read-only.
    """

    def __init__(self, trainer: Trainer, earlier: tuple[Moment, ...] = (), every: int = 1) -> None:
        """``earlier``: moments of the run that this trainer goes on with, ``every`` epochs."""
        self._trainer = trainer
        self._kept = [moment for moment in earlier if moment.epoch < trainer.epoch]
        self._every = every
        self._start = self._kept[0].epoch if self._kept else trainer.epoch
        self._note_epochs()
        self.is_kept = _room_for(state_of(trainer)) >= FEWEST_MOMENTS
        if self.is_kept:
            self._note()
            trainer.after_epoch = self._note

    @property
    def moments(self) -> tuple[Moment, ...]:
        """All of them, in order."""
        return tuple(self._kept)

    def at(self, epoch: int) -> Moment | None:
        """The moment that is nearest to an epoch; None where none is kept."""
        return min(self._kept, key=lambda moment: abs(moment.epoch - epoch), default=None)

    def forget(self) -> None:
        """Let go of all moments."""
        self._kept = []

    def branch(self, trainer: Trainer) -> Past:
        """The past of a trainer that goes on from one of these moments."""
        return Past(trainer, tuple(self._kept), self._every)

    def _note(self) -> None:
        epoch = self._trainer.epoch
        if (epoch - self._start) % self._every:
            return
        moment = Moment(self._trainer.experiment, state_of(self._trainer))
        # Asked each time: with another optimizer or stop rule a state takes more than before.
        limit = max(_room_for(moment.trained), FEWEST_MOMENTS)
        while len(self._kept) >= limit:
            self._every *= 2
            self._kept = [m for m in self._kept if (m.epoch - self._start) % self._every == 0]
        if (epoch - self._start) % self._every == 0:
            self._kept.append(moment)
        self._note_epochs()

    def _note_epochs(self) -> None:
        self.epochs = np.array([moment.epoch for moment in self._kept], np.int64)
        self.epochs.setflags(write=False)


def return_to(moment: Moment, trainer: Trainer) -> Trainer:
    """A trainer as a later one was at this moment, with the history until then.

    Training on from there is what it was then, bit for bit, as long as nothing is changed.

    Args:
        moment: One of the later trainer's.
        trainer: That later one; it is left alone.
    """
    rows = trainer.history.until(moment.epoch)
    trained = replace(moment.trained, history=rows if len(rows.cells) else None)
    return restore(Document(moment.experiment, trained))


def _room_for(trained: Trained) -> int:
    """How many moments may be kept where each is like this one."""
    return min(MOST_MOMENTS, MOST_BYTES // max(_bytes(trained), 1))


def _bytes(value: Any) -> int:
    """About how much memory a state takes."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, dict):
        return sum(map(_bytes, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_bytes, value))
    if hasattr(value, "__dataclass_fields__"):
        return sum(_bytes(getattr(value, field.name)) for field in fields(value))
    return 32
