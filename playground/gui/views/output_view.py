"""The output: the plane, and behind it pages of its errors and of a pinned point."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from playground.gui.theme import Colours
from playground.gui.views.boundary_view import BoundaryView
from playground.gui.views.view import View
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.focus import Focus
from playground.runtime.snapshot import Snapshot

PAGES = (("Plane", "What the network answers over the plane of x1 and x2."),)


class OutputView(View):
    """Pages, one at a time.

    Attributes:
        boundary: The plane.
        tabs: In which a page is chosen.

    Signals:
        focus_changed: The :class:`Focus` that is looked at now.
        instruments_changed: Others are to be read.
    """

    focus_changed = Signal(object)
    instruments_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._focus = Focus()
        self.boundary = BoundaryView()
        self.tabs, self._pages = QTabBar(), QStackedWidget()
        self._build()
        self.boundary.sight_changed.connect(self._tell_focus)
        self.boundary.pinned.connect(self._tell_focus)
        self.boundary.instruments_changed.connect(self.instruments_changed)

    @property
    def instruments(self) -> tuple[str, ...]:
        return self.boundary.instruments

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        self._snapshot = snapshot
        self.boundary.render(snapshot)

    def _tell_focus(self) -> None:
        sight = self.boundary.sight
        focus = Focus(sight.seen if sight.is_part else None)
        if focus != self._focus:
            self._focus = focus
            self.focus_changed.emit(focus)

    def set_palette_colours(self, colours: Colours) -> None:
        self.boundary.set_palette_colours(colours)

    def _build(self) -> None:
        for text, words in PAGES:
            self.tabs.setTabToolTip(self.tabs.addTab(text), words)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setFocusPolicy(KEYS_ONLY)
        self.tabs.setAccessibleName("Pages of the output")
        header = QHBoxLayout()
        header.setContentsMargins(8, 2, 8, 0)
        header.setSpacing(4)
        header.addWidget(self.tabs)
        header.addStretch(1)
        header.addWidget(self.boundary.all_button)
        header.addWidget(self.boundary.options)
        self._pages.addWidget(self.boundary)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._pages, 1)

    def sizeHint(self) -> QSize:
        return QSize(372, 460)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 200)
