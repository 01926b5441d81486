"""What the start of the weights does to signals and gradients, and to learning in 12 layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.editing import replace
from playground.engine.calls import Array
from playground.training.trainer import Trainer
from tests.claims.helpers import (
    SEEDS,
    evaluated,
    gradients_at_start,
    layers,
    prepared,
    solved,
    trained,
)

# --- the size of signals -------------------------------------------------------------------------


def spreads(activation: str, initializer: Any) -> tuple[Array, Array]:
    """Standard deviations of the outputs of ten layers of 100: over all units, and of one unit.

    The claims are stated for 100 inputs of variance 1; a linear layer makes those of the two.
    """
    spread = {"units": 100, "activation": "linear", "initializer": "lecun_normal"}
    hidden = [spread, *layers(10, activation, initializer, 100)]
    traces = evaluated(prepared(hidden, replicas=10, precision="float64")).traces[1:-1]
    overall = [np.median(trace.activation.std(axis=(1, 2))) for trace in traces]
    of_one = [np.median(trace.activation.std(axis=2)) for trace in traces]
    return np.array(overall), np.array(of_one)


@pytest.mark.parametrize(
    ("activation", "initializer", "first", "last"),
    [
        ("tanh", "xavier_normal", 0.625, 0.23),
        ("relu", "he_normal", 0.82, 0.69),
        ("relu", "xavier_normal", 0.58, 0.021),
        ("relu", "torch_default", 0.34, 0.034),
        ("relu", {"name": "normal", "stddev": 0.01}, 0.058, 2e-12),
    ],
)
def test_how_signals_fade_through_ten_layers(
    activation: str, initializer: Any, first: float, last: float
) -> None:
    overall, _ = spreads(activation, initializer)
    assert overall[0] == pytest.approx(first, rel=0.15)
    assert overall[-1] == pytest.approx(last, rel=0.5)


def test_the_overall_spread_hides_that_units_have_become_constants() -> None:
    # PyTorch's default draws biases too: behind ten layers units differ, samples hardly do.
    overall, of_one = spreads("relu", "torch_default")
    assert overall[-1] > 0.02
    assert of_one[-1] < 1e-3
    overall, of_one = spreads("sigmoid", "xavier_normal")
    assert overall[-1] > 0.1
    assert of_one[-1] < 1e-5


# --- twelve layers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "initializer"),
    [("relu", "he_normal"), ("relu", "xavier_normal"), ("tanh", "xavier_normal")],
)
def test_twelve_layers_learn_with_he_or_xavier(activation: str, initializer: str) -> None:
    hidden = layers(12, activation, initializer)
    assert solved(trained(hidden, ("sgd", 0.1), replicas=10)) == 10


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_twelve_layers_do_not_learn_with_pytorchs_default(activation: str) -> None:
    hidden = layers(12, activation, "torch_default")
    trainer = trained(hidden, ("sgd", 0.1), replicas=10, output="torch_default")
    assert solved(trainer) == 0


def test_adam_makes_up_for_pytorchs_default() -> None:
    # That is why the defaults pass for good: Adam divides by the gradient's own size, however
    # small. With gradient descent, with or without momentum, no seed gets anywhere.
    hidden = layers(12, "relu", "torch_default")
    trainer = trained(hidden, ("adam", 0.01), replicas=10, output="torch_default")
    assert solved(trainer) >= 9
    slow = trained(hidden, ("momentum", 0.03), replicas=10, output="torch_default")
    assert solved(slow) == 0


# --- symmetry ------------------------------------------------------------------------------------


def alike(activation: str, initializer: str, epochs: int) -> Trainer:
    hidden = layers(3, activation, initializer)
    return prepared(hidden, batch_size="full", max_epochs=epochs, precision="float64")


@pytest.mark.parametrize("activation", ["tanh", "relu", "linear", "silu"])
def test_zeros_let_no_gradient_through(activation: str) -> None:
    given = alike(activation, "zeros", 20).experiment
    trainer = Trainer(replace(given, ("network", "output", "initializer"), "zeros"))
    found = gradients_at_start(trainer)
    assert (found.weights == 0).all()
    assert (found.errors[:, :-1] == 0).all()
    assert (found.errors[:, -1] > 0).all()
    trainer.run()
    for views in trainer.network.views:
        assert (views.weights == 0).all()
    assert (trainer.network.views[-1].biases != 0).all()  # all that it can learn


@pytest.mark.parametrize("activation", ["tanh", "relu", "linear", "silu"])
def test_zeros_below_another_output_layer_stay_zeros(activation: str) -> None:
    trainer = alike(activation, "zeros", 20)
    trainer.run()
    for views in trainer.network.views[:-1]:
        assert (views.weights == 0).all()  # what enters each of them is 0


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
def test_a_constant_keeps_all_units_of_a_layer_alike(activation: str) -> None:
    trainer = alike(activation, "constant", 30)
    trainer.run()
    for seed in range(SEEDS):
        for views in trainer.network.views[1:3]:  # what they are given is all alike too
            weights = views.weights[seed]
            assert np.linalg.matrix_rank(weights, tol=1e-9 * np.abs(weights).max()) == 1
        first = trainer.network.views[0].weights[seed]
        assert np.ptp(first, axis=1).max() < 1e-9
        assert np.ptp(first, axis=0).min() > 1e-6  # the two inputs differ: something was learned
