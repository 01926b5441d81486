"""The plotting surface that charts share: axes with ticks, curves, marks and a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from pyqtgraph import functions as fn
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from playground.gui.theme import LIGHT, Colours
from playground.gui.views.scales import Array, Scale, Tick

NARROWEST_TICKS = "0.00"
X_TICK_ROOM, Y_TICK_ROOM = 3.0, 1.9
"""Least distance of ticks, in heights of a line of text."""
STROKE = 2
"""How thick curves look, in pixels."""
DOT_RADIUS = 3.0
BEHIND, BEFORE = -1000, 1000
RIGHT_MARGIN = 8.0


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
    """

    x: Array
    y: Array
    colour: str


def thick_passes(painter: QPainter) -> list[float]:
    """Where thin lines are to be painted beside each other to look STROKE pixels thick.

    Lines a single pixel of the device wide are many times faster to paint than thicker ones.
    """
    ratio = painter.device().devicePixelRatioF()
    passes = max(round(STROKE * ratio), 1)
    return [(index - (passes - 1) / 2) / ratio for index in range(passes)]


class _Layer(pg.GraphicsObject):
    """Something painted in the surface's pixels, over or under the curves."""

    def __init__(self, plot: Plot, depth: float) -> None:
        super().__init__(plot.centralWidget)
        self._plot = plot
        self.setZValue(depth)

    def boundingRect(self) -> QRectF:
        return self._plot.frame.adjusted(0, -self._plot.strip, 0, 0)


class _Grid(_Layer):
    """Lines at the ticks."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget) -> None:
        plot, frame = self._plot, self._plot.frame
        across = [plot.to_pixels(0, y).y() for y, _ in plot.y_ticks]
        along = [plot.to_pixels(x, 0).x() for x, _ in plot.x_ticks]
        lines = [QLineF(frame.left(), y, frame.right(), y) for y in across]
        lines += [QLineF(x, frame.top(), x, frame.bottom()) for x in along]
        painter.setPen(QPen(QColor(plot.colours.grid), 1))
        painter.drawLines(lines)
        painter.setPen(QPen(QColor(plot.colours.border), 1))
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())


class _Front(_Layer):
    """Curves with dots at their ends, marks with their words, and the cursor."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_curves(painter)
        self._paint_lines(painter)
        plot = self._plot
        painter.setPen(Qt.PenStyle.NoPen)
        ends = [Dot(float(c.x[-1]), float(c.y[-1]), c.colour) for c in plot.curves if len(c.x)]
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

    def _paint_curves(self, painter: QPainter) -> None:
        """All in the surface's pixels: pyqtgraph's own curve items take twice as long."""
        passes, origin = thick_passes(painter), self._plot.to_pixels(0, 0)
        unit = self._plot.to_pixels(1, 1) - origin
        for curve in self._plot.curves:
            polygon = fn.create_qpolygonf(len(curve.x))
            points = fn.ndarray_from_qpolygonf(polygon)
            points[:, 0] = curve.x * unit.x() + origin.x()
            points[:, 1] = curve.y * unit.y() + origin.y()
            painter.setPen(QPen(QColor(curve.colour), 1))
            before = 0.0
            for offset in passes:
                polygon.translate(0, offset - before)
                before = offset
                painter.drawPolyline(polygon)

    def _paint_lines(self, painter: QPainter) -> None:
        plot, frame = self._plot, self._plot.frame
        lines = [
            (mark.x, mark.colour, Qt.PenStyle.DashLine if mark.dashed else Qt.PenStyle.SolidLine)
            for mark in plot.marks
        ]
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


