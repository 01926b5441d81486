"""Work that has nothing to do with training, such as reading a large table, off the GUI thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

LOOK_MILLISECONDS = 15
"""How often it is looked whether a result is there."""

WORK_SECONDS, NAP_SECONDS = 0.001, 0.002
"""What works beside a window leaves the interpreter's lock to it for longer than it takes it."""

log = logging.getLogger(__name__)


class Breath:
    """Called again and again by work beside a window, so that this gets the interpreter's lock."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self) -> None:
        """Nap if that is due."""
        if time.perf_counter() >= self._next:
            time.sleep(NAP_SECONDS)
            self._next = time.perf_counter() + WORK_SECONDS


class _Errand:
    """One call in a thread of its own; no signal leaves that thread."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.result: Any = None
        self.error: Exception | None = None
        self.is_over = False
        self._work = work
        self._thread = threading.Thread(target=self._run, name="errand", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until it is over."""
        self._thread.join()

    def _run(self) -> None:
        try:
            self.result = self._work()
        except Exception as error:  # it belongs to the one who asked
            self.error = error
        finally:
            self.is_over = True


class Background(QObject):
    """Does one thing at a time, and of those that were asked for meanwhile only the last.

    Lives in the GUI thread.

    Signals:
        finished: What the work that was asked for last has given.
        failed: The exception that ended it.
    """

    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errand: _Errand | None = None
        self._next: Callable[[], Any] | None = None
        self._dropped = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    @property
    def is_busy(self) -> bool:
        """Whether a result is still to come."""
        return self._timer.isActive()

    def do(self, work: Callable[[], Any]) -> None:
        """Work on this; what was asked for before is forgotten."""
        if self._errand is None:
            self._errand, self._dropped = _Errand(work), False
        else:
            self._next, self._dropped = work, True
        self._timer.start()

    def forget(self) -> None:
        """Have nothing come of what was asked for."""
        self._next, self._dropped = None, True
        self._timer.stop()

    def wait(self) -> None:
        """Wait for what was asked for, and tell what has come of it."""
        while self.is_busy:
            if self._errand is not None:
                self._errand.join()
            self._look()

    def _look(self) -> None:
        errand = self._errand
        if errand is None or not errand.is_over:
            return
        self._errand = None
        if self._next is not None:
            work, self._next = self._next, None
            self.do(work)
            return
        self._timer.stop()
        if self._dropped:
            return
        if errand.error is not None:
            self.failed.emit(errand.error)
        else:
            self.finished.emit(errand.result)
