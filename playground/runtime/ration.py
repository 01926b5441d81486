"""A ration of time: what is costly is done less often, rather than that training waits for it."""

from __future__ import annotations

import time


class Ration:
    """Keeps something to a share of the time, by what the last time has cost."""

    def __init__(self, share: float) -> None:
        """``share``: at most so much of the time, from 0 to 1."""
        self._waits = 1 / share - 1
        self._due = float("-inf")

    @property
    def due(self) -> bool:
        """Whether its turn has come."""
        return time.perf_counter() >= self._due

    def spend(self, seconds: float) -> None:
        """Note what this time, which has just ended, has cost."""
        self._due = time.perf_counter() + self._waits * seconds
