"""A sentence of warning with its sign, which takes no room while there is none."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from playground.core.errors import Path, Problem
from playground.core.words import sentence
from playground.gui.icons import icon
from playground.gui.theme import LIGHT, Colours
from playground.gui.widgets.editor import SPACING

SIGN = 16


class WarningLine(QWidget):
    """An amber triangle and what is to be considered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign, self._text = QLabel(), QLabel()
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._text.setAccessibleName("Warning")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING // 2)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        self.set_palette_colours(LIGHT)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown; empty if nothing is."""
        return self._text.text()

    def show_problems(self, problems: Iterable[Problem], within: Path) -> None:
        """Show the problems of one part of the experiment."""
        text = "\n".join(
            sentence(problem.message)
            for problem in problems
            if problem.path[: len(within)] == within
        )
        if text != self._text.text():
            self._text.setText(text)
            self.setVisible(bool(text))

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw the sign in a theme's amber."""
        self._sign.setPixmap(icon("warning", colours.amber).pixmap(SIGN, SIGN))
