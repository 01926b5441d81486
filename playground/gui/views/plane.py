"""The plane's picture: a field of colours with the boundary on it, in a square frame."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph import functions as fn
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath, QResizeEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QStyleOptionGraphicsItem, QWidget

from playground.gui.theme import LIGHT
from playground.gui.views.plot import Plot
from playground.gui.views.plot_layers import thick_passes
from playground.gui.views.scales import Array


class FieldItem(pg.GraphicsObject):
    """An image over a part of the plane, smoothly enlarged, with lines on it.

    Attributes:
        image: Qt's image, row 0 lowest.
        segments: The lines' ends (2·segments,), x1 and x2.
        line_colour: Of the lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self.image, self.line_colour = QImage(), LIGHT.text
        self.segments: tuple[Array, Array] = (np.empty(0), np.empty(0))
        self._pixels: NDArray[np.uint32] = np.empty((0, 0), dtype=np.uint32)
        self._where, self._path = QRectF(), QPainterPath()
        self.setZValue(-10)

    def set_field(
        self,
        pixels: NDArray[np.uint32],
        segments: tuple[Array, Array],
        extent: tuple[float, float, float, float],
    ) -> None:
        """Show 0xffrrggbb (height, width) from x1 low to high and x2 low to high, and lines."""
        low1, high1, low2, high2 = extent
        where = QRectF(low1, low2, high1 - low1, high2 - low2)
        if where != self._where:
            self.prepareGeometryChange()
            self._where = where
        self._pixels = np.ascontiguousarray(pixels)  # Qt only looks at it
        height, width = pixels.shape
        kind = QImage.Format.Format_RGB32
        self.image = QImage(self._pixels.data, width, height, 4 * width, kind)
        self.segments = segments
        self._path = fn.arrayToQPath(*segments, connect="pairs", finiteCheck=False)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._where

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._where, self.image)
        if self._path.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pg.mkPen(self.line_colour, width=1))
        start = painter.worldTransform()
        for offset in thick_passes(painter):
            for shift in ((0, offset), (offset, 0)):  # steep parts are thick too
                painter.setWorldTransform(start * QTransform.fromTranslate(*shift))
                painter.drawPath(self._path)


class Square(QWidget):
    """Gives a plot the size at which its frame is a square, in the middle.

    Like ``FlowBox`` it asks Qt for its child, not Python.
    """

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        plot.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        plot.margins_changed.connect(self.fit)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        across, down = self._margins()
        return max(width - across, 1) + down

    def fit(self) -> None:
        """Arrange the plot anew."""
        across, down = self._margins()
        side = max(min(self.width() - across, self.height() - down), 1)
        left, top = (self.width() - side - across) // 2, (self.height() - side - down) // 2
        plot = self.findChild(Plot)
        if plot is not None:
            plot.setGeometry(max(left, 0), max(top, 0), side + across, side + down)
        self.updateGeometry()

    def _margins(self) -> tuple[int, int]:
        plot = self.findChild(Plot)
        return (0, 0) if plot is None else plot.margins

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()
