"""The dialog of the learning-rate range test."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from playground.gui.rate_result import WORKING, RateResult, verdict
from playground.gui.task_dialog import TaskDialog
from playground.gui.theme import Colours
from playground.runtime.session import Session
from playground.training.range_test import RangeTest, range_test_in_pieces

WIDTH, HEIGHT = 760, 480
NOTES = (
    "A copy of the network trains while the rate rises by the same factor each step. Thin: the "
    "loss on the training points after each step; thick: smoothed. A tenth of the rate at the "
    "minimum is a good start (Smith 2017). The network itself is left as it is."
)


class RateDialog(TaskDialog):
    """Tries the learning rates of a session's network.

    Attributes:
        curve: That of the test, with what the last test has found; nothing while one is under way.
        take: The button that takes the suggestion over.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "Find a learning rate", range_test_in_pieces, WORKING, parent)
        self.curve = RateResult(session)
        self.take = self.curve.take
        self.curve.taken.connect(self._note_taken)
        self.build(self.curve, [self.take])
        self.again.setText("Try &again")
        self.again.setToolTip("Try from the present weights.")
        self.resize(WIDTH, HEIGHT)

    def clear(self) -> None:
        self.curve.clear()

    def show_result(self, result: RangeTest) -> None:
        self.say(*verdict(result))
        self.notes.setText(NOTES)
        self.curve.show_result(result)

    def _note_taken(self, sentence: str) -> None:
        self.say(sentence, "accent")

    def set_palette_colours(self, colours: Colours) -> None:
        super().set_palette_colours(colours)
        self.curve.set_palette_colours(colours)
