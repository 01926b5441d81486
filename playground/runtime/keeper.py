"""Keeps the session on disk while it is worked on, so that not even a crash loses it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.core.errors import PlaygroundError
from playground.exchange import session_file
from playground.exchange.document import Document
from playground.exchange.session_file import Kept
from playground.runtime import slots
from playground.runtime.answer import WorkerError
from playground.runtime.background import Background
from playground.runtime.session import Session
from playground.runtime.snapshot import Snapshot

SETTLING_SECONDS = 3.0
"""From a change until it is written; others that follow meanwhile are written along."""
LEAST_SECONDS = 5.0
"""Between two writings."""
PAUSES = 30.0
"""A writing that takes long is followed by a pause of so many times as long."""

log = logging.getLogger(__name__)


class Keeper(QObject):
    """Writes a session into its slot soon after it has changed. Lives in the GUI thread.

    The worker copies what it has reached between two steps, and a thread of its own makes a file of
    that: nobody waits for it. Only the last time, when the window closes, it is waited for.

    Signals:
        failed: Why the session is not kept; said once, until it is kept again.
    """

    failed = Signal(str)

    def __init__(
        self,
        session: Session,
        slot: slots.Slot,
        look: Callable[[], Mapping[str, Any]],
        parent: QObject | None = None,
    ) -> None:
        """``look``: what the window wants to find again, asked in the GUI thread."""
        super().__init__(parent)
        self._session, self._slot, self._look = session, slot, look
        self._seen: tuple[int, int] | None = None
        self._changed, self._earliest = False, 0.0
        self._problem = ""
        self._asked = self._saved = 0
        self._disk = threading.Lock()
        self._leaving: list[threading.Thread] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._write)
        self._writing = Background(self)
        self._writing.finished.connect(self._after)
        session.experiment_changed.connect(self.note)
        session.frame.connect(self._look_at)
        session.leaving.connect(self._keep_left)

    @Slot()
    def note(self) -> None:
        """Something has changed that is to be found again."""
        self._changed = True
        if not self._timer.isActive() and not self._writing.is_busy:
            wait = max(SETTLING_SECONDS, self._earliest - time.monotonic())
            self._timer.start(round(1000 * wait))

    def close(self) -> None:
        """Write for the last time, and let go of the slot; before the session is shut down.

        Raises:
            PlaygroundError: That was not possible, which has not been said before.
        """
        self._stop()
        problem, _ = self._saving()()
        self._slot.note_well()
        self._slot.release()
        if problem and not self._problem:
            raise PlaygroundError(problem)

    def forget(self) -> None:
        """Let go of the slot with no session in it, for there is nothing to be found again."""
        self._stop()
        with self._disk:
            self._saved = self._asked  # what is still to be written is not
            self._slot.remove_session()
        self._slot.release()

    def _stop(self) -> None:
        self._timer.stop()
        self._writing.forget()
        for thread in self._leaving:
            thread.join()

    @Slot(object)
    def _look_at(self, snapshot: Snapshot) -> None:
        seen = (snapshot.run, snapshot.step)
        if seen != self._seen:
            self._seen = seen
            self.note()

    @Slot()
    def _write(self) -> None:
        self._changed = False
        self._writing.do(self._saving())

    @Slot()
    def _keep_left(self) -> None:
        """Keep what is about to be left, beside the session."""
        session, slot, path = self._session, self._slot, self._slot.room_for_left()
        answer, file = session.present_later(), session.file

        def save() -> None:
            try:
                session_file.save(Kept(answer.wait(), file), path)
                slot.prune_left()
            except (PlaygroundError, WorkerError):  # undo has it; that a disk is full is said soon
                log.info("what was left cannot be kept", exc_info=True)

        thread = threading.Thread(target=save, name="errand", daemon=True)
        self._leaving = [*filter(threading.Thread.is_alive, self._leaving), thread]
        thread.start()

    def _saving(self) -> Callable[[], tuple[str, float]]:
        """What writes the present state, in any thread: says what went wrong and how long it took.

        A network that is as the experiment begins is left out: it is made anew sooner than read.
        """
        self._asked += 1
        session, order, look = self._session, self._asked, dict(self._look())
        experiment, file, unsaved = session.experiment, session.file, session.unsaved
        answer = session.present_later() if session.is_touched else None

        def save() -> tuple[str, float]:
            begun, problem = time.monotonic(), ""
            try:
                document = Document(experiment) if answer is None else answer.wait()
                kept = Kept(document, file, look, unsaved)
                with self._disk:
                    if order > self._saved:  # else a later state has been written meanwhile
                        session_file.save(kept, self._slot.path)
                        self._saved = order
            except (PlaygroundError, WorkerError) as error:
                problem = str(error)
            except Exception as error:  # whatever it is, work goes on
                log.exception("the session cannot be kept")
                problem = str(error) or type(error).__name__
            return problem, time.monotonic() - begun

        return save

    @Slot(object)
    def _after(self, result: tuple[str, float]) -> None:
        problem, seconds = result
        self._earliest = time.monotonic() + max(LEAST_SECONDS, PAUSES * seconds)
        if problem and not self._problem:
            self.failed.emit(problem)
        self._problem = problem
        self._slot.note_well()
        if self._changed:
            self.note()
