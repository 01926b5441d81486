"""The output: the plane, and behind it pages of its errors and of a pinned point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from playground.gui.theme import Colours
from playground.gui.views.boundary_view import BoundaryView
from playground.gui.views.later import Later
from playground.gui.views.view import View
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.focus import EVERYTHING, Focus
from playground.runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from playground.gui.views.errors_page import ErrorsPage
    from playground.gui.views.point_page import PointPage

PLANE, ERRORS, POINT = range(3)
PAGES = (
    ("Plane", "What the network answers over the plane of x1 and x2."),
    ("Errors", "Which classes are taken for which, or how far the answers are from the targets."),
    ("Point", "What the run has answered to the pinned point."),
)
MOST = 16777215
"""Qt's word for no limit of a height."""
LEAST_ROOM, MOST_ROOM = 130, 320
"""Pixels that the pinned point's chart needs below the plane, and takes at most."""


class OutputView(View):
    """Pages, one at a time.

    The pinned point's chart stands below the plane where that leaves room for it, so that nothing
    moves; else it has a page of its own.

    Attributes:
        boundary: The plane.
        errors: The page of errors, made when it is first seen.
        point: That of the pinned point; likewise.
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
        self._focus = EVERYTHING
        self._page: PointPage | None = None
        self.boundary = BoundaryView()
        self.errors, self.point = Later(self._make_errors), Later(self._make_point)
        self.tabs, self._pages = QTabBar(), QStackedWidget()
        self._build()
        self.tabs.currentChanged.connect(self._show_page)
        self.boundary.sight_changed.connect(self._tell_focus)
        self.boundary.pinned.connect(self._follow_pin)
        self.boundary.instruments_changed.connect(self.instruments_changed)

    @property
    def instruments(self) -> tuple[str, ...]:
        page = self.tabs.currentIndex()
        if page == PLANE:
            return self.boundary.instruments
        return self.errors.instruments if page == ERRORS else ()

    @property
    def shows_point(self) -> bool:
        """Whether the pinned point's chart can be seen now."""
        pinned = self.boundary.pin is not None
        return pinned and self.isVisible() and self.tabs.currentIndex() == self._place_of_point

    @property
    def _place_of_point(self) -> int:
        """The page that it is on."""
        return POINT if self._pages.indexOf(self.point) >= 0 else PLANE

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        self._snapshot = snapshot
        page = self.tabs.currentIndex()
        if page == PLANE:
            self.boundary.render(snapshot)
        else:
            self.boundary.follow_pin(snapshot)
        if page == ERRORS:
            self.errors.render(snapshot)
        if self.shows_point:
            self.point.render(snapshot)

    # --- pages ---------------------------------------------------------------------------------

    def _make_errors(self) -> ErrorsPage:
        from playground.gui.views.errors_page import ErrorsPage

        page = ErrorsPage()
        page.instruments_changed.connect(self.instruments_changed)
        return page

    def _make_point(self) -> PointPage:
        from playground.gui.views.point_page import PointPage

        self._page = PointPage()
        self._page.point = self.boundary.pin
        return self._page

    def _show_page(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        for control in (self.boundary.all_button, self.boundary.options):
            control.setVisible(page == PLANE)
        self._tell_focus()
        self.instruments_changed.emit()
        if self._snapshot is not None:
            self.render(self._snapshot)

    def _follow_pin(self) -> None:
        pin = self.boundary.pin
        if self._page is not None:
            self._page.point = pin
        self._arrange()
        self._show_tab()
        self._tell_focus()

    def _arrange(self) -> None:
        """The pinned point's chart below the plane, if there is room, or on a page of its own."""
        height = self.height() - self._header.sizeHint().height()
        room = min(self.boundary.spare_height(self.width(), height), MOST_ROOM)
        below = self.boundary.pin is not None and room >= LEAST_ROOM
        self.boundary.history = "below" if below else "on the page Point"
        if below:
            self.point.setFixedHeight(room)
        if below == (self._place_of_point == PLANE):
            self.point.setVisible(below or self.tabs.currentIndex() == POINT)
            return
        if below:
            if self.tabs.currentIndex() == POINT:
                self.tabs.setCurrentIndex(PLANE)
            self._pages.removeWidget(self.point)
            self._plane_page.addWidget(self.point)
            self.point.show()
        else:
            self._plane_page.removeWidget(self.point)
            self.point.setMinimumHeight(0)
            self.point.setMaximumHeight(MOST)
            self._pages.addWidget(self.point)
        self._show_tab()

    def _show_tab(self) -> None:
        there = self.boundary.pin is not None and self._place_of_point == POINT
        if not there and self.tabs.currentIndex() == POINT:
            self.tabs.setCurrentIndex(PLANE)  # not its neighbour
        if there != self.tabs.isTabVisible(POINT):
            self.tabs.setTabVisible(POINT, there)
            self.tabs.updateGeometry()  # the tabs themselves do not ask for it

    def _tell_focus(self) -> None:
        sight, pin = self.boundary.sight, self.boundary.pin
        point = pin.place if pin is not None and self.shows_point else None
        focus = Focus(sight.seen if sight.is_part else None, point)
        if focus != self._focus:
            self._focus = focus
            self.focus_changed.emit(focus)

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        for view in (self.boundary, self.errors, self.point):
            view.set_palette_colours(colours)

    def _build(self) -> None:
        for text, words in PAGES:
            self.tabs.setTabToolTip(self.tabs.addTab(text), words)
        self.tabs.setTabVisible(POINT, False)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setFocusPolicy(KEYS_ONLY)
        self.tabs.setAccessibleName("Pages of the output")
        self._header = header = QHBoxLayout()
        header.setContentsMargins(8, 2, 8, 0)
        header.setSpacing(4)
        header.addWidget(self.tabs)
        header.addStretch(1)
        header.addWidget(self.boundary.all_button)
        header.addWidget(self.boundary.options)
        plane = QWidget()
        self._plane_page = QVBoxLayout(plane)
        self._plane_page.setContentsMargins(0, 0, 0, 0)
        self._plane_page.setSpacing(0)
        self._plane_page.addWidget(self.boundary, 1)
        for page in (plane, self.errors, self.point):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._pages, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape lets the pinned point go, wherever the focus is in here."""
        if event.key() == Qt.Key.Key_Escape and self.boundary.pin is not None:
            self.boundary.let_go()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tell_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(372, 460)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 200)
