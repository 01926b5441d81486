"""The lecture's stop rules: when they end a healthy run, and how they are fooled."""

from __future__ import annotations

import math

import numpy as np

from playground.training.stopping import Stop
from playground.training.trainer import Trainer
from tests.claims.helpers import layers, prepared, solved

HEALTHY = layers(2, "tanh", "xavier_uniform", 8)


def stopped(trainer: Trainer) -> list[Stop]:
    """Why and when each seed has ended."""
    trainer.run()
    return [stop for stop in trainer.outcome.stops if stop is not None]


def by_rule(name: str, hidden: list[dict[str, object]], rate: float, seeds: int = 10) -> Trainer:
    """Full-batch gradient descent until a rule with its own threshold ends it."""
    rule = [{"name": name}]
    return prepared(
        hidden, ("sgd", rate), batch_size="full", stop=rule, replicas=seeds, max_epochs=3000
    )


def test_a_healthy_run_first_has_small_gradients_and_then_small_steps() -> None:
    epochs = {}
    for name in ("gradient_norm", "weight_change"):
        trainer = by_rule(name, HEALTHY, 0.3)
        stops = stopped(trainer)
        assert {stop.name for stop in stops} == {name}
        assert solved(trainer) == 10
        epochs[name] = np.array([stop.epoch for stop in stops])
    assert 400 < np.median(epochs["gradient_norm"]) < 700
    assert 1000 < np.median(epochs["weight_change"]) < 1600
    assert (epochs["weight_change"] > epochs["gradient_norm"]).all()


def test_a_small_learning_rate_fools_the_change_of_weights() -> None:
    trainer = by_rule("weight_change", HEALTHY, 0.003, 20)
    stops = stopped(trainer)
    assert sum(stop.epoch == 1 for stop in stops) >= 15
    assert solved(trainer) == 0
    assert "too small a learning rate" in stops[0].message


def test_six_sigmoid_layers_fool_the_gradient_norm() -> None:
    trainer = by_rule("gradient_norm", layers(6, "sigmoid", "xavier_uniform"), 0.3, 20)
    stops = stopped(trainer)
    assert {stop.name for stop in stops} == {"gradient_norm"}
    assert max(stop.epoch for stop in stops) < 20
    assert np.abs(trainer.scores.train_loss - math.log(2)).max() < 1e-3
    assert "or a plateau" in stops[0].message
