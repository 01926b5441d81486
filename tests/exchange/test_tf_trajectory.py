"""An imported link trains as TensorFlow Playground's engine does, number by number.

The other side is written anew from the description of that engine, one weight at a time and
without a line of the playground's: nodes, links and the updates of ``nn.ts``, in double precision.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from playground.exchange.experiment_file import dumps, loads
from playground.exchange.tf_link import experiment_of
from playground.exchange.trained import capture, restore
from playground.training.trainer import Trainer

BOUND = 1e-9
FUNCTIONS = {
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "relu": (lambda x: max(0.0, x), lambda x: 0.0 if x <= 0 else 1.0),
    "sigmoid": (
        lambda x: 1 / (1 + math.exp(-x)),
        lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2,
    ),
    "linear": (lambda x: x, lambda x: 1.0),
}
Tables = list[list[list[float]]]


class ReferenceEngine:
    """Weights ``weights[layer][unit][input]``, biases, and which links are dead."""

    def __init__(self, weights: Tables, biases: list[list[float]], activation: str) -> None:
        self.weights, self.biases = weights, biases
        self.dead = [[[False] * len(row) for row in layer] for layer in weights]
        self.activation = activation

    def functions(self, layer: int, output: str) -> Any:
        return FUNCTIONS[output if layer == len(self.weights) - 1 else self.activation]

    def answers(self, inputs: list[float], output: str) -> tuple[list[Any], list[Any]]:
        sums, answers = [], [inputs]
        for layer, rows in enumerate(self.weights):
            function, _ = self.functions(layer, output)
            z = [
                b + sum(w * a for w, a in zip(row, answers[-1], strict=True))
                for row, b in zip(rows, self.biases[layer], strict=True)
            ]
            sums.append(z)
            answers.append([function(value) for value in z])
        return sums, answers

    def gradients(self, inputs: list[float], target: float, output: str) -> list[Any]:
        """For each layer the derivatives by the units' sums, and what came in."""
        sums, answers = self.answers(inputs, output)
        out = [answers[-1][0] - target]
        found: list[Any] = []
        for layer in reversed(range(len(self.weights))):
            _, slope = self.functions(layer, output)
            delta = [d * slope(z) for d, z in zip(out, sums[layer], strict=True)]
            found.insert(0, (delta, answers[layer]))
            out = [
                sum(self.weights[layer][unit][source] * delta[unit] for unit in range(len(delta)))
                for source in range(len(answers[layer]))
            ]
        return found

    def step(self, batch: Any, output: str, rate: float, kind: str, strength: float) -> None:
        points = [self.gradients(x, y, output) for x, y in batch]
        for layer, rows in enumerate(self.weights):
            for unit, row in enumerate(rows):
                slope = sum(point[layer][0][unit] for point in points)
                self.biases[layer][unit] -= rate * slope / len(points)
                for source, weight in enumerate(row):
                    if self.dead[layer][unit][source]:
                        continue
                    pull = {"none": 0.0, "L1": float(np.sign(weight)), "L2": weight}[kind]
                    slope = sum(p[layer][0][unit] * p[layer][1][source] for p in points)
                    moved = weight - rate / len(points) * slope
                    pulled = moved - rate * strength * pull
                    if kind == "L1" and moved * pulled < 0:
                        self.dead[layer][unit][source] = True
                        pulled = 0.0
                    row[source] = pulled

    def flat(self) -> np.ndarray:
        """As the playground lays its parameters out: inputs by units, then the biases."""
        parts = []
        for rows, biases in zip(self.weights, self.biases, strict=True):
            parts += [np.array(rows).T.ravel(), np.array(biases)]
        return np.concatenate(parts)


def reference_of(trainer: Trainer, activation: str) -> ReferenceEngine:
    views = trainer.network.views
    return ReferenceEngine(
        [v.weights[0].T.tolist() for v in views], [v.biases[0].tolist() for v in views], activation
    )


