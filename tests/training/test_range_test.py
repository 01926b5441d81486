"""The learning-rate range test: what it finds, and that it leaves the network alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import optimizers
from playground.training.range_test import STEPS, RangeTest, range_test_in_pieces
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, unit_circle


def found_by(trainer: Trainer) -> RangeTest:
    pieces = range_test_in_pieces(trainer)
    shares = []
    while True:
        try:
            shares.append(next(pieces))
        except StopIteration as end:
            assert shares == sorted(shares)
            assert 0 <= shares[0] <= shares[-1] <= 1
            found = end.value
            assert isinstance(found, RangeTest)
            return found


def trainer_of(optimizer: str = "adam", **training: Any) -> Trainer:
    layer = {"units": 8, "activation": "relu", "initializer": "he_normal"}
    training = {"optimizer": optimizer, "batch_size": 10, **training}
    return Trainer(experiment([layer] * 2, data=unit_circle(), training=training))


@pytest.mark.parametrize("name", list(optimizers))
def test_it_suggests_a_rate_that_trains(name: str) -> None:
    found = found_by(trainer_of(name, seed=3))
    assert found.suggestion is not None
    assert found.suggestion == pytest.approx(found.best / 10, rel=0.05)
    assert (np.diff(np.log(found.rates)) > 0).all()
    assert len(found.rates) == len(found.losses) == len(found.smoothed) <= STEPS
    assert np.isfinite(found.losses).all()
    optimizer = {"name": name, "learning_rate": found.suggestion}
    trained = trainer_of(optimizer, seed=3, max_epochs=60, stop=[])  # type: ignore[arg-type]
    before = trained.scores.train_loss[0]
    trained.run()
    assert trained.scores.train_loss[0] < 0.5 * before


def test_the_rate_rises_by_the_same_factor_whatever_the_batch() -> None:
    for batch in (7, "full"):
        rates = found_by(trainer_of(batch_size=batch)).rates
        assert np.allclose(rates[1:] / rates[:-1], (1e8) ** (1 / (STEPS - 1)))
        assert rates[0] == pytest.approx(1e-6)


def test_the_network_and_its_random_numbers_are_left_as_they_are() -> None:
    looked_at, alone = trainer_of(max_epochs=6), trainer_of(max_epochs=6)
    for trainer in (looked_at, alone):
        trainer.single_step()
    found_by(looked_at)
    for trainer in (looked_at, alone):
        trainer.run()
    assert looked_at.network.theta.tobytes() == alone.network.theta.tobytes()


def test_where_no_gradient_comes_nothing_is_suggested() -> None:
    layer = {"units": 8, "activation": "relu", "initializer": "zeros"}
    given = experiment([layer] * 3, data=unit_circle())
    trainer = Trainer(given)
    trainer.network.theta[:] = 0
    found = found_by(trainer)
    # Only the bias of the output moves, and the classes are even.
    assert found.suggestion is None or found.smoothed.min() > 0.68


def test_a_run_with_batch_norm_dropout_and_replicas_can_be_tried() -> None:
    layer = {"units": 6, "batch_norm": "before", "dropout": 0.2}
    training = {"replicas": 3, "schedule": {"name": "cosine"}, "clipping": {"name": "norm"}}
    found = found_by(Trainer(experiment([layer] * 2, training=training)))
    assert len(found.rates) > 20
