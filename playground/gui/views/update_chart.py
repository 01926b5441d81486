"""How far steps move each layer, and what the optimizer keeps in mind, over the epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.exchange.drawing.scales import Array, in_words
from playground.gui.views.layer_chart import LayerChart
from playground.gui.views.quantity_box import QuantityBox
from playground.gui.views.replicas import whose
from playground.gui.views.verdict import Level, Verdict
from playground.runtime.snapshot import Snapshot
from playground.training.instruments.updates import UpdateReading

USUAL, TOO_SMALL, TOO_LARGE = 1e-3, 1.2e-4, 5e-2
"""Of an update over its weights: the guide, and where nothing or too much moves."""
LAST_ROWS = 9
"""Of so many rows the median is judged: a single step says little."""
QUANTITIES = (
    ("ratio", "|ΔW| / |W|", "The norm of a step’s update over the norm of the weights. "
     "The dashed line marks 1/1000, the usual guide; here 0.0003 to 0.03 is healthy."),
    ("first", "Velocity", "The root mean square of the optimizer’s velocity or first moment: the "
     "running average or sum of gradients."),
    ("second", "√ second moment", "The root of the mean of gathered squared gradients."),
    ("rate", "Effective rate", "What a gradient is multiplied by in a step: η, with momentum "
     "η/(1 − μ), and η/√v where the rate adapts; the median over the layer’s weights."),
)  # fmt: skip
LONGEST = "Layer 12 hardly moves: 3·10⁻⁵ a step."
NOTHING = "A step shows how far it moves each layer."
HIDDEN = (
    "Updates are read during a run while this tab is open, and it was not open during this one."
)
ABSENT = "This optimizer keeps nothing of the kind in mind."


class UpdateChart(LayerChart):
    """The chart of updates, of one of :data:`QUANTITIES`."""

    instruments = ("updates",)

    def __init__(self, parent: QWidget | None = None) -> None:
        quantity = QuantityBox("What is shown of each layer’s updates", QUANTITIES)
        super().__init__("Updates by layer", quantity, Verdict(LONGEST), parent)

    def epochs(self, snapshot: Snapshot) -> Array:
        reading = _reading(snapshot)
        return np.empty(0) if reading is None else reading.epochs

    def values(self, snapshot: Snapshot, rows: np.ndarray) -> Array:
        reading = _reading(snapshot)
        if reading is None:
            return np.empty((0, len(self._lines)))
        return getattr(reading, self.shown_quantity)[rows]

    def guides(self) -> Sequence[float]:
        return (USUAL,) if self.shown_quantity == "ratio" else ()

    def whose_values(self, snapshot: Snapshot) -> str:
        if snapshot.shown is None:  # instruments look at one network
            return "replica 1"
        return whose(snapshot)

    def apology(self, snapshot: Snapshot) -> str:
        reading = _reading(snapshot)
        if reading is None:  # of a network that has ended no update is left that could be read
            return NOTHING if snapshot.stops[snapshot.shown or 0] is None else HIDDEN
        missing = np.isnan(getattr(reading, self.shown_quantity)).all()
        return ABSENT if missing and snapshot.stop is None else ""

    def comment(self, snapshot: Snapshot) -> None:
        reading = _reading(snapshot)
        if reading is not None:
            self.verdict.say(*judged(snapshot.until_now(reading.epochs, reading.ratio)))


def _reading(snapshot: Snapshot) -> UpdateReading | None:
    return snapshot.readings.get("updates")


def judged(ratio: Array) -> tuple[str, Level]:
    """Ratios of updates to weights (rows, layers) in words, and how serious that is.

    The words are few, so that they fit above a small chart in one line.
    """
    late = np.median(ratio[-LAST_ROWS:], axis=0)
    if not len(late) or not np.isfinite(late).any():
        return "There is no update to judge.", "muted"
    names = [f"Layer {index + 1}" for index in range(len(late) - 1)] + ["The output layer"]
    largest, smallest = int(np.nanargmax(late)), int(np.nanargmin(late))
    if late[largest] > TOO_LARGE:
        share = in_words(float(late[largest]), 1)
        return f"{names[largest]} moves too far: {share} a step.", "red"
    if late[smallest] < TOO_SMALL:
        share = in_words(float(late[smallest]), 1)
        return f"{names[smallest]} hardly moves: {share} a step.", "amber"
    low, high = in_words(float(late[smallest]), 1), in_words(float(late[largest]), 1)
    return f"A step moves layers by {low} to {high}.", "muted"
