"""A run whose data is disturbed while it goes on: shifts, wrong labels, a rare class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.experiment import Data, Experiment, Training
from playground.training.trainer import Trainer, needs_rebuild

SHIFT = {"name": "covariate", "x1": 3.0, "rotation": 20.0}


def trained(source: str = "circle", epochs: int = 40) -> Trainer:
    data = Data(source=source, samples=300, noise=0.0)
    trainer = Trainer(Experiment(data=data, training=Training(stop=(), max_epochs=1000)))
    for _ in range(epochs):
        trainer.run_epoch()
    return trainer


def changed(trainer: Trainer, name: str, value: Any) -> Experiment:
    experiment = replace(trainer.experiment, ("data", name), value)
    assert not needs_rebuild(trainer.experiment, experiment)
    return experiment


@pytest.mark.parametrize("shift", [SHIFT, {**SHIFT, "name": "with_labels"}])
def test_a_shift_is_seen_in_the_test_scores_alone(shift: dict[str, Any]) -> None:
    trainer = trained()
    before, weights = trainer.scores, trainer.network.theta.tobytes()
    trainer.apply(changed(trainer, "shift", shift))
    after = trainer.scores
    assert trainer.network.theta.tobytes() == weights
    assert after.train_loss == before.train_loss
    assert after.train_accuracy == before.train_accuracy
    assert before.test_accuracy > 0.9
    assert after.test_loss > 2 * before.test_loss
    trainer.apply(changed(trainer, "shift", "none"))
    assert trainer.scores.test_loss == before.test_loss


def test_with_their_labels_points_are_judged_worse_than_by_the_rule() -> None:
    """Under covariate shift what was learned still holds where there were training points."""
    trainer = trained("xor")
    accuracies = []
    for name in ("covariate", "with_labels"):
        trainer.apply(changed(trainer, "shift", {"name": name, "x1": 3.0}))
        accuracies.append(float(trainer.scores.test_accuracy[0]))
    assert accuracies[0] > accuracies[1] + 0.2


def test_wrong_labels_are_seen_in_the_training_scores_alone() -> None:
    trainer = trained()
    before = trainer.scores
    trainer.apply(changed(trainer, "label_noise", 0.3))
    after = trainer.scores
    assert after.test_loss == before.test_loss
    assert after.test_accuracy == before.test_accuracy
    assert after.train_accuracy == pytest.approx(before.train_accuracy - 0.3, abs=0.05)


def test_a_run_goes_on_with_another_balance() -> None:
    trainer = trained(epochs=2)
    trainer.apply(changed(trainer, "balance", 0.1))
    targets = np.concatenate((trainer.dataset.train.targets, trainer.dataset.test.targets))
    assert (targets == 0).sum() == 30
    trainer.run_epoch()
    assert trainer.epoch == 3
    assert np.isfinite(trainer.scores.train_loss).all()
