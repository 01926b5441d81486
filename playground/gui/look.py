"""How the window looks, to be found again: its place, its docks, theme and speed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

LAYOUT = 1
"""Of the docks and bars: to be raised when an old layout no longer makes sense."""
PLACE = ("geometry",)
"""What two windows at once had better not share."""

Look = Mapping[str, Any]


def look_of(window: MainWindow) -> dict[str, Any]:
    """What there is to be found again; JSON."""
    return {
        "geometry": _text(window.saveGeometry()),
        "layout": _text(window.saveState(LAYOUT)),
        "dark": window.dark,
        "speed": window.speed.epochs_per_second,
        "output": window.output.tabs.currentIndex(),
    }


def dark_in(look: Look) -> bool | None:
    """The theme that was chosen; None follows the system."""
    dark = look.get("dark")
    return dark if isinstance(dark, bool) else None


def arrange(window: MainWindow, look: Look) -> None:
    """Put a window, and what is in it, where it was, as far as that is known and makes sense.

    Qt moves what would be on a screen that is no longer there onto one that is.
    """
    if _bytes(look, "geometry") and window.restoreGeometry(_bytes(look, "geometry")):
        window.fills_screen = False  # it knows whether it was maximised
    if _bytes(look, "layout"):
        window.restoreState(_bytes(look, "layout"), LAYOUT)
    if "speed" in look:
        index = window.speed.findData(look["speed"])
        if index >= 0:
            window.speed.setCurrentIndex(index)
    page, tabs = look.get("output"), window.output.tabs
    if type(page) is int and tabs.isTabVisible(page):
        tabs.setCurrentIndex(page)


def _text(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode()


def _bytes(look: Look, key: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(look[key], validate=True))
    except (KeyError, TypeError, ValueError, binascii.Error):
        return QByteArray()
