"""What is painted on a plotting surface: grid, curves, marks with words, and the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPaintEngine, QPainter, QPen

from playground.exchange.drawing.scales import Array
from playground.gui.views.polygons import polygon_of

if TYPE_CHECKING:
    from playground.gui.views.plot import Plot

STROKE = 2
"""How thick curves look, in pixels."""
DOT_RADIUS = 3.0
BAND_STRENGTH = 0.16
FAINT_STRENGTH = 0.55


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line with a word.

    Attributes:
        x: Where.
        text: What it says at the top.
        colour: Of both.
        dashed: Whether the line is.
    """

    x: float
    text: str
    colour: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot in the axes' coordinates."""

    x: float
    y: float
    colour: str


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve through points of the axes' coordinates, all finite.

    Attributes:
        x, y: Shape (points,).
        colour: Its colour.
        faint: Whether it stands back: thin, pale, and without a dot at its end.
    """

    x: Array
    y: Array
    colour: str
    faint: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """What lies between two curves, all finite; bands over each other are stronger.

    Attributes:
        x, low, high: Shape (points,), in the axes' coordinates.
        colour: Its colour, of which it has a touch.
    """

    x: Array
    low: Array
    high: Array
    colour: str


def is_vector(painter: QPainter) -> bool:
    """Whether shapes are written to a file, in which pictures kept for speed have no place."""
    return painter.paintEngine().type() == QPaintEngine.Type.SVG


def clip_to(painter: QPainter, frame: QRectF) -> None:
    """Paint within a frame from now on.

    Where a widget is painted as a part of another one, Qt's SVG does not move a clip with it.
    """
    if is_vector(painter):
        whole, own = painter.deviceTransform(), painter.worldTransform()
        frame = frame.translated(whole.dx() - own.dx(), whole.dy() - own.dy())
    painter.setClipRect(frame)


def thickness(painter: QPainter) -> int:
    """How wide the pen is with which :func:`thick_passes` are painted."""
    return STROKE if is_vector(painter) else 1


def thick_passes(painter: QPainter) -> list[float]:
    """Where thin lines are to be painted beside each other to look STROKE pixels thick.

    Lines a single pixel of the device wide are many times faster to paint than thicker ones.
    """
    if is_vector(painter):
        return [0.0]
    ratio = painter.deviceTransform().m11()
    passes = max(round(STROKE * ratio), 1)
    return [(index - (passes - 1) / 2) / ratio for index in range(passes)]


def paint_grid(painter: QPainter, plot: Plot) -> None:
    """Paint lines at the ticks, in the surface's pixels."""
    frame = plot.frame
    across = [plot.to_pixels(0, y).y() for y, _ in plot.y_ticks]
    along = [plot.to_pixels(x, 0).x() for x, _ in plot.x_ticks]
    lines = [QLineF(frame.left(), y, frame.right(), y) for y in across]
    lines += [QLineF(x, frame.top(), x, frame.bottom()) for x in along]
    painter.setPen(QPen(QColor(plot.colours.grid), 1))
    painter.drawLines(lines)
    painter.setPen(QPen(QColor(plot.colours.border), 1))
    painter.drawLine(frame.bottomLeft(), frame.bottomRight())


class Front:
    """Bands, curves with dots at their ends, marks with their words, and the cursor."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot

    def paint(self, painter: QPainter) -> None:
        """Paint them in the surface's pixels."""
        self._paint_bands(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_curves(painter)
        self._paint_lines(painter)
        plot = self._plot
        painter.setPen(Qt.PenStyle.NoPen)
        ends = [
            Dot(float(curve.x[-1]), float(curve.y[-1]), curve.colour)
            for curve in plot.curves
            if len(curve.x) and not curve.faint
        ]
        for dot in (*ends, *plot.cursor_dots):
            painter.setBrush(QColor(dot.colour))
            painter.drawEllipse(plot.to_pixels(dot.x, dot.y), DOT_RADIUS, DOT_RADIUS)
        ground = QColor(plot.colours.panel)
        ground.setAlpha(215)
        painter.setFont(plot.font())
        for mark, text, box in self.words():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(QColor(mark.colour))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_bands(self, painter: QPainter) -> None:
        """Without smooth edges, which would cost more than all else here."""
        origin = self._plot.to_pixels(0, 0)
        unit = self._plot.to_pixels(1, 1) - origin
        painter.setPen(Qt.PenStyle.NoPen)
        for band in self._plot.bands:
            if not len(band.x):
                continue
            across = band.x * unit.x() + origin.x()
            heights = np.concatenate((band.high, band.low[::-1])) * unit.y() + origin.y()
            polygon = polygon_of(np.concatenate((across, across[::-1])), heights)
            colour = QColor(band.colour)
            colour.setAlphaF(BAND_STRENGTH)
            painter.setBrush(colour)
            painter.drawPolygon(polygon)

    def _paint_curves(self, painter: QPainter) -> None:
        passes, origin = thick_passes(painter), self._plot.to_pixels(0, 0)
        unit = self._plot.to_pixels(1, 1) - origin
        for curve in self._plot.curves:
            across, down = curve.x * unit.x() + origin.x(), curve.y * unit.y() + origin.y()
            polygon = polygon_of(across, down)
            colour = QColor(curve.colour)
            if curve.faint:
                colour.setAlphaF(FAINT_STRENGTH)
            painter.setPen(QPen(colour, 1 if curve.faint else thickness(painter)))
            before = 0.0
            for offset in (0.0,) if curve.faint else passes:
                polygon.translate(0, offset - before)
                before = offset
                painter.drawPolyline(polygon)

    def _paint_lines(self, painter: QPainter) -> None:
        plot, frame = self._plot, self._plot.frame
        lines = [
            (mark.x, mark.colour, Qt.PenStyle.DashLine if mark.dashed else Qt.PenStyle.SolidLine)
            for mark in plot.marks
        ]
        bottom, top = plot.y_range
        painter.setPen(QPen(QColor(plot.colours.muted), 1, Qt.PenStyle.DashLine))
        for height in plot.guides:
            if bottom < height < top:
                y = plot.to_pixels(0, height).y()
                painter.drawLine(QLineF(frame.left(), y, frame.right(), y))
        if plot.cursor_x is not None:
            lines.append((plot.cursor_x, plot.colours.muted, Qt.PenStyle.DotLine))
        for at, colour, style in lines:
            x = plot.to_pixels(at, 0).x()
            painter.setPen(QPen(QColor(colour), 1, style))
            painter.drawLine(QLineF(x, frame.top(), x, frame.bottom()))

    def words(self) -> list[tuple[Mark, str, QRectF]]:
        """Where the marks' words go: above the frame, or below the first row if that is taken."""
        plot, frame = self._plot, self._plot.frame
        metrics = QFontMetricsF(plot.font())
        placed: list[tuple[Mark, str, QRectF]] = []
        for mark in reversed(plot.marks):  # the last one says most
            text = metrics.elidedText(mark.text, Qt.TextElideMode.ElideRight, frame.width() - 8)
            width, height = metrics.horizontalAdvance(text) + 8, metrics.height()
            x = plot.to_pixels(mark.x, 0).x()
            lefts = [min(max(x + shift, frame.left()), frame.right() - width)
                     for shift in (-width / 2, -width, 0)]  # fmt: skip
            spots = [
                QRectF(left, frame.top() - plot.strip + row * height, width, height)
                for row in (0, 1)
                for left in lefts
            ]
            free = [box for box in spots if not any(box.intersects(other[2]) for other in placed)]
            placed.append((mark, text, free[0] if free else spots[-1]))
        return placed
