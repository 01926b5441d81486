"""One moment of a run, copied and frozen, as the worker hands it to the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from playground.core.experiment import Experiment
from playground.data.dataset import Dataset, extent
from playground.data.features import compute
from playground.engine.calls import Array
from playground.training.diagnostics import dead_units, gradient_sizes
from playground.training.history import History
from playground.training.stopping import Stop
from playground.training.trainer import Trainer

GRID = 100
"""Points along each side of the decision boundary's field."""
HEALTH_ROWS = 600


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What views draw; all arrays are read-only.

    Attributes:
        run: Counts the trainers of a session; what carries an old number is dropped.
        experiment: What is trained.
        dataset: Its points; the same object as long as they are the same points.
        running: Whether training goes on.
        epoch: Epochs done.
        step: Optimizer steps done.
        learning_rate: Of the next step, as the schedule has it.
        steps_per_second: Of the last stretch of training; 0 before there was any.
        train_loss, test_loss: Of the first replica, now; NaN where there is none.
        train_accuracy, test_accuracy: Shares of 1; NaN for regression.
        history: The trainer's history: column to (rows, replicas); see
            ``training.trainer.HISTORY_COLUMNS``.
        health: "epoch" to (rows, 1); "weights" and "errors" to (rows, layers), the gradient's
            sizes from the first hidden layer to the output (see ``GradientSizes``); "dead" to
            (rows, hidden layers), the share of dead units.
        dead: For each hidden layer which units are dead (units,).
        field: The network's raw outputs over the plane: (outputs, GRID, GRID), row 0 lowest in x2.
        extent: The plane's (x1 low, x1 high, x2 low, x2 high); field values sit at the centres of
            GRID × GRID equal cells.
        stop: Why the run ended, or None.
        best_epoch: The epoch with the lowest test loss, where a rule looks for it.
    """

    run: int
    experiment: Experiment
    dataset: Dataset
    running: bool
    epoch: int
    step: int
    learning_rate: float
    steps_per_second: float
    train_loss: float
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    history: Mapping[str, Array]
    health: Mapping[str, Array]
    dead: tuple[Array, ...]
    field: Array
    extent: tuple[float, float, float, float]
    stop: Stop | None
    best_epoch: int | None


class Photographer:
    """Makes the snapshots of one trainer, and remembers its health between them."""

    def __init__(self, trainer: Trainer, run: int) -> None:
        self._trainer, self._run = trainer, run
        layers = len(trainer.network.layers)
        self._gradients = History(("epoch", "weights", "errors"), layers, HEALTH_ROWS)
        self._dead = History(("epoch", "dead"), max(layers - 1, 1), HEALTH_ROWS)
        self._last_step = -1
        self._plane: tuple[Dataset, Array, tuple[float, float, float, float]] | None = None

    def take(self, running: bool, steps_per_second: float) -> Snapshot:
        """Copy the present moment."""
        trainer = self._trainer
        network, scores = trainer.network, trainer.scores
        dead = dead_units(network, trainer.dataset.train.inputs)
        if trainer.step != self._last_step:
            self._note(dead)
        inputs, where = self._inputs()
        field = network.outputs(inputs)[0].reshape(-1, GRID, GRID)
        for array in (field, *dead):
            array.setflags(write=False)
        gradients, shares = self._gradients.table(), self._dead.table()
        return Snapshot(
            run=self._run,
            experiment=trainer.experiment,
            dataset=trainer.dataset,
            running=running,
            epoch=trainer.epoch,
            step=trainer.step,
            learning_rate=trainer.learning_rate,
            steps_per_second=steps_per_second,
            train_loss=float(scores.train_loss[0]),
            test_loss=float(scores.test_loss[0]),
            train_accuracy=float(scores.train_accuracy[0]),
            test_accuracy=float(scores.test_accuracy[0]),
            history=trainer.history.table(),
            health={**gradients, "epoch": gradients["epoch"][:, :1], "dead": shares["dead"]},
            dead=dead,
            field=field,
            extent=where,
            stop=trainer.stop,
            best_epoch=trainer.stop.best_epoch if trainer.stop else trainer.outcome.best_epoch,
        )

    def _note(self, dead: tuple[Array, ...]) -> None:
        trainer = self._trainer
        program = trainer.last_program if trainer.step else trainer.gradient_at_start()
        if program is None:
            return  # compiled anew by a live change; the next step fills its buffers
        sizes = gradient_sizes(trainer.network, program)
        epoch = trainer.epochs_done
        self._gradients.append(epoch, sizes.weights, sizes.errors)
        shares = np.array([float(flags.mean()) for flags in dead] or [0.0])
        self._dead.append(epoch, shares)
        self._last_step = trainer.step

    def _inputs(self) -> tuple[Array, tuple[float, float, float, float]]:
        dataset = self._trainer.dataset
        if self._plane is None or self._plane[0] is not dataset:
            where = extent(dataset)
            x1, x2 = (
                low + (np.arange(GRID) + 0.5) * (high - low) / GRID
                for low, high in (where[:2], where[2:])
            )
            names = self._trainer.experiment.data.features
            points = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
            self._plane = (dataset, compute(names, points), where)
        return self._plane[1], self._plane[2]
