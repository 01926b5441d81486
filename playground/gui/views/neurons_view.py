"""Each hidden neuron as a cell, and what a chosen one answers over the plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from playground.core.experiment import Layer
from playground.exchange.drawing.scales import in_words
from playground.gui.theme import LIGHT, Colours
from playground.gui.views import dead_chart, saturation
from playground.gui.views.neuron_grid import NeuronGrid, Unit
from playground.gui.views.picture import PictureMenu
from playground.gui.views.unit_picture import UnitPicture
from playground.gui.views.verdict import Level, Verdict
from playground.gui.views.view import View
from playground.runtime.snapshot import Snapshot
from playground.training.instruments.neurons import LayerNeurons

BESIDE = 0.8
"""A view that is so many times wider than high has the chosen neuron's picture beside the cells."""
HINT = "Point at a neuron for its numbers; click it to see what it answers over the plane."
LONGEST = (
    "Neuron 512 of layer 32: dead, active at more than 99 % of the training points, saturated at "
    "more than 99 %, mean −0.0034, standard deviation 0.0045."
)
SERIOUS: tuple[Level, ...] = ("muted", "amber", "red")


class NeuronsView(View):
    """The cells, a sentence on them, and the chosen neuron's picture.

    Attributes:
        verdict: The sentence.
        grid: The cells.
        words: What the neuron pointed at, or the chosen one, does; in words.
        unit: The chosen neuron's picture.
        picture: Its context menu.

    Signals:
        chosen: By the user: a unit as (layer, unit) from 0, or None.
    """

    instruments = ("neurons", "unit_field")
    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Neurons")
        self._snapshot: Snapshot | None = None
        self._colours: Colours = LIGHT
        self.verdict = Verdict(dead_chart.LONGEST)
        self.grid, self.unit = NeuronGrid(), UnitPicture()
        self.words, self._apology = QLabel(HINT), QLabel()
        self._build()
        self.picture = PictureMenu(self, "neurons")
        self.grid.chosen.connect(self._choose)
        self.grid.pointed_at.connect(self._say)
        self.set_palette_colours(LIGHT)

    # --- drawing -----------------------------------------------------------------------------

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment, if it is seen and not drawn already."""
        if not self.isVisible() or snapshot is self._snapshot:
            return
        self._snapshot = snapshot
        layers = self._layers
        self._show_apology(snapshot.experiment.network.hidden)
        self.grid.show_layers(layers)
        if layers:
            hidden = snapshot.experiment.network.hidden
            self.verdict.say(*judged(hidden, layers, _where(snapshot)))
        self._show_unit()
        self._say()

    @property
    def _layers(self) -> Sequence[LayerNeurons]:
        """What was read; nothing where that is still to come."""
        snapshot = self._snapshot
        return () if snapshot is None else snapshot.readings.get("neurons") or ()

    def _show_unit(self) -> None:
        unit = self.grid.unit
        there = self.grid.is_there(unit)
        self.unit.setVisible(there)
        if not there or unit is None or self._snapshot is None:
            return
        reading = self._snapshot.readings.get("unit_field")
        layer = self._snapshot.experiment.network.hidden[unit[0]]
        if reading is not None and (reading.layer, reading.unit) == unit:
            self.unit.show_reading(reading, name_of(unit), layer.activation.limits)

    def _choose(self, unit: Unit | None) -> None:
        self._show_unit()
        self._say()
        self.chosen.emit(unit)

    def _say(self) -> None:
        """Say what the neuron under the mouse does, or else the chosen one."""
        grid, layers = self.grid, self._layers
        unit = grid.pointed if grid.is_there(grid.pointed) else grid.unit
        text = HINT
        if unit is not None and grid.is_there(unit):
            text = in_sentence(layers[unit[0]], unit)
        if text != self.words.text():
            self.words.setText(text)
            grid.setAccessibleDescription(text)

    def _show_apology(self, hidden: Sequence[Layer]) -> None:
        text = (
            "" if hidden else "There are no hidden layers, so no neurons. Add a layer to see some."
        )
        if text != self._apology.text():
            self._apology.setText(text)
        self._stack.setCurrentIndex(int(bool(text)))

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        for part in (self.verdict, self.grid, self.unit):
            part.set_palette_colours(colours)
        self._apology.setStyleSheet(f"color: {colours.muted}")

    def _build(self) -> None:
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._apology.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._apology.setWordWrap(True)
        self._apology.setMargin(16)
        self.unit.hide()
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(8)
        self._parts.addWidget(self.grid, 1)
        self._parts.addWidget(self.unit, 1)
        contents = QWidget()
        column = QVBoxLayout(contents)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.verdict)
        column.addLayout(self._parts, 1)
        column.addWidget(self.words)
        self._stack = QStackedWidget()
        self._stack.addWidget(contents)
        self._stack.addWidget(self._apology)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.addWidget(self._stack)

    def resizeEvent(self, event: QResizeEvent) -> None:
        beside = self.width() > BESIDE * self.height()
        direction = QBoxLayout.Direction
        self._parts.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        room = QRect(0, 0, max(self._stack.width(), 1), 1000)
        wrapped = Qt.TextFlag.TextWordWrap
        self.words.setFixedHeight(self.fontMetrics().boundingRect(room, wrapped, LONGEST).height())
        super().resizeEvent(event)


def name_of(unit: Unit) -> str:
    """Such as "Neuron 3 of layer 2"."""
    return f"Neuron {unit[1] + 1} of layer {unit[0] + 1}"


def in_sentence(layer: LayerNeurons, unit: Unit) -> str:
    """What a unit does, in words."""
    _, index = unit
    mean, std = (in_words(float(values[index]), 2) for values in (layer.mean, layer.std))
    state = "dead, " if layer.dead[index] else ""
    saturated = float(layer.saturated[index])
    ends = "" if np.isnan(saturated) else f", saturated at {_percent(saturated)}"
    active = f"active at {_percent(float(layer.active[index]))} of the training points"
    return f"{name_of(unit)}: {state}{active}{ends}, mean {mean}, standard deviation {std}."


def judged(
    hidden: Sequence[Layer], layers: Sequence[LayerNeurons], where: str = ""
) -> tuple[str, Level]:
    """What there is of dead and of saturated neurons in words, and how serious it is.

    Args:
        hidden: The hidden layers.
        layers: What was read of them.
        where: What is added, to say where that is so.
    """
    dead = dead_chart.judged(hidden, [float(layer.dead.sum()) for layer in layers], where)
    ends = saturation.judged([float(layer.saturated.mean()) for layer in layers], where)
    said = [verdict for verdict in (dead, ends) if verdict[1] != "muted"] or [dead]
    level = max((level for _, level in said), key=SERIOUS.index)
    return " ".join(sentence for sentence, _ in said), level


def _where(snapshot: Snapshot) -> str:
    """Whose neurons are drawn: of all together, those of the first replica."""
    return f" in replica {(snapshot.shown or 0) + 1}" if snapshot.replicas > 1 else ""


def _percent(share: float) -> str:
    """A share in words; only none is 0 %, and only all are 100 %."""
    percent = round(100 * share)
    if percent == 0 and share > 0:
        return "less than 1 %"
    if percent == 100 and share < 1:
        return "more than 99 %"
    return f"{percent} %"
