"""Takes pictures of views, also of those that are behind a tab or closed, or not yet made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMainWindow

from playground.gui.canvas.diagram import Diagram
from playground.gui.docks import Docks
from playground.gui.views.later import Later
from playground.gui.views.rendering import image_of, svg_of
from playground.gui.views.view import View
from playground.runtime.session import Session
from playground.runtime.snapshot import Snapshot

ROOMY = 1.5
"""Times what a view would like to have: a small dock's picture would be hard to read."""
NETWORK = "Network"
NO_PICTURE = "Data and training"
EVERYTHING = 1e9
FEWEST_FRAMES, MOST_FRAMES = 3, 20
"""After a change of what is looked at: what has not been read by the last one is not waited for."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture.

    Attributes:
        title: Of what.
        image: As pixels.
        shapes: As SVG.
        snapshot: The moment that it shows.
    """

    title: str
    image: QImage
    shapes: bytes
    snapshot: Snapshot


class Studio(QObject):
    """Shows a view for a moment where it is not seen, waits for its readings, and paints it.

    Signals:
        taken: The :class:`Taken`, soon after :meth:`take`.
    """

    taken = Signal(object)

    def __init__(
        self, window: QMainWindow, session: Session, docks: Docks, diagram: Diagram
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._docks, self._diagram = docks, diagram
        self._asked: str | None = None
        self._frames = 0
        self._undo: Callable[[], None] | None = None
        session.frame.connect(self._follow)

    @property
    def titles(self) -> list[str]:
        """Of what there can be pictures."""
        return [NETWORK, *(title for title in self._docks.titles if title != NO_PICTURE)]

    def take(self, title: str) -> None:
        """Take a picture of a view; another one that was asked for is forgotten."""
        self.forget()
        self._asked, self._frames = title, 0
        if title == NETWORK:
            self._see_all()
        elif not self._docks.is_seen(title):
            self._bring_to_front(title)
        self._session.refresh()

    def forget(self) -> None:
        """Take no picture, and leave all as it was."""
        undo, self._undo, self._asked = self._undo, None, None
        if undo is not None:
            undo()

    def _bring_to_front(self, title: str) -> None:
        dock = self._docks[title]
        was_open = dock.toggleViewAction().isChecked()
        before = [
            other
            for other in self._window.tabifiedDockWidgets(dock)
            if self._docks.is_seen(other.windowTitle())
        ]
        dock.show()
        dock.raise_()

        def undo() -> None:
            if not was_open:
                dock.close()
            for other in before:
                other.raise_()

        self._undo = undo

    def _see_all(self) -> None:
        """Have the maps of all columns made, also of those that are scrolled away."""
        diagram, part = self._diagram, self._diagram.visible_part
        diagram.set_visible_part(0, EVERYTHING)
        self._undo = lambda: diagram.set_visible_part(*part)

    def _follow(self, snapshot: Snapshot) -> None:
        title = self._asked
        if title is None:
            return
        self._frames += 1
        names = () if title == NETWORK else self._view(title).instruments
        ready = self._frames >= FEWEST_FRAMES or self._undo is None
        if (ready and set(names) <= set(snapshot.readings)) or self._frames >= MOST_FRAMES:
            QTimer.singleShot(0, self, lambda: self._shoot(title, snapshot))
        else:
            self._session.refresh()

    def _shoot(self, title: str, snapshot: Snapshot) -> None:
        if title != self._asked:
            return
        if title == NETWORK:
            diagram = self._diagram
            found = Taken(title, image_of(diagram), svg_of(diagram, title), snapshot)
        else:
            view = self._view(title)
            view.render(snapshot)  # during a run only some views are drawn in a frame
            size = view.size().expandedTo(view.sizeHint() * ROOMY)
            found = Taken(title, image_of(view, size), svg_of(view, title, size), snapshot)
        self.forget()
        self.taken.emit(found)

    def _view(self, title: str) -> View:
        view = self._docks[title].widget()
        if isinstance(view, Later):
            view = view.view
        assert isinstance(view, View)
        return view
