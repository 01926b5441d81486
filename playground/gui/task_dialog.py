"""A dialog around a task that is worked on beside training: verdict, progress, buttons."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.gui.task_runner import TaskRunner
from playground.gui.theme import LIGHT, Colours
from playground.runtime.session import Session
from playground.training.trainer import Trainer


class TaskDialog(QDialog):
    """Begins a task on a session's trainer and shows what comes of it.

    Not modal, so that training can be watched; what nobody looks at is not worked on.

    Attributes:
        headline: The verdict on the whole.
        progress: How much is done, while a task is under way.
        notes: What was done, and how.
        again: The button that begins anew.
    """

    def __init__(
        self,
        session: Session,
        title: str,
        pieces: Callable[[Trainer], Generator[float, None, Any]],
        working: str,
        parent: QWidget | None = None,
    ) -> None:
        """``pieces`` is the task; ``working`` says what goes on meanwhile."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.session, self.colours = session, LIGHT
        self._working, self._level = working, "muted"
        self._runner = TaskRunner(session, pieces, self)
        self._runner.progressed.connect(self.show_progress)
        self._runner.finished.connect(self._finish)
        self._runner.failed.connect(self._fail)

    # --- what a dialog of this kind says -----------------------------------------------------

    def clear(self) -> None:
        """Forget the last result."""
        raise NotImplementedError

    def show_result(self, result: Any) -> None:
        """Show what the task has come to, and say a verdict."""
        raise NotImplementedError

    # --- building ----------------------------------------------------------------------------

    def build(self, content: QWidget, buttons: list[QPushButton]) -> None:
        """Lay out, with ``again`` and Close beside these buttons."""
        self._dot, self.headline, self.notes = QLabel("●"), QLabel(), QLabel()
        for label, name in ((self.headline, "Verdict"), (self.notes, "How it was done")):
            label.setAccessibleName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.headline.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("How much is done")
        self.progress.setTextVisible(False)
        self.again = QPushButton()
        self.again.clicked.connect(self.begin)
        close = QPushButton("Close")
        box, role = QDialogButtonBox(), QDialogButtonBox.ButtonRole
        for button in (self.again, *buttons, close):
            button.setAutoDefault(False)  # Enter closes, wherever the focus is
            box.addButton(button, role.RejectRole if button is close else role.ActionRole)
        close.setDefault(True)
        box.rejected.connect(self.reject)
        top = QHBoxLayout()
        top.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.headline, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addWidget(content, 1)
        layout.addWidget(self.notes)
        layout.addWidget(box)

    # --- working -----------------------------------------------------------------------------

    @Slot()
    def begin(self) -> None:
        """Begin on the network as it is now, beside its training."""
        self.clear()
        self._runner.begin()
        self.notes.clear()
        self.say(self._working, "muted")
        self.show_progress(0.0)

    def open_and_begin(self) -> None:
        """Come to the front, and begin."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.begin()

    @Slot(object)
    def _finish(self, result: Any) -> None:
        self.show_progress(None)
        self.show_result(result)

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        self.say(sentence, "red")
        self.show_progress(None)

    def show_progress(self, share: float | None) -> None:
        """None: nothing is under way."""
        self.progress.setVisible(share is not None)
        self.progress.setValue(round(100 * (share or 0.0)))
        self.again.setEnabled(share is None)

    def say(self, sentence: str, level: str) -> None:
        """Say a verdict; ``level`` is a colour's name in the theme."""
        self.headline.setText(sentence)
        self._level = level
        self._dot.setStyleSheet(f"color: {getattr(self.colours, level)}")

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self.colours = colours
        self._dot.setStyleSheet(f"color: {getattr(colours, self._level)}")
        self.notes.setStyleSheet(f"color: {colours.muted}")

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody looks at is not worked on."""
        self._runner.stop()
        super().hideEvent(event)
