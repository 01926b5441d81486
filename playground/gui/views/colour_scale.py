"""A strip that says what the colours of a field mean."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.exchange.drawing.field import FIELD_STRENGTH, Meaning
from playground.exchange.drawing.scales import in_words
from playground.gui.theme import LIGHT, SHADES, Colours, blend, class_colours, diverging

CAPTIONS = {
    "probability": "probability of class 1",
    "margin": "margin of class 1",
    "tanh": "output, tanh of the sum",
    "values": "output",
    "votes": "votes for class 1",
}


class ColourScale(QWidget):
    """A bar from low to high, or a cell for each class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meaning: Meaning | None = None
        self._colours = LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Meaning of the colours")

    @property
    def texts(self) -> list[str]:
        """What is written, from left to right."""
        meaning = self._meaning
        if meaning is None:
            return []
        if meaning.classes > 2:
            return [f"class {index}" for index in range(meaning.classes)]
        if meaning.kind == "votes":
            return ["0 %", CAPTIONS["votes"], "100 %"]
        caption = CAPTIONS[meaning.kind]
        if meaning.together > 1:
            caption = f"median {caption}"
        return [in_words(meaning.low), caption, in_words(meaning.high)]

    def show_meaning(self, meaning: Meaning) -> None:
        """Explain other colours."""
        if meaning != self._meaning:
            self._meaning = meaning
            self.setAccessibleDescription(", ".join(self.texts))
            self.update()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, self.fontMetrics().height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._meaning is None:
            return
        painter = QPainter(self)
        if self._meaning.classes > 2:
            self._paint_classes(painter, self._meaning.classes)
        else:
            self._paint_bar(painter)

    def _paint_bar(self, painter: QPainter) -> None:
        low, caption, high = self.texts
        metrics = self.fontMetrics()
        bar = QRectF(self.rect()).adjusted(
            metrics.horizontalAdvance(low) + 6, 0, -metrics.horizontalAdvance(high) - 6, 0
        )
        table = diverging(self._colours, FIELD_STRENGTH)
        strip = QImage(table.data, SHADES, 1, 4 * SHADES, QImage.Format.Format_RGB32)
        painter.drawImage(bar, strip)
        painter.setPen(QColor(self._colours.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | middle, low)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | middle, high)
        elided = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, int(bar.width()) - 4)
        painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, elided)

    def _paint_classes(self, painter: QPainter, count: int) -> None:
        edges = np.linspace(0, self.width(), count + 1)
        room = min(np.diff(edges)) - 8
        fits = all(self.fontMetrics().horizontalAdvance(text) < room for text in self.texts)
        for index, colour in enumerate(class_colours(count, self._colours)):
            cell = QRectF(edges[index], 0, edges[index + 1] - edges[index], self.height())
            ground = blend(self._colours.neutral, colour, FIELD_STRENGTH)
            painter.fillRect(cell, QColor(ground))
            painter.setPen(QColor(_readable_on(ground)))
            text = self.texts[index] if fits else str(index)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)


def _readable_on(ground: str) -> str:
    """Black or white, whichever is easier to read."""
    colour = QColor(ground)
    light = 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()
    return "#10131a" if light > 130 else "#ffffff"
