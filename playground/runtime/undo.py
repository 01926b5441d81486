"""What a session returns to by undo and redo."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path as FilePath
from typing import NamedTuple

from playground.core.errors import Path
from playground.core.experiment import Experiment
from playground.runtime.stash import Stash
from playground.training.frozen import Place

MERGE_SECONDS = 1.0
"""Edits of one place that follow so closely, as in a slider's drag, are one step of undo."""
MOST_WHOLE = 8
"""Runs that wait in memory, with all that was seen of them, which takes some 5 MB for each; those
farther away wait in the attic."""


class Weight(NamedTuple):
    """What one weight of a run, by its number, is, and whether training leaves it so."""

    place: Place
    value: float
    held: bool
    run: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of undo or redo: what it returns to.

    Attributes:
        experiment: What was worked on.
        stash: The run, if that was left for another one.
        weight: A weight as it was, if that was set.
        leaves: Whether the run was left even where the experiment did not ask for another one.
        files: The file that the experiment belonged to, if that has changed: at most one.
    """

    experiment: Experiment
    stash: Stash = field(default_factory=Stash)
    weight: Weight | None = None
    leaves: bool = False
    files: tuple[FilePath | None, ...] = ()


class Undo:
    """The steps back and forward, as many as there were.

    Attributes:
        past: What undo returns to, the nearest last.
        future: What redo returns to, the nearest last.
    """

    def __init__(self, let_go: Callable[[Stash], None], store: Callable[[Stash], None]) -> None:
        """What is called with each room whose run is no longer wanted, or not soon."""
        self._let_go, self._store = let_go, store
        self.past: list[Step] = []
        self.future: list[Step] = []
        self._edited: tuple[Path, float] = ((), 0.0)

    def remember(self, step: Step) -> Stash:
        """Make it the nearest step back; gives the room for its run."""
        self.past.append(step)
        self._forget_future()
        self.end_edit()
        if step.leaves:
            self.expect_run(step.stash)
        return step.stash

    def remember_edit(self, experiment: Experiment, path: Path) -> Stash:
        """The same before a place is edited; an edit that goes on, as in a drag, is one step."""
        now, (edited, when) = time.monotonic(), self._edited
        goes_on = self.past and edited == path and now - when < MERGE_SECONDS
        stash = self.past[-1].stash if goes_on else self.remember(Step(experiment))
        self._forget_future()
        self._edited = (path, now)
        return stash

    def _forget_future(self) -> None:
        for step in self.future:
            self._let_go(step.stash)
        self.future.clear()

    def end_edit(self) -> None:
        """The next edit is a step of its own."""
        self._edited = ((), 0.0)

    def expect_run(self, stash: Stash) -> None:
        """A run is about to be left there."""
        stash.is_due = True
        self.make_room()

    def make_room(self) -> None:
        """Send the runs that are the most steps away to the attic."""
        whole = [
            (distance, stash)
            for steps in (self.past, self.future)
            for distance, stash in enumerate(step.stash for step in reversed(steps))
            if stash.is_due and not stash.is_sent and not stash.is_dropped
        ]
        for _, stash in sorted(whole, key=itemgetter(0))[MOST_WHOLE:]:
            stash.is_sent = True
            self._store(stash)
