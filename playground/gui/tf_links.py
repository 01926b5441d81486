"""Links of TensorFlow Playground in the window: opened, and copied to the clipboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMainWindow, QMessageBox

from playground.core.errors import PlaygroundError
from playground.exchange.document import Document
from playground.exchange.tf_state import ADDRESS, REFUSED, is_link
from playground.gui.files import Files
from playground.gui.plain import show_plainly
from playground.gui.status_line import StatusLine
from playground.runtime.session import Session

TITLE = "TensorFlow Playground"
SHOWN_NOTES = 14


class TfLinks:
    """What opens links and makes them."""

    def __init__(
        self, window: QMainWindow, session: Session, files: Files, status: StatusLine
    ) -> None:
        self._window, self._session = window, session
        self._files, self._status = files, status

    def ask(self) -> None:
        """Ask for a link and open it; one that was copied stands there already."""
        copied = QGuiApplication.clipboard().text()
        text, given = QInputDialog.getText(
            self._window,
            TITLE,
            f"A link, as in the address line of {ADDRESS}:",
            QLineEdit.EchoMode.Normal,
            copied.strip() if is_link(copied) else "",
        )
        if given and text.strip():
            self.open_link(text)

    def open_link(self, link: str) -> None:
        """Open a link, as a step of undo; if that fails, say why, and all stays as it was."""
        from playground.exchange.tf_link import experiment_of

        try:
            experiment, notes = experiment_of(link)
            self._session.open(Document(experiment))
        except PlaygroundError as error:
            why = PlaygroundError(str(error).removeprefix(REFUSED))
            self._files.complain("The link cannot be opened.", why)
            return
        self._status.say(" ".join(["Opened a link of TensorFlow Playground.", *notes[:1]]))
        if len(notes) > 1:
            self._tell("The link was opened. Otherwise than in it:", notes)

    def copy(self) -> None:
        """Put the link of the experiment on the clipboard, and say what it cannot carry."""
        from playground.exchange.tf_link import link_of

        link, notes = link_of(self._session.experiment)
        QGuiApplication.clipboard().setText(link)
        self._status.say(f"The link is in the clipboard. {notes[-1]}")
        if len(notes) > 1:
            self._tell("The link is in the clipboard. It cannot carry:", notes)

    def _tell(self, headline: str, notes: Sequence[str]) -> None:
        more = len(notes) - SHOWN_NOTES
        lines = [f"• {note}" for note in notes[:SHOWN_NOTES]]
        lines += [f"… and {more} more"] if more > 0 else []
        box = QMessageBox(QMessageBox.Icon.Information, TITLE, headline)
        box.setParent(self._window, box.windowFlags())
        show_plainly(box, lines)
