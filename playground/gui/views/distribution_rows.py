"""Small multiples: one row a layer, each with a line of words and a picture, on a common axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.exchange.drawing.scales import Tick
from playground.gui.theme import LIGHT, Colours, layer_colour
from playground.gui.views.distribution_pictures import Look, Picture, gutter_of, plot_of

SPACE = 4
"""Between rows."""
HIGHEST = 150
"""A row's picture grows no further."""
NAME_GAP, MARGIN = 8, 6


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        name: Which layer, and perhaps what of it.
        layer, layers: Its place among all, for its colour.
        words: What is said beside the name.
        picture: What stands below them.
        height: The least height of the picture.
    """

    name: str
    layer: int
    layers: int
    words: str
    picture: Picture
    height: int


class Place(NamedTuple):
    """Where a row's words and its picture are."""

    words: QRectF
    frame: QRectF


class Rows(QWidget):
    """Paints rows; to stand in a scroll area.

    Attributes:
        rows: What is painted.

    Signals:
        hovered: The mouse is over this row, at this point.
        left: The mouse is over none.
    """

    hovered = Signal(int, QPointF)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()
        self._colours: Colours = LIGHT
        self._places: list[Place] = []
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these from now on."""
        heights = [row.height for row in rows] != [row.height for row in self.rows]
        self.rows = rows
        if heights or len(self._places) != len(rows):
            self.setMinimumHeight(self.least_height())
            self._arrange()
        self.update()

    def least_height(self) -> int:
        """What the rows need at least."""
        return round(sum(row.height + self._line + SPACE for row in self.rows)) + SPACE

    def place_of(self, index: int) -> Place:
        """Where a row is."""
        return self._places[index]

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.update()

    @property
    def _line(self) -> float:
        return QFontMetricsF(self.font()).height()

    def _arrange(self) -> None:
        """Share what height there is beyond the least."""
        spare = max(self.height() - self.least_height(), 0) / max(len(self.rows), 1)
        top, self._places = float(SPACE), []
        for row in self.rows:
            height = max(min(row.height + spare, HIGHEST), row.height)
            width = self.width() - 2 * MARGIN
            words = QRectF(MARGIN, top, width, self._line)
            frame = QRectF(MARGIN, words.bottom(), width, height)
            self._places.append(Place(words, frame))
            top = frame.bottom() + SPACE

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._colours.panel))
        painter.setFont(self.font())
        seen = QRectF(event.rect())
        for row, place in zip(self.rows, self._places, strict=False):
            if place.words.united(place.frame).intersects(seen):
                self._paint_row(painter, row, place)

    def _paint_row(self, painter: QPainter, row: Row, place: Place) -> None:
        colour = layer_colour(row.layer, row.layers, self._colours)
        painter.setPen(QColor(colour))
        upright = Qt.AlignmentFlag.AlignVCenter
        name = painter.boundingRect(place.words, upright, row.name)
        painter.drawText(place.words, upright, row.name)
        rest = place.words.adjusted(name.width() + NAME_GAP, 0, 0, 0)
        metrics = QFontMetricsF(self.font())
        painter.setPen(QColor(self._colours.muted))
        cut = Qt.TextElideMode.ElideRight
        painter.drawText(rest, upright, metrics.elidedText(row.words, cut, rest.width()))
        row.picture.paint(painter, place.frame, Look(self._colours, colour))

    def plot_of_row(self, index: int) -> QRectF:
        """The plot itself in a row's frame."""
        return plot_of(self._places[index].frame, QFontMetricsF(self.font()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        for index, place in enumerate(self._places):
            if place.words.united(place.frame).contains(at):
                self.hovered.emit(index, at)
                return
        self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        super().leaveEvent(event)

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumHeight(self.least_height())
            self._arrange()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(200, self.least_height())


class AxisStrip(QWidget):
    """The common axis below the rows, and what it is called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticks: Sequence[Tick] = ()
        self._name = self._gutter = ""
        self._width = 0
        self._named = True
        self._colours: Colours = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._keep_height()

    def show_axis(self, ticks: Sequence[Tick], gutter: str, name: str, width: int) -> None:
        """Show ticks from 0 to 1 under plots in rows of this width.

        Args:
            ticks: With their words.
            gutter: What stands under the column before the plots.
            name: What the axis is, in a line of its own.
            width: Of the rows.
        """
        new = (ticks, gutter, name, width)
        if new != (self._ticks, self._gutter, self._name, self._width):
            self._ticks, self._gutter, self._name, self._width = new
            self.setToolTip(name)
            self.update()

    def set_named(self, named: bool) -> None:
        """Whether there is room for the name, which can be read by pointing here in any case."""
        if named != self._named:
            self._named = named
            self._keep_height()
            self.update()

    def most_ticks(self, width: int) -> int:
        """For how many ticks there is room in rows of this width."""
        metrics = QFontMetricsF(self.font())
        return int((width - gutter_of(metrics)) / (3.2 * metrics.height()))

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        line, middle = metrics.height(), Qt.AlignmentFlag.AlignCenter
        painter.setPen(QColor(self._colours.muted))
        frame = QRectF(MARGIN, 0, self._width - 2 * MARGIN, line)
        plot = plot_of(frame, metrics)
        painter.drawText(frame, Qt.AlignmentFlag.AlignVCenter, self._gutter)
        for place, text in self._ticks:
            wide = metrics.horizontalAdvance(text) + 2
            x = plot.left() + place * plot.width() - wide / 2
            x = min(max(x, plot.left() - wide / 2), self.width() - wide)
            painter.drawText(QRectF(x, 0, wide, line), middle, text)
        if not self._named:
            return
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, line, self.width(), line), middle, name)

    def _keep_height(self) -> None:
        lines = 2 if self._named else 1
        self.setFixedHeight(round(lines * QFontMetricsF(self.font()).height()) + 1)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._keep_height()
        super().changeEvent(event)
