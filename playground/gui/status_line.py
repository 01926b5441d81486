"""The line at the bottom: what goes on, why it stopped, what was refused."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from playground.gui.plain import plain
from playground.gui.theme import Colours, colour_text
from playground.gui.views.replicas import ends
from playground.runtime.snapshot import Snapshot
from playground.training.stopping import DIVERGED

MESSAGE_MILLISECONDS = 7000
WARNING = "amber"
"""The colour of messages that nothing else may cover before their time."""


class StatusLine(QWidget):
    """A coloured dot and a sentence.

    The lasting sentence follows from the snapshot; a message covers it for some seconds.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot, self._text = QLabel("●"), QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # names of files may hold a <
        self._text.setAccessibleName("What goes on")
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setWordWrap(True)
        # Always two lines high, so that nothing jumps when a sentence is a long one.
        self._text.setFixedHeight(2 * self._text.fontMetrics().lineSpacing() + 2)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.addWidget(self._dot)
        layout.addWidget(self._text, 1)
        self._colours: Colours | None = None
        self._lasting = ("Ready. Press Run (Space) to train.", "muted")
        self._message: tuple[str, str] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._message_over)
        self._show()

    @property
    def text(self) -> str:
        """What is said, be it longer than the line or not."""
        return (self._message or self._lasting)[0]

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Say what a snapshot amounts to."""
        some, stop = ends(snapshot), snapshot.stop
        diverged = bool(snapshot.diverged.any())
        if snapshot.moment is not None:
            now = f"Looking back at epoch {snapshot.moment:,} of {snapshot.present:,}."
            lasting = (
                f"{now} Run goes on from the present; Run from here starts a new branch.",
                "accent",
            )
        elif stop is not None:
            stuck = any(one is not None and one.stuck for one in snapshot.stops)
            colour = "amber" if stuck or diverged else "positive"
            lasting = (stop.message, "red" if stop.name == DIVERGED else colour)
        elif snapshot.running:
            hint = some or "Space pauses; every setting can be changed meanwhile."
            lasting = (f"Training. {hint}", "amber" if diverged else "accent")
        elif snapshot.step:
            words = f"Paused in epoch {snapshot.epoch + 1:,}. {some}".rstrip()
            lasting = (words, "amber" if diverged else "muted")
        else:
            lasting = ("Ready. Press Run (Space) to train.", "muted")
        if lasting != self._lasting:
            self._lasting = lasting
            over = snapshot.stop is not None or snapshot.moment is not None
            if over and self._message is not None and self._message[1] != WARNING:
                self._message = None  # why it stopped matters more than most messages
            self._show()

    def say(self, text: str, colour: str = "accent") -> None:
        """Show a message for some seconds; ``colour`` is a name of the theme's."""
        self._message = (text, colour)
        self._timer.start(MESSAGE_MILLISECONDS)
        self._show()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def _fitting(self, text: str) -> str:
        """As many whole sentences of a text as there is room for; the tooltip has them all."""
        room = QRect(0, 0, max(self._text.width(), 1), 10_000)
        metrics, wrapped, shown = self._text.fontMetrics(), Qt.TextFlag.TextWordWrap, text
        while metrics.boundingRect(room, wrapped, shown).height() > self._text.height():
            text, end, _ = text.rpartition(". ")
            if not end:
                break
            shown = f"{text}. …"
        return shown

    def _message_over(self) -> None:
        self._message = None
        self._show()

    def _show(self) -> None:
        text, colour = self._message or self._lasting
        self._text.setText(self._fitting(text))
        self._text.setToolTip(plain(text))
        if self._colours is not None:
            colour_text(self._dot, getattr(self._colours, colour))
