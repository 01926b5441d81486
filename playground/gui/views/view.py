"""What a view in a dock is: something that draws a snapshot."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from playground.gui.theme import Colours
from playground.runtime.snapshot import Snapshot


class View(QWidget):
    """Draws snapshots; owns no truth, and never asks for anything.

    Attributes:
        instruments: Those whose readings it draws; they are read while it can be seen.
    """

    instruments: ClassVar[tuple[str, ...]] = ()

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment, if the view is seen and has not drawn it already."""
        raise NotImplementedError

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        raise NotImplementedError
