"""How far answers are from the targets, over the answers; with the usual measures."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from playground.core.words import NOTHING, loss_text
from playground.gui.theme import LIGHT, Colours, blend
from playground.gui.views.interactive import InteractivePlot
from playground.runtime.snapshot import Snapshot
from playground.training.instruments.errors import ErrorsReading

MEASURES = (
    ("rmse", "RMSE", "Root mean squared error: the root of the mean of (target − output)²."),
    ("mae", "MAE", "Mean absolute error: the mean of |target − output|."),
    ("r2", "R²", "1 − the squared errors over those of always answering the mean of the targets: "
     "1 is all right, 0 no better than the mean, below 0 worse."),
)  # fmt: skip
PARTS = (("train", "train"), ("test", "test"))


class Residuals(QWidget):
    """A small table of measures, and below it target − output of each point.

    Attributes:
        plot: The points: discs for training, rings for test.
        values: The labels of the table by part and measure.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours: Colours = LIGHT
        self.values: dict[tuple[str, str], QLabel] = {}
        self._heads: list[tuple[QLabel, str]] = []
        self.plot = InteractivePlot("output", "target − output")
        self.plot.setAccessibleName("Residuals over outputs")
        self._build()

    def show_errors(self, snapshot: Snapshot, errors: ErrorsReading | None) -> None:
        """Draw what was read of a moment."""
        for (part, measure), label in self.values.items():
            value = math.nan if errors is None else getattr(getattr(errors, part), measure)
            text = NOTHING if math.isnan(value) else _number(value, measure)
            if text != label.text():
                label.setText(text)
        answers = snapshot.readings.get("answers")
        if answers is None or answers.dataset is not snapshot.dataset:
            return
        dataset, colours = snapshot.dataset, self._colours
        looks = ((answers.train, dataset.train, False), (answers.test, dataset.test, True))
        for (part, data, is_test), (name, role) in zip(looks, PARTS, strict=True):
            said = part.predicted.astype(float)
            colour = getattr(colours, role)
            self.plot.show_points(name, said, data.targets[part.rows] - said, colour, is_test)
        self.plot.show_line("right", colours.muted, y=0.0)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.plot.set_palette_colours(colours)
        for label, role in self._heads:
            colour = QColor(getattr(colours, role))
            label.setStyleSheet(f"color: {blend(colour.name(), colours.text, 0.15)}")

    def _build(self) -> None:
        table = QGridLayout()
        table.setContentsMargins(0, 0, 0, 0)
        table.setHorizontalSpacing(14)
        table.setVerticalSpacing(1)
        right = Qt.AlignmentFlag.AlignRight
        for column, (part, role) in enumerate(PARTS, 1):
            head = QLabel(f"{'●' if part == 'train' else '○'} {part}")
            table.addWidget(head, 0, column, right)
            self._heads.append((head, role))
        for row, (measure, name, words) in enumerate(MEASURES, 1):
            caption = QLabel(name)
            caption.setToolTip(words)
            table.addWidget(caption, row, 0)
            for column, (part, _) in enumerate(PARTS, 1):
                label = self.values[part, measure] = QLabel(NOTHING)
                label.setToolTip(words)
                label.setAccessibleName(f"{name} of the {part} points")
                table.addWidget(label, row, column, right)
        table.setColumnStretch(3, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(table)
        layout.addWidget(self.plot, 1)


def _number(value: float, measure: str) -> str:
    return f"{value:.4f}".replace("-", "−") if measure == "r2" else loss_text(value)
