from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import losses, sources
from playground.training.trainer import Trainer
from tests.training.helpers import experiment

FITTING = [
    pytest.param(name, source, id=f"{name}-{source}")
    for name, loss in losses.items()
    for source in ("circle", "pinwheel", "plane")
    if (task := sources[source].task) is not None and loss.fits(task)
]


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize(("loss", "source"), FITTING)
def test_scores_are_means_over_the_points(loss: str, source: str, replicas: int) -> None:
    trainer = Trainer(
        experiment(
            data={"source": source},
            training={"loss": loss, "replicas": replicas, "precision": "float64"},
        )
    )
    network, task = trainer.network, trainer.dataset.task
    for part, found_loss, found_accuracy in (
        (trainer.dataset.train, trainer.scores.train_loss, trainer.scores.train_accuracy),
        (trainer.dataset.test, trainer.scores.test_loss, trainer.scores.test_accuracy),
    ):
        assert found_loss.shape == found_accuracy.shape == (replicas,)
        outputs = network.outputs(part.inputs)
        for replica in range(replicas):
            z = outputs[replica]
            y = network.loss.encode(part.targets, len(z))
            assert found_loss[replica] == pytest.approx(network.loss.mean(z, y), rel=1e-12)
            if task.kind == "regression":
                assert np.isnan(found_accuracy[replica])
                continue
            classes = z.argmax(axis=0) if len(z) > 1 else z[0] > 0
            share = (classes == part.targets).mean()
            assert found_accuracy[replica] == pytest.approx(share)


def test_without_test_points_there_is_no_test_score() -> None:
    trainer = Trainer(experiment(data={"test_share": 0}))
    assert np.isnan(trainer.scores.test_loss).all()
    assert np.isnan(trainer.scores.test_accuracy).all()
    assert np.isfinite(trainer.scores.train_loss).all()


@pytest.mark.parametrize("regularizer", [{"name": "l2", "rate": 1.0}, {"name": "l1", "rate": 1.0}])
def test_penalty_and_dropout_are_no_part_of_the_scores(regularizer: Any) -> None:
    plain = Trainer(experiment())
    hidden = [{"units": 5, "dropout": 0.5}, {"units": 4}]
    other = Trainer(experiment(hidden, training={"regularizer": regularizer}))
    for field in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        assert np.array_equal(getattr(plain.scores, field), getattr(other.scores, field))
