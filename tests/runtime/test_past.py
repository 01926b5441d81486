"""Moments of a run: how many are kept, that one returns to them exactly, and goes on from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.families import optimizers
from playground.exchange.document import Document
from playground.exchange.experiment_file import dumps
from playground.exchange.trained import capture
from playground.runtime import past as module
from playground.runtime.past import MOST_MOMENTS, Past, return_to
from playground.runtime.snapshot import Photographer
from playground.training.instruments import instruments
from playground.training.trainer import Trainer
from tests.training.helpers import experiment

MIXED = [
    {"units": 5, "batch_norm": "before", "dropout": 0.2},
    {"units": 4, "activation": "tanh", "batch_norm": "after"},
]
PLATEAU = {"name": "test_loss_plateau", "patience": 50, "restore_best": True, "start_epoch": 0}


def trainer_of(hidden: Any = None, **training: Any) -> Trainer:
    return Trainer(experiment(hidden, training={"max_epochs": 3000, **training}))


def run_to(trainer: Trainer, epoch: int) -> None:
    while trainer.epoch < epoch and trainer.stop is None:
        trainer.run_epoch()


def content(trainer: Trainer) -> str:
    document = capture(trainer)
    return dumps(Document(document.experiment, document.trained))


@pytest.mark.parametrize("epochs", [1, 7, 199, 200, 201, 457, 900])
def test_moments_are_bounded_and_evenly_spread(epochs: int) -> None:
    trainer = trainer_of([{"units": 2}], batch_size="full")
    past = Past(trainer)
    run_to(trainer, epochs)
    kept = past.epochs
    assert len(kept) == min(epochs + 1, len(kept)) <= MOST_MOMENTS
    assert kept[0] == 0
    gaps = set(np.diff(kept).tolist())
    assert len(gaps) == 1
    (gap,) = gaps
    assert epochs - kept[-1] < gap
    assert len(kept) > MOST_MOMENTS // 2 - 1 or gap == 1


def test_memory_is_bounded_and_a_network_without_room_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = Past(trainer_of())
    size = module._bytes(small.at(0).trained)  # type: ignore[union-attr]  # it has its first
    assert size > capture(trainer_of()).trained.parameters.nbytes  # type: ignore[union-attr]
    monkeypatch.setattr(module, "MOST_BYTES", 10 * size)
    trainer = trainer_of()
    past = Past(trainer)
    run_to(trainer, 100)
    assert 5 <= len(past.epochs) <= 10
    monkeypatch.setattr(module, "MOST_BYTES", 2 * size)
    trainer = trainer_of()
    past = Past(trainer)
    run_to(trainer, 5)
    assert not past.is_kept
    assert len(past.epochs) == 0
    assert past.at(3) is None


@pytest.mark.parametrize("branches", [False, True])
def test_memory_is_bounded_when_a_live_change_makes_states_larger(
    branches: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = trainer_of([{"units": 16}], batch_size="full", optimizer={"name": "sgd"})
    past = Past(trainer)
    monkeypatch.setattr(module, "MOST_BYTES", 40 * module._bytes(past.moments[0].trained))
    run_to(trainer, 39)
    assert len(past.epochs) == 40
    adam = replace(trainer.experiment, ("training", "optimizer"), optimizers["adam"]())
    if branches:
        then = return_to(past.moments[-2], trainer)
        then.apply(adam)
        trainer, past = then, past.branch(then)
    else:
        trainer.apply(adam)
    run_to(trainer, 150)
    assert past.epochs[0] == 0
    assert len(set(np.diff(past.epochs).tolist())) == 1
    assert sum(module._bytes(moment.trained) for moment in past.moments) <= module.MOST_BYTES


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("name", list(optimizers))
def test_going_on_from_a_moment_is_the_same_run(name: str, replicas: int) -> None:
    trainer = trainer_of(MIXED, optimizer=name, replicas=replicas, stop=[PLATEAU])
    past = Past(trainer)
    run_to(trainer, 9)
    moment = past.at(4)
    assert moment is not None
    assert moment.epoch == 4
    then = return_to(moment, trainer)
    assert then.epoch == 4
    assert then.last_program is not None, "its gradients can be looked at"
    np.testing.assert_array_equal(then.history.rows().cells[:, 0, 0], np.arange(5.0))
    run_to(then, 9)
    assert content(then) == content(trainer)


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("name", list(optimizers))
def test_a_rehearsal_changes_nothing_and_leaves_what_the_next_step_would(
    name: str, replicas: int
) -> None:
    trainer = trainer_of(MIXED, optimizer=name, replicas=replicas, batch_size="full")
    run_to(trainer, 3)
    before = content(trainer)
    trainer.rehearse()
    assert content(trainer) == before
    program, update = trainer.last_program, trainer.optimizer_state.update
    assert program is not None
    assert update is not None
    rehearsed, old = update.copy(), trainer.network.theta.copy()
    trainer.single_step()
    moved = (old - trainer.network.theta).ravel()
    np.testing.assert_allclose(rehearsed, moved, rtol=1e-2, atol=1e-6)


def test_after_a_live_change_a_moment_has_the_settings_of_its_time() -> None:
    trainer = trainer_of()
    past = Past(trainer)
    run_to(trainer, 3)
    path = ("training", "optimizer", "learning_rate")
    trainer.apply(replace(trainer.experiment, path, 0.5))
    run_to(trainer, 6)
    for epoch, other in ((2, False), (5, True)):
        moment = past.at(epoch)
        assert moment is not None
        assert (moment.experiment == trainer.experiment) == other


def test_a_moment_is_also_kept_of_a_run_that_is_restored_in_the_middle() -> None:
    trainer = trainer_of()
    run_to(trainer, 5)
    past = Past(trainer)
    run_to(trainer, 8)
    assert past.epochs.tolist() == [5, 6, 7, 8]


@pytest.mark.parametrize("replicas", [1, 3])
def test_looking_back_shows_what_a_picture_of_that_time_had_shown(replicas: int) -> None:
    trainer = trainer_of(MIXED, replicas=replicas)
    names = tuple(instruments)
    camera = Photographer(trainer, 1, watched=names, aims={"unit_field": (0, 1)})
    pictures = []
    for epoch in range(8):
        run_to(trainer, epoch)
        pictures.append(camera.take(False, 0.0))
    camera.look_back(3)
    back, then = camera.take(False, 0.0), pictures[3]
    assert (back.moment, back.epoch, back.step) == (3, 3, then.step)
    assert back.present == 7
    np.testing.assert_array_equal(back.field, then.field)
    assert back.test_loss == then.test_loss
    assert back.train_accuracy == then.train_accuracy
    for now, before in zip(back.dead, then.dead, strict=True):
        np.testing.assert_array_equal(now, before)
    np.testing.assert_array_equal(back.history["epoch"][:, 0], np.arange(8.0))
    np.testing.assert_array_equal(
        back.readings["unit_field"].values, then.readings["unit_field"].values
    )
    for now, before in zip(back.readings["neurons"], then.readings["neurons"], strict=True):
        np.testing.assert_array_equal(now.mean, before.mean)
    seen, was = back.readings["distributions"], then.readings["distributions"]
    assert seen.now.epoch == 3
    np.testing.assert_array_equal(seen.now.seen["weights"].shares, was.now.seen["weights"].shares)
    assert len(seen.past) == 8
    assert len(back.readings["updates"].epochs) == 7
    camera.look_back(None)
    now = camera.take(False, 0.0)
    assert now.moment is None
    np.testing.assert_array_equal(now.field, pictures[-1].field)


def test_a_branch_has_the_curves_until_then_and_its_own_from_there() -> None:
    trainer = trainer_of()
    names = tuple(instruments)
    camera = Photographer(trainer, 1, watched=names)
    for epoch in range(8):
        run_to(trainer, epoch)
        camera.take(False, 0.0)
    camera.look_back(3)
    branch = camera.branch(2)
    assert branch.trainer.epoch == 3
    picture = branch.take(False, 0.0)
    assert picture.run == 2
    assert picture.moment is None
    assert picture.moments.tolist() == [0, 1, 2, 3]
    assert picture.health["epoch"][:, 0].tolist() == [0, 1, 2, 3]
    run_to(branch.trainer, 5)
    picture = branch.take(False, 0.0)
    assert picture.moments.tolist() == [0, 1, 2, 3, 4, 5]
    assert picture.health["epoch"][:, 0].tolist() == [0, 1, 2, 3, 5]
    assert picture.history["epoch"][:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert picture.readings["updates"].epochs.tolist() == [1, 2, 3, 5]
    assert picture.readings["noise_scale"].epochs.tolist() == [0, 1, 2, 3, 5]
    assert picture.readings["sharpness"].epochs.tolist() == [1, 2, 3, 5]
    assert [moment.epoch for moment in picture.readings["distributions"].past] == [0, 1, 2, 3, 5]
    camera.look_back(None)
    assert camera.take(False, 0.0).epoch == 7, "the run that was left has stayed"
