"""What comes into the window from files, the clipboard, and what is dropped on it.

Tables become points of one's own; experiments and links are opened.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMainWindow

from playground.gui.files import Files
from playground.gui.status_line import StatusLine
from playground.gui.theme import LIGHT, Colours
from playground.runtime.session import Session

if TYPE_CHECKING:
    from playground.gui.imports.dialog import ImportDialog

TABLES = "Tables (*.csv *.tsv *.txt *.dat);;All files (*)"
EXPERIMENT = ".json"
NOTHING = "The clipboard holds no text: copy the cells of a table, a link, or a file."


class DataBench(QObject):
    """What gets tables into the experiment.

    Attributes:
        is_made: Whether there is a dialog already; it is made when it is first wanted.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        files: Files,
        open_link: Callable[[str], None],
        status: StatusLine,
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._files, self._open_link, self._status = files, open_link, status
        self._colours: Colours = LIGHT
        self.is_made = False

    @cached_property
    def dialog(self) -> ImportDialog:
        """The dialog of an import."""
        from playground.gui.imports.dialog import ImportDialog

        dialog = ImportDialog(self._session, self._window)
        dialog.set_palette_colours(self._colours)
        dialog.imported.connect(self._status.say)
        self.is_made = True
        return dialog

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme, with the dialog if there is one already."""
        self._colours = colours
        if self.is_made:
            self.dialog.set_palette_colours(colours)

    def close(self) -> None:
        """Close the dialog if it is open."""
        if self.is_made:
            self.dialog.close()

    def ask_for_table(self) -> None:
        """Ask for a file, and show what it holds."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Import points", self._files.folder, TABLES
        )
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open an experiment as the menu does; show of anything else what table it holds."""
        if path.suffix.lower() == EXPERIMENT:
            self._files.open_path(path)
        else:
            self._begin(path.name, path)

    def paste(self) -> None:
        """Show what table the clipboard holds, or open the file or link that was copied."""
        content: QMimeData | None = QGuiApplication.clipboard().mimeData()  # none if it is empty
        if content is None or not self.take(content, "The clipboard"):
            self._status.say(NOTHING, "amber")

    def take(self, content: QMimeData, name: str) -> bool:
        """Open what was dropped or pasted; whether there was anything."""
        text = content.text() if content.hasText() else ""  # once: it may be 50 MB
        link = _link_in(content, text)
        if link is not None:
            self._open_link(link)
            return True
        urls = content.urls() if content.hasUrls() else []
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if paths:
            self.open_path(paths[0])
            if len(paths) > 1:
                others = f"the other {len(paths) - 1} were left"
                self._status.say(f"Opened {paths[0].name}, one file at a time; {others}.", "amber")
        elif urls:
            self._status.say("Only files of this computer can be opened: save it first.", "amber")
        elif text and not text.isspace():
            self._take_text(text, name)
        else:
            return False
        return True

    def enter(self, event: QDragEnterEvent) -> None:
        """Say whether what is dragged over the window can be dropped there."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        if self.take(event.mimeData(), "The dropped text"):
            event.acceptProposedAction()

    def _take_text(self, text: str, name: str) -> None:
        from playground.exchange.foreign import LOOKED_AT

        if text[:LOOKED_AT].lstrip("\ufeff \t\r\n").startswith("{"):  # no table begins so
            self._files.open_text(text, name)
        else:
            self._begin(name, None, text)

    def _begin(self, name: str, path: Path | None, text: str = "") -> None:
        from playground.gui.imports.reading import Origin

        self.dialog.begin(Origin(name, path, text))


def _link_in(content: QMimeData, text: str) -> str | None:
    """The link of TensorFlow Playground that was copied or dropped; None if it is anything else."""
    from playground.exchange.tf_state import is_link

    texts = [url.toString() for url in content.urls()[:1]] if content.hasUrls() else []
    texts += [text] if text else []
    return next((text for text in texts if is_link(text)), None)
