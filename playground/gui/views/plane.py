"""The plane's picture: a field of colours with the boundary on it, in a square frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.exchange.drawing.scales import Array
from playground.gui.theme import LIGHT
from playground.gui.views.plot import Plot
from playground.gui.views.plot_layers import is_vector, thick_passes, thickness
from playground.gui.views.polygons import path_of_pairs


class FieldItem:
    """An image over a part of the plane, smoothly enlarged, with lines on it.

    Attributes:
        image: Qt's image, row 0 lowest.
        segments: The lines' ends (2·segments,), x1 and x2.
        line_colour: Of the lines.
    """

    def __init__(self) -> None:
        self.image, self.line_colour = QImage(), LIGHT.text
        self.segments: tuple[Array, Array] = (np.empty(0), np.empty(0))
        self._pixels: NDArray[np.uint32] = np.empty((0, 0), dtype=np.uint32)
        self._extent = (0.0, 1.0, 0.0, 1.0)

    def set_field(
        self,
        pixels: NDArray[np.uint32],
        segments: tuple[Array, Array],
        extent: tuple[float, float, float, float],
    ) -> None:
        """Show 0xffrrggbb (height, width) from x1 low to high and x2 low to high, and lines."""
        self._extent = extent
        self._pixels = np.ascontiguousarray(pixels)  # Qt only looks at it
        height, width = pixels.shape
        kind = QImage.Format.Format_RGB32
        self.image = QImage(self._pixels.data, width, height, 4 * width, kind)
        self.segments = segments

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint; ``place`` gives the pixel of a point of the plane."""
        low1, high1, low2, high2 = self._extent
        lowest, highest = place(low1, low2), place(high1, high2)
        width, height = highest.x() - lowest.x(), lowest.y() - highest.y()
        painter.save()
        painter.translate(lowest)
        painter.save()
        painter.scale(1, -1)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, width, height), self.image)
        painter.restore()
        x1, x2 = self.segments
        if len(x1):
            across, down = width / (high1 - low1), height / (high2 - low2)
            path = path_of_pairs((x1 - low1) * across, (low2 - x2) * down)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.line_colour), thickness(painter)))
            at = QPointF(0, 0)
            for offset in thick_passes(painter):
                beside = () if is_vector(painter) else (QPointF(offset, 0),)
                for shift in (QPointF(0, offset), *beside):  # steep parts are thick too
                    painter.translate(shift - at)
                    at = shift
                    painter.drawPath(path)
        painter.restore()


class Square(QWidget):
    """Gives a plot the size at which its frame is a square, in the middle.

    Like ``FlowBox`` it asks Qt for its child, not Python.

    Args:
        modest: Whether it takes the height that is left, instead of asking for that of its width:
            what stands beside it is not cut then, however little there is.
    """

    def __init__(self, plot: Plot, *, modest: bool = False) -> None:
        super().__init__()
        plot.setParent(self)
        self._modest = modest
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(not modest)
        self.setSizePolicy(policy)
        plot.margins_changed.connect(self.fit)

    def hasHeightForWidth(self) -> bool:
        return not self._modest

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
