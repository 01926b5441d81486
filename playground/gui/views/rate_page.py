"""The learning-rate range test within a view: a button that starts it, and what it has found."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.core.experiment import Experiment
from playground.gui.rate_result import WORKING, RateResult, verdict
from playground.gui.task_runner import TaskRunner
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.legend import Chip
from playground.gui.views.picture import PictureMenu
from playground.gui.views.verdict import Level, Verdict
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.session import Session
from playground.runtime.snapshot import Snapshot
from playground.training.range_test import RangeTest, range_test_in_pieces

WHAT = (
    "A copy of the network trains while its learning rate rises from very small to very large. "
    "Where the loss is lowest, a tenth of the rate is a good start."
)
CHANGED = "The network or its training has changed since; try again."
LONGEST = "The loss falls until a rate of 0.032; a tenth of it, 0.0032, is a good start."


class RatePage(QWidget):
    """Tries the learning rates of a session's network, while it is seen.

    Attributes:
        begin: The button that starts it.
        curve: What it has found.
        verdict: The sentence above the curve.
        picture: The context menu.
    """

    def __init__(self, session: Session, title: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Learning-rate range test")
        self._colours: Colours = LIGHT
        self.curve, self.verdict = RateResult(session), Verdict(LONGEST)
        self.begin = QPushButton("Try rates")
        self.begin.setToolTip("Try a copy of the network at rising learning rates, from now (F).")
        self._what = QLabel(WHAT)
        self._build(title)
        self.picture = PictureMenu(self, "learning-rate range test")
        self._runner = TaskRunner(session, range_test_in_pieces, self)
        self._runner.progressed.connect(self._show_progress)
        self._runner.finished.connect(self._finish)
        self._runner.failed.connect(self._fail)
        self.begin.clicked.connect(self._begin)
        self.curve.taken.connect(self._note_taken)

    def follow(self, snapshot: Snapshot) -> None:
        """Mark the rate that training has now; a result of another experiment is put away."""
        found = self.curve.found
        if found is None:
            return
        if _kind(found.experiment) == _kind(snapshot.experiment):
            self.curve.show_rate(snapshot.experiment.training.optimizer.learning_rate)
        else:
            self._clear(CHANGED)

    @Slot()
    def _begin(self) -> None:
        self._clear(WORKING)
        self._runner.begin()
        self.begin.setEnabled(False)

    def _clear(self, sentence: str) -> None:
        self.curve.clear()
        self._stack.setCurrentIndex(0)
        self._say(sentence)

    @Slot(float)
    def _show_progress(self, share: float) -> None:
        self._say(f"{WORKING} {share:.0%}".replace("%", " %"))

    @Slot(object)
    def _finish(self, result: RangeTest) -> None:
        self.begin.setEnabled(True)
        self.curve.show_result(result)
        self._stack.setCurrentIndex(int(len(result.rates) > 0))
        self._say(*verdict(result))

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        self.begin.setEnabled(True)
        self._say(sentence, "red")

    @Slot(str)
    def _note_taken(self, sentence: str) -> None:
        self._say(sentence)

    def _say(self, sentence: str, level: str = "muted") -> None:
        levels: dict[str, Level] = {"amber": "amber", "red": "red"}
        self.verdict.say(sentence, levels.get(level, "muted"))

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody looks at is not worked on."""
        if self._runner.is_at_work:
            self._runner.stop()
            self._clear("")
            self.begin.setEnabled(True)
        super().hideEvent(event)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self.curve.set_palette_colours(colours)
        self.verdict.set_palette_colours(colours)
        self._what.setStyleSheet(f"color: {colours.muted}")

    def _build(self, title: QWidget) -> None:
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(title)
        for button in (self.begin, self.curve.take):
            button.setFixedHeight(Chip.height_of(button))
            button.setFocusPolicy(KEYS_ONLY)  # after a click, Space still runs and pauses
            header.addWidget(button)
        header.addStretch(1)
        self._what.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._what.setWordWrap(True)
        self._what.setMargin(16)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._what)
        self._stack.addWidget(self.curve)
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self.verdict)
        layout.addWidget(self._stack, 1)


def _kind(experiment: Experiment) -> tuple[object, ...]:
    """What of an experiment a rate is good for."""
    training = experiment.training
    return (
        experiment.data,
        experiment.network,
        training.loss,
        training.optimizer.name,
        training.batch_size,
    )
