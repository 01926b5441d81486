"""Texts that hold what others have written, such as names of files, shown as they are."""

from __future__ import annotations

import html
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox


def plain(text: str) -> str:
    """A text for a tooltip, which would take one with tags for HTML."""
    return f"<span>{html.escape(text)}</span>" if "<" in text else text


def show_plainly(box: QMessageBox, lines: Iterable[str]) -> None:
    """Show a message with these lines below its headline, none of it taken for HTML."""
    box.setInformativeText("\n".join(lines))
    for label in box.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)
    box.exec()
