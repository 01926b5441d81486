"""How fast the optimizers are on a spiral, and that Adam with L2 is not AdamW."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import optimizers
from playground.training.trainer import Trainer
from tests.claims.helpers import layers, trained
from tests.training.helpers import experiment, unit_spread

TUNED = {
    "sgd": 0.5,
    "momentum": 0.07,
    "nesterov": 0.1,
    "adagrad": 0.3,
    "rmsprop": 0.02,
    "adam": 0.03,
    "nadam": 0.03,
    "adamw": 0.03,
}
"""The rate at which each needs fewest steps."""


def steps_needed(name: str, rate: float, epochs: int = 200) -> float:
    """Steps to a train loss of 0.1 on the spiral, 2-32-32-1: the seeds' median."""
    trainer = trained(
        layers(2, "relu", "he_normal", 32),
        (name, rate),
        data=unit_spread("spiral", 200),
        max_epochs=epochs,
        replicas=10,
    )
    history = trainer.history.table()
    reached = history["train_loss"] < 0.1
    steps = history["step"][reached.argmax(axis=0), 0]
    return float(np.median(np.where(reached.any(axis=0), steps, np.inf)))


@pytest.fixture(scope="module")
def plain() -> float:
    """What gradient descent needs."""
    return steps_needed("sgd", TUNED["sgd"])


def test_gradient_descent_needs_a_thousand_steps(plain: float) -> None:
    assert 700 < plain < 1200


@pytest.mark.parametrize("name", [name for name in optimizers if name not in ("sgd", "momentum")])
def test_the_others_need_at_most_six_tenths_of_them(name: str, plain: float) -> None:
    # No more is said: which of the adaptive ones is first turns with the seeds.
    assert steps_needed(name, TUNED[name]) <= 0.6 * plain


def test_momentum_needs_at_most_three_quarters_of_them(plain: float) -> None:
    # Six tenths holds against a rate of 0.3, gradient descent's best in half decades (520-610 of
    # 1040-1080 steps); against 0.5 to 0.6, which are better yet (850-920), it is .6 to .7.
    assert steps_needed("momentum", TUNED["momentum"]) <= 0.75 * plain


@pytest.mark.slow
@pytest.mark.parametrize("name", list(TUNED))
def test_the_rates_are_tuned(name: str) -> None:
    rate = TUNED[name]
    here = steps_needed(name, rate, 400)
    assert here <= 1.1 * steps_needed(name, rate / 2, 400)
    assert here <= 1.1 * steps_needed(name, rate * 2, 400)


def decayed(optimizer: dict[str, Any], regularizer: dict[str, Any]) -> float:
    """A weight that started at 1, after 100 steps in which the loss had no gradient."""
    # Both classes on one point at the origin: nothing is to be learned, by weights or bias.
    data = {"source": "points", "points": [[0, 0, 0], [0, 0, 1]], "test_share": 0}
    given = experiment(
        [],
        data={**data, "samples": 2},
        training={
            "optimizer": optimizer,
            "regularizer": regularizer,
            "batch_size": "full",
            "max_epochs": 100,
            "precision": "float64",
        },
    )
    trainer = Trainer(given)
    trainer.network.views[0].weights[:] = 1
    trainer.run()
    assert trainer.step == 100
    assert (trainer.network.views[0].biases == 0).all()
    first, second = trainer.network.views[0].weights[0, :, 0]
    assert first == second
    return float(first)


@pytest.mark.parametrize("decay", [1e-4, 1e-2, 1.0])
def test_adam_with_l2_is_not_adamw(decay: float) -> None:
    adam, adamw = ({"name": name, "learning_rate": 1e-3} for name in ("adam", "adamw"))
    coupled = decayed(adam, {"name": "l2", "rate": decay})
    assert coupled == pytest.approx(0.902, abs=5e-4)  # whatever the decay
    decoupled = decayed({**adamw, "weight_decay": decay}, {"name": "none"})
    assert decoupled == pytest.approx((1 - 1e-3 * decay) ** 100, rel=1e-13)


@pytest.mark.parametrize("rate", [1e-2, 1e-3])
def test_with_gradient_descent_the_two_decays_are_one(rate: float) -> None:
    found = decayed({"name": "sgd", "learning_rate": rate}, {"name": "l2", "rate": 0.5})
    assert found == pytest.approx((1 - rate * 0.5) ** 100, rel=1e-13)
