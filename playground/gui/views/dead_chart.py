"""The share of dead units, or of saturated answers, in each hidden layer over the epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.core.experiment import Layer
from playground.exchange.drawing.scales import Array, Linear, Scale, in_words
from playground.gui.views import saturation
from playground.gui.views.layer_chart import LayerChart
from playground.gui.views.quantity_box import QuantityBox
from playground.gui.views.verdict import Level, Verdict
from playground.runtime.snapshot import Snapshot
from playground.training.spread import counted, median

QUANTITIES = (
    ("dead", "Dead (%)", "the share of neurons whose activation’s slope is 0 at every training "
     "point: no gradient passes them, so they no longer learn."),
    ("saturated", "Saturated (%)", "the share of answers to training points that lie at a flat end "
     "of the activation, such as |tanh| > 0.97 or a sigmoid outside 0.015 to 0.985."),
)  # fmt: skip
AMBER_SHARE = 0.25
MOST_NAMED = 2
"""Layers that the sentence names; it counts the others."""
SILENT = ("answers 0 to every training point", "answer 0 to every training point")
SATURATED = (
    "is saturated: its slope is 0 at every training point",
    "are saturated: their slope is 0 at every training point",
)
"""What is said of one neuron, and of several."""
LONGEST = (
    f"Dead: all 16 neurons in layer 2, 12 of 16 in layer 3 and some in 4 more layers {SILENT[1]}."
)


class DeadChart(LayerChart):
    """The chart of dead neurons, and of saturation."""

    has_output = False

    def __init__(self, parent: QWidget | None = None) -> None:
        quantity = QuantityBox("What is shown of each layer’s neurons", QUANTITIES)
        verdict = Verdict(max(LONGEST, saturation.LONGEST, key=len))
        super().__init__("Dead neurons by layer", quantity, verdict, parent)

    def epochs(self, snapshot: Snapshot) -> Array:
        return snapshot.health["epoch"][:, 0]

    def values(self, snapshot: Snapshot, rows: np.ndarray) -> Array:
        return snapshot.health[self.shown_quantity][rows, : len(snapshot.dead)]

    def new_scale(self) -> Scale:
        return Linear(1.0, percent=True)

    def value_text(self, value: float) -> str:
        return f"{in_words(100 * value)} %"

    def apology(self, snapshot: Snapshot) -> str:
        if snapshot.dead:
            return ""
        return "There are no hidden layers, so no neurons that could die. Add a layer to see some."

    def comment(self, snapshot: Snapshot) -> None:
        if self.shown_quantity == "saturated":
            health = snapshot.health
            rows = snapshot.until_now(health["epoch"][:, 0], health["saturated"])
            where = " in the median" if snapshot.shown is None else ""
            if len(rows):
                latest = rows[-1, : len(snapshot.dead)].tolist()
                self.verdict.say(*saturation.judged(latest, where))
            return
        counts = [flags.sum(axis=1) for flags in snapshot.dead]
        shown = snapshot.shown
        if shown is None:
            there = counted(snapshot.diverged)
            found = [float(median(count[there])) for count in counts]
        else:
            found = [float(count[shown]) for count in counts]
        layers = snapshot.experiment.network.hidden
        self.verdict.say(*judged(layers, found, " in the median" if shown is None else ""))


def judged(layers: Sequence[Layer], counts: Sequence[float], where: str = "") -> tuple[str, Level]:
    """What there is of dead neurons in words, and how serious it is.

    Args:
        layers: The hidden layers.
        counts: For each of them how many units are dead; a median may lie between two numbers.
        where: What is added, to say where that is so.
    """
    if not any(counts):
        return f"No dead neurons{where}.", "muted"
    sentences = []
    for silent, words in ((True, SILENT), (False, SATURATED)):
        parts = [
            (count, layer.units, number)
            for number, (layer, count) in enumerate(zip(layers, counts, strict=True), 1)
            if count and _falls_silent(layer) == silent
        ]
        if parts:
            several = sum(count for count, _, _ in parts) > 1
            sentences.append(f"{_listed(parts)} {words[several]}.")
    share = max(count / layer.units for count, layer in zip(counts, layers, strict=True))
    level: Level = "red" if share == 1 else "amber" if share > AMBER_SHARE else "muted"
    return f"Dead{where}: " + " ".join(sentences), level


def _falls_silent(layer: Layer) -> bool:
    """Whether a slope of 0 means an answer of 0, as for ReLU; others get stuck at some value."""
    activation = layer.activation
    leak = getattr(activation, "negative_slope", None)
    return activation.name == "relu" or leak == 0


def _listed(parts: list[tuple[float, int, int]]) -> str:
    """Such as "6 of 8 neurons in layer 2 and all 8 in layer 3", the worst layers first."""
    worst = sorted(parts, key=lambda part: (-part[0] / part[1], part[2]))
    named = []
    for index, (count, units, number) in enumerate(worst[:MOST_NAMED]):
        what = ("neuron" if units == 1 else "neurons") if index == 0 else ""
        how_many = ("the only" if units == 1 else f"all {units}") if count == units else ""
        words = [how_many or f"{in_words(count)} of {units}", what, f"in layer {number}"]
        named.append(" ".join(word for word in words if word))
    more = len(worst) - MOST_NAMED
    if more > 0:
        named.append(f"some in {more} more {'layer' if more == 1 else 'layers'}")
    return ", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 else named[0]
