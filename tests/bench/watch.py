"""Watches a window at work: its event loop's heartbeat, its frames, and what they cost."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer

from tests.bench import engine
from tests.bench.bounds import percentile
from tests.heartbeat import Heartbeat

BACK_AT_WORK = 0.3
"""Seconds after training alone until the window is looked at again."""


@dataclass(frozen=True, slots=True)
class Look:
    """A stretch of time in which the window was looked at.

    Attributes:
        seconds: How long it was.
        gaps: Milliseconds between beats.
        frames: How many snapshots were drawn.
        steps: Optimizer steps in it.
        busy: Seconds that the processor has spent on the window's thread.
    """

    seconds: float
    gaps: np.ndarray
    frames: int
    steps: int
    busy: float

    @property
    def steps_per_second(self) -> float:
        return self.steps / self.seconds


class Watch:
    """Looks at a window once or several times.

    Attributes:
        looks: What was found.
    """

    def __init__(self, window) -> None:
        self.looks: list[Look] = []
        self._session = window.session
        self._steps: list[tuple[float, int]] = []

    def look(self, seconds: float) -> Look:
        """Look for so long, while all goes its way."""
        beat, self._steps = Heartbeat(), []
        self._session.frame.connect(beat.note_frame)
        self._session.frame.connect(self._note)
        beat.start()
        busy = time.thread_time()
        wait(seconds)
        busy = time.thread_time() - busy
        beat.stop()
        self._session.frame.disconnect(beat.note_frame)
        self._session.frame.disconnect(self._note)
        (since, first), (until, last) = self._steps[0], self._steps[-1]
        steps = round((last - first) / (until - since) * beat.seconds)
        self.looks.append(Look(beat.seconds, beat.gaps, len(beat.frames), steps, busy))
        return self.looks[-1]

    def steps_alone(self, seconds: float) -> float:
        """Steps a second of the same trainer while the window waits for it."""
        rate = self._session.ask(lambda trainer: engine.steps_per_second(trainer, seconds))
        wait(BACK_AT_WORK)
        return rate

    @property
    def frames_per_second(self) -> float:
        return sum(look.frames for look in self.looks) / sum(look.seconds for look in self.looks)

    @property
    def work_of_a_frame(self) -> float:
        """Milliseconds of the window's thread for each frame: drawing, painting and all else.

        The processor's time, which does not count how long others were given it.
        """
        return (
            1000 * sum(look.busy for look in self.looks) / sum(look.frames for look in self.looks)
        )

    def figures(self) -> dict[str, float]:
        """All looks together."""
        gaps = np.concatenate([look.gaps for look in self.looks])
        return {
            "frames/s": round(self.frames_per_second, 1),
            "ms of window a frame": round(self.work_of_a_frame, 1),
            "heartbeat of 10 ms, median": round(percentile(gaps, 50), 1),
            "heartbeat, 99th percentile": round(percentile(gaps, 99), 1),
            "heartbeat, longest": round(percentile(gaps, 100), 1),
        }

    def _note(self, snapshot) -> None:
        self._steps.append((time.perf_counter(), snapshot.step))


def wait(seconds: float) -> None:
    """Let the event loop run, which sleeps between events as it does in an application."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()