CASES = [
    pytest.param("problem=classification&dataset=circle", "none", 0.0, id="classification"),
    pytest.param("problem=regression&regDataset=reg-gauss", "none", 0.0, id="regression"),
    pytest.param("dataset=xor&noise=20&activation=relu&xTimesY=true", "L2", 0.03, id="l2-relu"),
    pytest.param("dataset=gauss&activation=sigmoid", "L1", 0.03, id="l1-sigmoid"),
    pytest.param("dataset=spiral&sinX=true&sinY=true", "L1", 0.1, id="l1-tanh"),
    pytest.param("problem=regression&activation=linear", "L1", 0.03, id="l1-regression"),
    pytest.param("networkShape=&xSquared=true", "L2", 0.01, id="no-hidden-layer"),
    pytest.param("initZero=true&activation=sigmoid&dataset=gauss", "L1", 0.001, id="zeros"),
]


@pytest.mark.parametrize(("settings", "kind", "strength"), CASES)
def test_sixty_steps_are_tensorflow_playgrounds(settings: str, kind: str, strength: float) -> None:
    rate = 0.1
    link = (
        f"#{settings}&regularization={kind}&regularizationRate={strength}&learningRate={rate}"
        "&batchSize=10&seed=3"
    )
    if "networkShape" not in settings:
        link += "&networkShape=3,2"
    experiment, _ = experiment_of(link)
    trainer = Trainer(experiment)
    hidden = experiment.network.hidden
    there = reference_of(trainer, hidden[0].activation.name if hidden else "tanh")
    classes = experiment.data.task.kind == "classification"
    train = trainer.dataset.train
    targets = 2 * train.targets - 1 if classes else train.targets
    points = list(zip(train.inputs.T.tolist(), targets.tolist(), strict=True))
    output, count = "tanh" if classes else "linear", len(points)
    for step in range(60):
        start = 10 * step % count
        there.step(points[start : start + 10], output, rate, kind, strength)
        trainer.single_step()
        assert np.abs(trainer.network.theta[0] - there.flat()).max() < BOUND, f"step {step + 1}"
    assert trainer.epoch == 60 * 10 // count
    dead = sum(link for layer in there.dead for row in layer for link in row)
    assert trainer.frozen.dead.sum() == dead
    if kind == "L1" and "initZero" not in settings:
        assert dead > 0, "the case is to hold dying weights"
    losses = [
        0.5 * (there.answers(x, output)[1][-1][0] - y) ** 2 for x, y in points
    ]  # the page's number
    assert trainer.scores.train_loss[0] == pytest.approx(np.mean(losses), rel=1e-9)


@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_a_saved_run_goes_on_as_if_never_interrupted(epochs: int) -> None:
    """Within the fourth epoch too: dead links stay dead, and the order stays what it was."""
    link = "#dataset=spiral&regularization=L1&regularizationRate=0.1&learningRate=0.1"
    trainer = Trainer(experiment_of(link)[0])
    for _ in range(epochs):
        trainer.run_epoch()
    for _ in range(7):
        trainer.single_step()
    text = dumps(capture(trainer))
    again = restore(loads(text))
    assert trainer.position == again.position == 7
    assert np.array_equal(again.frozen.dead, trainer.frozen.dead)
    assert ('"dead"' in text) == bool(trainer.frozen.dead.any())
    if epochs:
        assert trainer.frozen.dead.any()
    for run in (trainer, again):
        run.run_epoch()
        run.run_epoch()
    assert dumps(capture(again)) == dumps(capture(trainer))


def test_every_epoch_has_the_same_batches() -> None:
    trainer = Trainer(experiment_of("#batchSize=30")[0])
    orders = []
    for _ in range(3):
        trainer.run_epoch()
        orders.append(trainer._feed.ordered.copy())
    assert np.array_equal(orders[0], orders[1])
    assert np.array_equal(orders[0], orders[2])
    labels = orders[0][-1]
    assert 0.3 < np.mean(labels[:100] == 1) < 0.7, "the points are mixed, not class after class"
