"""The files that were opened or saved of late, one list for all windows."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QLockFile

from playground.core.errors import PlaygroundError
from playground.exchange import files

MOST_FILES = 10
MOST_BYTES = 1_000_000
LOCK_MILLISECONDS = 2000
"""How long another window is waited for, which needs but a moment to write the list."""


class Recent:
    """The list, in a file that is read anew each time: other windows write it too.

    It is a help and no more: where it cannot be written, nothing is said.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "recent.json"
        self._lock = folder / "recent.lock"

    @property
    def paths(self) -> list[Path]:
        """The newest first, be they still there or not."""
        try:
            said = json.loads(files.read(self._path, MOST_BYTES))
        except (PlaygroundError, ValueError, RecursionError):
            return []
        names = said if isinstance(said, list) else []
        return [Path(name) for name in names if isinstance(name, str) and name][:MOST_FILES]

    def add(self, path: Path) -> None:
        """Put a file at the top."""
        whole = path.absolute()
        self._change(lambda paths: [whole, *(other for other in paths if other != whole)])

    def remove(self, path: Path) -> None:
        """Take a file off the list."""
        self._change(lambda paths: [other for other in paths if other != path])

    def clear(self) -> None:
        """Empty the list."""
        self._change(lambda _: [])

    def _change(self, change: Callable[[list[Path]], list[Path]]) -> None:
        with contextlib.suppress(PlaygroundError), self._locked():
            names = [str(path) for path in change(self.paths)[:MOST_FILES]]
            files.write(self._path, json.dumps(names, indent=1).encode())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """So that of two windows neither overwrites what the other one adds."""
        files.make_folder(self._path.parent)
        lock = QLockFile(str(self._lock))
        lock.tryLock(LOCK_MILLISECONDS)  # a list without the latest file is no reason to wait on
        try:
            yield
        finally:
            lock.unlock()
