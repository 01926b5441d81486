"""What the instruments read, and the claims of deep learning's folklore that they must show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.editing import replace
from playground.training.diagnostics import dead_units, first_layer_share, gradient_sizes
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, unit_circle

SEEDS = 20


def deep(
    activation: str, initializer: str, depth: int = 8, width: int = 16, **training: Any
) -> Trainer:
    """SEEDS deep networks on the circle with inputs of unit spread, full batch."""
    layer = {"units": width, "activation": activation, "initializer": initializer}
    training = {"batch_size": "full", "replicas": SEEDS, **training}
    return Trainer(experiment([layer] * depth, data=unit_circle(), training=training))


def ratios(trainer: Trainer, layer: int) -> np.ndarray:
    """Mean absolute dL/dW of a hidden layer over that of the last hidden one, for each seed."""
    weights = gradient_sizes(trainer.network, trainer.gradient_at_start()).weights
    return np.asarray(weights[:, layer] / weights[:, -2])


# --- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_gradient_sizes_are_means_over_what_the_step_left(batch_norm: str, replicas: int) -> None:
    layer = {"units": 4, "activation": "tanh", "batch_norm": batch_norm}
    trainer = Trainer(
        experiment([layer, layer], training={"replicas": replicas, "precision": "float64"})
    )
    trainer.single_step()
    program = trainer.last_program
    assert program is not None
    sizes = gradient_sizes(trainer.network, program)
    assert sizes.weights.shape == sizes.errors.shape == (replicas, 3)
    for replica in range(replicas):
        for index, views in enumerate(trainer.network.grad_views):
            expected = np.abs(views.weights[replica]).mean()
            assert sizes.weights[replica, index] == pytest.approx(expected, rel=1e-14)
            assert sizes.weights[replica, index] > 0
        # At the output a sample's error is σ(z) - y, its share of the mean a tenth of that.
        logits, targets = (
            np.reshape(part, (replicas, 10))[replica] for part in (program.logits, program.targets)
        )
        error = 1 / (1 + np.exp(-logits)) - targets
        assert sizes.errors[replica, -1] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-12)


def test_the_share_is_of_the_first_and_the_last_hidden_layer_of_late() -> None:
    weights = np.ones((20, 4))
    weights[-9:, 0], weights[-9:, 2] = 1e-4, 2.0
    assert first_layer_share(weights) == pytest.approx(5e-5)
    weights[-1, 0] = 1e3  # one batch says little
    assert first_layer_share(weights) == pytest.approx(5e-5)
    assert first_layer_share(weights[:1]) == 1
    assert first_layer_share(weights[:, :2]) is None
    weights[-9:, 2] = 0
    assert np.isnan(first_layer_share(weights))
    weights[-9:] = np.nan
    assert first_layer_share(weights) is None


def test_the_error_of_a_layer_does_not_depend_on_the_batch() -> None:
    def errors(batch_size: int | str) -> np.ndarray:
        trainer = Trainer(experiment(training={"batch_size": batch_size, "precision": "float64"}))
        program = trainer.gradient_at_start()
        program.feed[:] = program.feed[:, :1]  # the same point all over
        program.run()
        return gradient_sizes(trainer.network, program).errors

    assert np.allclose(errors(5), errors("full"), rtol=1e-12)


def test_looking_before_the_first_step_changes_nothing() -> None:
    layer = {"units": 4, "batch_norm": "before", "dropout": 0.5}
    trainer = Trainer(experiment([layer, layer]))
    theta, running = trainer.network.theta.copy(), trainer.network.running.copy()
    state = trainer.dropout_rngs[0].bit_generator.state
    trainer.gradient_at_start()
    assert np.array_equal(trainer.network.theta, theta)
    assert np.array_equal(trainer.network.running, running)
    assert trainer.dropout_rngs[0].bit_generator.state == state
    assert trainer.last_program is None


@pytest.mark.parametrize("samples", [50, 5000])
def test_a_unit_is_dead_if_no_training_point_moves_it(samples: int) -> None:
    trainer = Trainer(experiment([{"units": 4}], data={"samples": samples, "test_share": 0}))
    views, inputs = trainer.network.views[0], trainer.dataset.train.inputs
    views.weights[:] = 0
    views.weights[0, 0, :] = [1, 1, 1, 0]
    largest = inputs[0].max()
    # Never on; on for one point alone, wherever it stands; always on; off at exactly 0.
    views.biases[0] = [-largest - 0.1, -largest + 1e-3, 10, 0]
    assert dead_units(trainer.network, inputs)[0].tolist() == [[True, False, False, True]]


def test_each_replica_has_its_own_dead_units() -> None:
    data = {"samples": 1500}  # more than are looked at together
    trainer = Trainer(experiment([{"units": 3}], data=data, training={"replicas": 20}))
    trainer.network.views[0].biases[7] = -1000
    (dead,) = dead_units(trainer.network, trainer.dataset.train.inputs)
    assert dead.shape == (20, 3)
    assert dead.all(axis=1).tolist() == [replica == 7 for replica in range(20)]


def test_without_hidden_layers_nothing_can_be_dead() -> None:
    trainer = Trainer(experiment([]))
    assert dead_units(trainer.network, trainer.dataset.train.inputs) == ()
    assert gradient_sizes(trainer.network, trainer.gradient_at_start()).weights.shape == (1, 1)


# --- vanishing gradients -------------------------------------------------------------------------


@pytest.mark.parametrize("initializer", ["xavier_uniform", "xavier_normal"])
def test_deep_sigmoid_networks_have_vanishing_gradients(initializer: str) -> None:
    trainer = deep("sigmoid", initializer)
    # The matrix that the inputs enter by, and the first between hidden layers. The inputs are
    # centred and the hidden outputs are not, so that the first one's gradients are smaller yet.
    assert np.median(ratios(trainer, 0)) < 1e-4
    assert ratios(trainer, 1).max() < 1e-3


@pytest.mark.parametrize(
    ("activation", "initializer"), [("tanh", "xavier_uniform"), ("relu", "he_normal")]
)
def test_tanh_and_relu_keep_their_gradients(activation: str, initializer: str) -> None:
    trainer = deep(activation, initializer)
    assert ratios(trainer, 0).min() > 0.1
    assert ratios(trainer, 1).min() > 0.1


def test_gradients_vanish_with_depth() -> None:
    def median(depth: int) -> float:
        return float(np.median(ratios(deep("sigmoid", "xavier_normal", depth), 0)))

    shallow, middle, deepest = median(4), median(8), median(12)
    assert 1e-3 < shallow < 2e-2
    assert middle < shallow / 100
    assert deepest < middle / 100


@pytest.mark.parametrize(
    ("activation", "initializer", "low", "high"),
    [
        ("sigmoid", "xavier_uniform", 0.15, 0.3),
        ("tanh", "xavier_uniform", 0.8, 1.0),
        ("relu", "he_normal", 0.85, 1.1),
        ("relu", "xavier_uniform", 0.58, 0.78),
        ("relu", "torch_default", 0.3, 0.46),
    ],
)
def test_the_errors_factor_from_layer_to_layer(
    activation: str, initializer: str, low: float, high: float
) -> None:
    trainer = deep(activation, initializer)
    errors = gradient_sizes(trainer.network, trainer.gradient_at_start()).errors
    factors = (errors[:, 0] / errors[:, 7]) ** (1 / 7)
    assert low < np.median(factors) < high


# --- dead units ----------------------------------------------------------------------------------


def dead_shares(trainer: Trainer) -> np.ndarray:
    """The share of dead units of each hidden layer in each replica: (replicas, layers)."""
    dead = dead_units(trainer.network, trainer.dataset.train.inputs)
    return np.stack([flags.mean(axis=1) for flags in dead], axis=1)


def biased(activation: str, bias: float, **layer: Any) -> list[dict[str, Any]]:
    initializer = {"name": "he_normal", "bias": bias}
    return [{"units": 8, "activation": activation, "initializer": initializer, **layer}] * 4


def test_a_negative_bias_kills_relu() -> None:
    training = {"replicas": SEEDS, "max_epochs": 30}
    trainer = Trainer(experiment(biased("relu", -2.0), data=unit_circle(), training=training))
    assert (dead_shares(trainer)[:, -1] == 1).all()
    before = [views.weights.copy() for views in trainer.network.views]
    trainer.run()
    assert (dead_shares(trainer)[:, -1] == 1).all()
    for views, weights in zip(trainer.network.views, before, strict=True):
        assert np.array_equal(views.weights, weights)  # only the last bias has learned
    assert trainer.scores.train_accuracy.max() < 0.7


def test_no_bias_kills_nothing_much() -> None:
    trainer = Trainer(
        experiment(biased("relu", 0.0), data=unit_circle(), training={"replicas": SEEDS})
    )
    shares = dead_shares(trainer)
    assert np.median(shares) == 0
    assert (shares < 1).all()


def test_leaky_relu_never_dies() -> None:
    training = {"replicas": SEEDS, "max_epochs": 10}
    for bias in (-2.0, -100.0):
        trainer = Trainer(
            experiment(biased("leaky_relu", bias), data=unit_circle(), training=training)
        )
        assert (dead_shares(trainer) == 0).all()
        trainer.run()
        assert (dead_shares(trainer) == 0).all()


def test_batch_norm_before_the_activation_cancels_a_bias_of_minus_100() -> None:
    training = {"replicas": SEEDS, "max_epochs": 60, "batch_size": 20, "seed": 1}
    shares, accuracies = [], []
    for batch_norm in ("before", "none"):
        trainer = Trainer(
            experiment(
                biased("relu", -100.0, batch_norm=batch_norm),
                data=unit_circle(),
                training=training,
            )
        )
        gradient = gradient_sizes(trainer.network, trainer.gradient_at_start()).weights
        assert (gradient[:, 0] > 0).all() == (batch_norm == "before")
        trainer.run()
        shares.append(dead_shares(trainer).mean())
        accuracies.append(np.median(trainer.scores.train_accuracy))
    assert shares[0] < 0.1
    assert shares[1] == 1
    assert accuracies[0] > 0.95
    assert accuracies[1] < 0.7


# --- symmetry ------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["tanh", "relu", "linear", "silu"])
def test_zeros_let_no_gradient_through(activation: str) -> None:
    given = deep(activation, "zeros", depth=3, replicas=1, max_epochs=20).experiment
    trainer = Trainer(replace(given, ("network", "output", "initializer"), "zeros"))
    sizes = gradient_sizes(trainer.network, trainer.gradient_at_start())
    assert (sizes.weights == 0).all()
    assert (sizes.errors[:, :-1] == 0).all()
    assert sizes.errors[0, -1] > 0
    trainer.run()
    for views in trainer.network.views:
        assert (views.weights == 0).all()
    assert trainer.network.views[-1].biases[0, 0] != 0  # all that it can learn


@pytest.mark.parametrize("activation", ["tanh", "relu", "linear", "silu"])
def test_zeros_below_another_output_layer_stay_zeros(activation: str) -> None:
    trainer = deep(activation, "zeros", depth=3, replicas=1, max_epochs=20)
    trainer.run()
    for views in trainer.network.views[:-1]:
        assert (views.weights == 0).all()  # what enters each of them is 0


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_a_constant_keeps_all_units_of_a_layer_alike(activation: str) -> None:
    trainer = deep(activation, "constant", depth=3, replicas=1, max_epochs=30, precision="float64")
    trainer.run()
    for views in trainer.network.views[1:3]:  # what they are given is all alike too
        weights = views.weights[0]
        assert np.linalg.matrix_rank(weights, tol=1e-9 * np.abs(weights).max()) == 1
    first = trainer.network.views[0].weights[0]
    assert np.ptp(first, axis=1).max() < 1e-9
    assert np.ptp(first, axis=0).min() > 1e-6  # the two inputs differ, so something was learned


# --- dropout -------------------------------------------------------------------------------------


def test_a_network_trained_with_dropout_is_judged_without() -> None:
    hidden = [{"units": 30, "dropout": 0.5}]
    trainer = Trainer(experiment(hidden, data=unit_circle(), training={"max_epochs": 30}))
    trainer.run()
    first = trainer.scores
    trainer.rescore()
    assert np.array_equal(first.train_loss, trainer.scores.train_loss)
    assert trainer.scores.train_accuracy[0] > 0.8
