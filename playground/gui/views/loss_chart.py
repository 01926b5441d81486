"""Train and test loss over the epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from playground.core.families import loss_for
from playground.gui.theme import Colours
from playground.gui.views.chart import Chart
from playground.gui.views.lines import Line
from playground.gui.views.scales import Array, Linear, Log, Scale
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.snapshot import Snapshot

SMALLEST_TOP = 0.1


def median(values: Array) -> Array:
    """Of the replicas (rows, replicas); one that has diverged counts as endlessly large."""
    if values.shape[1] == 1:
        return values[:, 0]
    ordered = np.sort(values, axis=1)  # what is not a number comes last
    count = values.shape[1]
    low, high = ordered[:, (count - 1) // 2], ordered[:, count // 2]
    return (low + high) / 2


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
        super().__init__("Loss over epochs", self._title, self.log_box, parent=parent)
        self.log_box.toggled.connect(self.rescale)

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        names = ["train", "test"] if len(snapshot.dataset.test) else ["train"]
        replicas = snapshot.experiment.training.replicas
        suffix = f", median of {replicas}" if replicas > 1 else ""
        return [Line(f"{name} loss", name + suffix) for name in names]

    def epochs(self, snapshot: Snapshot) -> Array:
        return snapshot.history["epoch"][:, 0]

    def values(self, snapshot: Snapshot, rows: np.ndarray) -> Array:
        columns = ("train_loss", "test_loss")[: len(self._lines)]
        return np.stack([median(snapshot.history[name][rows]) for name in columns], axis=1)

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
