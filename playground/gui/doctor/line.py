"""The doctor's line at the bottom: the most serious finding, why, and what to try."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from playground.core.experiment import Experiment
from playground.gui.doctor.words import (
    NONE,
    WORDS,
    TryButton,
    WhyButton,
    colour_of,
    findings_of,
    proposals,
    sentence_of,
)
from playground.gui.theme import Colours, colour_text
from playground.runtime.snapshot import Snapshot
from playground.training.doctor import Finding


class DoctorLine(QWidget):
    """A dot, a sentence of at most two lines, and two buttons.

    Signals:
        why_asked: The :class:`Finding` whose reasons are wanted.
        try_asked: A finding and the label of the proposal that is to be tried.
    """

    why_asked = Signal(object)
    try_asked = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finding: Finding | None = None
        self._drawn: object = None
        self._colours: Colours | None = None
        self._tried: tuple[Experiment, str] | None = None
        self._dot, self._text = QLabel("●"), QLabel(NONE)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setWordWrap(True)
        # Always two lines high, so that nothing jumps when a sentence is a long one.
        self._text.setFixedHeight(2 * self._text.fontMetrics().lineSpacing() + 2)
        self._text.setAccessibleName("What the doctor says")
        self.why, self.attempt = WhyButton(), TryButton()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.addWidget(self._dot)
        layout.addWidget(self._text, 1)
        for button in (self.why, self.attempt):
            layout.addWidget(button)
            button.hide()
        self.why.clicked.connect(self._ask_why)
        self.attempt.clicked.connect(self._ask_to_try)

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._text.text()

    def note_tried(self, experiment: Experiment, sentence: str) -> None:
        """While this is what is trained, and nothing is wrong with it, say what was tried."""
        self._tried = (experiment, sentence)
        self._drawn = None

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Say what is most serious."""
        findings = findings_of(snapshot)
        if findings is None:
            return
        finding = findings[0] if findings else None
        drawn = (finding, snapshot.experiment, snapshot.replicas, snapshot.shown)
        if drawn == self._drawn:
            return
        self._drawn, self._finding = drawn, finding
        text, label = NONE, ""
        if self._tried is not None and snapshot.experiment == self._tried[0]:
            text = self._tried[1]
        if finding is not None:
            text = sentence_of(finding, snapshot)
            label = next((name for name, _ in proposals(finding, snapshot.experiment)), "")
            self.why.name_for(finding)
            self.attempt.offer(label, finding)
        more = len(findings) - 1
        self._text.setText(text)
        hint = f"{text}\nThe tab Doctor lists {more} more." if more > 0 else text
        self._text.setToolTip(hint)
        self._text.setAccessibleDescription(WORDS[finding.severity] if finding else "")
        self.why.setVisible(finding is not None)
        self.attempt.setVisible(bool(label))
        self._colour()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self._colour()

    def _ask_why(self) -> None:
        if self._finding is not None:
            self.why_asked.emit(self._finding)

    def _ask_to_try(self) -> None:
        if self._finding is not None:
            self.try_asked.emit(self._finding, self.attempt.label)

    def _colour(self) -> None:
        if self._colours is not None:
            colour_text(self._dot, colour_of(self._finding, self._colours))
            colour_text(self._text, self._colours.muted if self._finding is None else None)
