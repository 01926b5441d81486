"""How a drawn network looks: columns with their health, links, neurons, and what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from playground.core.experiment import Experiment, Layer
from playground.engine.calls import Array
from playground.gui.canvas.geometry import Column, Picture, Spot
from playground.gui.canvas.links import STEPS, Drawn
from playground.gui.theme import Colours, blend, diverging
from playground.gui.views.plot_layers import is_vector
from playground.gui.views.verdict import Level
from playground.training.instruments.wiring import MIDDLE, REACH, Shades, Wiring

THINNEST, THICKEST, THICKNESS = 0.7, 4.5, 0.18
"""Of links, in pixels; the last is a share of a neuron's side, which small ones do not exceed."""
PALEST, STRONGEST = 0.25, 0.95
AROUND = 9
"""Pixels of a layer's ground around its neurons."""
TINT = 0.22
BAR = 7
"""Pixels between neurons and the bar of BatchNorm or dropout, and its width."""
LEAST_MARKED, LEAST_BIASED = 9.0, 16.0
"""Sides from which on a neuron has signs, and its bias."""
AFFORDABLE = 500
"""Links that are drawn with smooth edges."""


@dataclass(slots=True)
class State:
    """What is drawn besides the reading.

    Attributes:
        levels: How each hidden layer's gradient fares.
        dead, saturated: For each hidden layer which units are, boolean (units,).
        shows_masks: Whether what dropout has left out is shown.
        neuron: The column and unit under the mouse, or None.
        link: Which of the drawn links is under the mouse, or None.
    """

    levels: Sequence[Level] = ()
    dead: Sequence[Array] = ()
    saturated: Sequence[Array] = ()
    shows_masks: bool = False
    neuron: tuple[int, int] | None = None
    link: int | None = None


