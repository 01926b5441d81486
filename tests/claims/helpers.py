"""The common set-up of the claims, and what is measured on it.

Unless a test says otherwise: the circle, 200 points, inputs of unit spread, all of them to train,
mini-batches of 20, binary cross-entropy, 20 seeds that train at once as replicas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.core.experiment import Experiment, Layer
from playground.engine.activations import ActivationFunction
from playground.engine.calls import Array
from playground.engine.program import Program
from playground.training.diagnostics import dead_units, gradient_sizes
from playground.training.trainer import Trainer
from tests.training.helpers import unit_circle

SEEDS = 20
SOLVED = 0.95
"""The train accuracy from which on a run counts as one that has solved its problem."""


def layers(
    depth: int, activation: Any, initializer: Any, units: int = 16, **more: Any
) -> list[dict[str, Any]]:
    """So many hidden layers alike."""
    layer = {"units": units, "activation": activation, "initializer": initializer, **more}
    return [layer] * depth


def prepared(
    hidden: list[dict[str, Any]],
    optimizer: tuple[str, float] = ("momentum", 0.03),
    data: dict[str, Any] | None = None,
    output: Any = "xavier_uniform",
    **training: Any,
) -> Trainer:
    """A trainer of the common set-up, before its first step; ``optimizer`` has its rate."""
    name, rate = optimizer
    training = {"stop": [], "replicas": SEEDS, "batch_size": 20, "max_epochs": 150, **training}
    training["optimizer"] = {"name": name, "learning_rate": rate}
    network = {"hidden": hidden, "output": {"initializer": output}}
    given = {"data": data or unit_circle(), "network": network, "training": training}
    return Trainer(Experiment.model_validate(given))


def trained(*given: Any, **more: Any) -> Trainer:
    """The same, after its last epoch."""
    trainer = prepared(*given, **more)
    trainer.run()
    return trainer


def solved(trainer: Trainer) -> int:
    """How many seeds have solved the problem."""
    return int((trainer.scores.train_accuracy >= SOLVED).sum())


@dataclass(frozen=True)
class Gradients:
    """Mean absolute dL/dW and root mean square δ of each layer: (seeds, layers) each."""

    weights: Array
    errors: Array

    def ratio(self, layer: int) -> Array:
        """A layer's dL/dW over that of the last hidden layer (seeds,)."""
        return np.asarray(self.weights[:, layer] / self.weights[:, -2])

    def factor(self) -> float:
        """What δ is multiplied by from one hidden layer to the one below: the seeds' median."""
        ends = self.errors[:, 0] / self.errors[:, -2]
        return float(np.median(ends ** (1 / (self.errors.shape[1] - 2))))


def gradients_at_start(trainer: Trainer) -> Gradients:
    """What the first batch gives, of each seed; with a full batch that is the whole gradient."""
    sizes = gradient_sizes(trainer.network, trainer.gradient_at_start())
    return Gradients(sizes.weights, sizes.errors)


def evaluated(trainer: Trainer) -> Program:
    """The network over all its training points, as it is judged."""
    inputs = trainer.dataset.train.inputs
    program = trainer.network.evaluation(inputs.shape[1])
    program.feed[..., : len(inputs), :] = inputs
    program.run()
    return program


def dead_shares(trainer: Trainer) -> Array:
    """The share of dead units: (seeds, hidden layers)."""
    dead = dead_units(trainer.network, trainer.dataset.train.inputs)
    return np.stack([flags.mean(axis=1) for flags in dead], axis=1)


def slopes(trainer: Trainer) -> list[Array]:
    """f'(z) of each hidden layer on all training points: (seeds, units, points) each."""
    found = []
    for layer, trace in zip(trainer.network.layers, evaluated(trainer).traces, strict=True):
        if isinstance(layer, Layer):
            assert isinstance(layer.activation, ActivationFunction)
            found.append(layer.activation.evaluate(trace.pre)[1])
    return found
