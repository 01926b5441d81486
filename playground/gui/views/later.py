"""A view that is made when it is first seen: behind its tab it costs no time at the start."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.gui.theme import Colours
from playground.gui.views.view import View
from playground.runtime.snapshot import Snapshot


class Later(View):
    """Stands in a dock for a view, with the room that any view has, and makes it when asked for it.

    It is asked by who draws what has come to the front, before Qt paints there: so nothing flashes.
    """

    def __init__(self, make: Callable[[], View], parent: QWidget | None = None) -> None:
        """``make`` gives the view, the same one if it is called again."""
        super().__init__(parent)
        self._make = make
        self._view: View | None = None
        self._colours: Colours | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def is_made(self) -> bool:
        """Whether there is a view already."""
        return self._view is not None

    @property
    def view(self) -> View:
        """The view, made now if this is the first time."""
        if self._view is None:
            view = self._view = self._make()
            if self._colours is not None:
                view.set_palette_colours(self._colours)
            self._layout.addWidget(view)
            view.show()  # at once: the layout itself would do so only when events are handled
            self._layout.activate()
        return self._view

    @property
    def instruments(self) -> tuple[str, ...]:
        """Those of the view, which is made for it."""
        return self.view.instruments

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment."""
        self.view.render(snapshot)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme, with the view if there is one already."""
        self._colours = colours
        if self._view is not None:
            self._view.set_palette_colours(colours)
