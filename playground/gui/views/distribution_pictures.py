"""What stands in a row of distributions: a histogram, or its course over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from playground.exchange.drawing.scales import Array, in_words
from playground.gui.theme import Colours, packed, rgb
from playground.gui.views.polygons import polygon_of
from playground.gui.views.value_axes import Span
from playground.training.instruments.histograms import Histograms

ZERO_BAR, ZERO_STRIP, GAP = 9, 6, 4
BROAD = {1: 4.0, 2: 8.0}
"""How many pixels wide a bar is at least, by the sides that its axis has."""
THICK = 1.5
"""How many pixels high a bin's shade is at least."""
SHADES = 256
GAMMA = 0.5
"""Of shades by shares: what is rare can still be seen."""


class Look(NamedTuple):
    """How a row is painted: the theme and the layer's colour."""

    colours: Colours
    colour: str


class Picture(Protocol):
    """Something painted in the frame of a row.

    The frame begins with a column for exact zeros or for ticks, as wide as ``gutter_of`` says.
    """

    def paint(self, painter: QPainter, frame: QRectF, look: Look) -> None:
        """Paint it; the painter's font is the view's."""

    def read(self, plot: QRectF, at: QPointF) -> str:
        """What there is at a point, in words; before the plot's left edge it is in the column."""


def gutter_of(metrics: QFontMetricsF) -> float:
    """The width of the column before the plots."""
    return math.ceil(metrics.horizontalAdvance("100 %")) + ZERO_BAR + 2 * GAP


def plot_of(frame: QRectF, metrics: QFontMetricsF) -> QRectF:
    """What remains of a row's frame for the plot itself."""
    return frame.adjusted(gutter_of(metrics), 0, 0, 0)


def percent(share: float) -> str:
    """A share in words: "0.3 %", "48 %"."""
    if 0 < share < 5e-4:
        return "< 0.1 %"
    return f"{in_words(100 * share, 2 if share < 0.995 else 3)} %"


def _whole_percent(share: float) -> str:
    return "< 1 %" if 0 < share < 0.005 else f"{min(round(100 * share), 100)} %"


