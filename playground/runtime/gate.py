"""The gate: the window's events are handled uncontended, and training takes the time between.

A thread that calls NumPy without pause starves a window of the interpreter's lock (GIL): each small
call gives the lock up and takes it back, which resets the waiter's timeout. A timeout of a
millionth of a second, however, is over before the next call resets it, and the one who waits then
has the lock at once, mostly; where it is missed, the worker's nap after every slice lets the window
in. The first event that the window then handles closes the gate, and the worker parks at its next
step, without the lock, until the event loop is about to sleep again. Every event gets this, not
only the frames: a slider drag, a resize, a paint.
"""

from __future__ import annotations

import sys
import threading
import time

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QObject, Slot

SLICE_SECONDS = 0.01  # the longest that the window waits for its first event
SWITCH_SECONDS = 1e-6  # how long one waits for the lock before it is asked for; the least there is
USUAL_SWITCH_SECONDS = sys.getswitchinterval()
NAP_SECONDS = 50e-6  # long enough for the waiting thread to take the lock
PARK_SECONDS = 0.2  # a lost wake-up costs no more than this


class Gate:
    """What the worker passes after every slice. Open: it trains. Closed: it parks.

    Attributes:
        slice_end: By ``time.perf_counter``, when to pass next; all that is looked at in every step.
    """

    def __init__(self) -> None:
        self.slice_end = 0.0
        self._closed = False
        self._opened = threading.Event()
        self._opened.set()
        self._closed_at = 0.0
        self._closed_for = 0.0

    def close(self) -> None:
        """Hold the worker at its next step; does not wait for it."""
        if not self._closed:
            self._closed_at = time.perf_counter()
            self._opened.clear()
            self._closed = True
            self.end_slice()

    def open(self) -> None:
        """Let the worker go on; harmless if the gate is open."""
        if self._closed:
            self._closed_for += time.perf_counter() - self._closed_at
            self._closed = False
            self._opened.set()

    def end_slice(self) -> None:
        """Have the worker look up after its present step."""
        self.slice_end = 0.0

    def pass_through(self) -> None:
        """Called by the worker now and then: park, nap, or do nothing."""
        if self._closed:
            if not self._opened.wait(PARK_SECONDS):
                self.open()
        elif time.perf_counter() < self.slice_end:
            return
        else:
            time.sleep(NAP_SECONDS)
        # Should the other thread end the slice just now, that waits for the end of this one.
        self.slice_end = time.perf_counter() + SLICE_SECONDS

    def take_closed_seconds(self) -> float:
        """How long the gate has been closed since this was last asked."""
        seconds, self._closed_for = self._closed_for, 0.0
        return seconds


class LoopWatch(QObject):
    """Closes the gate at the first event after the loop has slept, opens it before the next sleep.

    The dispatcher's ``awake`` cannot close it: Qt emits it after timers (and, with GLib, after all
    events) have been handled. The event filter is removed at once, so that one event a wake-up
    goes through Python. Lives in the GUI thread.
    """

    def __init__(self, app: QCoreApplication, gate: Gate) -> None:
        super().__init__()
        self._app, self._gate = app, gate
        self._running = self._armed = False

    def start(self) -> None:
        """Follow the loop from now on; while nothing trains it need not be followed."""
        dispatcher = QAbstractEventDispatcher.instance()
        if not self._running and dispatcher is not None:
            self._running = True
            sys.setswitchinterval(SWITCH_SECONDS)
            dispatcher.aboutToBlock.connect(self._before_sleep)

    def stop(self) -> None:
        """Leave the loop alone, with the gate open."""
        if self._running:
            self._running = False
            sys.setswitchinterval(USUAL_SWITCH_SECONDS)
            dispatcher = QAbstractEventDispatcher.instance()
            if dispatcher is not None:
                dispatcher.aboutToBlock.disconnect(self._before_sleep)
            self._disarm()
        self._gate.open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that the loop is awake; no event is held back."""
        if self._armed:
            self._disarm()
            self._gate.close()
        return False

    @Slot()
    def _before_sleep(self) -> None:
        if self._running and not self._armed:
            self._armed = True
            self._app.installEventFilter(self)
        self._gate.open()

    def _disarm(self) -> None:
        self._armed = False
        self._app.removeEventFilter(self)
