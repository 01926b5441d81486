"""The noise scale beside the batch size, or the sharpness beside its bound, over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.exchange.drawing.scales import Array, Log, Scale
from playground.gui.theme import Colours
from playground.gui.views.chart import Chart
from playground.gui.views.lines import Line
from playground.gui.views.replicas import whose
from playground.gui.views.trouble_words import LONGEST, limit_text, noise_words, sharpness_words
from playground.gui.views.verdict import Verdict
from playground.runtime.snapshot import Snapshot, until_now
from playground.training.instruments.noise_scale import NoiseReading
from playground.training.instruments.sharpness import SharpnessReading

Quantity = Literal["noise_scale", "sharpness"]

FEW_POINTS = "Two training points at least are needed for a noise scale."
NO_SCALES = "A step shows how the optimizer scales the weights; only then is there a sharpness."
SINGLE_POINT = "BatchNorm needs two training points at least."
SOON = "It is being measured."


class TroubleChart(Chart):
    """The chart; :meth:`show_quantity` says of what."""

    verdict: Verdict

    def __init__(self, title: QWidget, parent: QWidget | None = None) -> None:
        self._quantity: Quantity = "noise_scale"
        super().__init__("Noise and sharpness", title, verdict=Verdict(LONGEST), parent=parent)

    def show_quantity(self, quantity: Quantity) -> None:
        """Show another quantity from now on."""
        if quantity != self._quantity:
            self._quantity = quantity
            snapshot, self._snapshot = self._snapshot, None
            if snapshot is not None:
                self.render(snapshot)

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        if self._quantity == "noise_scale":
            names = ["noise", "batch"]
        else:
            reading = _sharpness(snapshot)
            scaled = reading is not None and reading.adaptive
            bound = "bound" if reading is None else limit_text(reading)
            names = ["preconditioned" if scaled else "sharpness", bound]
        return [Line(name, name) for name in names]

    def epochs(self, snapshot: Snapshot) -> Array:
        reading = snapshot.readings.get(self._quantity)
        return np.empty(0) if reading is None else reading.epochs

    def values(self, snapshot: Snapshot, rows: np.ndarray) -> Array:
        if self._quantity == "noise_scale":
            noise = _noise(snapshot)
            pair = None if noise is None else (noise.scale, noise.batch)
        else:
            sharpness = _sharpness(snapshot)
            pair = None if sharpness is None else (sharpness.sharpness, sharpness.bound)
        return np.empty((0, 2)) if pair is None else np.stack(pair, axis=1)[rows]

    def colour(self, index: int, count: int, colours: Colours) -> str:
        return colours.muted if index else colours.accent

    def new_scale(self) -> Scale:
        return Log()

    def whose_values(self, snapshot: Snapshot) -> str:
        if snapshot.shown is None:  # instruments look at one network
            return "replica 1"
        return whose(snapshot)

    def apology(self, snapshot: Snapshot) -> str:
        if snapshot.readings.get(self._quantity) is not None:
            return ""
        few = len(snapshot.dataset.train) < 2
        if self._quantity not in snapshot.readings:
            return SOON
        if self._quantity == "noise_scale":
            return FEW_POINTS
        return SINGLE_POINT if few else NO_SCALES

    def comment(self, snapshot: Snapshot) -> None:
        noise, sharpness = _noise(snapshot), _sharpness(snapshot)
        if self._quantity == "noise_scale" and noise is not None:
            self.verdict.say(*noise_words(until_now(snapshot, noise)))
        elif self._quantity == "sharpness" and sharpness is not None:
            size, count = snapshot.experiment.training.batch_size, len(snapshot.dataset.train)
            sharpness = until_now(snapshot, sharpness)
            self.verdict.say(*sharpness_words(sharpness, size == "full" or size >= count))


def _noise(snapshot: Snapshot) -> NoiseReading | None:
    return snapshot.readings.get("noise_scale")


def _sharpness(snapshot: Snapshot) -> SharpnessReading | None:
    return snapshot.readings.get("sharpness")
