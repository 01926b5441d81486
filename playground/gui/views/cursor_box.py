"""The values at a chart's cursor."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from playground.gui.theme import Colours
from playground.gui.views.plot import Plot

MOST_VALUES = 10
INDENT = 4


class Reading(NamedTuple):
    """A curve's name, its value in words, its colour, and perhaps a word more on the value."""

    name: str
    value: str
    colour: str
    detail: str = ""


class CursorBox(QLabel):
    """A small box over a chart; the mouse does not notice it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_values(self, epoch: float, readings: Sequence[Reading]) -> None:
        """Say the values at an epoch; of many curves, some that are evenly spread."""
        if len(readings) > MOST_VALUES:
            last = len(readings) - 1
            chosen = [round(index * last / (MOST_VALUES - 1)) for index in range(MOST_VALUES)]
            readings = [readings[index] for index in chosen]
        number = f"{epoch:,.2f}".rstrip("0").rstrip(".")
        rows = [f"<b>Epoch {number}</b>"]
        for name, value, colour, detail in readings:
            dot = f'<span style="color:{colour}">●</span>'
            rows.append(f"{dot} {escape(name)}&nbsp;&nbsp;<b>{escape(value)}</b>")
            if detail:
                rows.append(f"{'&nbsp;' * INDENT}{escape(detail)}")
        self.setText("<br>".join(rows))
        self.adjustSize()

    def stand_beside(self, plot: Plot, x: float) -> None:
        """Show beside a place of a plot that lies in the same widget, where there is more room."""
        within = self.parentWidget()
        assert within is not None
        corner = plot.mapTo(within, QPoint())
        at = plot.to_pixels(x, 0).x()
        left = at + 10 if at < plot.width() / 2 else at - 10 - self.width()
        left = min(round(left) + corner.x(), within.width() - self.width())
        top = min(corner.y() + 6, within.height() - self.height())
        self.move(max(left, 0), max(top, 0))
        self.show()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self.setStyleSheet(
            f"QLabel {{ background: {colours.raised}; color: {colours.text};"
            f" border: 1px solid {colours.border}; border-radius: 4px; padding: 4px 6px; }}"
        )
