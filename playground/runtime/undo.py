"""What a session returns to by undo and redo."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import NamedTuple
from weakref import ref

from playground.core.errors import Path
from playground.core.experiment import Experiment
from playground.runtime.stash import Stash
from playground.training.frozen import Place
from playground.training.trainer import Trainer

MERGE_SECONDS = 1.0
"""Edits of one place that follow so closely, as in a slider's drag, are one step of undo."""
MOST_STASHED = 8
"""Runs that undo finds as they were; older ones it starts anew. Each takes some 5 MB once all views
were seen."""


class Weight(NamedTuple):
    """What one weight of a run is, and whether training leaves it so."""

    place: Place
    value: float
    held: bool
    run: ref[Trainer]


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
    """The steps back and forward, as many as there were; of their runs only the latest are kept.

    Attributes:
        past: What undo returns to, the nearest last.
        future: What redo returns to, the nearest last.
    """

    def __init__(self, let_go: Callable[[Stash], None]) -> None:
        """``let_go``: Called with each room whose run is no longer wanted."""
        self._let_go = let_go
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
        """A run is about to be left there: let go of the oldest ones."""
        stash.is_due = True
        stashes = [step.stash for step in self.past]
        kept = [stash for stash in stashes if stash.is_due and not stash.is_dropped]
        for old in kept[:-MOST_STASHED]:
            self._let_go(old)
