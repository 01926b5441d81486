"""The gradient's size in each layer over the epochs, and whether it vanishes."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.exchange.drawing.scales import Array, in_words
from playground.gui.views.layer_chart import LayerChart
from playground.gui.views.quantity_box import QuantityBox
from playground.gui.views.verdict import Level, Verdict
from playground.runtime.snapshot import Snapshot
from playground.training.diagnostics import first_layer_share
from playground.training.doctor.gradients import Vanishing

QUANTITIES = (
    ("weights", "Mean |dW|", "the mean absolute gradient of the layer’s weights."),
    ("errors", "RMS δ", "the root mean square of the error dL/dz that reaches the layer’s units."),
)
LONGEST = "Layer 1 gets 3·10⁻¹³ of the last hidden layer’s gradient: it hardly learns."


class GradientChart(LayerChart):
    """The gradient chart, of the weights' gradients or of the errors."""

    def __init__(self, parent: QWidget | None = None) -> None:
        quantity = QuantityBox("What is shown of each layer", QUANTITIES)
        super().__init__("Gradients by layer", quantity, Verdict(LONGEST), parent)

    def epochs(self, snapshot: Snapshot) -> Array:
        return snapshot.health["epoch"][:, 0]

    def values(self, snapshot: Snapshot, rows: np.ndarray) -> Array:
        return snapshot.health[self.shown_quantity][rows]

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
    if in_words(share, 1) == "1":
        return "Layer 1 gets about as large a gradient as the last hidden layer.", "muted"
    return (
        f"Layer 1 gets about {in_words(share, 1)} times the last hidden layer’s gradient.",
        "muted",
    )
