"""How the gradients and the neurons of a run fare, noted now and then for all its replicas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from playground.engine.calls import Array
from playground.training.diagnostics import dead_units, gradient_sizes, saturation
from playground.training.history import History
from playground.training.spread import counted, median
from playground.training.trainer import Trainer

ROWS = 600


def frozen_dead_units(trainer: Trainer) -> tuple[Array, ...]:
    """For each hidden layer which units are dead now, boolean (R, units), read-only."""
    dead = dead_units(trainer.network, trainer.dataset.train.inputs)
    for flags in dead:
        flags.setflags(write=False)
    return dead


class Health:
    """Remembers the gradient's sizes and how many units are dead or saturated over the epochs.

    They are kept for every replica and, where there are several, for the median over those that
    have not diverged: whichever is looked at has its whole past. A replica that has ended keeps
    the last sizes that it had, since no gradient moves it any more.

    Attributes:
        dead: For each hidden layer which units are dead now, boolean (R, units).
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        layers, self._replicas = len(trainer.network.layers), trainer.network.replicas
        self._kinds = self._replicas + (self._replicas > 1)  # each, and the median of several
        hidden = max(layers - 1, 1)
        self._layers = {"weights": layers, "errors": layers, "dead": hidden, "saturated": hidden}
        self._gradients = History(("epoch", "weights", "errors"), self._kinds * layers, ROWS)
        self._shares = History(("epoch", "dead", "saturated"), self._kinds * hidden, ROWS)
        self._last_step = -1
        self._sizes: dict[str, Array] = {}
        self.dead: tuple[Array, ...] = ()

    def note(self) -> None:
        """Look at the network as it is now; a row is kept if it has made a step since the last."""
        trainer = self._trainer
        trainer.outcome.settle()
        self.dead = frozen_dead_units(trainer)
        if trainer.step == self._last_step:
            return
        program = trainer.last_program if trainer.step else trainer.gradient_at_start()
        if program is None:
            return  # compiled anew by a live change; the next step fills its buffers
        sizes = gradient_sizes(trainer.network, program)
        epoch = trainer.epochs_done
        rows = [self._kept("weights", sizes.weights), self._kept("errors", sizes.errors)]
        self._gradients.append(epoch, *(self._with_median(row).ravel() for row in rows))
        dead = saturated = np.zeros((self._replicas, 1))
        if self.dead:
            dead = np.stack([flags.mean(axis=1) for flags in self.dead], axis=1)
            saturated = saturation(trainer.network, trainer.dataset.train.inputs)
        self._shares.append(epoch, *(self._with_median(row).ravel() for row in (dead, saturated)))
        self._last_step = trainer.step

    def branch(self, trainer: Trainer) -> Health:
        """The health of a trainer that goes on from an earlier moment of this one's."""
        other = Health(trainer)
        other._gradients = self._gradients.branch(trainer.epoch)
        other._shares = self._shares.branch(trainer.epoch)
        other._last_step = trainer.step  # that moment has its row
        return other

    def rows(self, shown: int | None) -> Mapping[str, Array]:
        """The past of a replica, or of the median.

        Returns:
            "epoch" (rows, 1); "weights" and "errors" (rows, layers); "dead" and "saturated" (rows,
            hidden layers or 1); read-only.
        """
        tables = {**self._gradients.table(), **self._shares.table()}
        which = self._kinds - 1 if shown is None else shown
        rows = {"epoch": tables["epoch"][:, :1]}
        for name, layers in self._layers.items():
            table = tables[name]
            rows[name] = table.reshape(len(table), self._kinds, layers)[:, which]
        return rows

    def _kept(self, name: str, sizes: Array) -> Array:
        """These sizes, with the last good ones of the replicas that have ended."""
        trainer, before = self._trainer, self._sizes.get(name)
        ended = trainer.outcome.ended[:, None]
        if before is not None and ended.any():
            now = trainer.epoch if trainer.position == 0 else None
            fresh = np.array(
                [stop is not None and stop.epoch == now for stop in trainer.outcome.stops]
            )
            sizes = np.where(ended & ~(fresh[:, None] & np.isfinite(sizes)), before, sizes)
        self._sizes[name] = sizes
        return sizes

    def _with_median(self, values: Array) -> Array:
        """A row a replica, and below them one of medians where there are several."""
        if self._replicas == 1:
            return values
        there = values[counted(self._trainer.outcome.diverged)]
        return np.concatenate((values, median(there.T)[None]))
