"""The instrument of updates: what a step really moves, and the optimizer's memory in numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import optimizers
from playground.engine.optimizers import StepRule
from playground.training.instruments.updates import UpdateReading, Updates
from playground.training.trainer import Trainer
from tests.training.helpers import experiment

LAYERS = [{"units": 5, "batch_norm": "before"}, {"units": 4, "activation": "tanh"}]


def trainer_of(optimizer: str | dict[str, Any], **training: Any) -> Trainer:
    training = {"optimizer": optimizer, "precision": "float64", "max_epochs": 50, **training}
    return Trainer(experiment(LAYERS, training=training))


def reading_of(instrument: Updates, replica: int = 0) -> UpdateReading:
    reading = instrument.read(replica)
    assert reading is not None
    return reading


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("name", list(optimizers))
def test_the_ratio_is_that_of_the_real_step(name: str, replicas: int) -> None:
    trainer = trainer_of(name, replicas=replicas, regularizer={"name": "l2", "rate": 0.1})
    instrument = Updates(trainer)
    for _ in range(3):
        trainer.single_step()
    before = [views.weights.copy() for views in trainer.network.views]
    trainer.single_step()
    for replica in range(replicas):
        reading = reading_of(instrument, replica)
        for layer, (views, old) in enumerate(zip(trainer.network.views, before, strict=True)):
            new = views.weights[replica]
            expected = np.linalg.norm(new - old[replica]) / np.linalg.norm(new)
            assert reading.ratio[-1, layer] == pytest.approx(expected, rel=1e-9)


def test_before_the_first_step_and_after_a_live_change_there_is_nothing_new() -> None:
    trainer = trainer_of("adam")
    instrument = Updates(trainer)
    assert instrument.read(0) is None
    trainer.single_step()
    assert len(reading_of(instrument).epochs) == 1
    assert len(reading_of(instrument).epochs) == 1, "the same step is noted once"
    faster = trainer.experiment.model_copy(
        update={"training": trainer.experiment.training.model_copy(update={"batch_size": 5})}
    )
    trainer.apply(faster)
    assert len(reading_of(instrument).epochs) == 1
    trainer.single_step()
    assert len(reading_of(instrument).epochs) == 2


@pytest.mark.parametrize("name", list(optimizers))
def test_reading_changes_nothing(name: str) -> None:
    watched, alone = trainer_of(name), trainer_of(name)
    instrument = Updates(watched)
    for _ in range(20):
        watched.single_step()
        reading = instrument.read(0)
        assert reading is not None
        for array in (reading.epochs, reading.ratio, reading.rate):
            assert not array.flags.writeable
        alone.single_step()
    assert watched.network.theta.tobytes() == alone.network.theta.tobytes()


@pytest.mark.parametrize(
    "optimizer",
    [
        {"name": "sgd"},
        {"name": "adagrad"},
        {"name": "rmsprop"},
        {"name": "adam", "beta_1": 0.0},
        {"name": "adamw", "beta_1": 0.0, "weight_decay": 0.0},
    ],
)
def test_the_effective_rate_turns_a_gradient_into_the_update(optimizer: dict[str, Any]) -> None:
    trainer = trainer_of(optimizer)
    for _ in range(4):
        trainer.single_step()
    rule, state = trainer.experiment.training.optimizer, trainer.optimizer_state
    assert isinstance(rule, StepRule)
    rate = rule.effective_rate(state, trainer.learning_rate)
    assert state.update is not None
    assert np.allclose(rate * trainer.network.grad[0], state.update, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_with_momentum_it_is_that_of_a_gradient_that_lasts(name: str) -> None:
    rule = optimizers[name]()
    assert isinstance(rule, StepRule)
    rate = rule.effective_rate(rule.start(np.zeros(1)), 0.5)
    velocity = 0.0
    for _ in range(500):
        velocity = 0.9 * velocity + 1
    step = velocity if name == "momentum" else 1 + 0.9 * velocity
    assert rate == pytest.approx(0.5 * step)


def test_what_an_optimizer_does_not_keep_is_not_a_number() -> None:
    for name, first, second in (
        ("sgd", False, False),
        ("momentum", True, False),
        ("adagrad", False, True),
        ("nadam", True, True),
    ):
        trainer = trainer_of(name)
        trainer.single_step()
        reading = reading_of(Updates(trainer))
        assert np.isfinite(reading.first).all() == first, name
        assert np.isfinite(reading.second).all() == second, name
        assert (reading.rate > 0).all()
