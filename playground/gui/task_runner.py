"""Works on a task of one kind beside training, for whoever shows what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from playground.runtime.session import Session
from playground.runtime.task import Task
from playground.training.trainer import Trainer


class TaskRunner(QObject):
    """Begins a task on a session's trainer, and tells how it goes; one at a time.

    Signals:
        progressed: The share that is done.
        finished: What has come of it.
        failed: It has ended by an error; the sentence says so.
    """

    progressed = Signal(float)
    finished = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        session: Session,
        pieces: Callable[[Trainer], Generator[float, None, Any]],
        parent: QObject | None = None,
    ) -> None:
        """``pieces`` is the task."""
        super().__init__(parent)
        self._session, self._pieces = session, pieces
        self._task: Task[Any] | None = None
        session.advanced.connect(self._follow)
        session.failed.connect(self._fail)

    @property
    def is_at_work(self) -> bool:
        """Whether a task is under way."""
        return self._task is not None

    def begin(self) -> None:
        """Begin on the network as it is now; one that is under way is left undone."""
        self.stop()
        self._task = Task(self._pieces)
        self._session.begin(self._task)

    def stop(self) -> None:
        """Leave the rest undone."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    @Slot(object)
    def _follow(self, task: Task[Any]) -> None:
        if task is not self._task:
            return
        if not task.is_over:
            self.progressed.emit(task.share)
        elif task.result is not None:
            self._task = None
            self.finished.emit(task.result)
        else:
            self._fail(f"It has ended by an error: {task.error}")

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        if self._task is not None:
            self._task = None
            self.failed.emit(sentence)