@dataclass(frozen=True, slots=True)
class Bars:
    """A histogram; negative values, where they have bins of their own, go down.

    Attributes:
        seen: Of several layers.
        index: Which of them.
        span: The bins that are shown.
    """

    seen: Histograms
    index: int
    span: Span

    def shares(self, together: int = 1) -> Array:
        """Of each side and bar (sides, bars); what lies beyond the span is in the end bars.

        ``together``: how many bins make a bar.
        """
        span, shares = self.span, self.seen.shares[self.index]
        shown = shares[:, span.first : span.last + 1].copy()
        shown[:, 0] += shares[:, : span.first].sum(axis=1)
        shown[:, -1] += shares[:, span.last + 1 :].sum(axis=1)
        return shown.reshape(len(shown), -1, together).sum(axis=2)

    def paint(self, painter: QPainter, frame: QRectF, look: Look) -> None:
        plot = plot_of(frame, QFontMetricsF(painter.font()))
        self._paint_zeros(painter, frame, look)
        shares = self.shares(self._together(plot))
        top = float(shares.max(initial=0.0))
        sides, bins = shares.shape
        base = plot.bottom() if sides == 1 else plot.center().y()
        if top > 0:
            room = plot.height() / sides - 1
            edges = plot.left() + plot.width() / bins * np.arange(bins + 1)
            across = np.repeat(edges, 2)[1:-1]
            above, below = np.repeat(shares[0], 2), np.repeat(shares[-1], 2)[::-1]
            heights = np.concatenate((-above, below if sides == 2 else np.zeros(2 * bins)))
            corners = np.concatenate((across, across[::-1])), base + heights * (room / top)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.colour))
            painter.drawPolygon(polygon_of(*corners))
        painter.setPen(QPen(QColor(look.colours.border), 1))
        painter.drawLine(QLineF(plot.left(), base, plot.right(), base))

    def _paint_zeros(self, painter: QPainter, frame: QRectF, look: Look) -> None:
        share = float(self.seen.zeros[self.index])
        if not share:
            return
        bar = QRectF(frame.left(), frame.top(), ZERO_BAR, frame.height() - 1)
        painter.setPen(QPen(QColor(look.colours.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        painter.fillRect(bar.adjusted(0, (1 - share) * bar.height(), 0, 0), QColor(look.colour))
        painter.setPen(QColor(look.colours.muted))
        words = QRectF(bar.right() + 3, frame.top(), gutter_of(QFontMetricsF(painter.font())), 0)
        words.setBottom(frame.bottom())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, _whole_percent(share))

    def read(self, plot: QRectF, at: QPointF) -> str:
        if at.x() < plot.left():
            return f"{percent(float(self.seen.zeros[self.index]))} are exactly 0"
        together = self._together(plot)
        place = (at.x() - plot.left()) / max(plot.width(), 1)
        return self.words(self.span.bin_at(place), together)

    def _together(self, plot: QRectF) -> int:
        return self.span.together(plot.width() / BROAD[self.span.axis.sides])

    def words(self, index: int, together: int = 1) -> str:
        """On the bar that holds a bin: its share, its values, and the negative ones among them."""
        bar = (index - self.span.first) // together
        first = self.span.first + bar * together
        shares = self.shares(together)[:, bar]
        words = f"{percent(float(shares.sum()))} in {self.span.words(first, first + together - 1)}"
        if len(shares) == 1 or not shares.sum():
            return words
        return f"{words} ({percent(float(shares[1]))} negative)"


@dataclass(frozen=True, slots=True)
class Course:
    """Histograms over time: epochs across, values up, the share of a bin as its shade.

    Attributes:
        past: At each moment, of several layers.
        index: Which of them.
        epochs: Of the moments.
        span: The bins that are shown.
        until: From which epoch to which the picture goes.
    """

    past: Sequence[Histograms]
    index: int
    epochs: Array
    span: Span
    until: tuple[float, float]

    def shares(self, together: int = 1) -> Array:
        """Both signs taken together: (bins, moments), or some bins at a time, the lowest first."""
        first, last = self.span.first, self.span.last
        table = np.stack([seen.shares[self.index] for seen in self.past]).sum(axis=1)
        shown = table[:, first : last + 1].copy()
        shown[:, 0] += table[:, :first].sum(axis=1)
        shown[:, -1] += table[:, last + 1 :].sum(axis=1)
        return shown.reshape(len(shown), -1, together).sum(axis=2).T

    def _together(self, plot: QRectF) -> int:
        return self.span.together(plot.height() / THICK)

    def zeros(self) -> Array:
        """The share of exact zeros (moments,)."""
        return np.array([seen.zeros[self.index] for seen in self.past])

    def _moments(self, places: Array) -> Array:
        """Which moment stands at these places from 0 to 1: the last one up to there."""
        low, high = self.until
        epochs = low + places * (high - low)
        return np.maximum(np.searchsorted(self.epochs, epochs + 1e-9, side="right") - 1, 0)

    def paint(self, painter: QPainter, frame: QRectF, look: Look) -> None:
        metrics = QFontMetricsF(painter.font())
        plot, strip = _parts(plot_of(frame, metrics))
        columns = max(int(plot.width()), 1)
        moments = self._moments((np.arange(columns) + 0.5) / columns)
        shares = self.shares(self._together(plot))
        top = shares.max(axis=0, initial=0.0)
        strength = np.divide(shares, top, out=np.zeros_like(shares), where=top > 0)
        _paint_shades(painter, plot, strength[::-1, moments], look)
        _paint_shades(painter, strip, self.zeros()[None, moments], look)
        painter.setPen(QPen(QColor(look.colours.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(plot)
        painter.drawRect(strip)
        line = metrics.height()
        painter.setPen(QColor(look.colours.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        marks = [
            (plot.bottom() - line / 2 - place * (plot.height() - line), text)
            for place, text in self.span.ends()
        ]
        for y, text in (*marks, (strip.center().y(), "= 0")):
            box = QRectF(frame.left(), y - line / 2, plot.left() - GAP - frame.left(), line)
            painter.drawText(box, right, text)

    def read(self, plot: QRectF, at: QPointF) -> str:
        if at.x() < plot.left():
            return ""
        plot, strip = _parts(plot)
        moment = int(self._moments(np.array([(at.x() - plot.left()) / max(plot.width(), 1)]))[0])
        when = f"epoch {in_words(float(self.epochs[moment]), 4)}: "
        seen = self.past[moment]
        if at.y() >= strip.top():
            return f"{when}{percent(float(seen.zeros[self.index]))} are exactly 0"
        index = self.span.bin_at((plot.bottom() - at.y()) / max(plot.height(), 1))
        return when + Bars(seen, self.index, self.span).words(index, self._together(plot))


def _parts(plot: QRectF) -> tuple[QRectF, QRectF]:
    """The frame of the values, and below it that of exact zeros."""
    strip = QRectF(plot.left(), plot.bottom() - ZERO_STRIP, plot.width() - 1, ZERO_STRIP - 1)
    return QRectF(plot.left(), plot.top(), plot.width() - 1, plot.height() - ZERO_STRIP - 2), strip


def _paint_shades(painter: QPainter, frame: QRectF, strength: Array, look: Look) -> None:
    """Paint an image of numbers from 0 to 1 (rows, columns), the first row on top."""
    table = _shades(look.colours.panel, look.colour)
    levels = np.clip(strength, 0, 1) ** GAMMA * (SHADES - 1)
    pixels = np.ascontiguousarray(table[levels.astype(np.intp)])
    rows, columns = pixels.shape
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
    painter.drawImage(frame, image)


@lru_cache(maxsize=256)
def _shades(ground: str, colour: str) -> NDArray[np.uint32]:
    share = np.linspace(0, 1, SHADES)[:, None]
    return packed(rgb(ground) + share * (rgb(colour) - rgb(ground)))
