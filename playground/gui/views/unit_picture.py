"""What one neuron answers over the plane, as colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from playground.exchange.drawing.field import Meaning, boundary, colours_of, in_plane, scores
from playground.exchange.drawing.scales import nice_above
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.colour_scale import ColourScale
from playground.gui.views.plane import FieldItem
from playground.training.instruments.unit_field import UnitReading


class Surface(QWidget):
    """A field as large as there is room, both coordinates on the same scale, and nothing else.

    Attributes:
        ground: The colour beside it.
        extent: The plane's (x1 low, x1 high, x2 low, x2 high).
    """

    def __init__(self, field: FieldItem) -> None:
        super().__init__()
        self.ground = LIGHT.panel
        self.extent = (0.0, 1.0, 0.0, 1.0)
        self._field = field

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.ground))
        self._field.paint(painter, self._place)
        painter.end()

    def _place(self, x1: float, x2: float) -> QPointF:
        low1, high1, low2, high2 = self.extent
        scale = min(self.width() / (high1 - low1), self.height() / (high2 - low2))
        return QPointF(
            self.width() / 2 + scale * (x1 - (low1 + high1) / 2),
            self.height() / 2 - scale * (x2 - (low2 + high2) / 2),
        )


class UnitPicture(QWidget):
    """A neuron's answers over the plane and what their colours mean.

    It has no axes, which would leave it small: the plane is that of the decision boundary.

    Attributes:
        field: The image, with a line where what the activation is given is 0.
        scale: What the colours mean.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours: Colours = LIGHT
        self._reading: UnitReading | None = None
        self._limits: tuple[float, float] | None = None
        self.field, self.scale = FieldItem(), ColourScale()
        self._surface = Surface(self.field)
        self._surface.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setToolTip(
            "What the chosen neuron answers over the plane of x1 and x2, which is that of the "
            "output.\nAlong the line its weighted sum is 0 (with BatchNorm before the activation: "
            "what comes out of it)."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._surface, 1)
        layout.addWidget(self.scale)

    def show_reading(
        self, reading: UnitReading, name: str, limits: tuple[float, float] | None
    ) -> None:
        """Draw a neuron's answers; ``limits`` are its activation's, where it has such."""
        if reading is self._reading:
            return
        self._reading, self._limits = reading, limits
        self.setAccessibleName(f"{name} over the plane")
        self._surface.extent = reading.extent
        self._draw()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self._surface.ground = colours.panel
        self.scale.set_palette_colours(colours)
        self.field.line_colour = colours.text
        self._draw()

    def _draw(self) -> None:
        reading = self._reading
        if reading is None:
            return
        score = scores(reading.values[None])
        # 0 is neutral, as everywhere; the ends move in steps, and not at all where limits are set.
        largest = float(np.abs(self._limits or score).max())
        top = nice_above(largest) if largest > 0 else 1.0
        meaning = Meaning("values", 0, -top, top)
        self.scale.show_meaning(meaning)
        # Not where the answer is 0: in the corner of a ReLU that would be a jagged line.
        ends = boundary(scores(reading.given[None]))
        line = in_plane(ends, score.shape[-1], reading.extent)
        self.field.set_field(colours_of(meaning, score, self._colours, False), line, reading.extent)
        self._surface.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 60)
