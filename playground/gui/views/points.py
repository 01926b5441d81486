"""The training and test points over a field, drawn once for each data set."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from playground.data.dataset import Dataset
from playground.exchange.drawing.field import Meaning, hues_of, which_hue
from playground.exchange.drawing.scales import Array
from playground.gui.theme import Colours, blend
from playground.gui.views.plot import Plot
from playground.gui.views.plot_layers import is_vector
from playground.training.instruments.answers import some_rows

FEW, MANY = 300, 900
SIZES = (9.5, 8.0, 6.5)
"""Diameters in pixels, up to FEW points, up to MANY and beyond, on a plane of USUAL_SIDE."""
USUAL_SIDE = 330.0
EDGE = 2.0
"""Pixels around a point in its stamp, for its pen."""
SMALLEST_SHARE, LARGEST_SHARE = 0.55, 1.4


@dataclass(slots=True)
class Marks:
    """Points that are drawn alike but for their hues.

    Attributes:
        places: In the plane (points, 2).
        pens, brushes: One of each for each point, or the same for all.
        square: Whether they are squares, or circles.
        visible: Whether they are drawn.
    """

    places: Array = field(default_factory=lambda: np.empty((0, 2)))
    pens: Sequence[QPen] = ()
    brushes: Sequence[QBrush] = ()
    square: bool = False
    visible: bool = True


class Points:
    """Training points as discs, test points as rings; as squares where points have values.

    They do not move during a run, and are kept as a picture of the frame.

    Attributes:
        train, test: What is drawn of both.
        rows: Which of the training and of the test points are drawn.
        drawn, total: How many points are drawn, and there are.
    """

    def __init__(self, plot: Plot) -> None:
        self.train, self.test = Marks(), Marks()
        self.rows = (np.arange(0), np.arange(0))
        self.drawn = self.total = 0
        self._plot = plot
        self._picture: tuple[object, QPixmap] | None = None  # with what it depends on
        plot.add(self)

    def show(self, dataset: Dataset, meaning: Meaning, colours: Colours) -> None:
        """Draw the points of a data set."""
        parts = (dataset.train, dataset.test)
        self.total = sum(len(part) for part in parts)
        chosen = self.rows = some_rows(dataset)
        self.drawn = sum(len(rows) for rows in chosen)
        for marks, part, rows in zip((self.train, self.test), parts, chosen, strict=True):
            which = which_hue(part.targets[rows], meaning).tolist()
            pens, brushes = _looks(meaning, colours, marks is self.test)
            marks.places = part.points[rows]
            marks.pens = [pens[index % len(pens)] for index in which]
            marks.brushes = [brushes[index % len(brushes)] for index in which]
            marks.square = marks is self.test and meaning.kind == "values"
        self._renew()

    def show_test(self, shown: bool) -> None:
        """Draw the test points too, or not."""
        self.test.visible = shown
        self._renew()

    @property
    def size(self) -> float:
        """The diameter of a point on a plane of the present size, in pixels."""
        share = min(max(self._plot.frame.width() / USUAL_SIDE, SMALLEST_SHARE), LARGEST_SHARE)
        return round(2 * share * SIZES[(self.drawn > FEW) + (self.drawn > MANY)]) / 2

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint; ``place`` gives the pixel of a point of the plane."""
        if is_vector(painter):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_all(painter, place)
            painter.restore()
            return
        plot, ratio = self._plot, painter.deviceTransform().m11()
        frame, there = plot.frame, (ratio, plot.size(), plot.frame, plot.x_range, plot.y_range)
        if self._picture is None or self._picture[0] != there:
            picture = QPixmap((frame.size() * ratio).toSize())
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            layer = QPainter(picture)
            layer.setRenderHint(QPainter.RenderHint.Antialiasing)
            layer.translate(-frame.topLeft())
            self._paint_all(layer, place)
            layer.end()
            self._picture = (there, picture)
        painter.drawPixmap(frame.topLeft(), self._picture[1])

    def _paint_all(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        for marks in (self.train, self.test):
            if marks.visible:
                self._paint_marks(painter, marks, place)

    def _paint_marks(
        self, painter: QPainter, marks: Marks, place: Callable[[float, float], QPointF]
    ) -> None:
        if self.drawn > FEW and not is_vector(painter):
            self._stamp_marks(painter, marks, place)
            return
        half = self.size / 2
        draw = painter.drawRect if marks.square else painter.drawEllipse
        for (x1, x2), pen, brush in zip(
            marks.places.tolist(), marks.pens, marks.brushes, strict=True
        ):
            at = place(x1, x2)
            painter.setPen(pen)
            painter.setBrush(brush)
            draw(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))

    def _stamp_marks(
        self, painter: QPainter, marks: Marks, place: Callable[[float, float], QPointF]
    ) -> None:
        """The same of many points: each look is painted once and copied, to whole pixels."""
        ratio, size = painter.deviceTransform().m11(), self.size
        half, stamps = size / 2 + EDGE, dict[tuple[int, int], QPixmap]()
        for (x1, x2), pen, brush in zip(
            marks.places.tolist(), marks.pens, marks.brushes, strict=True
        ):
            stamp = stamps.get((id(pen), id(brush)))
            if stamp is None:
                stamp = stamps[id(pen), id(brush)] = _stamp(marks.square, pen, brush, size, ratio)
            at = place(x1, x2)
            painter.drawPixmap(QPointF(at.x() - half, at.y() - half), stamp)

    def _renew(self) -> None:
        self._picture = None
        self._plot.redraw()


def _stamp(square: bool, pen: QPen, brush: QBrush, size: float, ratio: float) -> QPixmap:
    """One point, in the middle of a picture with EDGE pixels around it."""
    side = math.ceil((size + 2 * EDGE) * ratio)
    stamp = QPixmap(side, side)
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(brush)
    box = QRectF(EDGE, EDGE, size, size)
    if square:
        painter.drawRect(box)
    else:
        painter.drawEllipse(box)
    painter.end()
    return stamp


def _looks(
    meaning: Meaning, colours: Colours, test: bool
) -> tuple[Sequence[QPen], Sequence[QBrush]]:
    """Pens and brushes of training or test points: one for each hue, or for all."""
    hues = [QColor(hue) for hue in hues_of(meaning, colours)]
    if meaning.kind == "values":
        # A value near the middle has the colour of the field: only its outline is seen.
        quiet = QColor(blend(colours.muted, colours.panel, 0.35))
        return [QPen(quiet, 1)], [QBrush(hue) for hue in hues]
    panel = QColor(colours.panel)
    if test:
        return [QPen(hue, 2) for hue in hues], [QBrush(panel)]
    return [QPen(panel, 1)], [QBrush(hue) for hue in hues]
