"""What one hidden unit answers over the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.data.dataset import Dataset, extent, plane_inputs
from playground.engine.calls import Array
from playground.training.diagnostics import looks
from playground.training.instruments.base import Instrument, instruments
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer

GRID = 100
"""Points along each side of the plane."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitReading:
    """A unit's answers.

    Attributes:
        layer, unit: Which one, both from 0; layer 0 is the first hidden one.
        values: What it answers, before a BatchNorm that follows it, in evaluation mode: (n, n),
            row 0 lowest in x2; read-only.
        given: What its activation is given there: the weighted sum, or that after a BatchNorm.
        extent: The plane's (x1 low, x1 high, x2 low, x2 high); values sit at the centres of n × n
            equal cells.
    """

    layer: int
    unit: int
    values: Array
    given: Array
    extent: tuple[float, float, float, float]


@instruments.add
class UnitField(Instrument):
    """Reads a :class:`UnitReading` of the unit that it is aimed at, (layer, unit)."""

    name = "unit_field"
    share = 0.1

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._stand_in = StandIn(trainer)
        self._unit: tuple[int, int] | None = None
        self._plane: tuple[Dataset, Array] | None = None

    def aim(self, target: Any) -> None:
        self._unit = target

    def read(self, replica: int) -> UnitReading | None:
        sizes = [layer.units for layer in self.trainer.experiment.network.hidden]
        if self._unit is None:
            return None
        layer, unit = self._unit
        if layer >= len(sizes) or unit >= sizes[layer]:
            return None
        network = self._stand_in.of(replica)
        traces = (look[layer][1] for look in looks(network, self._inputs()))
        parts = [(trace.activation[unit].copy(), trace.pre[unit].copy()) for trace in traces]
        values, given = (
            np.concatenate(part).reshape(GRID, GRID) for part in zip(*parts, strict=True)
        )
        for array in (values, given):
            array.setflags(write=False)
        return UnitReading(layer, unit, values, given, extent(self.trainer.dataset))

    def _inputs(self) -> Array:
        dataset = self.trainer.dataset
        if self._plane is None or self._plane[0] is not dataset:
            features = self.trainer.experiment.data.features
            self._plane = (dataset, plane_inputs(dataset, features, GRID))
        return self._plane[1]
