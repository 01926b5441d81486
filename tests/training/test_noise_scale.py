"""The gradient noise scale: gradients of single samples, what batches say of them, readings."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from playground.core.families import activations, losses
from playground.engine.calls import Array
from playground.engine.network import Network
from playground.training.instruments.noise_scale import (
    MOST_POINTS,
    NoiseReading,
    NoiseScale,
    estimates,
    noise_scale,
)
from playground.training.sample_gradients import SampleGradients, sample_gradients
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, state_of, unit_circle

DOUBLE = {"precision": "float64"}
MIXED = [
    {"units": 5, "batch_norm": "before", "dropout": 0.3},
    {"units": 4, "activation": "tanh", "batch_norm": "after"},
    {"units": 3, "activation": "sigmoid", "dropout": 0.2},
]


def parts_of(trainer: Trainer, points: int) -> tuple[Network, Array, Array]:
    network, train = StandIn(trainer).of(0), trainer.dataset.train
    targets = network.loss.encode(train.targets[:points], network.sizes[-1])
    return network, train.inputs[:, :points], targets


def reading_of(instrument: NoiseScale, replica: int = 0) -> NoiseReading:
    reading = instrument.read(replica)
    assert reading is not None
    return reading


def cases() -> list[Any]:
    plain = [("none", name, "auto") for name in activations]
    normalised = [(place, "tanh", "auto") for place in ("before", "after")]
    return plain + normalised + [("before", "gelu", loss) for loss in losses]


@pytest.mark.parametrize(("place", "activation", "loss"), cases())
def test_they_are_the_derivatives_of_the_judged_loss(
    place: str, activation: str, loss: str
) -> None:
    hidden = [{"units": 3, "activation": activation, "batch_norm": place}] * 2
    trainer = Trainer(experiment(hidden, training={**DOUBLE, "loss": loss}))
    for _ in range(3):
        trainer.single_step()
    network, inputs, targets = parts_of(trainer, 6)
    found = sample_gradients(network, inputs, targets)
    theta, step = network.theta[0].copy(), 1e-6

    def loss_at(place: int, value: float) -> float:
        network.theta[0, place] = value
        result = float(network.loss.mean(network.outputs(inputs), targets)[0])
        network.theta[0, place] = theta[place]
        return result

    for place_, weight in enumerate(theta):
        rise = loss_at(place_, weight + step) - loss_at(place_, weight - step)
        assert found.mean[place_] == pytest.approx(rise / (2 * step), rel=1e-6, abs=1e-8)
    for index, square in enumerate(found.squares):
        one = slice(index, index + 1)
        alone = sample_gradients(network, inputs[:, one], targets[:, one])
        assert square == pytest.approx(np.square(alone.mean).sum(), rel=1e-12, abs=1e-28)


def test_without_batch_norm_their_mean_is_what_a_full_batch_gives() -> None:
    training = {**DOUBLE, "batch_size": "full", "optimizer": {"name": "sgd", "learning_rate": 1e-9}}
    trainer = Trainer(experiment(training=training))
    network, inputs, targets = parts_of(trainer, len(trainer.dataset.train))
    found = sample_gradients(network, inputs, targets)
    trainer.single_step()
    assert np.allclose(found.mean, trainer.network.grad[0], rtol=1e-9, atol=1e-15)


def test_it_is_the_noise_of_all_batches_that_there_are() -> None:
    gradients = np.random.default_rng(0).standard_normal((7, 3)) + 0.5
    squares = np.square(gradients).sum(axis=1)
    full = SampleGradients(gradients.mean(axis=0), squares)
    trace, signal = estimates(full, 0.0, 7)
    assert signal == pytest.approx(np.square(full.mean).sum())
    for size in range(2, 7):
        batches = [list(batch) for batch in combinations(range(7), size)]
        means = np.array([gradients[batch].mean(axis=0) for batch in batches])
        variance = np.square(means - full.mean).sum(axis=1).mean()
        assert variance == pytest.approx(trace * (1 / size - 1 / 7)), "the noise falls as 1/B"
        of_parts = [
            estimates(SampleGradients(mean, squares[batch]), 0.0, 7)
            for mean, batch in zip(means, batches, strict=True)
        ]
        assert np.mean(of_parts, axis=0) == pytest.approx([trace, signal]), "without bias"


def test_where_there_is_no_gradient_there_is_no_scale() -> None:
    zeros = SampleGradients(np.zeros(2), np.ones(5))
    assert np.isnan(noise_scale(zeros, 0.0, 5))
    assert noise_scale(zeros, np.array([1.0, 0.0]), 5) == pytest.approx(5 / 4)
    endless = SampleGradients(np.full(2, np.inf), np.full(5, np.inf))
    assert np.isnan(noise_scale(endless, 0.0, 5))


def test_a_regulariser_pulls_at_every_point_alike() -> None:
    rate = 0.3
    trainer = Trainer(experiment(training={**DOUBLE, "regularizer": {"name": "l2", "rate": rate}}))
    network, inputs, targets = parts_of(trainer, len(trainer.dataset.train))
    found = sample_gradients(network, inputs, targets)
    pull = rate * network.theta[0] * network.layout.weight_mask()
    expected = noise_scale(found, pull, len(found.squares))
    assert reading_of(NoiseScale(trainer)).scale[-1] == pytest.approx(expected)
    assert expected != pytest.approx(noise_scale(found, 0.0, len(found.squares)))


@pytest.mark.parametrize("replicas", [1, 3])
def test_reading_changes_nothing(replicas: int) -> None:
    trained = experiment(MIXED, training={"replicas": replicas})
    watched, alone = Trainer(trained), Trainer(trained)
    instrument = NoiseScale(watched)
    for _ in range(20):
        for trainer in (watched, alone):
            trainer.single_step()
        for replica in range(replicas):
            reading = reading_of(instrument, replica)
            assert not any(
                array.flags.writeable for array in (reading.epochs, reading.scale, reading.batch)
            )
    assert len(reading.epochs) == 20
    assert len(reading_of(instrument).epochs) == 20, "the same step is noted once"
    assert state_of(watched) == state_of(alone)


def test_of_a_replica_that_has_ended_nothing_more_is_noted() -> None:
    trainer = Trainer(experiment(MIXED, training={"replicas": 2}))
    instrument = NoiseScale(trainer)
    for step in range(6):
        trainer.single_step()
        if step == 3:
            trainer.outcome.ended[1] = True  # as a rule of its own would have it
        readings = [reading_of(instrument, replica) for replica in range(2)]
    assert [len(reading.epochs) for reading in readings] == [6, 4]


def test_each_replica_is_read_by_itself() -> None:
    together = Trainer(experiment(MIXED, training={"replicas": 3}))
    alone = Trainer(experiment(MIXED, training={"seed": 2}))
    for trainer in (together, alone):
        trainer.run_epoch()
    expected = reading_of(NoiseScale(alone)).scale
    assert reading_of(NoiseScale(together), 2).scale == pytest.approx(expected, rel=1e-4)


def test_of_many_points_some_are_looked_at() -> None:
    trainer = Trainer(experiment(data={"samples": 3000}))
    reading = reading_of(NoiseScale(trainer))
    assert reading.points <= MOST_POINTS < reading.of
    network, inputs, targets = parts_of(trainer, reading.of)
    exact = noise_scale(sample_gradients(network, inputs, targets), 0.0, reading.of)
    assert reading.scale[-1] == pytest.approx(exact, rel=0.3)


def test_a_single_point_has_no_noise() -> None:
    points = [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    trainer = Trainer(experiment(data={"source": "points", "points": points, "test_share": 0.5}))
    assert NoiseScale(trainer).read(0) is None


@pytest.mark.parametrize("size", [1e10, 1e40, 1e150, 1e307])
def test_huge_weights_are_read_without_a_warning(size: float) -> None:
    training = {**DOUBLE, "optimizer": "sgd", "regularizer": {"name": "l2", "rate": 1e6}}
    trainer = Trainer(experiment(training=training))
    trainer.network.theta *= size / np.abs(trainer.network.theta).max()
    reading_of(NoiseScale(trainer))


def test_a_network_that_diverges_is_read_without_a_warning() -> None:
    trainer = Trainer(experiment(training={"optimizer": {"name": "sgd", "learning_rate": 1e5}}))
    instrument = NoiseScale(trainer)
    while trainer.stop is None:
        trainer.single_step()
        reading_of(instrument)


HIDDEN = [{"units": 16, "activation": "tanh", "initializer": "xavier_normal"}] * 3
SEEDS = 20


def unit_run(**training: Any) -> Trainer:
    data = {**unit_circle(200)}
    return Trainer(experiment(HIDDEN, data=data, training={"replicas": SEEDS, **training}))


def scales(trainer: Trainer) -> Array:
    instrument = NoiseScale(trainer)
    return np.array([reading_of(instrument, replica).scale[-1] for replica in range(SEEDS)])


def test_at_the_start_it_is_as_measured() -> None:
    assert 25 < np.median(scales(unit_run())) < 224


@pytest.mark.slow
def test_late_in_training_it_is_larger() -> None:
    trainer = unit_run(optimizer="sgd", max_epochs=150)
    before = scales(trainer)
    trainer.run()
    assert np.median(scales(trainer)) > 3 * np.median(before)
