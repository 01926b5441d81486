"""The links of a drawn network: which are drawn, how, and which one is at a point. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.engine.calls import Array
from playground.gui.canvas.geometry import Picture
from playground.training.instruments.wiring import Links

MOST_LINKS = 1500
"""Of all layers together; the strongest are drawn, and the canvas says how many there are."""
TYPICAL = 90
"""Per cent of the links that are no larger than the size at which one is drawn strongest."""
STEPS = 6
"""Of width and strength."""
NEAR = 5.0
"""Pixels from a link at which the mouse means it."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The links that are drawn.

    Attributes:
        layer, row, unit: Which ones (links,); layer 0 leads into the first hidden one.
        ends: From where to where (links, 4).
        weight: Their values (links,).
        step: How strong each looks, 0 to ``STEPS - 1``.
        total: How many there are in the columns that are drawn neuron by neuron.
    """

    layer: Array
    row: Array
    unit: Array
    ends: Array
    weight: Array
    step: Array
    total: int

    def __len__(self) -> int:
        return len(self.weight)

    def nearest(self, x: float, y: float) -> int | None:
        """The link that a point means: the nearest, and of those equally near the strongest."""
        if not len(self):
            return None
        x1, y1, x2, y2 = self.ends.T
        across, down = x2 - x1, y2 - y1
        along = ((x - x1) * across + (y - y1) * down) / np.maximum(across**2 + down**2, 1e-9)
        # Near its ends a link cannot be told from its neighbours.
        inside = (along > 0.03) & (along < 0.97)
        distance = np.hypot(x1 + along * across - x, y1 + along * down - y)
        distance[~inside] = np.inf
        index = int(np.argmin(distance - 0.2 * self.step))
        return index if distance[index] <= NEAR else None


def drawn_links(links: Sequence[Links], picture: Picture, most: int = MOST_LINKS) -> Drawn:
    """The links between columns that are drawn neuron by neuron.

    How strong one looks follows from its size beside the largest tenth of all of them, so that
    training a network does not fade it.
    """
    layers, rows, units, weights, ends = [], [], [], [], []
    for index, link in enumerate(links):
        source, target = picture.columns[index], picture.columns[index + 1]
        if link.weights is None or source.is_block or target.is_block:
            continue
        table = link.weights[:-1]
        row, unit = (part.ravel() for part in np.indices(table.shape))
        layers.append(np.full(table.size, index))
        rows.append(row)
        units.append(unit)
        weights.append(np.nan_to_num(table, nan=0.0, posinf=1e30, neginf=-1e30).ravel())
        begins = source.spot(0)
        leads = target.spot(0)
        pitches = source.side + source.gap, target.side + target.gap
        y1 = begins.centre[1] + row * pitches[0]
        y2 = leads.centre[1] + unit * pitches[1]
        x1, x2 = np.full(table.size, begins.x + begins.side), np.full(table.size, leads.x)
        ends.append(np.stack([x1, y1, x2, y2], axis=1))
    if not weights:
        none = np.empty(0, np.int64)
        return Drawn(none, none, none, np.empty((0, 4)), np.empty(0), none, 0)
    weight = np.concatenate(weights)
    size = np.abs(weight, dtype=np.float64)  # a diverged one beside a tiny one is beyond float32
    place = TYPICAL * (len(size) - 1) // 100
    typical = float(np.partition(size, place)[place]) or float(size.max()) or 1.0
    step = np.minimum(size / typical * (STEPS - 1), STEPS - 1).astype(np.int64)
    chosen = np.arange(len(weight))
    if len(weight) > most:
        chosen = np.sort(np.argpartition(size, -most)[-most:])
    parts = (np.concatenate(part)[chosen] for part in (layers, rows, units, ends))
    layer, row, unit, places = parts
    return Drawn(layer, row, unit, places, weight[chosen], step[chosen], len(weight))
