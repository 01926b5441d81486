"""All hidden units as cells: one can be pointed at and chosen, by mouse or by keyboard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.theme import LIGHT, Colours, layer_colour
from playground.gui.views.neuron_cells import LARGEST_CELL, Packing, Pixels, pack, picture
from playground.training.instruments.neurons import LayerNeurons

Unit = tuple[int, int]

STRIPE, GAP, EDGE = 4, 4, 2
"""The layer's colour beside its cells, the room around its number, and that around all."""
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class NeuronGrid(QWidget):
    """The cells, with each layer's number and colour beside them.

    Attributes:
        packing: Where the cells are, in the screen's pixels; None where there are none.
        image: Their picture (height, width).
        unit: The chosen one, layer and unit from 0, or None; it may be one that is not there now.
        pointed: The one under the mouse.

    Signals:
        chosen: By the user: a unit, or None.
        pointed_at: The mouse is at a unit, or None.
    """

    chosen = Signal(object)
    pointed_at = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.packing: Packing | None = None
        self.image: Pixels = np.empty((0, 0), dtype=np.uint32)
        self.unit: Unit | None = None
        self.pointed: Unit | None = None
        self._layers: Sequence[LayerNeurons] = ()
        self._colours = LIGHT
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Neurons by layer")
        self.setToolTip(
            "A cell for each neuron: the fuller its colour, the more often it is active, which is "
            "to answer more than 0.\nA cross: dead. Bars above and below: saturated at most "
            "training points.\nClick a neuron to see what it answers over the plane; arrow keys "
            "move on, Esc lets go."
        )

    # --- drawing -----------------------------------------------------------------------------

    def show_layers(self, layers: Sequence[LayerNeurons]) -> None:
        """Draw other numbers."""
        if layers is not self._layers:
            same = [len(layer.dead) for layer in layers] == self._units
            self._layers = layers
            self._renew(repack=not same)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self._renew(repack=False)

    @property
    def _units(self) -> list[int]:
        return [len(layer.dead) for layer in self._layers]

    def _renew(self, repack: bool = True) -> None:
        if not self._layers:
            self.packing = None
        elif repack or self.packing is None:
            ratio = self.devicePixelRatioF()
            room = QRectF(self.rect()).adjusted(self._margin, EDGE, -EDGE, -EDGE)
            width, height = (max(int(side * ratio), 1) for side in (room.width(), room.height()))
            self.packing = pack(self._units, width, height, round(LARGEST_CELL * ratio))
        if self.packing is not None:
            self.image = picture(self.packing, self._layers, self._colours)
        self.update()

    @property
    def _margin(self) -> int:
        """Left of the cells: the layers' numbers and colours."""
        widest = self.fontMetrics().horizontalAdvance(str(len(self._layers)))
        return EDGE + widest + GAP + STRIPE + GAP

    @property
    def _scale(self) -> tuple[float, float]:
        """What a pixel of the picture takes of the widget, across and down."""
        assert self.packing is not None
        one = 1 / self.devicePixelRatioF()
        room = self.height() - 2 * EDGE
        return one, min(one, room / max(self.packing.height, 1))

    def _place(self, layer: int, unit: int) -> QRectF:
        """A cell, in the widget's coordinates."""
        assert self.packing is not None
        (x, y), (across, down), side = (
            self.packing.place(layer, unit),
            self._scale,
            self.packing.side,
        )
        return QRectF(
            self._margin + x * across, EDGE + y * down, side * across, max(side * down, 1.0)
        )

    def is_there(self, unit: Unit | None) -> bool:
        """Whether there is such a unit now."""
        units = self._units
        return unit is not None and unit[0] < len(units) and unit[1] < units[unit[0]]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        packing, colours = self.packing, self._colours
        painter.fillRect(self.rect(), QColor(colours.panel))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.muted), 1, Qt.PenStyle.DotLine))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        if packing is None:
            return
        height, width = self.image.shape
        image = QImage(self.image.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        across, down = self._scale
        painter.drawImage(QRectF(self._margin, EDGE, width * across, height * down), image)
        self._paint_layers(painter, packing, down)
        for unit, width in ((self.pointed, 1.0), (self.unit, 2.0)):
            if unit is not None and self.is_there(unit):
                painter.setPen(QPen(QColor(colours.text), width))
                painter.drawRect(self._place(*unit).adjusted(-0.5, -0.5, -0.5, -0.5))

    def _paint_layers(self, painter: QPainter, packing: Packing, down: float) -> None:
        count, line = len(packing.units), self.fontMetrics().height()
        x = self._margin - GAP - STRIPE
        free = 0.0
        for index, top in enumerate(packing.tops):
            y, height = EDGE + top * down, packing.rows(index) * packing.side * down
            colour = QColor(layer_colour(index, count + 1, self._colours))
            painter.fillRect(QRectF(x, y, STRIPE, max(height - 1, 1.0)), colour)
            middle = y + height / 2
            if middle - line / 2 >= free - 1:  # where rows are narrow, some have no number
                free = middle + line / 2
                painter.setPen(QColor(self._colours.muted))
                words = QRectF(EDGE, middle - line / 2, x - GAP - EDGE, line)
                painter.drawText(words, Qt.AlignmentFlag.AlignRight, str(index + 1))

    # --- choosing ----------------------------------------------------------------------------

    def choose(self, unit: Unit | None) -> None:
        """Choose a unit, or none."""
        if unit != self.unit:
            self.unit = unit
            self.update()
            self.chosen.emit(unit)

    def unit_at(self, at: QPointF) -> Unit | None:
        """The unit at a point of the widget."""
        if self.packing is None:
            return None
        across, down = self._scale
        return self.packing.at((at.x() - self._margin) / across, (at.y() - EDGE) / down)

    def _point(self, unit: Unit | None) -> None:
        if unit != self.pointed:
            self.pointed = unit
            self.update()
            self.pointed_at.emit(unit)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.unit_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        unit = self.unit_at(event.position())
        if unit is not None:
            self.choose(None if unit == self.unit else unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = (
            Qt.Key(event.key()),
            event.modifiers()
            in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            ),
        )
        if plain and self.packing is not None and key in STEPS:
            self.choose(self._next(self.packing, *STEPS[key]))
        elif plain and key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.is_there(self.unit):
            assert self.unit is not None
            layer = self.unit[0]
            self.choose((layer, 0 if key == Qt.Key.Key_Home else self._units[layer] - 1))
        elif plain and key == Qt.Key.Key_Escape and self.unit is not None:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def _next(self, packing: Packing, right: int, down: int) -> Unit:
        if self.unit is None or not self.is_there(self.unit):
            return 0, 0
        return packing.beside(*self.unit, right, down)

    # --- Qt's events -------------------------------------------------------------------------

    def focusInEvent(self, event: QEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._renew()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._renew()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(200, 120)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 40)
