"""Train and test loss over the epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from playground.core.families import loss_for
from playground.exchange.drawing.scales import SMALLEST_TOP, Array, Linear, Log, Scale, thinned
from playground.gui.theme import Colours
from playground.gui.views.chart import Chart
from playground.gui.views.lines import Line
from playground.gui.views.replicas import whose_median
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.snapshot import Snapshot
from playground.training.spread import counted, quantiles

LOSSES = ("train_loss", "test_loss")
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the replicas: the smallest, the quartiles with the median, the largest."""
FEWEST_FOR_QUARTILES = 5
LINEAR_REACH, LOG_REACH = 2.0, 1e3
"""So many times the highest median are in the range; the largest replica may be far beyond."""


class LossChart(Chart):
    """The loss chart.

    Attributes:
        log_box: Whether the scale is logarithmic; it stays as it is from run to run.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        self._title = QLabel("Loss")
        self.log_box = QCheckBox("Log scale")
        self.log_box.setFocusPolicy(KEYS_ONLY)
        self.log_box.setAccessibleName("Logarithmic scale of the loss")
        self.log_box.setToolTip("Show magnitudes: a fall from 0.1 to 0.01 is as high as from 1.")
        self._quantiles: Array | None = None
        super().__init__("Loss over epochs", self._title, self.log_box, parent=parent)
        self.log_box.toggled.connect(self.rescale)
        self.whose.setToolTip(
            "The line is the median of the replicas; the bands hold all of them, and the middle "
            "half. Those that have diverged are left out."
        )

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        names = ["train", "test"] if len(snapshot.dataset.test) else ["train"]
        return [Line(f"{name} loss", name) for name in names]

    def epochs(self, snapshot: Snapshot) -> Array:
        return snapshot.history["epoch"][:, 0]

    def values(self, snapshot: Snapshot, rows: np.ndarray) -> Array:
        columns = LOSSES[: len(self._lines)]
        losses = np.stack([snapshot.history[name][rows] for name in columns], axis=1)
        if snapshot.replicas == 1:
            self._quantiles = None
            return losses[..., 0]
        # One that has diverged leaves with its whole past, in which it had gone far astray.
        self._quantiles = quantiles(losses[..., counted(snapshot.diverged)], SHARES)
        return self._quantiles[2]

    def behind(self, snapshot: Snapshot) -> tuple[Array, Array] | None:
        before = snapshot.before
        if before is None:
            return None
        epochs = before.history["epoch"][:, 0]
        rows = thinned(len(epochs))
        columns = LOSSES[: len(self.lines(snapshot))]
        losses = np.stack([before.history[name][rows] for name in columns], axis=1)
        shown, replicas = snapshot.shown, losses.shape[-1]
        if shown is not None and replicas == snapshot.replicas:
            return epochs[rows], losses[..., shown]
        return epochs[rows], quantiles(losses, (0.5,))[0]

    def spreads(self) -> Sequence[tuple[Array, Array]]:
        if self._quantiles is None:
            return ()
        low, lower, _, upper, high = self._quantiles
        snapshot = self._snapshot
        assert snapshot is not None
        several = counted(snapshot.diverged).sum() >= FEWEST_FOR_QUARTILES
        return ((low, high), (lower, upper)) if several else ((low, high),)

    def reach(self, values: Array, spreads: Sequence[tuple[Array, Array]]) -> Array:
        most = LOG_REACH if self.log_box.isChecked() else LINEAR_REACH
        end = most * values.max(initial=0.0)
        return np.minimum(super().reach(values, spreads), end)

    def detail(self, row: int, index: int) -> str:
        if self._quantiles is None or not np.isfinite(self._values[row, index]):
            return ""
        low, high = (self.value_text(float(self._quantiles[end, row, index])) for end in (0, -1))
        return f"{low} to {high}"

    def whose_values(self, snapshot: Snapshot) -> str:
        return whose_median(snapshot)

    def population(self, snapshot: Snapshot) -> object:
        return snapshot.diverged.tolist()

    def colour(self, index: int, count: int, colours: Colours) -> str:
        return (colours.train, colours.test)[index]

    def new_scale(self) -> Scale:
        return Log() if self.log_box.isChecked() else Linear(SMALLEST_TOP)

    @property
    def notes_zeros(self) -> bool:
        return self.log_box.isChecked()

    def comment(self, snapshot: Snapshot) -> None:
        experiment = snapshot.experiment
        label = loss_for(experiment.training.loss, experiment.data.task).label
        if " " in label:  # the others are names of persons or things
            label = label[:1].lower() + label[1:]
        text = f"Loss ({label})"
        if text != self._title.text():
            self._title.setText(text)
