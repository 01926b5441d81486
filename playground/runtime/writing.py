"""Large files, written beside the window one after the other, so that none is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from playground.runtime.background import Background, Breath


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A file that is to be written.

    Attributes:
        path: Its place.
        write: Writes it, in any thread; is given what to call again and again meanwhile.
        then: Called in the GUI thread with what ``write`` has given.
        otherwise: Called in the GUI thread with the exception that ended it.
    """

    path: Path
    write: Callable[[Breath], Any]
    then: Callable[[Any], object]
    otherwise: Callable[[Exception], object]


class Writing(QObject):
    """Writes in the order in which it was asked for; of a file only what it was asked for last.

    Lives in the GUI thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now: Job | None = None
        self._waiting: list[Job] = []
        self._all_well = True
        self._background = Background(self)
        self._background.finished.connect(self._finish)
        self._background.failed.connect(self._fail)

    @property
    def is_busy(self) -> bool:
        """Whether there is something that is not written yet."""
        return self._now is not None

    def is_about(self, path: Path) -> bool:
        """Whether this file is being written, or will be."""
        jobs = [self._now, *self._waiting]
        return any(job is not None and job.path == path for job in jobs)

    def do(self, job: Job) -> None:
        """Write a file once what was asked for before is written."""
        self._waiting = [*(other for other in self._waiting if other.path != job.path), job]
        if self._now is None:
            self._begin()

    def wait(self) -> bool:
        """Wait for all that was asked for; gives whether all of it went well."""
        self._all_well = True
        self._background.wait()
        return self._all_well

    def _begin(self) -> None:
        self._now = self._waiting.pop(0) if self._waiting else None
        if self._now is not None:
            write = self._now.write
            self._background.do(lambda: write(Breath()))

    @Slot(object)
    def _finish(self, result: Any) -> None:
        job = self._now
        assert job is not None
        self._begin()
        job.then(result)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        job = self._now
        assert job is not None
        self._begin()
        if not self.is_about(job.path):  # else it is tried again, with what is newer
            self._all_well = False
            job.otherwise(error)
