"""The plotting surface that charts and the plane share: axes with ticks, and what lies on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
)
from PySide6.QtWidgets import QGraphicsItem, QWidget

from playground.gui.theme import LIGHT, Colours
from playground.gui.views.plot_layers import Band, Curve, Dot, Front, Grid, Mark
from playground.gui.views.scales import Scale, Tick

NARROWEST_TICKS = "0.00"
X_TICK_ROOM, Y_TICK_ROOM = 3.0, 1.9
"""Least distance of ticks, in heights of a line of text."""
BEHIND, BEFORE = -1000, 1000
LEFT_MARGIN, RIGHT_MARGIN, BOTTOM_MARGIN = 2, 8, 2


class Plot(pg.GraphicsView):
    """Axes, curves and marks; what is seen is set from outside, not by the mouse.

    Attributes:
        box: pyqtgraph's view box, which holds the curves.
        x_name, y_name: What stands at the axes.
        x_ticks, y_ticks: The ticks, in the axes' coordinates.
        marks: The vertical lines with words.
        bands, curves: What is drawn, the bands behind the curves.
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
        self.bands: Sequence[Band] = ()
        self.curves: Sequence[Curve] = ()
        self.cursor_x: float | None = None
        self.cursor_dots: Sequence[Dot] = ()
        self.strip = round(QFontMetricsF(self.font()).height() * (1.0 if words else 0.5)) + 2
        self._left = self._bottom = 0
        self.x_name, self.y_name = x_name, y_name
        self._scales: tuple[Scale, Scale] | None = None
        self.box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self.box.disableAutoRange()
        self._axes = [pg.AxisItem(side, maxTickLength=0) for side in ("left", "bottom")]
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(LEFT_MARGIN, self.strip, RIGHT_MARGIN, BOTTOM_MARGIN)
        layout.setSpacing(0)
        layout.addItem(self.box, 0, 1)
        for axis, name, cell in zip(self._axes, (y_name, x_name), ((0, 0), (1, 1)), strict=True):
            axis.linkToView(self.box)
            axis.setStyle(
                autoExpandTextSpace=False, autoReduceTextSpace=False, hideOverlappingLabels=False
            )
            if name:
                axis.setLabel(name)
            layout.addItem(axis, *cell)
        self.setCentralItem(layout)
        self._grid, self.front = Grid(self, BEHIND), Front(self, BEFORE)
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
    def margins(self) -> tuple[int, int]:
        """How much wider and higher than the frame the surface is, in pixels."""
        return LEFT_MARGIN + self._left + RIGHT_MARGIN, self.strip + self._bottom + BOTTOM_MARGIN

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
        self._left = self._width_of((0.0, NARROWEST_TICKS))
        self._bottom = round(2.0 * QFontMetricsF(self.font()).height()) + 4
        left.setWidth(self._left)
        bottom.setHeight(self._bottom)

    def _width_of(self, *ticks: Tick) -> int:
        metrics = QFontMetricsF(self.font())
        widest = max((metrics.horizontalAdvance(text) for _, text in ticks), default=0.0)
        name = metrics.height() if self.y_name else 0.0
        return math.ceil(widest + name) + 10

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
        if width > self._left:
            self._left = width
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
