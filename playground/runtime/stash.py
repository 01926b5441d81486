"""A run that was left for another one, kept so that undo finds it as it was."""

from __future__ import annotations

import logging
from typing import NamedTuple

from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment
from playground.runtime.attic import Attic, Place
from playground.runtime.snapshot import Before, Photographer

log = logging.getLogger(__name__)


class Stored(NamedTuple):
    """A run in the attic: where, the number that it has, and what it is compared with."""

    place: Place
    number: int
    before: Before | None


class Stash:
    """Room for a run; empty as long as there was nothing to leave behind.

    Handed on, sent to the attic and given up by the GUI thread; filled and emptied by the worker's.

    Attributes:
        run: The trainer with its past and all that is remembered of it; or None.
        stored: Where the run is, if it is in the attic, where it has no past but its losses.
        is_due: Whether a run is kept here, or is about to be.
        is_sent: Whether it is in the attic, or about to be.
        is_dropped: Whether it is given up, and so stays empty.
    """

    def __init__(self) -> None:
        self.run: Photographer | None = None
        self.stored: Stored | None = None
        self.is_due = self.is_sent = self.is_dropped = False

    def keep(self, run: Photographer) -> None:
        """Leave a run here; of several, as in a slider's drag, the first one stays."""
        if self.run is not None:
            run.end()
            return
        run.trainer.network.rest()
        self.run = run
        if self.is_dropped:  # looked at last, so that a drop meanwhile is not missed
            self.drop()

    def take(self) -> Photographer | None:
        """The run that was left here, which makes room for another one."""
        run, self.run = self.run, None
        return run

    def store(self, attic: Attic) -> None:
        """Put the run into the attic; where there is no room, it is given up."""
        run = self.run
        if run is None:
            return
        try:
            self.stored = Stored(attic.put(run.trainer), run.number, run.before)
        except (PlaygroundError, OSError, MemoryError):
            log.warning("a run that undo might want cannot be kept", exc_info=True)
            self.drop()
        else:
            self.run = None
            run.end()

    def take_stored(self) -> Stored | None:
        """Where in the attic the run is that was left here; it then is there no more."""
        stored, self.stored = self.stored, None
        return stored

    def drop(self) -> None:
        """Let go of the run for good."""
        self.is_dropped = True  # first: who keeps a run meanwhile then sees it
        self.stored = None
        run = self.take()
        if run is not None:
            run.end()


def compared_with(old: Photographer, new: Experiment, is_left: bool) -> Before | None:
    """What a new run is drawn over: the run that it follows on, if their losses compare.

    Args:
        old: The run that was there.
        new: What is trained instead.
        is_left: Whether the old run was left for this one; otherwise it only was a step on the way
            here (a slider's drag, a new start of the same), and what it was compared with stays.
    """
    before = old.before
    if is_left and old.trainer.epoch and old.trainer.experiment != new:
        before = Before(old.trainer.experiment, old.trainer.history.table())
    if before is None:
        return None
    other = before.experiment
    alike = other.data == new.data and other.training.loss == new.training.loss
    return before if alike else None
