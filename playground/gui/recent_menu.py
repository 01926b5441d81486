"""The menu of recent files, and of sessions that no window has open."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from playground.exchange import session_file
from playground.gui.plain import plain
from playground.runtime.recent import Recent
from playground.runtime.slots import Slots

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

MOST_SHOWN = 50
"""Characters of a name; the tooltip has them all."""
MOST_LISTED = 12
"""Sessions; older ones can be found again when newer ones have gone."""


class RecentMenu(QMenu):
    """Filled anew whenever it opens, for other windows write the lists too."""

    def __init__(self, window: MainWindow, recent: Recent, slots: Slots | None) -> None:
        super().__init__("Open &recent", window)
        self._window, self._recent, self._slots = window, recent, slots
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    @Slot()
    def fill(self) -> None:
        """List what there is now."""
        self.clear()
        paths = self._recent.paths
        for index, path in enumerate(paths, 1):
            action = self.addAction(f"&{index % 10} {_plain(_place(path))}")
            action.setToolTip(plain(str(path)))
            action.triggered.connect(partial(self._open, path))
        self._list_sessions()
        self.addSeparator()
        clear = self.addAction("&Clear the list of files")
        clear.setEnabled(bool(paths))
        clear.triggered.connect(self._recent.clear)

    def _list_sessions(self) -> None:
        listed = 0
        for path in [] if self._slots is None else self._slots.earlier():
            about = session_file.about(path)
            if about is None or listed == MOST_LISTED:
                continue
            if not listed:
                self.addSection("Earlier work")
            listed += 1
            when = time.strftime("%d %b %H:%M", time.localtime(about.written))
            action = self.addAction(f"{_plain(_short(about.name))}, epoch {about.epoch:,} ({when})")
            action.triggered.connect(partial(self._window.files.open_session, path))

    def _open(self, path: Path) -> None:
        if path.exists():
            self._window.files.open_path(path)
            return
        self._recent.remove(path)
        words = f"{path.name} is no longer in {path.parent}; it was taken off the list."
        self._window.status.say(words, "amber")


def _place(path: Path) -> str:
    """The file's name, with its folder."""
    folder = path.parent
    if folder.is_relative_to(Path.home()):
        folder = Path("~", folder.relative_to(Path.home()))
    return f"{_short(path.name)}   {_short(str(folder))}"


def _short(text: str) -> str:
    """A text with its middle left out if it is long, in one line."""
    text = " ".join(text.split())  # a tab would begin the column of keys
    half = MOST_SHOWN // 2
    return text if len(text) <= MOST_SHOWN else f"{text[: half - 1]}…{text[-half:]}"


def _plain(text: str) -> str:
    """A text whose & marks no letter."""
    return text.replace("&", "&&")
