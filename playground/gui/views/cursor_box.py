"""The values at a chart's cursor."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from playground.gui.theme import Colours

MOST_VALUES = 10


class Reading(NamedTuple):
    """A curve's name, its value in words, and its colour."""

    name: str
    value: str
    colour: str


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
        for name, value, colour in readings:
            dot = f'<span style="color:{colour}">●</span>'
            rows.append(f"{dot} {escape(name)}&nbsp;&nbsp;<b>{escape(value)}</b>")
        self.setText("<br>".join(rows))
        self.adjustSize()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self.setStyleSheet(
            f"QLabel {{ background: {colours.raised}; color: {colours.text};"
            f" border: 1px solid {colours.border}; border-radius: 4px; padding: 4px 6px; }}"
        )
