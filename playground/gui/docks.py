"""The docks of the window: settings, output, and groups of tabs with what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QWidget

LEFT_WIDTH, RIGHT_SHARE, BOTTOM_SHARE = 304, 0.215, 0.36
"""What settings, output and groups begin with: pixels, and shares of the window's size."""
WIDEST_SHARE = 0.34
"""Of the window for a dock that asks for room."""
ABOVE_GROUPS = 488
"""Pixels for bars and whole layer cards, which the groups leave free where they can."""

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class Docks(QObject):
    """Places what the window shows; each dock can be closed, torn off and put elsewhere.

    A view that is behind another tab or closed is not visible, and is then neither rendered nor
    are its instruments read.

    Signals:
        seen_changed: Which docks can be seen has changed.
    """

    seen_changed = Signal()

    def __init__(self, window: QMainWindow, menu: QMenu) -> None:
        super().__init__(window)
        self._window, self._menu = window, menu
        self._docks: dict[str, QDockWidget] = {}
        self._seen: dict[str, bool] = {}
        self._groups: list[QDockWidget] = []
        self._first = QByteArray()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._title)
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)

    def __getitem__(self, title: str) -> QDockWidget:
        return self._docks[title]

    @property
    def titles(self) -> list[str]:
        """What there is, in the order in which it was added."""
        return list(self._docks)

    def is_seen(self, title: str) -> bool:
        """Whether a dock is open and not behind another tab, where Qt calls it visible too."""
        return self._seen.get(title, False)

    @property
    def seen(self) -> list[QWidget]:
        """What is inside the docks that can be seen, in the order in which they were added."""
        return [dock.widget() for title, dock in self._docks.items() if self.is_seen(title)]

    def add(self, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """Make a dock of its own."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(title)
        dock.setWidget(content)
        self._window.addDockWidget(area, dock)
        dock.visibilityChanged.connect(partial(self._note_seen, title))
        for moved in (dock.visibilityChanged, dock.topLevelChanged, dock.dockLocationChanged):
            moved.connect(self._title_soon)
        self._menu.addAction(dock.toggleViewAction())
        self._docks[title] = dock
        return dock

    def add_behind(self, front: str, title: str, content: QWidget) -> None:
        """Make a dock that is a tab behind another one."""
        area = self._window.dockWidgetArea(self._docks[front])
        self._window.tabifyDockWidget(self._docks[front], self.add(title, content, area))
        self._docks[front].raise_()
        self._title()  # at once, so that the first sizes know of it

    def add_group(self, views: Sequence[tuple[str, QWidget]]) -> None:
        """Make docks below that are tabs of one group; the first one is in front."""
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        docks = [self.add(title, view, bottom) for title, view in views]
        for behind in docks[1:]:
            self._window.tabifyDockWidget(docks[0], behind)
        docks[0].raise_()
        self._groups.append(docks[0])

    def _note_seen(self, title: str, seen: bool) -> None:
        if seen != self.is_seen(title):
            self._seen[title] = seen
            self.seen_changed.emit()

    @Slot()
    def _title_soon(self) -> None:
        self._timer.start()  # after Qt has put everything in its place

    @Slot()
    def _title(self) -> None:
        """A tab says a dock's title already; it can be torn off by its tab, and closed by a menu.

        A title bar under the tabs would take the height of a fifth of a chart on a small screen.
        """
        for dock in self._docks.values():
            tabbed = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            if tabbed != (dock.titleBarWidget() is not None):
                old = dock.titleBarWidget()
                dock.setTitleBarWidget(QWidget(dock) if tabbed else None)  # type: ignore[arg-type]
                if old is not None:
                    old.deleteLater()
        for tabs in self._window.findChildren(QTabBar, options=DIRECT):
            tabs.setAccessibleName("Views")

    def restore_first(self) -> None:
        """Have all of them where they were when the window was made."""
        self._window.restoreState(self._first)
        self.share_out()

    def raise_torn_off(self) -> None:
        """Have those that are torn off before the window, when it has just been shown."""
        for dock in self._docks.values():
            if dock.isFloating() and dock.isVisible():
                dock.raise_()

    def widen(self, title: str, least: int) -> None:
        """Have one at least so wide, where the window has room for that beside all else."""
        dock, window = self._docks[title], self._window
        wanted = min(least, round(WIDEST_SHARE * window.width()))
        if not dock.isFloating() and dock.width() < wanted:
            window.resizeDocks([dock], [wanted], Qt.Orientation.Horizontal)

    def share_out(self) -> None:
        """Give the docks their first sizes, which the user may then change."""
        if self._first.isEmpty():
            self._first = self._window.saveState()
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        window, groups = self._window, self._groups
        left, output = list(self._docks.values())[:2]
        window.resizeDocks(
            [left, output], [LEFT_WIDTH, round(RIGHT_SHARE * window.width())], across
        )
        window.resizeDocks(groups, [window.width() // len(groups)] * len(groups), across)
        height = min(round(BOTTOM_SHARE * window.height()), window.height() - ABOVE_GROUPS)
        window.resizeDocks(groups, [height] * len(groups), down)
