"""The gradient's size in each layer over the epochs, and whether it vanishes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QComboBox, QWidget

from playground.gui.theme import Colours, layer_colour
from playground.gui.views.chart import Chart
from playground.gui.views.lines import Line, layer_lines
from playground.gui.views.scales import Array, Log, Scale, in_words
from playground.gui.views.verdict import Level, Verdict
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.snapshot import Snapshot
from playground.training.diagnostics import first_layer_share
from playground.training.doctor.gradients import Vanishing

LONGEST = "Layer 1 gets 3·10⁻¹³ of the last hidden layer’s gradient: it hardly learns."


class GradientChart(Chart):
    """The gradient chart.

    Attributes:
        quantity: What is shown: "weights" or "errors".
    """

    verdict: Verdict

    def __init__(self, parent: QWidget | None = None) -> None:
        self.quantity = QComboBox()
        self.quantity.setFocusPolicy(KEYS_ONLY)
        self.quantity.addItem("Mean |dW|", "weights")
        self.quantity.addItem("RMS δ", "errors")
        self.quantity.setAccessibleName("What is shown of each layer")
        self.quantity.setToolTip(
            "Mean |dW|: the mean absolute gradient of the layer’s weights.\n"
            "RMS δ: the root mean square of the error dL/dz that reaches the layer’s units."
        )
        super().__init__(
            "Gradients by layer", self.quantity, verdict=Verdict(LONGEST), parent=parent
        )
        self.quantity.currentIndexChanged.connect(self.rescale)

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        return layer_lines(snapshot.health["weights"].shape[1] - 1, output=True)

    def epochs(self, snapshot: Snapshot) -> Array:
        return snapshot.health["epoch"][:, 0]

    def values(self, snapshot: Snapshot, rows: np.ndarray) -> Array:
        return snapshot.health[self.quantity.currentData()][rows]

    def colour(self, index: int, count: int, colours: Colours) -> str:
        return layer_colour(index, count, colours)

    def new_scale(self) -> Scale:
        return Log()

    @property
    def notes_zeros(self) -> bool:
        return True

    def comment(self, snapshot: Snapshot) -> None:
        health = snapshot.health
        weights = snapshot.until_now(health["epoch"][:, 0], health["weights"])
        share = first_layer_share(weights)
        if share is None and weights.shape[1] > 2:
            self.verdict.say("There is no gradient to judge; a step would bring one.")
        else:
            self.verdict.say(*judged(share))


def judged(share: float | None) -> tuple[str, Level]:
    """A first layer's share in words, and how serious it is."""
    if share is None:
        return "With two hidden layers or more it is judged here whether gradients vanish.", "muted"
    if np.isnan(share):
        return "The last hidden layer’s gradient is 0: nothing before the output learns.", "red"
    if share == 0:
        return "Layer 1’s gradient is 0: it does not learn.", "red"
    if share < Vanishing.amber:
        level: Level = "red" if share < Vanishing.red else "amber"
        how = "hardly learns" if level == "red" else "learns slowly"
        part = f"{in_words(share, 1, least_plain=-1)} of the last hidden layer’s gradient"
        return f"Layer 1 gets {part}: it {how}.", level
    return (
        f"Layer 1 gets about {in_words(share, 1)} times the last hidden layer’s gradient.",
        "muted",
    )
