"""A button that shows what a data set looks like."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from playground.data.dataset import Dataset, extent
from playground.gui.theme import LIGHT, Colours, blend, class_colours
from playground.gui.widgets.editor import KEYS_ONLY

SIDE = 50
MARGIN = 5.0
DOT = 2.6
LEVELS = 9
"""Colours of a regression's targets; odd, so that there is one for 0."""
MOST_POINTS = 200


class Thumbnail(QAbstractButton):
    """A checkable picture of points in the colours of their targets."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._colours = LIGHT
        self._kind, self._count = "classification", 0
        self._groups: list[tuple[int, np.ndarray]] = []
        self.setCheckable(True)
        self.setFocusPolicy(KEYS_ONLY)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_points(self, dataset: Dataset) -> None:
        """Draw a data set's training points, at most some 200 of them."""
        part = dataset.train
        every = max(1, -(-len(part) // MOST_POINTS))
        points, targets = part.points[::every], part.targets[::every]
        low1, high1, low2, high2 = extent(dataset)
        places = (points - (low1, low2)) / (high1 - low1, high2 - low2)
        places[:, 1] = 1 - places[:, 1]
        self._kind, self._count = dataset.task.kind, dataset.task.classes
        if self._kind == "regression":
            largest = max(float(np.abs(targets).max()), 1e-12)
            groups = np.rint((targets / largest + 1) / 2 * (LEVELS - 1)).astype(int)
        else:
            groups = targets.astype(int)
        # By set: np.unique would load NumPy's masked arrays, which the start does not need.
        there = sorted(set(groups.tolist()))
        self._groups = [(group, places[groups == group]) for group in there]
        self.update()

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        self._colours = colours
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(SIDE - 4, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._colours
        edge = colours.accent if self.isChecked() else colours.border
        if self.underMouse() and not self.isChecked():
            edge = colours.muted
        painter.setPen(QPen(QColor(edge), 2.0 if self.isChecked() else 1.0))
        painter.setBrush(QColor(colours.panel))
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, 4, 4)
        side = min(self.width(), self.height()) - 2 * MARGIN
        left, top = (self.width() - side) / 2, (self.height() - side) / 2
        for group, places in self._groups:
            painter.setPen(QPen(QColor(self._colour(group)), DOT, c=Qt.PenCapStyle.RoundCap))
            scaled = places * side + (left, top)
            painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in scaled.tolist()]))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(2, 2, -2, -2), 3, 3)
        painter.end()

    def enterEvent(self, event: object) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()

    def _colour(self, group: int) -> str:
        if self._kind == "classification":
            return class_colours(self._count, self._colours)[group]
        share = 2 * group / (LEVELS - 1) - 1
        end = self._colours.positive if share > 0 else self._colours.negative
        # A regression's zero is drawn in grey: the neutral colour would not be seen on the panel.
        return blend(self._colours.border, end, abs(share))