class Plot(pg.GraphicsView):
    """Axes, curves and marks; what is seen is set from outside, not by the mouse.

    Attributes:
        box: pyqtgraph's view box, which holds the curves.
        x_ticks, y_ticks: The ticks, in the axes' coordinates.
        marks: The vertical lines with words.
        curves: The curves.
        cursor_x: Where the cursor's line is, or None.
        cursor_dots: The values there.
        strip: The height that is kept for words above the frame.

    Signals:
        hovered: The mouse is at this point, in the axes' coordinates.
        left: The mouse has gone.
        margins_changed: The frame has another place on the surface.
    """

    hovered = Signal(float, float)
    left = Signal()
    margins_changed = Signal()

    def __init__(
        self, x_name: str, y_name: str = "", words: bool = True, parent: QWidget | None = None
    ) -> None:
        """``words``: whether room is kept for those of marks."""
        super().__init__(parent)
        # Curves span the surface: to find out what of it has changed would cost more.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the view above has one
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.colours: Colours = LIGHT
        self.x_ticks: Sequence[Tick] = ()
        self.y_ticks: Sequence[Tick] = ()
        self.marks: Sequence[Mark] = ()
        self.curves: Sequence[Curve] = ()
        self.cursor_x: float | None = None
        self.cursor_dots: Sequence[Dot] = ()
        self.strip = QFontMetricsF(self.font()).height() * (1.0 if words else 0.5) + 2
        self.x_name, self.y_name = x_name, y_name
        self._scales: tuple[Scale, Scale] | None = None
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self.box.disableAutoRange()
        self._axes = [pg.AxisItem(side, maxTickLength=0) for side in ("left", "bottom")]
        names = (y_name, x_name)
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(2, self.strip, RIGHT_MARGIN, 0)
        layout.setSpacing(0)
        layout.addItem(self.box, 0, 1)
        for axis, name, cell in zip(self._axes, names, ((0, 0), (1, 1)), strict=True):
            axis.linkToView(self.box)
            axis.setStyle(
                autoExpandTextSpace=False, autoReduceTextSpace=False, hideOverlappingLabels=False
            )
            if name:
                axis.setLabel(name)
            layout.addItem(axis, *cell)
        self.setCentralItem(layout)
        self._grid, self.front = _Grid(self, BEHIND), _Front(self, BEFORE)
        self.box.sigResized.connect(self._fit)
        self._measure()

    def add(self, item: QGraphicsItem) -> None:
        """Put something of one's own on the surface, in the axes' coordinates."""
        self.box.addItem(item, ignoreBounds=True)

    def set_scales(self, x: Scale, y: Scale) -> None:
        """Show another part of the plane; to be called only when it has changed."""
        self._scales = (x, y)
        self.box.setRange(xRange=x.limits(), yRange=y.limits(), padding=0)
        self._mark_axes()

    @property
    def margins(self) -> tuple[float, float]:
        """How much wider and higher than the frame the surface is."""
        left, bottom = self._axes
        return 2 + left.width() + RIGHT_MARGIN, self.strip + bottom.height()

    @property
    def frame(self) -> QRectF:
        """Where the curves are, in the surface's pixels."""
        return self.box.geometry()

    def to_pixels(self, x: float, y: float) -> QPointF:
        """A point of the axes' coordinates, in the surface's pixels."""
        (low, high), (bottom, top) = self.box.viewRange()
        frame = self.frame
        return QPointF(
            frame.left() + (x - low) / (high - low) * frame.width(),
            frame.bottom() - (y - bottom) / (top - bottom) * frame.height(),
        )

    def redraw(self) -> None:
        """Paint curves, marks and cursor anew."""
        self.front.update()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self.colours = colours
        self.setBackground(QColor(colours.panel))
        for axis in self._axes:
            axis.setPen(None)
            axis.setTextPen(QColor(colours.muted))
            axis.setStyle(tickFont=self.font(), tickAlpha=0)
            axis.label.setFont(self.font())
            axis.label.setDefaultTextColor(QColor(colours.muted))
        self._grid.update()

    # --- inside ------------------------------------------------------------------------------

    def _measure(self) -> None:
        left, bottom = self._axes
        left.setWidth(self._width_of((0.0, NARROWEST_TICKS)))
        bottom.setHeight(2.0 * QFontMetricsF(self.font()).height() + 4)

    def _width_of(self, *ticks: Tick) -> float:
        metrics = QFontMetricsF(self.font())
        widest = max((metrics.horizontalAdvance(text) for _, text in ticks), default=0.0)
        name = metrics.height() if self._axes[0].labelText else 0.0
        return widest + 10 + name

    def _fit(self) -> None:
        for layer in (self._grid, self.front):
            layer.prepareGeometryChange()
        if self._scales is not None:
            self._mark_axes()

    def _mark_axes(self) -> None:
        assert self._scales is not None
        frame, line = self.frame, QFontMetricsF(self.font()).height()
        x, y = self._scales
        self.x_ticks = x.ticks(int(frame.width() / (X_TICK_ROOM * line)))
        self.y_ticks = y.ticks(int(frame.height() / (Y_TICK_ROOM * line)))
        for axis, ticks in zip(self._axes, (self.y_ticks, self.x_ticks), strict=True):
            axis.setTicks([list(ticks)])
        width = self._width_of(*self.y_ticks)
        if width > self._axes[0].width():
            self._axes[0].setWidth(width)
            self.margins_changed.emit()
        self._grid.update()
        self.front.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the mouse is; nothing on the surface itself follows it."""
        at = self.box.mapSceneToView(self.mapToScene(event.position().toPoint()))
        (low, high), (bottom, top) = self.box.viewRange()
        if low <= at.x() <= high and bottom <= at.y() <= top:
            self.hovered.emit(at.x(), at.y())
        else:
            self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_axes"):
            self._measure()
        super().changeEvent(event)
