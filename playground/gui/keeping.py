"""What a window keeps for the next start, and what it finds of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.exchange import session_file
from playground.exchange.trained import restore
from playground.gui.look import arrange, look_of
from playground.gui.opening import Opening, set_aside
from playground.gui.recent_menu import RecentMenu
from playground.runtime.background import Background
from playground.runtime.keeper import Keeper
from playground.runtime.recent import Recent
from playground.runtime.slots import Slots
from playground.training.trainer import Trainer

if TYPE_CHECKING:
    from playground.gui.main_window import MainWindow

LARGE = "The last session is large: its network comes in a moment."


class Keeping(QObject):
    """Gives a new window what it opens on, and keeps it from then on.

    Attributes:
        keeper: What writes the session; None before a large one has been read, and where nothing
            can be written.
    """

    def __init__(
        self, window: MainWindow, found: Opening, slots: Slots | None, recent: Recent | None
    ) -> None:
        super().__init__(window)
        self._window, self._slot, self._slots = window, found.slot, slots
        self.keeper: Keeper | None = None
        self._reading = Background(self)
        self._reading.finished.connect(self._take_up)
        self._reading.failed.connect(self._give_up)
        window.keeping = self
        window.session.file = self._file = found.file
        window.show_title()
        self._unsaved, self._began_first = found.unsaved, found.is_first
        if recent is not None:
            window.files.recent = recent
            menu = window.menus["&File"]
            entries = menu.actions()
            behind = entries[entries.index(window.actions_["open"]) + 1]
            menu.insertMenu(behind, RecentMenu(window, recent, slots))
        arrange(window, found.look)
        if found.is_later and found.slot is not None:
            window.status.say(LARGE)
            path = found.slot.path
            self._reading.do(lambda: restore(session_file.load(path).document))
        else:
            self._begin()
        window.session.unsaved = self._unsaved
        if found.words:
            window.status.say(found.words, "amber")

    @Slot(object)
    def _take_up(self, trainer: Trainer) -> None:
        """A large session has been read; what was done meanwhile is a step of undo."""
        session = self._window.session
        session.take_up(trainer, self._file, undoable=session.is_touched or session.can_undo)
        session.unsaved = self._unsaved
        self._begin()

    @Slot(object)
    def _give_up(self, error: Exception) -> None:
        assert self._slot is not None
        self._window.status.say(set_aside(self._slot, str(error)), "amber")
        self._begin()

    def _begin(self) -> None:
        """Keep what is there from now on."""
        if self._slot is None:
            return
        window = self._window
        self.keeper = Keeper(window.session, self._slot, lambda: look_of(window), self)
        self.keeper.failed.connect(self._say_not_kept)
        window.docks.seen_changed.connect(self.keeper.note)
        window.speed.speed_changed.connect(self.keeper.note)
        window.actions_["toggle_theme"].triggered.connect(self.keeper.note)

    @Slot(str)
    def _say_not_kept(self, problem: str) -> None:
        words = f"This session cannot be kept for the next start. {problem}"
        self._window.status.say(words, "amber")

    @property
    def _is_of_no_use(self) -> bool:
        """Whether nothing was done in a window that is one of several."""
        session = self._window.session
        done = session.can_undo or session.can_redo or session.is_touched or session.unsaved
        if done or not self._began_first or session.file is not None or self._slots is None:
            return False
        return self._slots.others_than(self._slot)

    def close(self) -> None:
        """Keep for the last time, while the worker is still there, and tidy up.

        Raises:
            PlaygroundError: That was not possible, and has not been said before.
        """
        self._reading.forget()
        try:
            if self.keeper is not None and self._is_of_no_use:
                self.keeper.forget()
            elif self.keeper is not None:
                self.keeper.close()
            elif self._slot is not None:  # a large session that has not been read stays as it is
                self._slot.note_well()
                self._slot.release()
        finally:
            if self._slots is not None:
                self._slots.prune()  # not at the start, which it would hold up
