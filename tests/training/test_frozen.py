"""Weights that are set and held."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from playground.core.errors import ExperimentError
from playground.core.families import optimizers
from playground.exchange.experiment_file import Document, dumps, loads
from playground.exchange.trained import capture, restore
from playground.training.frozen import Place
from playground.training.trainer import Trainer
from tests.training.helpers import experiment

MIXED = [{"units": 5, "batch_norm": "before"}, {"units": 4, "activation": "tanh"}]
WEIGHT, BIAS = Place(0, 1, 2, 3), Place(0, 2, 4, 0)


def trainer_of(**training: Any) -> Trainer:
    return Trainer(experiment(MIXED, training={"max_epochs": 50, **training}))


def value_at(trainer: Trainer, place: Place) -> float:
    return float(trainer.network.views[place.layer].table[place.replica, place.row, place.unit])


@pytest.mark.parametrize("name", list(optimizers))
def test_a_held_weight_stays_and_the_others_move(name: str) -> None:
    trainer = trainer_of(optimizer=name, regularizer={"name": "l2", "rate": 0.1})
    trainer.set_weight(WEIGHT, 0.75, held=True)
    trainer.set_weight(BIAS, held=True)
    bias, before = value_at(trainer, BIAS), trainer.network.theta.copy()
    for _ in range(3):
        trainer.run_epoch()
    assert value_at(trainer, WEIGHT) == 0.75
    assert value_at(trainer, BIAS) == bias
    moved = trainer.network.theta != before
    assert moved.sum() >= moved.size - 2
    trainer.set_weight(WEIGHT, held=False)
    trainer.run_epoch()
    assert value_at(trainer, WEIGHT) != 0.75


def test_only_the_replica_that_is_meant() -> None:
    trainer = trainer_of(replicas=3)
    place = WEIGHT._replace(replica=1)
    trainer.set_weight(place, 0.5, held=True)
    alone = Trainer(experiment(MIXED, training={"max_epochs": 50, "replicas": 3}))
    trainer.run_epoch()
    alone.run_epoch()
    assert value_at(trainer, place) == 0.5
    for replica in (0, 2):
        np.testing.assert_array_equal(trainer.network.theta[replica], alone.network.theta[replica])


def test_within_an_epoch_and_after_a_stop() -> None:
    trainer = trainer_of(max_epochs=2)
    trainer.single_step()
    trainer.set_weight(WEIGHT, -2.0)
    assert trainer.position == 1, "the epoch goes on"
    assert trainer.last_program is not None, "what the last step has left stays readable"
    trainer.run()
    assert trainer.stop is not None
    loss = float(trainer.scores.train_loss[0])
    trainer.set_weight(WEIGHT, 30.0)
    assert value_at(trainer, WEIGHT) == 30.0
    assert float(trainer.scores.train_loss[0]) != loss
    assert capture(trainer).trained.parameters[0].max() == 30.0  # type: ignore[union-attr]


def test_without_held_weights_nothing_is_added_to_the_step() -> None:
    trainer = trainer_of()
    count = len(trainer._runners[10][1])
    trainer.set_weight(WEIGHT, held=True)
    assert len(trainer._runners[10][1]) == count + 1
    trainer.set_weight(WEIGHT, held=False)
    assert len(trainer._runners[10][1]) == count


@pytest.mark.parametrize("replicas", [1, 2])
def test_the_file_keeps_them_and_the_run_goes_on_the_same(replicas: int) -> None:
    trainer = trainer_of(replicas=replicas)
    trainer.set_weight(WEIGHT._replace(replica=replicas - 1), 0.75, held=True)
    trainer.run_epoch()
    text = dumps(capture(trainer))
    again = restore(loads(text))
    for run in (trainer, again):
        run.run_epoch()
    assert dumps(capture(again)) == dumps(capture(trainer))
    assert '"frozen"' in text
    assert '"frozen"' not in dumps(Document(trainer_of().experiment, capture(trainer_of()).trained))


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ([3, 0, 0], "names layer 3, but the last one is 2"),
        ([0, 3, 0], "names a weight that layer 0 does not have: its rows are 0 to 2"),
        ([2, 0, 1], "names a weight that layer 2 does not have"),
        ([0, 0, -1], "must be"),
        ([0, 0], "must be a list of three whole numbers from 0"),
        ("x", "must"),
    ],
)
def test_a_file_that_names_no_weight_is_refused(place: Any, words: str) -> None:
    tree = json.loads(dumps(capture(trainer_of())))
    tree["trained"]["frozen"] = [place]
    with pytest.raises(ExperimentError) as caught:
        loads(json.dumps(tree))
    assert "trained.frozen[0]" in str(caught.value)
    assert words in str(caught.value)
