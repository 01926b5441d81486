"""The docks of the window: settings, output, and groups of tabs with what is measured."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabWidget, QWidget

LEFT_WIDTH, RIGHT_SHARE, BOTTOM_SHARE = 304, 0.245, 0.36
"""What settings, output and groups begin with: pixels, and shares of the window's size."""
ABOVE_GROUPS = 488
"""Pixels for bars and whole layer cards, which the groups leave free where they can."""


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
        self._groups: list[QDockWidget] = []
        window.setDockNestingEnabled(True)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)

    def __getitem__(self, title: str) -> QDockWidget:
        return self._docks[title]

    def add(self, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        """Make a dock of its own."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(title)
        dock.setWidget(content)
        self._window.addDockWidget(area, dock)
        dock.visibilityChanged.connect(self.seen_changed)
        self._menu.addAction(dock.toggleViewAction())
        self._docks[title] = dock
        return dock

    def add_group(self, views: Sequence[tuple[str, QWidget]]) -> None:
        """Make docks below that are tabs of one group; the first one is in front."""
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        docks = [self.add(title, view, bottom) for title, view in views]
        for behind in docks[1:]:
            self._window.tabifyDockWidget(docks[0], behind)
        docks[0].raise_()
        self._groups.append(docks[0])

    def share_out(self) -> None:
        """Give the docks their first sizes, which the user may then change."""
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        window, groups = self._window, self._groups
        left, output = list(self._docks.values())[:2]
        window.resizeDocks(
            [left, output], [LEFT_WIDTH, round(RIGHT_SHARE * window.width())], across
        )
        window.resizeDocks(groups, [window.width() // len(groups)] * len(groups), across)
        height = min(round(BOTTOM_SHARE * window.height()), window.height() - ABOVE_GROUPS)
        window.resizeDocks(groups, [height] * len(groups), down)