class Painter:
    """Paints one network in a theme's colours."""

    def __init__(self, colours: Colours) -> None:
        self.colours = colours
        shades = np.clip((np.arange(256) - MIDDLE) / REACH, -1, 1)
        table = diverging(colours)
        self._table = table[np.rint((shades + 1) / 2 * (len(table) - 1)).astype(np.intp)]
        self._maps: list[tuple[Shades, QImage, NDArray[np.uint32]] | None] = []

    def use_maps(self, wiring: Wiring) -> None:
        """Colour the maps of a reading, once for all paints."""
        self._maps = [self._coloured(maps) if len(maps) else None for maps in wiring.maps]

    def image_of(self, shades: Shades) -> QImage:
        """A map as an image, the lowest row at the bottom."""
        pixels = np.ascontiguousarray(self._table[shades[::-1]])
        height, width = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        return image.copy()

    def _coloured(self, maps: Shades) -> tuple[Shades, QImage, NDArray[np.uint32]]:
        count, rows, width = maps.shape
        pixels = np.ascontiguousarray(self._table[maps[:, ::-1]]).reshape(count * rows, width)
        image = QImage(pixels.data, width, count * rows, 4 * width, QImage.Format.Format_RGB32)
        return maps, image, pixels  # the image does not own its pixels

    # --- layers ------------------------------------------------------------------------------

    def layers(self, painter: QPainter, picture: Picture, network: Experiment, at: State) -> None:
        """The ground of each hidden layer, tinted by its gradient's health; BatchNorm, dropout."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        levels = at.levels or ["muted"] * len(network.network.hidden)
        for index, (layer, level) in enumerate(zip(network.network.hidden, levels, strict=False)):
            column = picture.columns[index + 1]
            ground = QRectF(
                column.x - column.width / 2, column.top, column.width, column.height
            ).adjusted(-AROUND, -AROUND, AROUND, AROUND)
            colour = QColor(getattr(self.colours, level) if level != "muted" else self.colours.grid)
            colour.setAlphaF(TINT if level != "muted" else 0.6)
            painter.setPen(QPen(QColor(self.colours.border), 1))
            painter.setBrush(colour)
            painter.drawRoundedRect(ground, 6, 6)
            self._bars(painter, column, ground, layer)

    def _bars(self, painter: QPainter, column: Column, ground: QRectF, layer: Layer) -> None:
        """BatchNorm before or after the neurons, and dropout behind them."""
        right = ground.right() + 3
        if layer.batch_norm == "before":
            self._bar(painter, ground.left() - 3 - BAR, ground, self.colours.muted, False)
        elif layer.batch_norm == "after":
            self._bar(painter, right, ground, self.colours.muted, False)
            right += BAR + 3
        if layer.dropout:
            self._bar(painter, right, ground, self.colours.muted, True)

    def _bar(self, painter: QPainter, x: float, ground: QRectF, colour: str, dotted: bool) -> None:
        bar = QRectF(x, ground.top(), BAR, ground.height())
        if not dotted:  # BatchNorm: all of the batch goes through it
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(bar, 3, 3)
            return
        painter.setPen(QPen(QColor(colour), 1, Qt.PenStyle.DotLine))  # dropout: some pass
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(bar, 3, 3)

    # --- links -------------------------------------------------------------------------------

    def links(
        self, painter: QPainter, picture: Picture, drawn: Drawn, wiring: Wiring, at: State
    ) -> None:
        """All that are drawn, the weak ones first; held ones with a dot, cut ones dashed."""
        smooth = len(drawn) <= AFFORDABLE
        thickest = min(max(THICKNESS * picture.columns[0].side, 1.5), THICKEST)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        focus = self._touching(drawn, at)
        for step in range(STEPS):
            share = step / (STEPS - 1)
            for negative in (False, True):
                here = (drawn.step == step) & ((drawn.weight < 0) == negative) & focus
                if here.any():
                    pen = self._pen(share, negative, smooth, thickest)
                    painter.setPen(pen)
                    painter.drawLines([QLineF(*ends) for ends in drawn.ends[here].tolist()])
        self._held(painter, drawn, wiring)
        if at.link is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self.colours.accent), THICKEST))
            painter.drawLine(QLineF(*drawn.ends[at.link].tolist()))

    def _touching(self, drawn: Drawn, at: State) -> NDArray[np.bool_]:
        """With a neuron under the mouse only its own links are drawn."""
        if at.neuron is None:
            return np.ones(len(drawn), dtype=bool)
        column, unit = at.neuron
        into = (drawn.layer == column - 1) & (drawn.unit == unit)
        out = (drawn.layer == column) & (drawn.row == unit)
        return np.asarray(into | out)

    def _pen(self, share: float, negative: bool, smooth: bool, thickest: float) -> QPen:
        colour = self.colours.negative if negative else self.colours.positive
        strength = PALEST + share * (STRONGEST - PALEST)
        mixed = QColor(blend(self.colours.background, colour, strength))
        width = THINNEST + share * (thickest - THINNEST)
        return QPen(mixed, width if smooth or width > 2 else 1)

    def _held(self, painter: QPainter, drawn: Drawn, wiring: Wiring) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for layer, link in enumerate(wiring.links):
            if link.frozen is None or not link.frozen[:-1].any():
                continue
            here = np.flatnonzero(drawn.layer == layer)
            here = here[link.frozen[drawn.row[here], drawn.unit[here]]]
            for index in here.tolist():
                line = QLineF(*drawn.ends[index].tolist())
                middle = line.pointAt(0.5)
                if drawn.weight[index] == 0:
                    painter.setPen(QPen(QColor(self.colours.muted), 1, Qt.PenStyle.DashLine))
                    painter.drawLine(line)
                    painter.setPen(QPen(QColor(self.colours.text), 1.5))
                    painter.drawLine(middle + QPointF(-3, -3), middle + QPointF(3, 3))
                    painter.drawLine(middle + QPointF(-3, 3), middle + QPointF(3, -3))
                else:
                    painter.setPen(QPen(QColor(self.colours.background), 1.5))
                    painter.setBrush(QColor(self.colours.text))
                    painter.drawRect(QRectF(middle.x() - 3, middle.y() - 3, 6, 6))

    def together(self, painter: QPainter, picture: Picture, wiring: Wiring) -> None:
        """One broad link where a block stands on a side, as strong as its weights on average."""
        largest = max((link.rms for link in wiring.links if np.isfinite(link.rms)), default=0.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, link in enumerate(wiring.links):
            source, target = picture.columns[index], picture.columns[index + 1]
            if link.weights is not None and not (source.is_block or target.is_block):
                continue
            share = min(link.rms / largest, 1.0) if largest and np.isfinite(link.rms) else 0.0
            colour = QColor(self.colours.muted)
            colour.setAlphaF(0.15 + 0.35 * share)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            x1, x2 = source.x + source.width / 2, target.x - target.width / 2
            painter.drawPolygon(
                [
                    QPointF(x1, source.top),
                    QPointF(x2, target.top),
                    QPointF(x2, target.top + target.height),
                    QPointF(x1, source.top + source.height),
                ]
            )

    # --- neurons -----------------------------------------------------------------------------

    def neurons(self, painter: QPainter, picture: Picture, wiring: Wiring, at: State) -> None:
        """Each neuron's map, what is wrong with it, its bias, and whether it was left out."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for index, column in enumerate(picture.columns):
            coloured = self._maps[index] if index < len(self._maps) else None
            for unit, spot in enumerate(column.spots()):
                target = QRectF(spot.x, spot.y, spot.side, spot.side)
                if coloured is not None and unit < len(coloured[0]):
                    rows = coloured[0].shape[1]
                    source = QRect(0, unit * rows, rows, rows)
                    if is_vector(painter):  # there an image is always taken as a whole
                        painter.drawImage(target, coloured[1].copy(source))
                    else:
                        painter.drawImage(target, coloured[1], QRectF(source))
                else:
                    painter.fillRect(target, QColor(self.colours.neutral))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._frames(painter, picture, at)
        self._marks(painter, picture, at)
        self._biases(painter, picture, wiring)
        if at.shows_masks:
            self._masks(painter, picture, wiring)

    def _frames(self, painter: QPainter, picture: Picture, at: State) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.colours.border), 1))
        for column in picture.columns:
            if column.side >= LEAST_MARKED:
                painter.drawRects([_rect(spot) for spot in column.spots()])
        if at.neuron is not None:
            index, unit = at.neuron
            painter.setPen(QPen(QColor(self.colours.accent), 2))
            painter.drawRect(_rect(picture.columns[index].spot(unit)))

    def _marks(self, painter: QPainter, picture: Picture, at: State) -> None:
        """A cross on what is dead, a bar below what is saturated."""
        hidden = picture.columns[1:-1]
        for column, dead in zip(hidden, at.dead, strict=False):
            painter.setPen(QPen(QColor(self.colours.red), 2 if column.side > LEAST_MARKED else 1))
            for unit in np.flatnonzero(dead[: column.count]).tolist():
                rect = _rect(column.spot(unit)).adjusted(2, 2, -2, -2)
                painter.drawLine(rect.topLeft(), rect.bottomRight())
                painter.drawLine(rect.topRight(), rect.bottomLeft())
        for column, flags in zip(hidden, at.saturated, strict=False):
            for unit in np.flatnonzero(flags[: column.count]).tolist():
                rect = _rect(column.spot(unit))
                bar = QRectF(rect.left(), rect.bottom() - 2, rect.width(), 3)
                painter.fillRect(bar, QColor(self.colours.amber))

    def _biases(self, painter: QPainter, picture: Picture, wiring: Wiring) -> None:
        """A small square at the lower left of each neuron, in the colour of its bias."""
        for column, link in zip(picture.columns[1:], wiring.links, strict=True):
            if link.weights is None or column.side < LEAST_BIASED or column.is_block:
                continue
            biases = link.weights[-1]
            largest = float(np.nan_to_num(np.abs(link.weights)).max()) or 1.0
            shades = np.clip(np.nan_to_num(biases) / largest, -1, 1)
            for unit, share in enumerate(shades.tolist()):
                colour = self.colours.positive if share > 0 else self.colours.negative
                ground = blend(self.colours.panel, colour, abs(share))
                painter.setPen(QPen(QColor(self.colours.muted), 1))
                painter.setBrush(QColor(ground))
                painter.drawRect(_rect(bias_spot(column.spot(unit))))

    def _masks(self, painter: QPainter, picture: Picture, wiring: Wiring) -> None:
        veil = QColor(self.colours.background)
        veil.setAlphaF(0.75)
        for column, mask in zip(picture.columns[1:-1], wiring.masks, strict=False):
            if mask is None:
                continue
            for unit in np.flatnonzero(~mask[: column.count]).tolist():
                rect = _rect(column.spot(unit))
                painter.fillRect(rect, veil)
                painter.setPen(QPen(QColor(self.colours.muted), 1, Qt.PenStyle.DotLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(rect)


def bias_spot(spot: Spot) -> Spot:
    """Where a neuron's bias is drawn: at its lower left."""
    side = min(max(spot.side / 4, 5.0), 9.0)
    return Spot(spot.x - side / 2, spot.y + spot.side - side / 2, side)


def _rect(spot: Spot) -> QRectF:
    return QRectF(spot.x, spot.y, spot.side, spot.side)
