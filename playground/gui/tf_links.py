"""Links of TensorFlow Playground in the window: opened, and copied to the clipboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMainWindow, QMessageBox

from playground.core.errors import PlaygroundError
from playground.exchange.document import Document
from playground.exchange.tf_state import ADDRESS, REFUSED, is_link
from playground.gui.files import Files
from playground.gui.message_box import box_of
from playground.gui.status_line import StatusLine
from playground.gui.views.options import Options
from playground.runtime.session import Session

TITLE = "TensorFlow Playground"


class TfLinks:
    """What opens links and makes them.

    Args:
        options: Of the plane, which links hold too.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        files: Files,
        options: Options,
        status: StatusLine,
    ) -> None:
        self._window, self._session = window, session
        self._files, self._options, self._status = files, options, status

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
        from playground.exchange.tf_link import opened

        try:
            experiment, switches, notes = opened(link)
            self._session.open(Document(experiment))
        except PlaygroundError as error:
            why = PlaygroundError(str(error).removeprefix(REFUSED))
            self._files.complain("The link cannot be opened.", why)
            return
        for shown, asked in (
            (self._options.test, switches.test_points),
            (self._options.discrete, switches.discrete),
        ):
            if asked:  # nobody has decided on what is off: it is so when the page opens
                shown.setChecked(True)
        self._status.say(" ".join(["Opened a link of TensorFlow Playground.", *notes[:1]]))
        if len(notes) > 1:
            self._tell("The link was opened. Otherwise than in it:", notes)

    def copy(self) -> None:
        """Put the link of the experiment on the clipboard, and say what it cannot carry."""
        from playground.exchange.tf_link import Switches, link_of

        options = self._options
        switches = Switches(options.test.isChecked(), options.discrete.isChecked())
        link, notes = link_of(self._session.experiment, switches)
        QGuiApplication.clipboard().setText(link)
        self._status.say(f"The link is in the clipboard. {notes[-1]}")
        if len(notes) > 1:
            self._tell("The link is in the clipboard. It cannot carry:", notes)

    def _tell(self, headline: str, notes: Sequence[str]) -> None:
        lines = [f"• {note}" for note in notes]
        box_of(self._window, QMessageBox.Icon.Information, headline, lines, TITLE).exec()
