"""The words around a plot's frame: the ticks' texts and the names of both axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

if TYPE_CHECKING:
    from playground.gui.views.plot import Plot

GAP = 4
"""Pixels between the frame and the ticks' texts."""
WIDE = 400
"""Pixels for a text that is centred; it is not cut there."""


def paint_axes(painter: QPainter, plot: Plot) -> None:
    """Paint them in the surface's pixels."""
    frame, metrics = plot.frame, QFontMetricsF(plot.font())
    line, middle = metrics.height(), Qt.AlignmentFlag.AlignVCenter
    centre = Qt.AlignmentFlag.AlignHCenter | middle
    painter.setFont(plot.font())
    painter.setPen(QColor(plot.colours.muted))
    for y, text in plot.y_ticks:
        at = plot.to_pixels(0, y).y()
        place = QRectF(0, at - line / 2, frame.left() - GAP, line)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | middle, text)
    below = frame.bottom() + GAP
    for x, text in plot.x_ticks:
        at = plot.to_pixels(x, 0).x()
        painter.drawText(QRectF(at - WIDE / 2, below, WIDE, line), centre, text)
    if plot.x_name:
        bottom = plot.height() - line - 1
        painter.drawText(QRectF(frame.left(), bottom, frame.width(), line), centre, plot.x_name)
    if plot.y_name:
        painter.save()
        painter.translate(1, frame.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-WIDE / 2, 0, WIDE, line), centre, plot.y_name)
        painter.restore()
