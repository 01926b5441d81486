"""What the network answers over the plane: of one replica, or of all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playground.data.dataset import Dataset, extent, plane_inputs
from playground.engine.calls import Array
from playground.runtime.focus import Extent as Extent  # with a field comes where it lies
from playground.runtime.ration import FLAT_OUT_PAUSE, Ration
from playground.training.stand_in import StandIn
from playground.training.together import Says as Says
from playground.training.together import middle, votes
from playground.training.trainer import Trainer

GRID, COARSE_GRID = 100, 50
"""Points along each side of a field, and while the run goes on where that would take long."""
LONG_SECONDS, LONGEST = 0.005, float("inf")
SHARE = 0.15
"""Of the training thread's time that fields may take: about so long in each frame."""


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
        self._stand_in = StandIn(trainer)
        self._ration = Ration(SHARE)
        self._planes: dict[int, tuple[Dataset, Extent | None, Array]] = {}
        self._fine_seconds: dict[bool, float] = {}  # by whether the fine field was one of all
        self._last: tuple[Dataset, int | None, Extent | None, Field] | None = None

    def make(
        self,
        shown: int | None,
        running: bool,
        breathe: Callable[[], object],
        part: Extent | None = None,
        flat_out: bool = False,
    ) -> Field:
        """The field of a replica, or of all together, now or of late.

        Args:
            shown: The replica, or None for all.
            running: Whether training waits for it; then an earlier field may do.
            breathe: Called between replicas, so that one who waits may have a turn.
            part: Of the plane; None for all of it.
            flat_out: Whether training goes as fast as can be; a coarse field then does.
        """
        dataset = self._trainer.dataset
        self._ration.pause = FLAT_OUT_PAUSE if flat_out else 0.0
        if running and self._last is not None and not self._ration.due:
            of_dataset, of_shown, of_part, field = self._last
            if (of_dataset, of_shown, of_part) == (dataset, shown, part):
                return field
        fine = self._fine_seconds.get(shown is None, 0.0)
        grid = COARSE_GRID if running and (flat_out or fine > LONG_SECONDS) else GRID
        with self._ration:
            field = self._field(shown, grid, part, breathe)
        if grid == GRID:
            self._fine_seconds[shown is None] = min(self._ration.seconds, fine or LONGEST)
        self._last = (dataset, shown, part, field)
        return field

    def _field(
        self, shown: int | None, grid: int, part: Extent | None, breathe: Callable[[], object]
    ) -> Field:
        task, inputs = self._trainer.dataset.task, self._inputs(grid, part)
        says: Says = "outputs"
        if shown is not None:
            values = self._outputs(shown, inputs)
        elif task.kind == "classification":
            says, values = "votes", votes(task, self._all_outputs(inputs, breathe))
        else:
            says, values = "median", middle(self._all_outputs(inputs, breathe))
        values = values.reshape(-1, grid, grid)
        values.setflags(write=False)
        return Field(says, values, part or extent(self._trainer.dataset))

    def _all_outputs(self, inputs: Array, breathe: Callable[[], object]) -> Iterator[Array]:
        # One after another, with buffers that stay in the processor's cache: no slower than all at
        # once, and each is short.
        for replica in range(self._trainer.network.replicas):
            yield self._outputs(replica, inputs)
            breathe()

    def _outputs(self, replica: int, inputs: Array) -> Array:
        return self._stand_in.of(replica).outputs(inputs)[0]

    def _inputs(self, grid: int, part: Extent | None) -> Array:
        dataset = self._trainer.dataset
        of_dataset, of_part, inputs = self._planes.get(grid, (None, None, None))
        if inputs is None or of_dataset is not dataset or of_part != part:
            features = self._trainer.experiment.data.features
            inputs = plane_inputs(dataset, features, grid, part)
            self._planes[grid] = (dataset, part, inputs)
        return inputs
