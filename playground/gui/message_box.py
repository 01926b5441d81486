"""A box with a headline and a few lines below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

TITLE = "Gradient Playground"
MOST_LINES = 14


def box_of(
    parent: QWidget,
    icon: QMessageBox.Icon,
    headline: str,
    lines: Sequence[str],
    title: str = TITLE,
    most: int = MOST_LINES,
) -> QMessageBox:
    """The box, not yet shown; of more than ``most`` lines it only counts the rest."""
    more = len(lines) - most
    shown = [*lines[:most], *([f"… and {more} more"] if more > 0 else [])]
    box = QMessageBox(icon, title, headline)
    box.setParent(parent, box.windowFlags())
    box.setInformativeText("\n".join(shown))
    for label in box.findChildren(QLabel):  # what others have written is not taken for HTML
        label.setTextFormat(Qt.TextFormat.PlainText)
    return box
