"""A sentence that judges, with a dot in the colour of how serious it is."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.theme import LIGHT, Colours

Level = Literal["muted", "amber", "red"]

DOT, GAP = 8, 6
WRAPPED = Qt.TextFlag.TextWordWrap


class Verdict(QWidget):
    """Says one thing at a time, in a height that does not change with it.

    Painted by itself, since a label asks for a new layout with every new text.

    Attributes:
        sentence: What it says.
        level: How serious that is; ``muted`` is not.
    """

    def __init__(self, longest: str, parent: QWidget | None = None) -> None:
        """``longest``: a sentence for whose length room is always kept."""
        super().__init__(parent)
        self.sentence = ""
        self.level: Level = "muted"
        self._longest, self._colours = longest, LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._keep_room()

    def say(self, sentence: str, level: Level = "muted") -> None:
        """Say something, unless it is being said already."""
        if (sentence, level) != (self.sentence, self.level):
            self.sentence, self.level = sentence, level
            self.setAccessibleName(sentence)
            self.setToolTip(sentence)
            self._keep_room()
            self.update()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.update()

    def _room(self) -> QRect:
        return self.rect().adjusted(DOT + GAP, 0, 0, 0)

    def _keep_room(self) -> None:
        frame = QRect(0, 0, max(self.width() - DOT - GAP, 1), 1000)
        texts = (self._longest, self.sentence)
        metrics = self.fontMetrics()
        height = max(metrics.boundingRect(frame, WRAPPED, text).height() for text in texts)
        if height != self.height():
            self.setFixedHeight(height)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.sentence:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self._colours, self.level)))
        painter.drawEllipse(0, round((self.fontMetrics().height() - DOT) / 2), DOT, DOT)
        colour = self._colours.muted if self.level == "muted" else self._colours.text
        painter.setPen(QColor(colour))
        painter.drawText(self._room(), WRAPPED, self.sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._keep_room()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._keep_room()
        super().changeEvent(event)
