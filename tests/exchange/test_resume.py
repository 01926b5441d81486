"""Training from a file equals training that was never interrupted, bit for bit."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.core.families import clippings, optimizers, schedules, stop_rules
from playground.exchange.experiment_file import dumps, loads
from playground.exchange.trained import capture, restore
from playground.training.trainer import Trainer
from tests.exchange.samples import advance, all_rules, experiment
from tests.strategies import experiments


def through_a_file(trainer: Trainer) -> Trainer:
    return restore(loads(dumps(capture(trainer))))


def state(trainer: Trainer) -> str:
    """All that can matter: weights, statistics, optimizer, random states, rules, reason."""
    return dumps(capture(trainer))


def assert_goes_on_alike(changed: Experiment, interruptions: tuple[int, ...]) -> None:
    whole = Trainer(changed)
    whole.run()
    parts = Trainer(changed)
    for steps in interruptions:
        parts = through_a_file(advance(parts, steps))
    parts.run()
    assert parts.stop == whole.stop
    assert parts.network.theta.tobytes() == whole.network.theta.tobytes()
    assert parts.network.running.tobytes() == whole.network.running.tobytes()
    assert state(parts) == state(whole)


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("optimizer", optimizers)
def test_resumed_equals_uninterrupted(
    optimizer: str, batch_norm: str, dropout: float, replicas: int
) -> None:
    changed = experiment(
        optimizer=optimizer,
        batch_norm=batch_norm,
        dropout=dropout,
        replicas=replicas,
        stop=all_rules(),
    )
    # 3 steps an epoch: at the start, between epochs, and at each place within one
    assert_goes_on_alike(changed, (0, 3, 1, 1, 4))


# Each changes the rate, or the gradient, from the first steps on.
CLIPPINGS = {"none": {}, "norm": {"max_norm": 0.05}, "value": {"clip_value": 0.005}}
SCHEDULES = {
    "constant": {},
    "step": {"step_size": 1, "gamma": 0.7},
    "exponential": {"gamma": 0.8},
    "cosine": {"t_max": 4, "alpha": 0.1, "warmup": 1.5},
    "warm_up": {"total_iters": 2.5},
    "inverse_time": {"decay_rate": 1.0},
}


@pytest.mark.parametrize("clipping", clippings)
@pytest.mark.parametrize("schedule", schedules)
def test_each_schedule_and_clipping(schedule: str, clipping: str) -> None:
    changed = experiment(
        schedule=schedules[schedule](**SCHEDULES[schedule]),
        clipping=clippings[clipping](**CLIPPINGS[clipping]),
        regularizer="l2",
        replicas=2,
        stop=all_rules(),
    )
    assert_goes_on_alike(changed, (0, 3, 1, 1, 4))


def test_a_file_from_before_there_were_schedules_and_clipping_goes_on_alike() -> None:
    whole = advance(Trainer(experiment(stop=all_rules())), 5)
    tree = json.loads(state(whole))
    for field in ("schedule", "clipping"):
        assert tree["training"].pop(field)
    parts = restore(loads(json.dumps(tree)))
    assert parts.experiment == whole.experiment
    for trainer in (whole, parts):
        trainer.run()
    assert state(whole) == state(parts)


@pytest.mark.parametrize("rule", stop_rules)
def test_each_rule_alone_remembers(rule: str) -> None:
    changed = experiment(stop=(stop_rules[rule](),), max_epochs=30)
    assert_goes_on_alike(changed, (4, 5, 7))


@pytest.mark.parametrize("rule", ["gradient_norm", "weight_change"])
def test_what_an_epoch_has_gathered_is_kept(rule: str) -> None:
    # It stops after the first epoch, and the reason says the number that was gathered.
    changed = experiment(stop=(stop_rules[rule](epsilon=1e6),), replicas=2)
    assert_goes_on_alike(changed, (1, 1))


@pytest.mark.parametrize("batch_size", [1, "full", 19, 20])
def test_each_kind_of_batch(batch_size: int | str) -> None:
    assert_goes_on_alike(experiment(batch_size=batch_size, dropout=0.2), (4, 5))


def test_double_precision_and_weight_decay() -> None:
    changed = experiment(precision="float64", optimizer="adamw", regularizer="l1")
    assert_goes_on_alike(changed, (4,))


def test_the_best_weights_are_brought_back_after_a_resume() -> None:
    rule = stop_rules["test_loss_plateau"](patience=4, start_epoch=0, min_delta=0)
    changed = experiment(stop=(rule,), max_epochs=500, batch_size=2, replicas=2)
    whole = Trainer(changed)
    whole.run()
    assert whole.stop is not None
    assert whole.stop.restored
    for epochs in range(whole.epoch - 6, whole.epoch):
        assert_goes_on_alike(changed, (epochs * 10 + 3,))


def test_replicas_that_ended_earlier_keep_what_they_ended_with() -> None:
    rule = stop_rules["target_loss"](target=0.4)
    changed = experiment(stop=(rule,), max_epochs=80, batch_size=4, replicas=4, optimizer="adam")
    trainer = Trainer(changed)
    while not trainer.outcome.ended.any():
        advance(trainer, 1)
    assert trainer.stop is None
    advance(trainer, 2)
    assert_goes_on_alike(changed, (trainer.step, 1, 3))
    written = json.loads(state(trainer))["trained"]["replicas"]
    assert {entry["stopped"] is None for entry in written} == {True, False}


def test_a_replica_that_ended_keeps_its_scores_while_others_go_on() -> None:
    rule = stop_rules["test_loss_plateau"](patience=4, start_epoch=0, min_delta=0)
    trainer = Trainer(experiment(stop=(rule,), max_epochs=500, batch_size=2, replicas=4))
    while not trainer.outcome.ended.any():
        trainer.run_epoch()
    trainer.run_epoch()
    ended = trainer.outcome.ended
    assert not ended.all()
    opened = through_a_file(trainer)
    np.testing.assert_array_equal(opened.scores.test_loss, trainer.scores.test_loss)
    opened.rescore()
    np.testing.assert_array_equal(opened.scores.test_loss[ended], trainer.scores.test_loss[ended])


def test_a_run_that_diverges_within_an_epoch_is_written_with_its_last_finite_weights() -> None:
    wild = optimizers["sgd"](learning_rate=1e6)
    changed = replace(experiment(loss="mse"), ("training", "optimizer"), wild)
    changed = replace(changed, ("network", "hidden", 0, "activation"), "linear")
    whole = Trainer(changed)
    whole.run()
    assert whole.stop is not None
    assert whole.stop.name == "diverged"
    parts = Trainer(changed)
    while np.isfinite(parts.network.theta).all():
        advance(parts, 1)
        assert parts.stop is None
    opened = through_a_file(parts)
    assert opened.stop == whole.stop
    assert opened.network.theta.tobytes() == whole.network.theta.tobytes()
    assert state(opened) == state(whole)


def test_the_last_finite_weights_are_remembered_within_an_epoch() -> None:
    trainers = [advance(Trainer(experiment()), 3)]
    finite = trainers[0].network.theta.tobytes()
    advance(trainers[0], 1)
    trainers.append(through_a_file(trainers[0]))
    for trainer in trainers:
        trainer.network.theta[0, 0] = np.inf
        trainer.run()
        assert trainer.stop is not None
        assert trainer.stop.name == "diverged"
        assert trainer.network.theta.tobytes() == finite
    assert state(trainers[0]) == state(trainers[1])


def test_a_live_change_that_cut_an_epoch_short_is_no_hindrance() -> None:
    changed = experiment(stop=all_rules(), dropout=0.2)
    faster = replace(changed, ("training", "optimizer", "learning_rate"), 0.02)
    other = replace(faster, ("training", "optimizer"), "momentum")
    trainers = [advance(Trainer(changed), 4) for _ in range(2)]
    for live in (faster, other):
        for trainer in trainers:
            trainer.apply(live)
        trainers[1] = through_a_file(trainers[1])
        for trainer in trainers:
            advance(trainer, 2)
    trainers[1] = through_a_file(trainers[1])
    for trainer in trainers:
        trainer.run()
    assert state(trainers[0]) == state(trainers[1])


def test_a_larger_limit_goes_on_as_if_it_had_always_been_so() -> None:
    rule = stop_rules["test_loss_plateau"](patience=6, start_epoch=2)
    long = experiment(stop=(rule,), max_epochs=60, replicas=2)
    whole = Trainer(long)
    whole.run()
    parts = Trainer(replace(long, ("training", "max_epochs"), 8))
    parts.run()
    assert parts.stop is not None
    assert parts.stop.name == "max_epochs"
    document = loads(dumps(capture(parts)))
    again = restore(type(document)(long, document.trained))
    again.extend(60)
    assert again.stop is None
    again.run()
    assert state(again) == state(whole)


def test_a_larger_limit_leaves_alone_what_a_rule_has_ended() -> None:
    rule = stop_rules["target_loss"](target=0.4)
    long = experiment(stop=(rule,), max_epochs=80, batch_size=4, replicas=4)
    whole = Trainer(long)
    while not whole.outcome.ended.any():
        whole.run_epoch()
    assert not whole.outcome.ended.all()
    parts = Trainer(replace(long, ("training", "max_epochs"), whole.epoch))
    parts.run()
    parts.apply(replace(parts.experiment, ("name",), "Longer"))
    opened = through_a_file(parts)
    opened.extend(80)
    assert opened.outcome.ended.tolist() == whole.outcome.ended.tolist()
    for trainer in (whole, opened):
        trainer.run()
    assert opened.stop == whole.stop
    assert opened.network.theta.tobytes() == whole.network.theta.tobytes()


def test_a_limit_that_was_raised_by_going_on_is_kept() -> None:
    trainer = Trainer(experiment())
    trainer.run()
    trainer.go_on()
    advance(trainer, 4)
    assert trainer.epoch_limit == 24
    opened = through_a_file(trainer)
    assert opened.epoch_limit == 24
    for either in (trainer, opened):
        either.run()
    assert state(trainer) == state(opened)


def test_an_edited_limit_in_the_file_counts() -> None:
    tree = json.loads(state(advance(Trainer(experiment()), 4)))
    tree["training"]["max_epochs"] = 5
    assert restore(loads(json.dumps(tree))).epoch_limit == 5


@given(experiments(small=True), st.integers(0, 9), st.integers(1, 9))
def test_any_experiment_goes_on_alike(drawn: Experiment, before: int, after: int) -> None:
    whole = advance(Trainer(drawn), before)
    parts = through_a_file(whole)
    for trainer in (whole, parts):
        advance(trainer, after)
    assert state(whole) == state(parts)
