"""The dialog of the learning-rate range test: its curve, and a suggestion that a click takes."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QPushButton, QWidget

from playground.gui.task_dialog import TaskDialog
from playground.gui.theme import Colours
from playground.gui.views.plot import Plot
from playground.gui.views.plot_layers import Curve, Mark
from playground.gui.views.scales import Log, in_words
from playground.runtime.session import Session
from playground.training.range_test import RangeTest, range_test_in_pieces

WIDTH, HEIGHT = 760, 480
WORKING = "Trying a copy of the network at rising learning rates…"
PATH = ("training", "optimizer", "learning_rate")
NOTES = (
    "A copy of the network trains while the rate rises by the same factor each step. Thin: the "
    "loss on the training points after each step; thick: smoothed. A tenth of the rate at the "
    "minimum is a good start (Smith 2017). The network itself is left as it is."
)


class RateDialog(TaskDialog):
    """Tries the learning rates of a session's network.

    Attributes:
        found: What the last test has found; None before, and while one is under way.
        plot: Its curve.
        take: The button that takes the suggestion over.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "Find a learning rate", range_test_in_pieces, WORKING, parent)
        self.found: RangeTest | None = None
        self.plot = Plot("Learning rate", "Loss")
        self.plot.setAccessibleName("Loss by learning rate")
        self._x, self._y = Log(), Log()
        self.take = QPushButton()
        self.take.clicked.connect(self._take)
        self.build(self.plot, [self.take])
        self.again.setText("Try &again")
        self.again.setToolTip("Try from the present weights.")
        self.resize(WIDTH, HEIGHT)
        self.clear()

    def clear(self) -> None:
        self.found = None
        self.take.setEnabled(False)
        self.take.setText("&Use it")
        self.plot.curves, self.plot.marks = (), ()
        self.plot.redraw()

    def show_result(self, result: RangeTest) -> None:
        self.found = result
        self.say(*verdict(result))
        self.notes.setText(NOTES)
        if result.suggestion is not None:
            self.take.setText(f"&Use {in_words(result.suggestion)}")
            self.take.setToolTip("Set the learning rate; Ctrl+Z brings the old one back.")
            self.take.setEnabled(True)
        self._x, self._y = Log(), Log()
        seen = result.smoothed
        if len(seen):
            # What has exploded may not press the rest flat.
            self._y.cover(np.clip(result.losses, None, 10 * seen.min()))
            self._x.cover(result.rates)
            self.plot.set_scales(self._x, self._y)
        self._draw()

    def _draw(self) -> None:
        result, colours = self.found, self.colours
        if result is None or not len(result.rates):
            return
        top = 10 ** self._y.limits()[1]
        places = self._x.project(result.rates)
        self.plot.curves = [
            Curve(places, self._y.project(np.clip(values, None, top)), colour)
            for values, colour in (
                (result.losses, colours.border),
                (result.smoothed, colours.accent),
            )
        ]
        marks = [(result.experiment.training.optimizer.learning_rate, "now", colours.muted, True)]
        if result.suggestion is not None:
            marks.append(
                (result.suggestion, f"use {in_words(result.suggestion)}", colours.text, False)
            )
        low, high = result.rates[0], result.rates[-1]
        self.plot.marks = [
            Mark(float(np.log10(rate)), text, colour, dashed)
            for rate, text, colour, dashed in marks
            if low <= rate <= high
        ]
        self.plot.redraw()

    def _take(self) -> None:
        if self.found is not None and self.found.suggestion is not None:
            self.session.edit(PATH, self.found.suggestion)
            self.say(
                f"The learning rate is {in_words(self.found.suggestion)} now; Ctrl+Z in the "
                "window brings the old one back.",
                "accent",
            )

    def set_palette_colours(self, colours: Colours) -> None:
        super().set_palette_colours(colours)
        self.plot.set_palette_colours(colours)
        self._draw()


def verdict(result: RangeTest) -> tuple[str, str]:
    """The suggestion in words, and its level."""
    if result.suggestion is None:
        return (
            "No rate made the loss fall: the network has learned what it can here, or its gradient "
            "has vanished. Try again from a new start.",
            "amber",
        )
    best, rate = in_words(result.best, 2), in_words(result.suggestion)
    text = f"The loss falls until a rate of {best}; a tenth of it, {rate}, is a good start."
    if not result.exploded:
        text += " It did not explode at any rate tried, so larger ones may do as well."
    return text, "accent"
