"""Weights that are held: training leaves them as they are, and the user may set them.

A weight that a regulariser has cut (``engine.regularizers.DyingL1``) is held at 0 as well, until it
is let go or given another value.
"""

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
        mask: Which parameters the user holds, boolean (R, P), laid out as the network's ``theta``.
        dead: Which weights the regulariser has cut, laid out alike.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.mask = np.zeros(network.theta.shape, dtype=bool)
        self.dead = np.zeros_like(self.mask)
        self._tables = [views.table for views in network.layout.views(self.mask)]
        self._dead_tables = [views.table for views in network.layout.views(self.dead)]

    def tables(self, replica: int) -> list[Array]:
        """For each layer which of its weights and biases are held, (in + 1, out)."""
        pairs = zip(self._tables, self._dead_tables, strict=True)
        return [held[replica] | dead[replica] for held, dead in pairs]

    def holds(self, place: Place) -> bool:
        """Whether a weight is held."""
        tables = (self._tables, self._dead_tables)
        return any(table[place.layer][place[0]][place.row, place.unit] for table in tables)

    def hold(self, place: Place, held: bool) -> None:
        """Hold a weight from now on, or let it go."""
        self._tables[place.layer][place.replica][place.row, place.unit] = held
        self._dead_tables[place.layer][place.replica][place.row, place.unit] = False

    def places(self, replica: int) -> list[Place]:
        """All that the user holds of a replica, in order."""
        return [
            Place(replica, layer, int(row), int(unit))
            for layer, table in enumerate(self._tables)
            for row, unit in np.argwhere(table[replica])
        ]

    def revive(self, theta: Array | None) -> None:
        """Let the dead live again whose weights are not 0 in ``theta`` (R, P); None: all."""
        self.dead &= False if theta is None else theta == 0

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
