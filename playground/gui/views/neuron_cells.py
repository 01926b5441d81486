"""A picture of units as cells, a block for each layer. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.gui.theme import Colours, blend, layer_colour, packed, rgb
from playground.training.instruments.neurons import LayerNeurons

LARGEST_CELL = 30
LEAST_FRAMED, LEAST_APART, LEAST_SIGNED = 8, 4, 3
"""Sides from which on a cell has a frame, a gap to the next one, and signs that can be read."""
MOSTLY = 0.5
"""A unit that is saturated at more than this share of the points is marked so."""

Pixels = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Packing:
    """Where the cells of all layers are, in pixels.

    A layer whose units do not fit into a row goes on in the next one; all cells have one side,
    the largest with which everything fits.

    Attributes:
        units: Of each layer.
        side: Of a cell, with the gap to the next one.
        columns: Cells in a full row.
        tops: Where each layer's block begins.
        height: Of all blocks; more than there is room for only with cells of one pixel.
    """

    units: tuple[int, ...]
    side: int
    columns: int
    tops: tuple[int, ...]
    height: int

    def rows(self, layer: int) -> int:
        """In how many rows a layer stands."""
        return -(-self.units[layer] // self.columns)

    def place(self, layer: int, unit: int) -> tuple[int, int]:
        """A cell's left and top."""
        row, column = divmod(unit, self.columns)
        return column * self.side, self.tops[layer] + row * self.side

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """The layer and the unit whose cell holds a point."""
        if x < 0 or x >= self.columns * self.side:
            return None
        for layer, (top, units) in enumerate(zip(self.tops, self.units, strict=True)):
            if top <= y < top + self.rows(layer) * self.side:
                unit = int((y - top) // self.side) * self.columns + int(x // self.side)
                return (layer, unit) if unit < units else None
        return None

    def beside(self, layer: int, unit: int, right: int, down: int) -> tuple[int, int]:
        """The nearest cell of those one to the right and one down; itself at an edge."""
        row, column = divmod(unit, self.columns)
        column = min(max(column + right, 0), self.columns - 1)
        row += down
        if row < 0 and layer > 0:
            layer -= 1
            row = self.rows(layer) - 1
        elif row >= self.rows(layer) and layer + 1 < len(self.units):
            layer, row = layer + 1, 0
        row = min(max(row, 0), self.rows(layer) - 1)
        return layer, min(row * self.columns + column, self.units[layer] - 1)


def pack(units: Sequence[int], width: int, height: int, largest: int = LARGEST_CELL) -> Packing:
    """Find the largest cells with which layers of so many units fit into a room of pixels."""
    side = largest + 1
    while True:
        side -= 1
        room, gap = max(width // side, 1), _gap(side)
        # In as many rows, but of one length as far as can be.
        columns = max(-(-count // -(-count // room)) for count in units)
        tops, y = [], 0
        for count in units:
            tops.append(y)
            y += -(-count // columns) * side + gap
        if y - gap <= height or side == 1:
            return Packing(tuple(units), side, columns, tuple(tops), y - gap)


def _gap(side: int) -> int:
    """Between two layers."""
    return 1 if side < LEAST_APART else 2 if side < LEAST_FRAMED else 4


def picture(packing: Packing, layers: Sequence[LayerNeurons], colours: Colours) -> Pixels:
    """The cells: the fuller, the more often a unit is active; with signs for dead and saturated.

    Returns:
        Qt's 0xffrrggbb, (height, width).
    """
    side, columns = packing.side, packing.columns
    ground = packed(rgb(colours.panel))
    canvas = np.full((packing.height, columns * side), ground, dtype=np.uint32)
    for index, layer in enumerate(layers):
        rows, count = packing.rows(index), len(layer.dead)
        tints = np.full(rows * columns, ground, dtype=np.uint32)
        # The output, which has no cells here, counts too: a layer has one colour in all views.
        tints[:count] = _tints(layer, layer_colour(index, len(layers) + 1, colours), colours)
        cells = np.empty((rows, columns, side, side), dtype=np.uint32)
        cells[:] = tints.reshape(rows, columns, 1, 1)
        flat = cells.reshape(rows * columns, side, side)
        _frame(flat[:count], ground, packed(rgb(colours.border)))
        _mark(flat, layer.saturated > MOSTLY, bars(side), colours.amber, colours)
        _mark(flat, layer.dead, cross(side), colours.red, colours)
        top = packing.tops[index]
        canvas[top : top + rows * side] = cells.transpose(0, 2, 1, 3).reshape(rows * side, -1)
    return canvas


def _tints(layer: LayerNeurons, colour: str, colours: Colours) -> Pixels:
    empty = rgb(blend(colours.panel, colours.border, 0.35))
    share = np.nan_to_num(layer.active)[:, None]
    return packed(empty + share * (rgb(colour) - empty))


def _frame(cells: Pixels, gap: Pixels, frame: Pixels) -> None:
    side = cells.shape[-1]
    if side >= LEAST_FRAMED:
        cells[:, [0, side - 2], :] = frame
        cells[:, :, [0, side - 2]] = frame
    if side >= LEAST_APART:
        cells[:, -1, :] = gap
        cells[:, :, -1] = gap


def cross(side: int) -> NDArray[np.bool_]:
    """The sign of a dead unit, boolean (side, side)."""
    inner, inset = _inner(side)
    sign = np.zeros((side, side), dtype=bool)
    at = np.arange(inner)
    thick = 0.5 + side / 16
    lines = np.abs(at[:, None] - at) < thick
    sign[inset : inset + inner, inset : inset + inner] = lines | lines[:, ::-1]
    return sign


def bars(side: int) -> NDArray[np.bool_]:
    """The sign of a saturated unit, a bar at either end: boolean (side, side)."""
    inner, inset = _inner(side)
    sign = np.zeros((side, side), dtype=bool)
    thick = max(round(inner / 6), 1)
    within = sign[inset : inset + inner, inset : inset + inner]
    within[:thick] = within[inner - thick :] = True
    return sign


def _inner(side: int) -> tuple[int, int]:
    """How long a sign is and where it begins: within gap and frame, where there are such."""
    if side >= LEAST_FRAMED:
        inset = max(side // 6, 2)
        return side - 1 - 2 * inset, inset
    return side - (side >= LEAST_APART), 0


def _mark(
    cells: Pixels, which: NDArray[np.bool_], sign: NDArray[np.bool_], colour: str, colours: Colours
) -> None:
    """Put a sign on cells, on a rim of the panel's colour where there is room for one."""
    chosen = np.flatnonzero(which)
    if cells.shape[-1] < LEAST_SIGNED or not len(chosen):
        cells[chosen] = packed(rgb(colour))
        return
    marked = cells[chosen]
    if cells.shape[-1] >= LEAST_FRAMED:
        marked[:, _widened(sign)] = packed(rgb(colours.panel))
    marked[:, sign] = packed(rgb(colour))
    cells[chosen] = marked


def _widened(sign: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A sign and the pixels around it, but not those of frame and gap."""
    wide = sign.copy()
    for step in (-1, 1):
        for axis in (0, 1):
            wide |= np.roll(sign, step, axis)
    wide[[0, -1, -2]] = wide[:, [0, -1, -2]] = False
    return wide
