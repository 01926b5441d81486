"""What the doctor's rules look at: numbers of one replica at one moment, frozen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.core.experiment import Experiment, Layer
from playground.engine.calls import Array
from playground.training.spread import median_of_all
from playground.training.stopping import ALL_ALIKE, DIVERGED, Stop


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One replica between two steps. "Late" numbers are medians over the last readings.

    Where something cannot be told, such as the gradient before a first step after a live change, it
    is NaN; rules compare, and no comparison with NaN is true.

    Attributes:
        experiment: What is trained.
        epoch: Epochs done, with the part of the one under way.
        step: Optimizer steps done.
        epochs: When the losses were noted (rows,).
        train_loss, test_loss: In evaluation mode (rows,); the test loss is NaN without test points.
        train_chance, test_chance: The losses of the best constant answer.
        weights: Late mean absolute dL/dW by layer, the output last (layers,).
        norm: Late norm of the whole gradient.
        earlier_norm: Its mean over the readings before; NaN while there are few.
        update_ratio: Late norm of a step over the norm of the weights; see ``Witness``.
        largest_update: The largest such ratio seen since the optimizer was chosen.
        rate: The learning rate of the next step.
        end_rate: The optimizer's learning rate when the replica was first seen to have ended; it
            may have been set to another one since.
        dead: How many units of each hidden layer no longer learn (hidden,).
        saturated: The share of a layer's answers that lie at the flat ends of a sigmoid or tanh
            (hidden,); NaN for other activations.
        slope: The median of the activation's slope (hidden,).
        spread: The mean over a layer's units of the deviation over the points (hidden,).
        variance_ratio: Of a layer with BatchNorm: the median over its units of the running variance
            over the true one in evaluation (hidden,); NaN without.
        alike: Whether all units of a hidden layer have the same weights (hidden,).
        batch_size: Points in a step.
        train_count, test_count: Points.
        stop: Why the replica has ended, or None.
    """

    experiment: Experiment
    epoch: float
    step: int
    epochs: Array
    train_loss: Array
    test_loss: Array
    train_chance: float
    test_chance: float
    weights: Array
    norm: float
    earlier_norm: float
    update_ratio: float
    largest_update: float
    rate: float
    end_rate: float
    dead: Array
    saturated: Array
    slope: Array
    spread: Array
    variance_ratio: Array
    alike: Array
    batch_size: int
    train_count: int
    test_count: int
    stop: Stop | None

    @property
    def hidden(self) -> tuple[Layer, ...]:
        """The hidden layers."""
        return self.experiment.network.hidden

    @property
    def diverged(self) -> bool:
        """Whether the replica has ended because it diverged."""
        return self.stop is not None and self.stop.name == DIVERGED

    def loss_of_chance(self, rows: int) -> float:
        """The late training loss as a share of a constant answer's: a median of so many rows.

        NaN where all targets are the same, so that a constant answer is right.
        """
        if self.train_chance <= ALL_ALIKE or not len(self.train_loss):
            return float("nan")
        late = self.train_loss[-rows:]
        late = late[np.isfinite(late)]
        return float(median_of_all(late)) / self.train_chance if len(late) else float("nan")
