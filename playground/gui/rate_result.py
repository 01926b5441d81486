"""What the learning-rate range test has found: its curve, and a suggestion that a click takes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from playground.exchange.drawing.scales import Log, in_words
from playground.gui.theme import Colours
from playground.gui.views.plot import Plot
from playground.gui.views.plot_layers import Curve, Mark
from playground.runtime.session import Session
from playground.training.range_test import RangeTest

PATH = ("training", "optimizer", "learning_rate")
WORKING = "Trying a copy of the network at rising learning rates…"


class RateResult(Plot):
    """The curve of a test, with the button that takes its suggestion over.

    Attributes:
        found: What is shown; None for nothing.
        take: The button, for whoever shows the curve to place.

    Signals:
        taken: The suggestion was taken over; the sentence says so.
    """

    taken = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Learning rate", "Loss", parent=parent)
        self.setAccessibleName("Loss by learning rate")
        self.found: RangeTest | None = None
        self._session, self._rate = session, float("nan")
        self._x, self._y = Log(), Log()
        self.take = QPushButton()
        self.take.setToolTip("Set the learning rate; Ctrl+Z brings the old one back.")
        self.take.clicked.connect(self._take)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.found = None
        self.take.setEnabled(False)
        self.take.setText("&Use it")
        self.curves, self.marks = (), ()
        self.redraw()

    def show_result(self, result: RangeTest) -> None:
        """Show what a test has found."""
        self.found = result
        self._rate = result.experiment.training.optimizer.learning_rate
        if result.suggestion is not None:
            self.take.setText(f"&Use {in_words(result.suggestion)}")
            self.take.setEnabled(True)
        self._x, self._y = Log(), Log()
        seen = result.smoothed
        if len(seen):
            # What has exploded may not press the rest flat.
            self._y.cover(np.clip(result.losses, None, 10 * seen.min()))
            self._x.cover(result.rates)
            self.set_scales(self._x, self._y)
        self._draw()

    def show_rate(self, rate: float) -> None:
        """Mark the learning rate that training has now."""
        if rate != self._rate:
            self._rate = rate
            self._draw()

    def _draw(self) -> None:
        result, colours = self.found, self.colours
        if result is None or not len(result.rates):
            return
        top = 10 ** self._y.limits()[1]
        places = self._x.project(result.rates)
        self.curves = [
            Curve(places, self._y.project(np.clip(values, None, top)), colour)
            for values, colour in (
                (result.losses, colours.border),
                (result.smoothed, colours.accent),
            )
        ]
        marks = [(self._rate, "now", colours.muted, True)]
        if result.suggestion is not None:
            use = (result.suggestion, f"use {in_words(result.suggestion)}", colours.text, False)
            marks = [use] if self._rate == result.suggestion else [*marks, use]
        low, high = result.rates[0], result.rates[-1]
        self.marks = [
            Mark(float(np.log10(rate)), text, colour, dashed)
            for rate, text, colour, dashed in marks
            if low <= rate <= high
        ]
        self.redraw()

    def _take(self) -> None:
        if self.found is not None and self.found.suggestion is not None:
            rate = self.found.suggestion
            self._session.edit(PATH, rate)
            self.show_rate(rate)
            self.taken.emit(
                f"The learning rate is {in_words(rate)} now; Ctrl+Z in the window brings the old "
                "one back."
            )

    def set_palette_colours(self, colours: Colours) -> None:
        super().set_palette_colours(colours)
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
