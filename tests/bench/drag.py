"""Drags the learning rate's slider with the mouse, and times how soon the trainer has the value."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionSlider

from tests.bench.bounds import percentile

MOVE_MILLISECONDS = 16
LOW, HIGH = 1e-4, 0.03
"""The rates between which the mouse goes to and fro; none lets the network diverge."""


class Drag(QObject):
    """A hand on the slider: a button pressed, and about 60 moves a second to and fro.

    A move is posted as the system would post it, and waits for its turn in the event loop. Its
    clock stops when the training thread has taken over the rate that it leads to.
    """

    def __init__(self, window) -> None:
        super().__init__()
        self._session = window.session
        self._slider = window.training_panel.form.nested("optimizer").editor("learning_rate").slider
        scale = window.training_panel.form.nested("optimizer").editor("learning_rate").scale
        self._low, self._high = (self._pixel_of(scale.position(rate)) for rate in (LOW, HIGH))
        self._at, self._direction = self._handle(), 1
        self._posted: deque[float] = deque()
        self._handled = 0.0
        self._asked: dict[float, float] = {}  # by the rate, when its move was posted
        self._delays: list[float] = []
        self._moves, self._seconds = 0, 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(MOVE_MILLISECONDS)
        self._timer.timeout.connect(self._move)
        self._past = len(self._session._undo.past)

    def start(self) -> None:
        """Press the button on the handle and begin to move."""
        worker = self._session._worker
        apply = worker._apply

        def apply_and_note(experiment, stash) -> None:
            apply(experiment, stash)
            posted = self._asked.pop(experiment.training.optimizer.learning_rate, None)
            if posted is not None:
                self._delays.append(1000 * (time.perf_counter() - posted))

        worker._apply = apply_and_note
        self._slider.installEventFilter(self)
        self._session.experiment_changed.connect(self._note)
        QTest.mousePress(self._slider, Qt.MouseButton.LeftButton, pos=self._point())
        self._seconds = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Let go."""
        self._timer.stop()
        self._seconds = time.perf_counter() - self._seconds
        QTest.mouseRelease(self._slider, Qt.MouseButton.LeftButton, pos=self._point())
        self._session.experiment_changed.disconnect(self._note)
        self._slider.removeEventFilter(self)
        del self._session._worker._apply

    def figures(self) -> dict[str, float]:
        """How soon the rates were in use, and what the drag has left in the list of undo."""
        return {
            "moves a second": round(self._moves / self._seconds, 1),
            "changes a second": round(len(self._delays) / self._seconds, 1),
            "ms from move to use, median": round(percentile(self._delays, 50), 1),
            "ms from move to use, 99th percentile": round(percentile(self._delays, 99), 1),
            "ms from move to use, longest": round(percentile(self._delays, 100), 1),
            "steps of undo": len(self._session._undo.past) - self._past,
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and self._posted:
            self._handled = self._posted.popleft()
        return False

    @Slot()
    def _move(self) -> None:
        self._at += self._direction
        if not self._low < self._at < self._high:
            self._direction = -1 if self._at >= self._high else 1
        local = QPointF(self._point())
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            local,
            self._slider.mapToGlobal(local),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        self._moves += 1
        self._posted.append(time.perf_counter())
        QApplication.postEvent(self._slider, move)

    @Slot(object)
    def _note(self, experiment) -> None:
        self._asked[experiment.training.optimizer.learning_rate] = self._handled

    def _point(self) -> QPoint:
        return QPoint(self._at, self._slider.height() // 2)

    def _pixel_of(self, position: int) -> int:
        slider, option = self._slider, QStyleOptionSlider()
        slider.initStyleOption(option)
        length = slider.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, slider)
        along = QStyle.sliderPositionFromValue(
            0, slider.maximum(), position, slider.width() - length
        )
        return along + length // 2

    def _handle(self) -> int:
        return self._pixel_of(self._slider.value())
