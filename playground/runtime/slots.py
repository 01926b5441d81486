"""Where sessions are kept, so that windows which are open at once do not fight over them.

Each window, which is a process of its own, has a slot: a folder with its session and a lock. The
lock names the process and the start of the machine: once that process is gone, closed or killed,
the slot is free. Nobody writes into a slot that another one holds, and what is written replaces
the old session as a whole. So whatever happens to one window, the sessions of the others are there.

A window that starts takes over the newest session that no one holds. With two windows open and
both closed, or killed, the next start brings back the one that was written last, a second start
beside it the other one. When two start at the same instant, the lock lets one of them have the
newest, and the other one takes the next. A window that was asked to open a file begins a slot of
its own, and the session before it stays where it is: the menu of recent files has it, and later
starts find it. A further window in which nothing was done leaves no session: it would come before
those in which something was. Of the sessions that no one holds the newest are kept, the others
removed, which needs their lock as well.

A session that cannot be read is set aside in its folder, and so is one that was taken over several
times without a word that the start went well: it may be what brings the program down.
Where it can be read, the menu has it too.

What a window leaves for another document without having saved it, as by New or Open, stays in its
slot for a while: undo finds it as long as the window is open, and the menu after that.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QStandardPaths

from playground.core.errors import PlaygroundError

NAME = "gradient-playground"
VARIABLE = "GRADIENT_PLAYGROUND_STATE"
"""Names another folder for all that is kept; empty: nothing is."""
MOST_UNHELD = 10
"""Sessions that no window holds; older ones are removed."""
MOST_STARTS = 2
"""So often a session is taken over that has not come through a start."""
LEFT, MOST_LEFT, MOST_LEFT_BYTES = "left-*.zip", 5, 100_000_000
"""Work that was left for another document, and how much of it a slot has room for."""
HALF_WRITTEN = ".*.tmp"
SESSION, LOCK, STARTS, ASIDE = "session.zip", "lock", "starts", "set-aside.zip"


def state_folder() -> Path | None:
    """The platform's place for what a program wants to find again; None where nothing is kept."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    place = QStandardPaths.StandardLocation.GenericStateLocation
    folder = QStandardPaths.writableLocation(place)
    return Path(folder) / NAME if folder else None


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A slot that this process holds.

    Attributes:
        folder: Its folder.
        lock: Held as long as this is used; None where the folder cannot be written in.
    """

    folder: Path
    lock: QLockFile | None

    @property
    def path(self) -> Path:
        """Where the session is, or will be."""
        return self.folder / SESSION

    @property
    def size(self) -> int:
        """Bytes of the session; 0 where there is none."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def note_start(self) -> None:
        """Count a start that takes it over, and remove what a kill has left half written."""
        with contextlib.suppress(OSError):
            for path in self.folder.glob(HALF_WRITTEN):
                path.unlink()
            with (self.folder / STARTS).open("ab") as file:
                file.write(b".")

    @property
    def brings_down(self) -> bool:
        """Whether the last starts with this session did not go well."""
        try:
            return (self.folder / STARTS).stat().st_size >= MOST_STARTS
        except OSError:
            return False

    def note_well(self) -> None:
        """The start went well."""
        with contextlib.suppress(OSError):
            (self.folder / STARTS).unlink(missing_ok=True)

    def remove_session(self) -> None:
        """Leave the slot without a session."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.note_well()

    def set_aside(self) -> Path:
        """Move the session out of the way; gives where it is then."""
        aside = self.folder / ASIDE
        with contextlib.suppress(OSError):
            self.path.replace(aside)
        self.note_well()
        return aside

    def room_for_left(self) -> Path:
        """A file for work that is left for another document."""
        return self.folder / f"left-{time.time_ns()}.zip"

    def prune_left(self) -> None:
        """Of the work that was left keep the newest."""
        total = 0
        with contextlib.suppress(OSError):
            for index, path in enumerate(sorted(self.folder.glob(LEFT), reverse=True)):
                total += path.stat().st_size
                if index >= MOST_LEFT or (index and total > MOST_LEFT_BYTES):
                    path.unlink()

    def release(self) -> None:
        """Let another window take it over."""
        if self.lock is not None:
            self.lock.unlock()


class Slots:
    """The slots in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "sessions"

    def take(self) -> Slot | None:
        """The newest session that no one holds, if there is one."""
        for path in self._sessions():
            slot = _held(path.parent, read_only=True)
            if slot is None:
                continue
            if path.exists():  # nobody has removed it just before
                return slot
            slot.release()
        return None

    def new(self) -> Slot:
        """A slot of one's own.

        Raises:
            PlaygroundError: The folder cannot be written in.
        """
        for _ in range(3):  # another process may just be removing what is empty
            folder = self._folder / secrets.token_hex(4)
            try:
                folder.mkdir(parents=True, mode=0o700)
            except OSError as error:
                raise PlaygroundError(f"{error.strerror}: {self._folder}") from None
            slot = _held(folder)
            if slot is not None:
                return slot
        raise PlaygroundError(f"no lock can be had in {self._folder}")

    def newest(self) -> Path | None:
        """The session that was written last, be it held or not."""
        return next(iter(self._sessions()), None)

    def others_than(self, slot: Slot | None) -> bool:
        """Whether there are sessions in other slots."""
        return any(slot is None or path.parent != slot.folder for path in self._sessions())

    def unheld(self) -> list[Path]:
        """The sessions that no one holds, the newest first."""
        return self._free(self._sessions())

    def earlier(self) -> list[Path]:
        """All that one may want to find again, the newest first.

        Sessions that no one holds, what was left for another document in any window, and what was
        set aside.
        """
        others = [*self._folder.glob(f"*/{LEFT}"), *self._folder.glob(f"*/{ASIDE}")]
        return _by_age([*self.unheld(), *others])

    def prune(self) -> None:
        """Remove the oldest sessions that no one holds, and slots that have none."""
        with contextlib.suppress(OSError):
            sessions = self._sessions()
            spare = [path.parent for path in self._free(sessions)[MOST_UNHELD:]]
            used = {path.parent for path in sessions}
            spare += [folder for folder in self._folder.iterdir() if folder not in used]
            for folder in spare:
                _remove(folder)

    def _free(self, sessions: list[Path]) -> list[Path]:
        found = []
        for path in sessions:
            slot = _held(path.parent)
            if slot is not None:
                slot.release()
                found.append(path)
        return found

    def _sessions(self) -> list[Path]:
        """All sessions, the newest first."""
        return _by_age(self._folder.glob(f"*/{SESSION}"))


def _by_age(paths: Iterable[Path]) -> list[Path]:
    """The files that there are, the newest first."""
    times = []
    with contextlib.suppress(OSError):
        for path in paths:
            with contextlib.suppress(OSError):
                times.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(times, reverse=True)]


def _held(folder: Path, read_only: bool = False) -> Slot | None:
    """The slot, if its lock can be had; or none is needed, as nothing can be written there."""
    lock = QLockFile(str(folder / LOCK))
    lock.setStaleLockTime(0)  # by the process alone: a window may be open for days
    if lock.tryLock(0):
        return Slot(folder, lock)
    if read_only and lock.error() == QLockFile.LockError.PermissionError:
        return Slot(folder, None)
    return None


def _remove(folder: Path) -> None:
    """Remove a slot that no one holds."""
    slot = _held(folder)
    if slot is None:
        return
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.name != LOCK:
                path.unlink()
    slot.release()
    with contextlib.suppress(OSError):
        folder.rmdir()
