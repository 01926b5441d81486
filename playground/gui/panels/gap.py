"""The place between two cards: a line, and a button that puts a layer in."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.gui.icons import icon
from playground.gui.theme import LIGHT, Colours

GAP_WIDTH = 18
SLIM_GAP, MARK = 6, 4


class Gap(QWidget):
    """Position ``index`` among the hidden layers.

    Signals:
        insert_requested: The index.
    """

    insert_requested = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self._colours, self._marked = LIGHT, False
        self.setMinimumWidth(GAP_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.button = QToolButton()
        self.button.setFixedSize(GAP_WIDTH, GAP_WIDTH)
        self.button.setIconSize(QSize(12, 12))
        self.button.setAccessibleName(f"Insert layer {index + 1}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        self.button.clicked.connect(self._insert)

    def set_room(self, reason: str) -> None:
        """Allow another layer, or give the reason why there cannot be one."""
        self.button.setEnabled(not reason)
        self.button.setToolTip(
            reason or "Insert a layer here, with the settings of the one to the left."
        )

    def set_slim(self, slim: bool) -> None:
        """Leave only a line between the cards."""
        self.button.setVisible(not slim)
        self.setMinimumWidth(SLIM_GAP if slim else GAP_WIDTH)

    def mark(self, marked: bool) -> None:
        """Show that what is dragged would be dropped here."""
        if marked != self._marked:
            self._marked = marked
            self.update()

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        self._colours = colours
        self.button.setIcon(icon("add", colours.text))
        self.button.setStyleSheet(
            f"QToolButton {{ background: {colours.panel}; border: 1px solid {colours.border};"
            f" border-radius: {GAP_WIDTH // 2}px; }}"
            f"QToolButton:hover, QToolButton:focus {{ border: 2px solid {colours.accent}; }}"
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = self.height() // 2
        painter.setPen(QColor(self._colours.border))
        painter.drawLine(0, middle, self.width(), middle)
        if self._marked:
            left = (self.width() - MARK) // 2
            painter.fillRect(left, 0, MARK, self.height(), QColor(self._colours.accent))
        painter.end()

    def _insert(self) -> None:
        self.insert_requested.emit(self.index)
