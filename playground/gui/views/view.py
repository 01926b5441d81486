"""What a view in a dock is: something that draws a snapshot."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from playground.gui.theme import Colours
from playground.runtime.snapshot import Snapshot


class View(QWidget):
    """Draws snapshots; owns no truth, and never asks for anything."""

    @property
    def instruments(self) -> tuple[str, ...]:
        """Those whose readings it draws; they are read while it can be seen."""
        return ()

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment, if the view is seen and has not drawn it already."""
        raise NotImplementedError

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 150)
