"""L1 whose weights die: who dies, who lives again, and what leaves them alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.families import optimizers
from playground.engine.calls import Array
from playground.exchange.experiment_file import dumps, loads
from playground.exchange.trained import capture, restore
from playground.training.frozen import Place
from playground.training.gradient_check import check_gradient
from playground.training.gradient_words import notes
from playground.training.trainer import Trainer
from tests.training.helpers import experiment

HIDDEN = [{"units": 6, "activation": "tanh", "batch_norm": "before"}, {"units": 5}]
REGULARIZER = ("training", "regularizer")


def dying(rate: float = 0.3, **training: Any) -> Trainer:
    settings = {"regularizer": {"name": "l1_dying", "rate": rate}, "max_epochs": 200, **training}
    return Trainer(experiment(HIDDEN, training=settings))


def first_dead(trainer: Trainer) -> Place:
    """Of the first replica."""
    for layer, views in enumerate(trainer.network.layout.views(trainer.frozen.dead)):
        for row, unit in np.argwhere(views.table[0]):
            return Place(0, layer, int(row), int(unit))
    raise AssertionError("none is dead")


def value_at(trainer: Trainer, place: Place) -> float:
    return float(trainer.network.views[place.layer].table[place.replica, place.row, place.unit])


def run_until_some_die(trainer: Trainer, count: int = 3) -> None:
    for _ in range(100):
        trainer.run_epoch()
        if trainer.frozen.dead.sum(axis=1).min() >= count:
            return
    raise AssertionError("nothing dies")


@pytest.mark.parametrize("name", list(optimizers))
def test_the_dead_stay_dead_with_every_optimizer(name: str) -> None:
    trainer = dying(optimizer=name, replicas=2)
    run_until_some_die(trainer)
    dead = trainer.frozen.dead.copy()
    weights = trainer.network.layout.weight_mask() == 1
    assert not dead[:, ~weights].any(), "biases, gamma and beta do not die"
    assert not (dead[0] == dead[1]).all(), "each replica has its own"
    for _ in range(3):
        trainer.run_epoch()
        assert (trainer.network.theta[dead] == 0).all()
        assert trainer.frozen.dead[dead].all()
    moved = trainer.network.theta[~trainer.frozen.dead]
    assert np.isfinite(moved).all()


def test_replicas_die_as_they_do_alone() -> None:
    together, alone = dying(replicas=3), [dying(seed=seed) for seed in range(3)]
    for trainer in (together, *alone):
        for _ in range(12):
            trainer.run_epoch()
    assert together.frozen.dead.any(axis=1).all()
    for replica, single in enumerate(alone):
        np.testing.assert_array_equal(together.frozen.dead[replica], single.frozen.dead[0])
        np.testing.assert_allclose(
            together.network.theta[replica], single.network.theta[0], rtol=1e-4, atol=1e-6
        )


def test_only_the_pull_kills_and_not_the_gradient() -> None:
    trainer = dying(rate=0.0, optimizer={"name": "sgd", "learning_rate": 0.5})
    signs = np.sign(trainer.network.theta)
    for _ in range(20):
        trainer.run_epoch()
    assert (np.sign(trainer.network.theta) != signs).any(), "some weights have crossed 0"
    assert not trainer.frozen.dead.any()


def test_a_weight_that_is_held_neither_moves_nor_dies() -> None:
    trainer, place = dying(rate=1.0), Place(0, 0, 0, 0)
    trainer.set_weight(place, 1e-6, held=True)
    run_until_some_die(trainer)
    assert value_at(trainer, place) == np.float32(1e-6)
    assert place in trainer.frozen.places(0)
    assert first_dead(trainer) not in trainer.frozen.places(0), "the file lists the user's own"


@pytest.mark.parametrize("way", ["value", "let go", "none", "l1"])
def test_the_dead_live_again(way: str) -> None:
    trainer = dying()
    run_until_some_die(trainer)
    place = first_dead(trainer)
    assert trainer.frozen.holds(place)
    assert trainer.frozen.tables(0)[place.layer][place.row, place.unit]
    if way == "value":
        trainer.set_weight(place, 2.0)
    elif way == "let go":
        trainer.set_weight(place, held=False)
    else:
        changed = {"name": way} if way == "none" else {"name": way, "rate": 1e-4}
        trainer.apply(replace(trainer.experiment, REGULARIZER, changed))
        assert not trainer.frozen.dead.any()
    assert not trainer.frozen.holds(place)
    before = value_at(trainer, place)
    trainer.single_step()
    assert value_at(trainer, place) != before


def test_another_rate_leaves_the_dead() -> None:
    trainer = dying()
    run_until_some_die(trainer)
    dead = trainer.frozen.dead.copy()
    trainer.apply(replace(trainer.experiment, (*REGULARIZER, "rate"), 0.01))
    trainer.run_epoch()
    assert trainer.frozen.dead[dead].all()


def test_looking_kills_nobody() -> None:
    trainer, other = dying(), dying()
    for _ in range(10):
        for run in (trainer, other):
            run.run_epoch()
        trainer.gradient_at_start()
        trainer.rehearse()
    assert trainer.frozen.dead.any()
    assert dumps(capture(trainer)) == dumps(capture(other))


def test_better_weights_that_are_brought_back_live() -> None:
    rule = {"name": "test_loss_plateau", "patience": 6, "start_epoch": 1, "restore_best": True}
    trainer = dying(rate=1.0, stop=[rule])
    trainer.run()
    assert trainer.stop is not None
    assert trainer.stop.restored
    trainer.go_on()
    theta = trainer.network.theta
    assert (theta[trainer.frozen.dead] == 0).all(), "nobody is dead whose weight is not 0"
    again = restore(loads(dumps(capture(trainer))))
    assert np.array_equal(again.frozen.dead, trainer.frozen.dead)


def test_the_pull_is_no_part_of_the_gradient_and_what_it_takes_is_part_of_the_update() -> None:
    trainer = dying(optimizer={"name": "sgd", "learning_rate": 0.01}, precision="float64")
    found = check_gradient(trainer)
    assert found.faulty_layer is None
    assert "that pull follows the step and is no part of the gradient" in " ".join(notes(found))
    before = trainer.network.theta[0].copy()
    trainer.single_step()
    taken: Array = before - trainer.network.theta[0]
    update = trainer.optimizer_state.update
    assert update is not None
    alive = ~trainer.frozen.dead[0]
    np.testing.assert_allclose(taken[alive], update[alive], rtol=1e-9, atol=1e-15)


def test_other_regularisers_add_nothing_to_a_step() -> None:
    plain = Trainer(experiment(HIDDEN))
    l1 = Trainer(experiment(HIDDEN, training={"regularizer": {"name": "l1"}}))
    count = len(plain._runners[10][1])
    assert len(l1._runners[10][1]) == count + 3


# --- one order for all epochs --------------------------------------------------------------------


def orders(trainer: Trainer, epochs: int) -> list[Array]:
    found = []
    for _ in range(epochs):
        trainer.run_epoch()
        found.append(trainer._feed.ordered.copy())
    return found


def test_without_shuffling_all_epochs_and_replicas_have_the_points_own_order() -> None:
    trainer = Trainer(experiment(training={"shuffle": False, "replicas": 2}))
    first, *others = orders(trainer, 3)
    assert all(np.array_equal(first, other) for other in others)
    assert np.array_equal(first[0], first[1])
    np.testing.assert_array_equal(first[0, :2], trainer.dataset.train.inputs.astype(np.float32))


@pytest.mark.parametrize("shuffle", [False, True])
def test_shuffling_can_be_switched_during_a_run(shuffle: bool) -> None:
    trainer = Trainer(experiment(training={"shuffle": not shuffle}))
    trainer.run_epoch()
    trainer.single_step()
    assert trainer.position == 1
    changed = replace(trainer.experiment, ("training", "shuffle"), shuffle)
    trainer.apply(changed)
    assert trainer.position == 0, "the epoch starts anew: its batches would not fit together"
    first, second = orders(trainer, 2)
    assert np.array_equal(first, second) != shuffle


def test_a_file_names_it_only_where_it_is_off() -> None:
    for shuffle in (False, True):
        given = experiment(training={"shuffle": shuffle})
        text = dumps(capture(Trainer(given)))
        assert ('"shuffle": false' in text) != shuffle
        assert loads(text).experiment == given
