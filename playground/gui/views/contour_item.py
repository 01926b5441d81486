"""Contour lines on the plane, each with its height where there is room for a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from playground.exchange.drawing.field import Meaning, in_plane
from playground.exchange.drawing.scales import Array, in_words
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.contours import contour, heights, levels_of
from playground.gui.views.plot import Plot
from playground.gui.views.polygons import path_of_pairs
from playground.runtime.focus import Extent

STRENGTH = 0.55
"""Of the text's colour: the boundary between classes, which has it, must stand out."""
SMALL = 0.8
"""Times the font's size, of the heights."""
ANCHOR = (0.72, 0.62)
"""Where heights are written if a line passes there, in shares of the frame; else as near as can
be: from a fixed place they move no faster than the lines."""
SHORTEST = 1.6
"""A line that is not so many times longer than its word is wide has none."""


class Contours:
    """The lines; and :attr:`words`, to be painted over the points.

    Attributes:
        shown: Whether they are.
        lines: For each height its word and its segments' ends, x1 and x2 (2·segments,).
        words: Paints the heights.
        colours: The theme.
    """

    def __init__(self, plot: Plot) -> None:
        self.shown = False
        self.lines: Sequence[tuple[str, Array, Array]] = ()
        self.colours: Colours = LIGHT
        self.words = Words(self, plot)

    def set_field(self, meaning: Meaning, score: Array, extent: Extent) -> None:
        """Follow another field: see ``field.scores``."""
        cells = score.shape[-1]
        values, at = heights(meaning, score)
        lines = []
        for level, height in zip(levels_of(meaning), at.tolist(), strict=True):
            x1, x2 = in_plane(contour(values, height), cells, extent)
            if len(x1):
                lines.append((in_words(level, 2), x1, x2))
        self.lines = lines

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint; ``place`` gives the pixel of a point of the plane."""
        if not self.shown or not self.lines:
            return
        colour = QColor(self.colours.text)
        colour.setAlphaF(STRENGTH)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1))
        x1 = np.concatenate([line[1] for line in self.lines])
        x2 = np.concatenate([line[2] for line in self.lines])
        painter.drawPath(path_of_pairs(*in_pixels(x1, x2, place)))
        painter.restore()


class Words:
    """The heights of some contour lines, where they are long enough and no other word is."""

    def __init__(self, contours: Contours, plot: Plot) -> None:
        self._contours, self._plot = contours, plot

    def placed(
        self, metrics: QFontMetricsF, place: Callable[[float, float], QPointF]
    ) -> list[tuple[str, QRectF]]:
        """Which words there are, and where."""
        frame = self._plot.frame
        room = frame.adjusted(1, 1, -1, -1)
        anchor = (
            frame.left() + ANCHOR[0] * frame.width(),
            frame.bottom() - ANCHOR[1] * frame.height(),
        )
        found: list[tuple[str, QRectF]] = []
        for text, x1, x2 in self._contours.lines:
            across, down = in_pixels(x1, x2, place)
            width, height = metrics.horizontalAdvance(text) + 4, metrics.height()
            length = np.hypot(np.diff(across)[::2], np.diff(down)[::2]).sum()
            if length < SHORTEST * width:
                continue
            middle_x = (across[::2] + across[1::2]) / 2
            middle_y = (down[::2] + down[1::2]) / 2
            order = np.argsort(np.hypot(middle_x - anchor[0], middle_y - anchor[1]))
            for index in order[:: max(len(order) // 12, 1)].tolist():
                box = QRectF(0, 0, width, height)
                box.moveCenter(QPointF(float(middle_x[index]), float(middle_y[index])))
                near = box.adjusted(-3, -1, 3, 1)
                if room.contains(box) and not any(near.intersects(other) for _, other in found):
                    found.append((text, box))
                    break
        return found

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint; ``place`` gives the pixel of a point of the plane."""
        contours = self._contours
        if not contours.shown or not contours.lines:
            return
        font = QFont(self._plot.font())
        font.setPointSizeF(SMALL * font.pointSizeF())
        ground = QColor(contours.colours.panel)
        ground.setAlpha(200)
        painter.save()
        painter.setFont(font)
        for text, box in self.placed(QFontMetricsF(font), place):
            painter.fillRect(box, ground)
            painter.setPen(QColor(contours.colours.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


def in_pixels(
    x1: Array, x2: Array, place: Callable[[float, float], QPointF]
) -> tuple[Array, Array]:
    """Where points of the plane are on the surface."""
    origin = place(0.0, 0.0)
    unit = place(1.0, 1.0) - origin
    return origin.x() + x1 * unit.x(), origin.y() + x2 * unit.y()
