"""Rings around single points of the plane: those that are answered wrongly, and the pinned one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from playground.exchange.drawing.scales import Array
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.contour_item import in_pixels
from playground.gui.views.plot_layers import is_vector
from playground.gui.views.points import Points
from playground.training.instruments.answers import AnswersReading

AWAY, THICK = 1.5, 1.5
"""Pixels from a point's edge to its ring, and how thick that is."""
PIN_AWAY, PIN_ARM = 5.0, 5.0
"""Pixels from a point's edge to the circle that marks the pinned one, and how far its arms go."""


class Rings:
    """Rings in red, the colour of trouble, around the points whose class is wrong.

    They change only when some answer does, and are kept as a picture of the frame.

    Attributes:
        train, test: Which of the drawn points are ringed, boolean (points,).
        shown: Whether they are.
        colours: The theme.
    """

    def __init__(self, points: Points) -> None:
        self.train = self.test = np.empty(0, dtype=bool)
        self.shown = False
        self.colours: Colours = LIGHT
        self._points = points
        self._picture: tuple[object, QPixmap] | None = None  # with what it depends on

    @property
    def places(self) -> Array:
        """Which places are ringed now (points, 2)."""
        points = self._points
        parts = [(points.train, self.train), (points.test, self.test)]
        found = [
            marks.places[wrong]
            for marks, wrong in parts
            if marks.visible and len(marks.places) == len(wrong)
        ]
        return np.concatenate([np.empty((0, 2)), *found])

    def show_answers(self, reading: AnswersReading | None) -> None:
        """Ring what is wrong by these answers; nothing where there are none."""
        nothing = np.empty(0, dtype=bool)
        self.train = nothing if reading is None else reading.train.wrong
        self.test = nothing if reading is None else reading.test.wrong

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint; ``place`` gives the pixel of a point of the plane."""
        if not self.shown:
            return
        places = self.places
        if not len(places):
            return
        x, y = in_pixels(places[:, 0], places[:, 1], place)
        if is_vector(painter):
            painter.save()
            self._take_pen(painter)
            for across, down in zip(x.tolist(), y.tolist(), strict=True):
                painter.drawEllipse(QPointF(across, down), self._radius, self._radius)
            painter.restore()
            return
        box, ratio = painter.clipBoundingRect(), painter.deviceTransform().m11()
        there = (x.tobytes(), y.tobytes(), box, ratio, self._points.size, self.colours)
        if self._picture is None or self._picture[0] != there:
            self._picture = (there, self._drawn(x - box.left(), y - box.top(), box, ratio))
        painter.drawPixmap(box.topLeft(), self._picture[1])

    def _drawn(self, x: Array, y: Array, box: QRectF, ratio: float) -> QPixmap:
        picture = _empty(box.width(), box.height(), ratio)
        stamp, layer = self._stamp(ratio), QPainter(picture)
        half = stamp.width() / ratio / 2
        for across, down in zip((x - half).tolist(), (y - half).tolist(), strict=True):
            layer.drawPixmap(QPointF(across, down), stamp)
        layer.end()
        return picture

    def _stamp(self, ratio: float) -> QPixmap:
        """One ring."""
        side = 2 * (self._radius + THICK)
        stamp = _empty(side, side, ratio)
        painter = QPainter(stamp)
        self._take_pen(painter)
        painter.drawEllipse(QPointF(side / 2, side / 2), self._radius, self._radius)
        painter.end()
        return stamp

    @property
    def _radius(self) -> float:
        return self._points.size / 2 + AWAY + THICK / 2

    def _take_pen(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.colours.red), THICK))


class PinMark:
    """Marks the pinned point: a circle with four arms.

    Attributes:
        place: Where it is (x1, x2), or None.
        colours: The theme.
    """

    def __init__(self, points: Points) -> None:
        self.place: tuple[float, float] | None = None
        self.colours: Colours = LIGHT
        self._points = points

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint; ``place`` gives the pixel of a point of the plane."""
        if self.place is None:
            return
        at, radius = place(*self.place), self._points.size / 2 + PIN_AWAY
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self.colours.panel, 4.0), (self.colours.text, 1.8)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(at, radius, radius)
            for x, y in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                arm = QPointF(x, y)
                painter.drawLine(at + arm * radius, at + arm * (radius + PIN_ARM))
        painter.restore()


def _empty(width: float, height: float, ratio: float) -> QPixmap:
    picture = QPixmap(int(np.ceil(width * ratio)), int(np.ceil(height * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture
