"""How ReLU units die, by their start or by too long a step, and what saves them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.training.trainer import Trainer
from tests.claims.helpers import (
    SEEDS,
    dead_shares,
    gradients_at_start,
    layers,
    prepared,
    solved,
    trained,
)


def biased(bias: float, activation: str = "relu", **layer: Any) -> list[dict[str, Any]]:
    """Four layers of 16 whose biases all start at one value."""
    return layers(4, activation, {"name": "he_normal", "bias": bias}, **layer)


def losing_a_layer(trainer: Trainer) -> int:
    """How many seeds have a layer of which every unit is dead."""
    return int((dead_shares(trainer) == 1).any(axis=1).sum())


# --- by the start --------------------------------------------------------------------------------


@pytest.mark.parametrize(("bias", "least", "most"), [(-0.5, 17, 20), (-1, 2, 14), (-2, 0, 0)])
def test_the_more_negative_the_bias_the_fewer_learn(bias: float, least: int, most: int) -> None:
    trainer = prepared(biased(bias))
    lost = losing_a_layer(trainer)
    trainer.run()
    assert least <= solved(trainer) <= most
    assert solved(trainer) <= SEEDS - lost
    if bias == -2:
        assert (dead_shares(trainer)[:, -1] == 1).all()


def test_behind_a_dead_layer_only_the_last_bias_learns() -> None:
    trainer = prepared(biased(-2.0), max_epochs=30)
    before = [views.weights.copy() for views in trainer.network.views]
    trainer.run()
    for views, weights in zip(trainer.network.views, before, strict=True):
        assert np.array_equal(views.weights, weights)
    assert (trainer.network.views[-1].biases != 0).all()
    assert trainer.scores.train_accuracy.max() < 0.7


def test_without_a_bias_most_units_of_every_layer_live() -> None:
    shares = dead_shares(prepared(biased(0.0)))
    assert shares.mean() < 0.15
    assert shares.max() < 0.8


@pytest.mark.parametrize("bias", [-2.0, -100.0])
def test_leaky_relu_does_not_die(bias: float) -> None:
    trainer = prepared(biased(bias, "leaky_relu"), max_epochs=10)
    assert (dead_shares(trainer) == 0).all()
    trainer.run()
    assert (dead_shares(trainer) == 0).all()


def test_batch_norm_before_the_activation_cancels_a_bias_of_minus_100() -> None:
    trainer = prepared(biased(-100.0, batch_norm="before"))
    assert (gradients_at_start(trainer).weights > 0).all()
    trainer.run()
    assert solved(trainer) == SEEDS
    assert dead_shares(trainer).mean() < 0.1


@pytest.mark.parametrize("batch_norm", ["none", "after"])
def test_without_it_a_bias_of_minus_100_kills_all(batch_norm: str) -> None:
    trainer = prepared(biased(-100.0, batch_norm=batch_norm), max_epochs=30)
    assert (gradients_at_start(trainer).weights[:, 0] == 0).all()
    trainer.run()
    assert (dead_shares(trainer)[:, 0] == 1).all()
    assert solved(trainer) == 0


# --- by the step ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.1, 0.3, 1.0])
def test_steps_of_up_to_1_kill_no_layer(rate: float) -> None:
    trainer = trained(layers(4, "relu", "he_normal"), ("sgd", rate))
    assert losing_a_layer(trainer) == 0
    assert solved(trainer) == SEEDS


def test_steps_of_3_kill_a_whole_layer() -> None:
    trainer = trained(layers(4, "relu", "he_normal"), ("sgd", 3.0))
    assert losing_a_layer(trainer) >= 12
    assert solved(trainer) <= 3


RESCUED = [
    ("relu", 0, 4),
    ({"name": "leaky_relu", "negative_slope": 0.01}, 10, 26),
    ({"name": "leaky_relu", "negative_slope": 0.1}, 32, 40),
]


@pytest.mark.parametrize(("activation", "least", "most"), RESCUED)
def test_a_leak_rescues_from_adam_at_a_rate_of_1(activation: Any, least: int, most: int) -> None:
    trainer = trained(layers(4, activation, "he_normal"), ("adam", 1.0), replicas=40)
    assert least <= solved(trainer) <= most
    if activation == "relu":
        assert losing_a_layer(trainer) >= 24


@pytest.mark.slow
@pytest.mark.parametrize("width", [8, 16])
@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_larger_the_leak_the_more_it_rescues(depth: int, width: int) -> None:
    counts = [
        solved(
            trained(
                layers(depth, activation, "he_normal", width),
                ("adam", 1.0),
                replicas=40,
                max_epochs=300,
            )
        )
        for activation, _, _ in RESCUED
    ]
    assert counts[0] + 5 <= counts[1] <= counts[2]
    assert counts[2] >= 24
