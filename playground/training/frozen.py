"""Weights that are held: training leaves them as they are, and the user may set them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from playground.core.fields import Control
from playground.engine.calls import Array, Call, call
from playground.engine.network import Network

WEIGHT = Control(
    "Value",
    "What the weight or bias is now. Training goes on from there, unless it is frozen.",
    minimum=-1e6,
    maximum=1e6,
    low=-3,
    high=3,
    decimals=3,
    live=True,
)


class Place(NamedTuple):
    """One weight or bias of a replica.

    Attributes:
        replica: From 0.
        layer: From 0, the first hidden one; the last is the output.
        row: Which input of the layer, from 0; the row after the last is the bias.
        unit: Which unit of the layer, from 0.
    """

    replica: int
    layer: int
    row: int
    unit: int


class Frozen:
    """The held weights of a network.

    Attributes:
        mask: Which parameters are held, boolean (R, P), laid out as the network's ``theta``.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.mask = np.zeros(network.theta.shape, dtype=bool)
        self._tables = [views.table for views in network.layout.views(self.mask)]

    def tables(self, replica: int) -> list[Array]:
        """For each layer which of its weights and biases are held, (in + 1, out); not copies."""
        return [table[replica] for table in self._tables]

    def holds(self, place: Place) -> bool:
        """Whether a weight is held."""
        return bool(self._table(place)[place.row, place.unit])

    def hold(self, place: Place, held: bool) -> None:
        """Hold a weight from now on, or let it go."""
        self._table(place)[place.row, place.unit] = held

    def places(self, replica: int) -> list[Place]:
        """All that are held of a replica, in order."""
        return [
            Place(replica, layer, int(row), int(unit))
            for layer, table in enumerate(self.tables(replica))
            for row, unit in np.argwhere(table)
        ]

    def hold_all(self, places: Iterable[Place]) -> None:
        """Hold these, and no others."""
        self.mask[:] = False
        for place in places:
            self.hold(place, True)

    def compile(self) -> list[Call]:
        """Compile what puts the held weights back after a step; nothing where none is held."""
        held = np.flatnonzero(self.mask)
        if not len(held):
            return []
        theta = self._network.theta.reshape(-1)
        return [call(np.put, theta, held, theta[held])]

    def _table(self, place: Place) -> Array:
        return np.asarray(self._tables[place.layer][place.replica])
