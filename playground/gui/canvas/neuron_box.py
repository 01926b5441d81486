"""A neuron under the mouse: its map large, and what it computes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.core.experiment import Experiment
from playground.exchange.drawing.scales import in_words
from playground.gui.canvas.painting import Painter
from playground.gui.canvas.words import formula, neuron_name, symbol
from playground.gui.theme import Colours
from playground.training.instruments.wiring import Wiring

MAP = 132
WORDS = 250
AWAY = 10


class NeuronBox(QFrame):
    """Beside the neuron it belongs to, over all else; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._map, self._name, self._formula, self._facts = (QLabel() for _ in range(4))
        self._map.setFixedSize(MAP, MAP)
        bold = self._name.font()
        bold.setBold(True)
        self._name.setFont(bold)
        self._formula.setWordWrap(True)
        self._facts.setWordWrap(True)
        for label in (self._name, self._formula, self._facts):
            label.setFixedWidth(WORDS)
            label.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._name, self._formula, self._facts):
            words.addWidget(label)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._map, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words)
        self.hide()

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join(label.text() for label in (self._name, self._formula, self._facts))

    def show_neuron(
        self, experiment: Experiment, wiring: Wiring, neuron: tuple[int, int], painter: Painter
    ) -> None:
        """Describe a neuron; its map is the large one if that has been made."""
        column, unit = neuron
        if unit >= len(wiring.scales[column]):
            return
        shades = wiring.focus
        if shades is None and len(wiring.maps[column]):
            shades = wiring.maps[column][unit]
        if shades is not None:
            image = painter.image_of(shades)
            self._map.setPixmap(_enlarged(image, self.devicePixelRatioF()))
        name, letter = neuron_name(experiment, column, unit), self._letter(experiment, neuron)
        self._name.setText(f"{name}  {letter}")
        self._formula.setText(formula(experiment, wiring, column, unit))
        largest = float(wiring.scales[column][unit])
        facts = f"The full colour stands for {in_words(largest, 3)}."
        if column and wiring.links[column - 1].gradient is not None:
            gradient = wiring.links[column - 1].gradient
            assert gradient is not None
            size = float(np.abs(gradient[:-1, unit]).mean())
            facts += f" Mean |dL/dw| of its weights: {in_words(size, 2)}."
        self._facts.setText(facts)
        self.adjustSize()

    @staticmethod
    def _letter(experiment: Experiment, neuron: tuple[int, int]) -> str:
        hidden = 0 < neuron[0] <= len(experiment.network.hidden)
        return f"({symbol(experiment, *neuron)})" if hidden else ""

    def stand_beside(self, spot: QRect) -> None:
        """Show it beside a rectangle of the parent, where there is room."""
        parent = self.parentWidget()
        assert parent is not None
        size = self.sizeHint()
        x = spot.right() + AWAY
        if x + size.width() > parent.width():
            x = spot.left() - AWAY - size.width()
        y = min(max(spot.center().y() - size.height() // 2, 0), parent.height() - size.height())
        self.move(QPoint(max(x, 0), max(y, 0)))
        self.show()
        self.raise_()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._facts.setStyleSheet(f"color: {colours.muted}")


def _enlarged(image: QImage, ratio: float) -> QPixmap:
    size = QSize(MAP, MAP) * ratio
    smooth = Qt.TransformationMode.SmoothTransformation
    pixmap = QPixmap.fromImage(image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
