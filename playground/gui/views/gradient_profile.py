"""The gradient from the first to the last layer at this moment, with where it vanishes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.exchange.drawing.layers import Layers, trouble
from playground.exchange.drawing.scales import Array, Log, in_words
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.cursor_box import CursorBox, Reading
from playground.gui.views.picture import PictureMenu
from playground.gui.views.plot import Plot
from playground.gui.views.plot_layers import Band, Curve, Dot
from playground.gui.views.replicas import whose
from playground.gui.views.view import View
from playground.runtime.snapshot import Snapshot
from playground.training.diagnostics import LAST_ROWS

HINT = (
    "Mean |dW|: the mean absolute gradient of a layer’s weights. RMS δ: the root mean square of "
    "the error dL/dz that reaches its units. Both are medians of late moments.\n"
    "Amber: less than 1/100 of the last hidden layer’s dW; red: less than 1/1000: it vanishes."
)


def name_of(index: int, count: int) -> str:
    """What the layer is called, the last of ``count`` being the output."""
    return "Output" if index == count - 1 else f"Layer {index + 1}"


class GradientProfile(View):
    """The profile of the gradient.

    Attributes:
        plot: The surface.
        box: The values at the cursor.
        picture: Its context menu.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Gradient from the first to the last layer")
        self.setToolTip(HINT)
        self._snapshot: Snapshot | None = None
        self._colours: Colours = LIGHT
        self._weights: Array = np.empty(0)
        self._errors: Array = np.empty(0)
        self._cursor: float | None = None
        self._x, self._y = Layers(0), Log()
        self._legend, self._whose = QLabel(), QLabel()
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self.plot = Plot("Layer")
        header = QHBoxLayout()
        header.addWidget(self._legend)
        header.addWidget(self._whose)
        header.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self.plot, 1)
        self.box = CursorBox(self)
        self.picture = PictureMenu(self, "gradient profile")
        self.plot.hovered.connect(self._hover)
        self.plot.left.connect(self._leave)
        self.plot.set_scales(self._x, self._y)

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        if snapshot is self._snapshot:
            return
        old, self._snapshot = self._snapshot, snapshot
        hidden = len(snapshot.experiment.network.hidden)
        fresh = old is None or old.run != snapshot.run or old.shown != snapshot.shown
        if fresh or hidden != self._x.hidden:
            self._x, self._y = Layers(hidden), Log()
        self._draw(fresh)

    def _draw(self, fresh: bool) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        health = snapshot.health
        epochs = health["epoch"][:, 0]
        with np.errstate(all="ignore"):
            self._weights, self._errors = (
                np.median(snapshot.until_now(epochs, health[name])[-LAST_ROWS:], axis=0)
                for name in ("weights", "errors")
            )
        places = np.arange(1.0, len(self._weights) + 1)
        seen = np.concatenate((self._weights, self._errors))
        if self._y.cover(seen[np.isfinite(seen)]) or fresh:
            self.plot.set_scales(self._x, self._y)
        self.plot.curves = [
            self._curve(places, values, colour)
            for values, colour in (
                (self._errors, self._colours.muted),
                (self._weights, self._colours.accent),
            )
        ]
        self.plot.bands = self._trouble()
        self._say_whose(whose(snapshot))
        self._show_cursor()
        self.plot.redraw()

    def _curve(self, places: Array, values: Array, colour: str) -> Curve:
        there = np.isfinite(values)
        return Curve(places[there], self._y.project(values[there]), colour)

    def _trouble(self) -> list[Band]:
        """Where a hidden layer's dW would be too small beside that of the last hidden one."""
        ends = np.array([0.5, len(self._weights) - 0.5])  # the output is not judged
        return [
            Band(ends, np.full(2, low), np.full(2, high), getattr(self._colours, role))
            for low, high, role in trouble(self._weights, self._y.limits()[0])
        ]

    # --- the cursor --------------------------------------------------------------------------

    def _hover(self, x: float, y: float) -> None:
        self._cursor = x
        self._show_cursor()
        self.plot.redraw()

    def _leave(self) -> None:
        self._cursor = None
        self._show_cursor()
        self.plot.redraw()

    def _show_cursor(self) -> None:
        plot, count = self.plot, len(self._weights)
        if self._cursor is None or not count:
            plot.cursor_x, plot.cursor_dots = None, ()
            self.box.hide()
            return
        index = int(np.clip(round(self._cursor) - 1, 0, count - 1))
        plot.cursor_x = index + 1.0
        pairs = (
            ("mean |dW|", self._weights, self._colours.accent),
            ("RMS δ", self._errors, self._colours.muted),
        )
        plot.cursor_dots = [
            Dot(plot.cursor_x, float(self._y.project(values[[index]])[0]), colour)
            for _, values, colour in pairs
            if np.isfinite(values[index])
        ]
        readings = [
            Reading(name, in_words(float(values[index])), colour) for name, values, colour in pairs
        ]
        if index < count - 1 and count > 2 and self._weights[-2] > 0:
            share = float(self._weights[index] / self._weights[-2])
            readings.append(Reading("of the last hidden", in_words(share, 2), self._colours.text))
        self.box.show_values(name_of(index, count), readings)
        self.box.stand_beside(plot, plot.cursor_x)

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        self._colours = colours
        self.plot.set_palette_colours(colours)
        self.box.set_palette_colours(colours)
        self._whose.setStyleSheet(f"color: {colours.muted}")
        self._legend.setText(
            f'<span style="color: {colours.accent}">▬</span> mean |dW| &nbsp; '
            f'<span style="color: {colours.muted}">▬</span> RMS δ'
        )
        self._draw(fresh=False)

    def _say_whose(self, text: str) -> None:
        if text != self._whose.text():
            self._whose.setText(text)
