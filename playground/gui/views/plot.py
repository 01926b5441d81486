"""The plotting surface that charts and the plane share: axes with ticks, and what lies on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from playground.exchange.drawing.scales import Scale, Tick
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.axes import paint_axes
from playground.gui.views.plot_layers import (
    Band,
    Curve,
    Dot,
    Front,
    Mark,
    clip_to,
    is_vector,
    paint_grid,
)

NARROWEST_TICKS = "0.00"
X_TICK_ROOM, Y_TICK_ROOM = 3.0, 1.9
"""Least distance of ticks, in heights of a line of text."""
LEFT_MARGIN, RIGHT_MARGIN, BOTTOM_MARGIN = 2, 8, 2

Range = tuple[float, float]


class Painted(Protocol):
    """Something on a surface that paints itself."""

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint; ``place`` gives the pixel of a point in the axes' coordinates."""


class Plot(QWidget):
    """Axes, curves and marks; what is seen is set from outside, not by the mouse.

    It paints all of itself, with nothing between it and Qt: what seldom changes (ground, grid, the
    axes' words) is kept as a picture.

    Attributes:
        x_name, y_name: What stands at the axes.
        x_range, y_range: From where to where they go, in their own coordinates.
        x_ticks, y_ticks: The ticks, in the axes' coordinates.
        marks: The vertical lines with words.
        guides: Heights at which a horizontal line says what would be usual.
        bands, curves: What is drawn, the bands behind the curves.
        cursor_x: Where the cursor's line is, or None.
        cursor_dots: The values there.
        strip: The height that is kept for words above the frame.
        front: What is painted over all else.

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
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the view above has one
        self.colours: Colours = LIGHT
        self.x_range: Range = (0.0, 1.0)
        self.y_range: Range = (0.0, 1.0)
        self.x_ticks: Sequence[Tick] = ()
        self.y_ticks: Sequence[Tick] = ()
        self.marks: Sequence[Mark] = ()
        self.guides: Sequence[float] = ()
        self.bands: Sequence[Band] = ()
        self.curves: Sequence[Curve] = ()
        self.cursor_x: float | None = None
        self.cursor_dots: Sequence[Dot] = ()
        self.strip = round(QFontMetricsF(self.font()).height() * (1.0 if words else 0.5)) + 2
        self.x_name, self.y_name = x_name, y_name
        self.front = Front(self)
        self._left = self._bottom = 0
        self._scales: tuple[Scale, Scale] | None = None
        self._items: list[Painted] = []
        self._ground: tuple[float, QPixmap] | None = None  # with its pixels for each of Qt's
        self._measure()

    def add(self, item: Painted) -> None:
        """Put something of one's own on the surface, over the grid and under the curves."""
        self._items.append(item)

    def set_scales(self, x: Scale, y: Scale) -> None:
        """Show another part of the plane; to be called only when it has changed."""
        self._scales = (x, y)
        self.x_range, self.y_range = x.limits(), y.limits()
        self._mark_axes()

    @property
    def margins(self) -> tuple[int, int]:
        """How much wider and higher than the frame the surface is, in pixels."""
        return LEFT_MARGIN + self._left + RIGHT_MARGIN, self.strip + self._bottom + BOTTOM_MARGIN

    @property
    def frame(self) -> QRectF:
        """Where the curves are, in the surface's pixels."""
        across, down = self.margins
        width, height = max(self.width() - across, 1), max(self.height() - down, 1)
        return QRectF(LEFT_MARGIN + self._left, self.strip, width, height)

    def to_pixels(self, x: float, y: float) -> QPointF:
        """A point of the axes' coordinates, in the surface's pixels."""
        (low, high), (bottom, top) = self.x_range, self.y_range
        frame = self.frame
        return QPointF(
            frame.left() + (x - low) / (high - low) * frame.width(),
            frame.bottom() - (y - bottom) / (top - bottom) * frame.height(),
        )

    def redraw(self) -> None:
        """Paint curves, marks and cursor anew."""
        self.update()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self.colours = colours
        self._repaint_ground()

    # --- inside ------------------------------------------------------------------------------

    def _measure(self) -> None:
        self._left = self._width_of((0.0, NARROWEST_TICKS))
        self._bottom = round(2.0 * QFontMetricsF(self.font()).height()) + 4

    def _width_of(self, *ticks: Tick) -> int:
        metrics = QFontMetricsF(self.font())
        widest = max((metrics.horizontalAdvance(text) for _, text in ticks), default=0.0)
        name = metrics.height() if self.y_name else 0.0
        return math.ceil(widest + name) + 10

    def _mark_axes(self) -> None:
        assert self._scales is not None
        frame, line = self.frame, QFontMetricsF(self.font()).height()
        x, y = self._scales
        self.x_ticks = x.ticks(int(frame.width() / (X_TICK_ROOM * line)))
        self.y_ticks = y.ticks(int(frame.height() / (Y_TICK_ROOM * line)))
        width = self._width_of(*self.y_ticks)
        if width > self._left:
            self._left = width
            self.margins_changed.emit()
        self._repaint_ground()

    def _repaint_ground(self) -> None:
        self._ground = None
        self.update()

    def _painted_ground(self, ratio: float) -> QPixmap:
        """What seldom changes, with so many pixels for each of Qt's along a side."""
        if self._ground is None or self._ground[0] != ratio:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            painter = QPainter(picture)
            self._paint_ground(painter)
            painter.end()
            self._ground = (ratio, picture)
        return self._ground[1]

    def _paint_ground(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(self.colours.panel))
        paint_grid(painter, self)
        paint_axes(painter, self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if is_vector(painter):
            self._paint_ground(painter)
        else:
            painter.drawPixmap(0, 0, self._painted_ground(painter.deviceTransform().m11()))
        painter.save()
        clip_to(painter, self.frame)
        for item in self._items:
            item.paint(painter, self.to_pixels)
        painter.restore()
        self.front.paint(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._ground = None
        if self._scales is not None:
            self._mark_axes()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the mouse is; nothing on the surface itself follows it."""
        at, frame = event.position(), self.frame
        if frame.contains(at):
            (low, high), (bottom, top) = self.x_range, self.y_range
            self.hovered.emit(
                low + (at.x() - frame.left()) / frame.width() * (high - low),
                bottom + (frame.bottom() - at.y()) / frame.height() * (top - bottom),
            )
        else:
            self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_scales"):
            self._measure()
            self._repaint_ground()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(256, 192)
