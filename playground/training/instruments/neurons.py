"""How each hidden unit answers to the training points: dead, saturated, how often active."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.core.experiment import Layer
from playground.engine.calls import Array
from playground.engine.program import Trace
from playground.training.diagnostics import (
    dead_units,
    has_no_slope,
    is_saturated,
    looks,
    some_of,
)
from playground.training.instruments.base import Instrument, instruments
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer


@dataclass(frozen=True, slots=True, eq=False)
class LayerNeurons:
    """The units of a hidden layer; arrays (units,), read-only.

    What a unit answers is its activation, before a BatchNorm that follows it; all is judged in
    evaluation mode.

    Attributes:
        dead: Whether its slope is 0 at every training point; see ``diagnostics.dead_units``.
        saturated: The share of points at which its answer lies at an end of the activation's
            range; NaN where that has no two ends. See ``diagnostics.is_saturated``.
        active: The share of points to which it answers more than 0.
        mean, std: Of its answers.
    """

    dead: Array
    saturated: Array
    active: Array
    mean: Array
    std: Array


@instruments.add
class Neurons(Instrument):
    """Reads a :class:`LayerNeurons` for each hidden layer, from the first one on.

    Shares, mean and standard deviation are taken over at most ``diagnostics.MOST_SAMPLES`` points;
    what is dead is found out from all of them.
    """

    name = "neurons"
    pause = 0.1  # shares that change more often cannot be read

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._stand_in = StandIn(trainer)

    def read(self, replica: int) -> tuple[LayerNeurons, ...]:
        network, inputs = self._stand_in.of(replica), self.trainer.dataset.train.inputs
        part = some_of(inputs)
        (look,) = looks(network, part)
        found = [_units(layer, trace) for layer, trace in look]
        if part.shape[1] < inputs.shape[1] and any(units["dead"].any() for units in found):
            for units, (dead,) in zip(found, dead_units(network, inputs), strict=True):
                units["dead"] = dead
        for units in found:
            for array in units.values():
                array.setflags(write=False)
        return tuple(LayerNeurons(**units) for units in found)


def _units(layer: Layer, trace: Trace) -> dict[str, Array]:
    answers, ends = trace.activation, is_saturated(layer, trace)
    with np.errstate(all="ignore"):  # a network that diverges has numbers to match
        return {
            "dead": has_no_slope(layer, trace),
            "saturated": np.full(len(answers), np.nan) if ends is None else ends.mean(axis=-1),
            "active": (answers > 0).mean(axis=-1),
            "mean": answers.mean(axis=-1, dtype=np.float64),
            "std": answers.std(axis=-1, dtype=np.float64),
        }
