"""Measures how a window feels: a timer that should fire every 10 ms, and a count of frames."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Slot

BEAT_MILLISECONDS = 10


class Heartbeat(QObject):
    """Counts beats and frames from :meth:`start` on."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MILLISECONDS)
        self._timer.timeout.connect(self._beat)
        self._beats: list[float] = []
        self.frames: list[float] = []

    def start(self) -> None:
        self._beats = [time.perf_counter()]
        self.frames = []
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @Slot(object)
    def note_frame(self, snapshot: object) -> None:
        self.frames.append(time.perf_counter())

    @Slot()
    def _beat(self) -> None:
        self._beats.append(time.perf_counter())

    @property
    def gaps(self) -> np.ndarray:
        """Milliseconds between beats."""
        return np.diff(self._beats) * 1000

    @property
    def seconds(self) -> float:
        return self._beats[-1] - self._beats[0]

    @property
    def frames_per_second(self) -> float:
        return len(self.frames) / self.seconds
