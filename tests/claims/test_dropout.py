"""Dropout against overfitting, and as an ensemble of networks."""

from __future__ import annotations

import numpy as np
import pytest

from playground.engine.calls import Array
from playground.engine.program import Program
from playground.training.trainer import Trainer
from tests.claims.helpers import layers, prepared, trained
from tests.training.helpers import unit_spread


def on_moons(dropout: float, train: int, draw: int, seeds: int, test: int = 400) -> Trainer:
    """300 epochs of 2-100-100-1 on two moons with much noise; each ``draw`` has its own points."""
    return trained(
        layers(2, "relu", "he_normal", 100, dropout=dropout),
        ("adam", 0.01),
        data=unit_spread("moons", train + test, 0.35, test / (train + test), draw),
        batch_size="full",
        max_epochs=300,
        replicas=seeds,
    )


def assert_it_generalises(draws: range, seeds: int) -> None:
    """How much a network overfits depends on the points more than on its seed."""
    runs = [[on_moons(rate, 200, draw, seeds) for draw in draws] for rate in (0.0, 0.5)]
    (loss, accuracy), (loss_with, accuracy_with) = (
        (
            np.array([trainer.scores.test_loss for trainer in trainers]),
            np.array([trainer.scores.test_accuracy for trainer in trainers]),
        )
        for trainers in runs
    )
    assert (loss_with < loss).all()
    assert np.median(loss_with) < 0.6 * np.median(loss)
    assert (accuracy_with.mean(axis=1) > accuracy.mean(axis=1)).all()
    for before, after in zip(*runs, strict=True):  # it learns less by heart
        assert (after.scores.train_loss > before.scores.train_loss).all()


def test_half_of_all_units_dropped_generalise_better() -> None:
    assert_it_generalises(range(1, 3), seeds=2)


@pytest.mark.slow
def test_half_of_all_units_dropped_generalise_better_whatever_the_draw() -> None:
    assert_it_generalises(range(1, 11), seeds=4)


@pytest.mark.parametrize("draw", [1, 2, 3])
def test_few_points_are_learned_by_heart_without(draw: int) -> None:
    scores = on_moons(0.0, train=50, draw=draw, seeds=4).scores
    assert scores.train_loss.max() < 0.06
    assert scores.test_loss.min() > 1


def probabilities(logits: Array) -> Array:
    return np.asarray(np.exp(-np.logaddexp(0, -logits)))


def test_a_thousand_masks_on_average_are_nearly_the_network_without() -> None:
    seeds, points = 2, 200
    trainer = on_moons(0.5, train=200, draw=2, seeds=seeds, test=points)
    network, inputs = trainer.network, trainer.dataset.test.inputs
    rngs = [np.random.default_rng(seed) for seed in range(seeds)]
    program = Program(network, points, "training", [0.5, 0.5], rngs)
    program.feed[:, :2] = inputs
    total = np.zeros((seeds, 1, points))
    for _ in range(1000):
        for step in program.forward:
            step()
        total += probabilities(program.logits)
    masks, scaled = total / 1000, probabilities(network.outputs(inputs))
    assert 1e-3 < np.abs(masks - scaled).mean() < 0.04
    # From .955 to .998 over eight draws of the points, .988 in the median: the more points lie
    # near the boundary, the fewer agree.
    assert ((masks > 0.5) == (scaled > 0.5)).mean() > 0.97


class EveryMask(np.random.Generator):
    """In place of random numbers: column by column each of the 2ⁿ ways to drop some of n units."""

    def __init__(self) -> None:
        super().__init__(np.random.PCG64(0))

    def random(self, size=None, dtype=np.float64, out=None):  # type: ignore[no-untyped-def]  # NumPy's
        units, columns = out.shape
        assert columns == 2**units
        out[:] = np.arange(columns) >> np.arange(units)[:, None] & 1


@pytest.mark.parametrize("activation", ["relu", "tanh", "silu"])
def test_with_one_hidden_layer_the_geometric_mean_of_all_masks_is_the_network_without(
    activation: str,
) -> None:
    units = 10
    hidden = layers(1, activation, "he_normal", units, dropout=0.5)
    trainer = prepared(hidden, max_epochs=20, replicas=1, precision="float64")
    trainer.run()
    network = trainer.network
    program = Program(network, 2**units, "training", [0.5], [EveryMask()])
    bent = []
    for point in trainer.dataset.train.inputs.T[:20]:
        program.feed[:2] = point[:, None]
        for step in program.forward:
            step()
        p = probabilities(program.logits)
        yes, no = np.exp(np.log(p).mean()), np.exp(np.log1p(-p).mean())
        alone = probabilities(network.outputs(point[:, None])[0, 0, 0])
        assert yes / (yes + no) == pytest.approx(alone, abs=1e-14)
        bent.append(abs(p.mean() - alone))
    assert max(bent) > 1e-3  # the arithmetic mean is another thing


def test_dropout_is_for_training_only() -> None:
    trainer = trained(layers(1, "relu", "he_normal", 30, dropout=0.5), ("adam", 0.01), replicas=4)
    first = trainer.scores
    trainer.rescore()
    assert np.array_equal(first.train_loss, trainer.scores.train_loss)
    assert trainer.scores.train_accuracy.min() > 0.8
