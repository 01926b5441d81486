"""A ration of time: what is costly is done less often, rather than that training waits for it."""

from __future__ import annotations

import time
from types import TracebackType

FLAT_OUT_PAUSE = 0.09
"""Seconds between two looks at the same at full speed, where each part of the window is drawn in
every third frame or more seldom."""
READING_PAUSE = 0.19
"""The same between two readings of an instrument, whose views are drawn every sixth frame."""


class Ration:
    """Keeps something to a share of the time, by what the last time has cost, and to a pace.

    ``if ration.due: with ration: …``. What counts is the thread's own time at work, not the time in
    which it is parked or waits for the interpreter's lock.

    Attributes:
        seconds: What the last time has cost; 0 before.
        pause: Not sooner than so many seconds after the last time.
    """

    def __init__(self, share: float, pause: float = 0.0) -> None:
        """``share``: at most so much of the time, 0 to 1."""
        self.seconds, self.pause = 0.0, pause
        self._waits = 1 / share - 1
        self._started = 0.0
        self._due = float("-inf")

    @property
    def due(self) -> bool:
        """Whether its turn has come."""
        return time.perf_counter() >= self._due

    def __enter__(self) -> Ration:
        self._started = time.thread_time()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds = time.thread_time() - self._started
        self._due = time.perf_counter() + max(self._waits * self.seconds, self.pause)
