"""The tab of the doctor: all findings, each with its reasons and what may help."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.gui.doctor.words import (
    INSTRUMENT,
    NONE,
    WORDS,
    TryButton,
    WhyButton,
    colour_of,
    findings_of,
    proposals,
    sentence_of,
)
from playground.gui.theme import LIGHT, Colours, colour_text
from playground.gui.views.flow import FlowBox
from playground.gui.views.view import View
from playground.runtime.snapshot import Snapshot
from playground.training.doctor import Finding, rules


class _Buttons(FlowBox):
    """Buttons in rows; as high as their rows are, whatever it was before."""

    row_gap = 4

    def __init__(self) -> None:
        super().__init__()
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.heightForWidth(self.width()))


class FindingRow(QWidget):
    """One finding: dot and sentence, and its buttons below.

    Attributes:
        why: Asks for the reasons.
        attempts: One button for each proposal.
    """

    def __init__(self, view: DoctorView, parent: QWidget) -> None:
        super().__init__(parent)
        self._view, self._finding = view, Finding("", "note", "")
        self._dot, self._text = QLabel("●"), QLabel()
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = _Buttons()
        self.why = WhyButton(self._buttons)
        self.why.clicked.connect(lambda: view.why_asked.emit(self._finding))
        self.attempts: list[TryButton] = []
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._text)
        column.addWidget(self._buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(column, 1)

    def show_finding(self, finding: Finding, sentence: str, labels: list[str]) -> None:
        """Show a finding of the same rule as before, with what may be tried."""
        self._finding = finding
        self._text.setText(sentence)
        self._text.setAccessibleName(f"{WORDS[finding.severity]}: {sentence}")
        self.why.name_for(finding)
        while len(self.attempts) < len(labels):
            self.attempts.append(self._new_attempt())
        for button, label in zip(self.attempts, labels, strict=False):
            button.offer(label, finding)
        for index, button in enumerate(self.attempts):
            button.setVisible(index < len(labels))

    def colour(self, colours: Colours) -> None:
        """Draw the dot in a theme's colour."""
        colour_text(self._dot, colour_of(self._finding, colours))

    def _new_attempt(self) -> TryButton:
        button = TryButton(self._buttons)
        button.clicked.connect(lambda: self._view.try_asked.emit(self._finding, button.label))
        return button


class DoctorView(View):
    """The list of findings, the most serious first.

    Signals:
        why_asked: The finding whose reasons are wanted.
        try_asked: A finding and the label of the proposal that is to be tried.
    """

    instruments = (INSTRUMENT,)
    why_asked = Signal(object)
    try_asked = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Findings of the doctor")
        self._colours = LIGHT
        self._drawn: object = None
        self.rows: dict[str, FindingRow] = {}
        self._nothing = QLabel(f"{NONE} {len(rules)} rules look at gradients, neurons and losses.")
        self._nothing.setWordWrap(True)
        self._nothing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._list = QWidget()
        self._layout = QVBoxLayout(self._list)
        self._layout.setContentsMargins(8, 6, 8, 4)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._nothing)
        self._layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """List what the doctor says."""
        findings = findings_of(snapshot)
        drawn = (findings, snapshot.experiment, snapshot.replicas, snapshot.shown)
        if findings is None or drawn == self._drawn:
            return
        self._drawn = drawn
        self._nothing.setVisible(not findings)
        there = {finding.rule for finding in findings}
        for rule in [rule for rule in self.rows if rule not in there]:
            gone = self.rows.pop(rule)
            self._layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, finding in enumerate(findings, 1):  # the first place is that of the empty list
            row = self.rows.get(finding.rule)
            if row is None:
                row = self.rows[finding.rule] = FindingRow(self, self._list)
            labels = [label for label, _ in proposals(finding, snapshot.experiment)]
            row.show_finding(finding, sentence_of(finding, snapshot), labels)
            row.colour(self._colours)
            if self._layout.indexOf(row) != place:
                self._layout.insertWidget(place, row)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self._nothing.setStyleSheet(f"color: {colours.muted}")
        for row in self.rows.values():
            row.colour(colours)
