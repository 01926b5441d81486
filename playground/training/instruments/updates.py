"""How far a step moves each layer, and what the optimizer keeps in mind of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.engine.calls import Array
from playground.engine.optimizers import OptimizerState, StepRule
from playground.training.history import History
from playground.training.instruments.base import SeriesInstrument, instruments
from playground.training.trainer import Trainer

ROWS = 600
QUANTITIES = ("ratio", "first", "second", "rate")
FIRST = ("velocity", "first_moment")
SECOND = ("accumulator", "second_moment")
"""What optimizers call their memory of gradients, and of squared gradients."""


@dataclass(frozen=True, slots=True, eq=False)
class UpdateReading:
    """By layer over the epochs, the output last; weights alone count, not biases.

    Attributes:
        epochs: When the rows were taken (rows,).
        ratio: Norm of the last step's update over the norm of the weights (rows, layers).
        first: Root mean square of the velocity or first moment; NaN where there is none.
        second: Root of the mean gathered square of gradients; NaN where there is none.
        rate: Median over the weights of the effective learning rate, such as η/(√v̂ + ε).
    """

    epochs: Array
    ratio: Array
    first: Array
    second: Array
    rate: Array


@instruments.add
class Updates(SeriesInstrument):
    """Reads :class:`UpdateReading` from the buffers that the last step has left."""

    name = "updates"

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._last_step: dict[int, int] = {}

    def read(self, replica: int) -> UpdateReading | None:
        trainer = self.trainer
        layers = len(trainer.network.layers)
        past = self._past.setdefault(replica, History(("epoch", *QUANTITIES), layers, ROWS))
        # Without a program of the last step the update is that of before a live change: none yet.
        fresh = trainer.step != self._last_step.get(replica, 0)
        if fresh and trainer.last_program is not None and not trainer.outcome.ended[replica]:
            past.append(trainer.epochs_done, *self._sizes(replica))
            self._last_step[replica] = trainer.step
        if not len(past):
            return None
        table = past.table()
        return UpdateReading(table["epoch"][:, 0], *(table[name] for name in QUANTITIES))

    def _sizes(self, replica: int) -> list[Array]:
        trainer, state = self.trainer, self.trainer.optimizer_state
        rule = trainer.experiment.training.optimizer
        assert isinstance(rule, StepRule)
        assert state.update is not None
        with np.errstate(all="ignore"):  # a run that diverges has updates to match
            moved, held = (
                self._by_layer(flat, replica, np.linalg.norm)
                for flat in (state.update, trainer.network.theta)
            )
            rates = np.broadcast_to(
                rule.effective_rate(state, trainer.learning_rate), state.update.shape
            )
            return [
                moved / held,
                self._slot(state, FIRST, replica),
                self._slot(state, SECOND, replica),
                self._by_layer(rates, replica, np.median),
            ]

    def _slot(self, state: OptimizerState, names: tuple[str, ...], replica: int) -> Array:
        name = next((name for name in names if name in state.slots), None)
        if name is None:
            return np.full(len(self.trainer.network.layers), np.nan)
        power = 2 if names is FIRST else 1  # the other holds squares already
        return self._by_layer(
            state.slots[name], replica, lambda values: np.sqrt(np.mean(values**power))
        )

    def _by_layer(self, flat: Array, replica: int, measure: Callable[[Array], Any]) -> Array:
        network = self.trainer.network
        rows = flat.reshape(network.replicas, -1)[replica : replica + 1].astype(np.float64)
        return np.array(
            [measure(views.weights.ravel()) for views in network.layout.views(rows)], np.float64
        )
