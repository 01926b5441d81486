"""What is drawn of a network: what every unit answers over the plane, and all that links them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset, extent, plane_inputs
from playground.engine.calls import Array
from playground.engine.network import Network
from playground.training.instruments.base import Instrument, instruments
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer

Shades = NDArray[np.uint8]

MIDDLE, REACH = 128, 127
"""The shade of 0, and how many there are on either side."""
PEAK = 3.0
"""So many times its mean size a unit's answer has the full colour."""
MOST_LINKS = 128 * 128
"""Of a layer: the weights of a larger one are not handed out one by one, only their size."""
FOCUS_GRID = 64
CHUNK = 1024
"""Points of the plane that are looked at together."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be seen of a network.

    Attributes:
        grid: Cells along each side of a map.
        columns: Of which columns maps are made: 0 are the features, 1 the first hidden layer, the
            last the output.
        focus: A column and a unit of which a larger map is made; or None.
    """

    grid: int
    columns: frozenset[int]
    focus: tuple[int, int] | None = None


NOTHING = Sight(1, frozenset())


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """What leads into a layer; (in + 1, out) each, the last row for the biases, read-only.

    Attributes:
        weights: None for a layer with more than ``MOST_LINKS``.
        gradient: Of the last step; None before the first one, or where weights is None.
        frozen: Which are held; None where weights is None.
        rms: Root mean square of the weights.
    """

    weights: Array | None
    gradient: Array | None
    frozen: Array | None
    rms: float


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """A network as it can be drawn; arrays are read-only.

    Attributes:
        maps: For each column what its units answer over the plane, (units, n, n) with row 0 lowest
            in x2; a shade of 128 is 0, 1 and 255 are the unit's scale or more. (0, n, n) for a
            column that is not in sight. Hidden units' are those of the activation, before a
            BatchNorm that follows it; the output's are raw. All in evaluation mode.
        scales: Each unit's largest size over the plane, or three times the mean one where that is
            less (units,), so that a peak does not make all else pale.
        links: For each layer, the output's last.
        masks: For each hidden layer which units dropout has left in at the first point of the last
            step, boolean (units,); None without dropout or before a step.
        extent: The plane's (x1 low, x1 high, x2 low, x2 high).
        focus: The map of the unit that is in focus, (n, n); None without one.
    """

    maps: tuple[Shades, ...]
    scales: tuple[Array, ...]
    links: tuple[Links, ...]
    masks: tuple[Array | None, ...]
    extent: tuple[float, float, float, float]
    focus: Shades | None


@instruments.add
class WiringInstrument(Instrument):
    """Reads a :class:`Wiring` of what it is aimed at, a :class:`Sight`."""

    name = "wiring"
    share = 0.1
    pause = 0.06  # in a run a frame draws one of several views, so this one less often than that

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._stand_in = StandIn(trainer)
        self._sight = NOTHING
        self._planes: dict[int, tuple[Dataset, Array]] = {}

    def aim(self, target: Any) -> None:
        self._sight = target or NOTHING

    def read(self, replica: int) -> Wiring:
        network = self._stand_in.of(replica)
        sight = self._sight
        answers = self._answers(network, sight.grid, sight.columns)
        maps, scales = zip(*(_shaded(values) for values in answers), strict=True)
        return Wiring(
            maps,
            scales,
            tuple(self._links(network, replica)),
            self._masks(replica),
            extent(self.trainer.dataset),
            self._focus(network),
        )

    def _focus(self, network: Network) -> Shades | None:
        sight = self._sight
        if sight.focus is None:
            return None
        column, unit = sight.focus
        if column >= len(network.sizes) or unit >= network.sizes[column]:
            return None  # the network has changed since
        answers = self._answers(network, FOCUS_GRID, frozenset({column}))
        shades, _ = _shaded(answers[column][unit : unit + 1])
        return np.asarray(shades[0])

    def _answers(self, network: Network, grid: int, columns: frozenset[int]) -> list[Array]:
        """For each column (units, n, n); the whole network is run once."""
        inputs = self._inputs(grid)
        parts: list[list[Array]] = [[] for _ in network.sizes]
        deepest = max(columns, default=0)
        for start in range(0, inputs.shape[1], CHUNK):
            part = inputs[:, start : start + CHUNK]
            if 0 in columns:
                parts[0].append(part)
            if not deepest:
                continue
            program = network.evaluation(part.shape[1])
            program.feed[..., : network.sizes[0], :] = part
            with np.errstate(all="ignore"):  # what is not finite is drawn as 0
                program.run()
            for column, trace in enumerate(program.traces, 1):
                if column in columns:
                    parts[column].append(trace.activation.copy())
        return [
            np.concatenate(part, axis=-1).reshape(-1, grid, grid)
            if part
            else np.empty((0, grid, grid))
            for part in parts
        ]

    def _inputs(self, grid: int) -> Array:
        dataset = self.trainer.dataset
        if grid not in self._planes or self._planes[grid][0] is not dataset:
            features = self.trainer.experiment.data.features
            self._planes[grid] = (dataset, plane_inputs(dataset, features, grid))
        return self._planes[grid][1]

    def _links(self, network: Network, replica: int) -> list[Links]:
        trainer = self.trainer
        held = trainer.frozen.tables(replica)
        found = []
        for index, views in enumerate(network.views):
            table = views.table[0]
            with np.errstate(all="ignore"):
                rms = float(np.sqrt(np.mean(np.square(table[:-1], dtype=np.float64))))
            if table.size > MOST_LINKS:
                found.append(Links(None, None, None, rms))
                continue
            gradient = None
            if trainer.last_program is not None:
                gradient = _frozen(trainer.network.grad_views[index].table[replica])
            found.append(Links(_frozen(table), gradient, _frozen(held[index]), rms))
        return found

    def _masks(self, replica: int) -> tuple[Array | None, ...]:
        program, replicas = self.trainer.last_program, self.trainer.network.replicas
        hidden = len(self.trainer.experiment.network.hidden)
        if program is None:
            return (None,) * hidden
        masks: list[Array | None] = []
        for trace in program.traces[:hidden]:
            mask = trace.mask
            if mask is None:
                masks.append(None)
            else:
                rows = mask if replicas == 1 else mask[replica]
                masks.append(_frozen(rows[:, 0] > 0))
        return tuple(masks)


def _shaded(values: Array) -> tuple[Shades, Array]:
    """Values (units, n, n) as shades, each unit by its own scale, and these scales."""
    tame = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    plain = np.abs(tame)
    largest = plain.max(axis=(1, 2), initial=0.0).astype(np.float64)
    usual = PEAK * plain.mean(axis=(1, 2), dtype=np.float64) if plain.size else largest
    sizes = np.minimum(largest, usual)
    factors = np.divide(REACH, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    scaled = np.clip(tame * factors[:, None, None], -REACH, REACH)
    shades = np.rint(scaled + MIDDLE).astype(np.uint8)
    for array in (shades, sizes):
        array.setflags(write=False)
    return shades, sizes


def _frozen(array: Array) -> Array:
    copy = array.copy()
    copy.setflags(write=False)
    return copy
