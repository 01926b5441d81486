"""What the network answers over the plane: of one replica, or of all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from playground.data.dataset import Dataset, extent
from playground.data.features import compute
from playground.engine.calls import Array
from playground.engine.network import Network
from playground.runtime.ration import Ration
from playground.training.together import middle, votes
from playground.training.trainer import Trainer

GRID, COARSE_GRID = 100, 50
"""Points along each side of a field, and while the run goes on where that would take long."""
LONG_SECONDS, LONGEST = 0.005, float("inf")
SHARE = 0.15
"""Of the training thread's time that fields may take: about so long in each frame."""

Says = Literal["outputs", "votes", "median"]
Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Values over the plane.

    Attributes:
        says: What the values are: a network's raw outputs, the shares of replicas that vote for
            each class (see ``training.together``), or the median of all replicas' outputs.
        values: (outputs or classes, n, n), row 0 lowest in x2; read-only.
        extent: The plane's (x1 low, x1 high, x2 low, x2 high); values sit at the centres of n × n
            equal cells.
    """

    says: Says
    values: Array
    extent: Extent


class FieldMaker:
    """Makes the fields of one trainer; during a run as often as its ration allows."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        training = trainer.experiment.training.model_copy(update={"replicas": 1})
        self._network = Network(trainer.experiment.model_copy(update={"training": training}))
        self._ration = Ration(SHARE)
        self._planes: dict[int, tuple[Dataset, Array]] = {}
        self._fine_seconds: dict[bool, float] = {}  # by whether the fine field was one of all
        self._last: tuple[Dataset, int | None, Field] | None = None

    def make(self, shown: int | None, running: bool, breathe: Callable[[], object]) -> Field:
        """The field of a replica, or of all together, now or of late.

        Args:
            shown: The replica, or None for all.
            running: Whether training waits for it; then an earlier field may do.
            breathe: Called between replicas, so that one who waits may have a turn.
        """
        dataset = self._trainer.dataset
        if running and self._last is not None and not self._ration.due:
            of_dataset, of_shown, field = self._last
            if (of_dataset, of_shown) == (dataset, shown):
                return field
        fine = self._fine_seconds.get(shown is None, 0.0)
        grid = COARSE_GRID if running and fine > LONG_SECONDS else GRID
        with self._ration:
            field = self._field(shown, grid, breathe)
        if grid == GRID:
            self._fine_seconds[shown is None] = min(self._ration.seconds, fine or LONGEST)
        self._last = (dataset, shown, field)
        return field

    def _field(self, shown: int | None, grid: int, breathe: Callable[[], object]) -> Field:
        task, inputs = self._trainer.dataset.task, self._inputs(grid)
        says: Says = "outputs"
        if shown is not None:
            values = self._outputs(shown, inputs)
        elif task.kind == "classification":
            says, values = "votes", votes(task, self._all_outputs(inputs, breathe))
        else:
            says, values = "median", middle(self._all_outputs(inputs, breathe))
        values = values.reshape(-1, grid, grid)
        values.setflags(write=False)
        return Field(says, values, extent(self._trainer.dataset))

    def _all_outputs(self, inputs: Array, breathe: Callable[[], object]) -> Iterator[Array]:
        # One after another, with buffers that stay in the processor's cache: no slower than all at
        # once, and each is short.
        for replica in range(self._trainer.network.replicas):
            yield self._outputs(replica, inputs)
            breathe()

    def _outputs(self, replica: int, inputs: Array) -> Array:
        network = self._network
        network.theta[0], network.running[0] = self._trainer.outcome.weights_of(replica)
        return network.outputs(inputs)[0]

    def _inputs(self, grid: int) -> Array:
        dataset = self._trainer.dataset
        if grid not in self._planes or self._planes[grid][0] is not dataset:
            low1, high1, low2, high2 = extent(dataset)
            cells = (np.arange(grid) + 0.5) / grid
            x1, x2 = low1 + cells * (high1 - low1), low2 + cells * (high2 - low2)
            points = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
            features = self._trainer.experiment.data.features
            self._planes[grid] = (dataset, compute(features, points))
        return self._planes[grid][1]
