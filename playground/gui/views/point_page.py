"""What the run has answered to the pinned point, over the epochs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.exchange.drawing.field import Meaning, answer, meaning_of, scores
from playground.exchange.drawing.scales import Array, in_words
from playground.gui.theme import LIGHT, Colours, class_colours
from playground.gui.views.interactive import InteractivePlot
from playground.gui.views.picture import PictureMenu
from playground.gui.views.probe import Point
from playground.gui.views.view import View
from playground.runtime.snapshot import Snapshot

NAMES = {
    "probability": "probability",
    "classes": "probability",
    "margin": "margin of class 1",
    "tanh": "output, tanh of the sum",
    "values": "output",
}
ROOM = 0.03
"""Beyond 0 and 1, so that a curve does not run on the frame."""


class PointPage(View):
    """A sentence on the point, and a curve for each class, or for the value and its target.

    Attributes:
        point: The pinned one, or None.
        words: The sentence.
        key: Which colour is which class.
        plot: The curves.
        picture: The context menu.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Pinned point")
        self.point: Point | None = None
        self._snapshot: Snapshot | None = None
        self._fitted: object = None  # to which point and kind of curves the axes were fitted
        self._colours: Colours = LIGHT
        self.words, self.plot = QLabel(), InteractivePlot("Epoch", "probability")
        self.plot.setAccessibleName("Answers to the pinned point over the epochs")
        self.key = QLabel()
        self.key.setWordWrap(True)
        self.words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        layout.addWidget(self.key)
        layout.addWidget(self.plot, 1)
        self.picture = PictureMenu(self, "pinned point")

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        if self.isVisible() and snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._draw()

    def _draw(self) -> None:
        snapshot, point = self._snapshot, self.point
        trace = None if snapshot is None else snapshot.trace
        if snapshot is None or point is None or trace is None or trace.point != point.place:
            return
        dataset, colours = snapshot.dataset, self._colours
        meaning = meaning_of(snapshot.experiment.training.loss, dataset.task, dataset)
        said = answer(meaning, scores(trace.outputs))
        curves = self._curves(meaning, said, point)
        epochs = trace.epochs
        for name, (values, colour) in curves.items():
            self.plot.show_curve(name, epochs, values, colour)
        self._show_target(meaning, point)
        self.plot.show_line("moment", colours.accent, x=snapshot.moment)
        self.plot.keep_only(*curves, "target", "moment")
        self.plot.names_axes("Epoch", NAMES[meaning.kind])
        at = len(epochs) - 1
        if snapshot.moment is not None:
            at = int(np.abs(epochs - snapshot.moment).argmin())
        self._say(snapshot, meaning, point, said[:, at])
        self._name(curves)

    def _curves(self, meaning: Meaning, said: Array, point: Point) -> dict[str, tuple[Array, str]]:
        """Values and a colour by name: a curve for each class, the point's own one last."""
        if meaning.kind == "values" or meaning.is_signed:
            return {"answer": (said[0], self._colours.text)}
        of_each = np.concatenate((1 - said, said)) if len(said) == 1 else said
        hues = class_colours(len(of_each), self._colours)
        order = sorted(range(len(of_each)), key=lambda index: index == int(point.target))
        return {f"class {index}": (of_each[index], hues[index]) for index in order}

    def _show_target(self, meaning: Meaning, point: Point) -> None:
        target: float | None = None
        if meaning.kind == "values":
            target = point.target
        elif meaning.is_signed:
            target = 2 * point.target - 1
        self.plot.show_line("target", self._colours.muted, y=target)
        if self._fitted != (point, meaning.kind):
            self._fitted = (point, meaning.kind)
            self.plot.show_all()
            if target is None:
                self.plot.setYRange(-ROOM, 1 + ROOM, padding=0)

    def _say(self, snapshot: Snapshot, meaning: Meaning, point: Point, said: Array) -> None:
        x1, x2 = (in_words(value) for value in point.place)
        words = point.words(meaning.kind == "values")
        where = f"{words[:1].upper()}{words[1:]} at x1 {x1}, x2 {x2}"
        when = "Now" if snapshot.moment is None else f"Epoch {snapshot.moment:,}"
        own = int(point.target)
        if meaning.kind == "values":
            now = f"output {in_words(float(said[0]))}"
        elif meaning.is_signed:
            caption = "margin" if meaning.kind == "margin" else "output"
            now = f"{caption} {in_words(float(said[0]))}, class {int(said[0] > 0)}"
        else:
            of_each = np.array([1 - said[0], said[0]]) if len(said) == 1 else said
            now = f"P(class {own}) = {of_each[own]:.3f}, class {int(of_each.argmax())}"
        several = f" (replica {(snapshot.shown or 0) + 1})" if snapshot.replicas > 1 else ""
        text = f"{where}. {when}{several}: {now}."
        if text != self.words.text():
            self.words.setText(text)

    def _name(self, curves: dict[str, tuple[Array, str]]) -> None:
        """Which curve has which colour, where there are several."""
        parts = [
            f'<span style="color:{colour}">●</span>&nbsp;{name.replace(" ", "&nbsp;")}'
            for name, (_, colour) in sorted(curves.items())
        ]
        text = " ".join(parts) if len(parts) > 1 else ""
        if text != self.key.text():
            self.key.setText(text)
            self.key.setVisible(bool(text))

    def set_palette_colours(self, colours: Colours) -> None:
        self._colours = colours
        self.plot.set_palette_colours(colours)
        self._draw()

    def sizeHint(self) -> QSize:
        return QSize(300, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 110)
