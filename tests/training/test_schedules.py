"""Schedules and clipping in a run: which rate a step takes, changes meanwhile, and stop rules."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.core.families import clippings, optimizers, schedules
from playground.engine.optimizers import StepRule
from playground.engine.schedules import Rate, RateSchedule
from playground.training.outcome import Outcome
from playground.training.stopping import EpochMetrics
from playground.training.trainer import Trainer, needs_rebuild
from tests.training.helpers import experiment, state_of

# Each of them changes the rate within the first epochs.
SCHEDULES: dict[str, dict[str, Any]] = {
    "constant": {},
    "step": {"step_size": 1, "gamma": 0.5},
    "exponential": {"gamma": 0.5},
    "cosine": {"t_max": 3, "alpha": 0.1, "warmup": 0.5},
    "warm_up": {"total_iters": 2.5},
    "inverse_time": {"decay_rate": 1.0},
}
CLIPPINGS: dict[str, dict[str, Any]] = {
    "none": {},
    "norm": {"max_norm": 0.05},
    "value": {"clip_value": 0.005},
}


def scheduled(schedule: str, clipping: str = "none", **training: Any) -> Experiment:
    """Six steps an epoch, and whatever else has a memory or a random stream."""
    hidden = [{"units": 5, "dropout": 0.2}, {"units": 4, "batch_norm": "before"}]
    given = {
        "schedule": {"name": schedule, **SCHEDULES[schedule]},
        "clipping": {"name": clipping, **CLIPPINGS[clipping]},
        "regularizer": {"name": "l2", "rate": 0.01},
        **training,
    }
    return experiment(hidden, training=given)


def test_every_entry_is_tried_here() -> None:
    assert set(SCHEDULES) == set(schedules)
    assert set(CLIPPINGS) == set(clippings)


# --- which rate a step takes ---------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [10, "full"])
@pytest.mark.parametrize("name", schedules)
def test_a_step_takes_the_rate_of_its_place_in_the_epoch(name: str, batch_size: int | str) -> None:
    sgd = {"name": "sgd", "learning_rate": 0.25}
    trainer = Trainer(
        scheduled(name, batch_size=batch_size, optimizer=sgd, precision="float64", max_epochs=1000)
    )
    schedule = cast(RateSchedule, trainer.experiment.training.schedule)
    for step in range(25):
        t = step / trainer.steps_per_epoch
        rate = 0.25 * schedule.factor(t)
        assert trainer.epochs_done == pytest.approx(t)
        assert trainer.learning_rate == pytest.approx(rate, rel=1e-12)
        before = trainer.network.theta.copy()
        trainer.single_step()
        # With gradient descent the weights move by the rate times the gradient.
        moved = before - trainer.network.theta
        assert np.allclose(moved, rate * trainer.network.grad, rtol=1e-9, atol=1e-15)


def calls_of_an_update(given: Experiment) -> int:
    trainer = Trainer(given)
    program, (feed, calls) = trainer.programs[10], trainer._runners[10]
    assert feed is program.feed
    return len(calls) - len(program.forward) - len(program.backward)


@pytest.mark.parametrize("optimizer", optimizers)
def test_what_is_off_costs_no_call_and_a_schedule_costs_one(optimizer: str) -> None:
    rule = cast(StepRule, optimizers[optimizer]())
    theta = np.zeros(3)
    own = len(rule.compile(theta, theta.copy(), rule.start(theta), Rate(theta, 0.1)))
    for name, entry in schedules.items():
        given = scheduled(name, optimizer=optimizer, regularizer="none")
        assert calls_of_an_update(given) == own + entry.changes


@pytest.mark.parametrize("name", schedules)
def test_a_schedule_in_slices_gives_the_same_bytes(name: str) -> None:
    rng = np.random.default_rng(0)
    parts, whole, single = (Trainer(scheduled(name, "norm", max_epochs=5)) for _ in range(3))
    whole.run()
    while parts.stop is None:
        parts.run(lambda: rng.random() < 0.3)
    while single.stop is None:
        single.single_step()
    assert state_of(parts) == state_of(whole) == state_of(single)


def test_the_run_that_goes_on_after_its_end_goes_on_in_the_schedule() -> None:
    trainer = Trainer(scheduled("exponential", max_epochs=2))
    trainer.run()
    assert trainer.learning_rate == pytest.approx(0.01 * 0.5**2)
    trainer.go_on()
    trainer.run_epoch()
    assert trainer.learning_rate == pytest.approx(0.01 * 0.5**3)


# --- replicas ------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("clipping", clippings)
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_replica_is_the_network_trained_alone(
    schedule: str, clipping: str, precision: str
) -> None:
    def trained(seed: int, replicas: int) -> Trainer:
        trainer = Trainer(
            scheduled(
                schedule, clipping, seed=seed, replicas=replicas, precision=precision, max_epochs=4
            )
        )
        trainer.run()
        return trainer

    together = trained(5, 3)
    for replica in range(3):
        alone = trained(5 + replica, 1)
        assert together.network.theta[replica].tobytes() == alone.network.theta[0].tobytes()


# --- changes during a run ------------------------------------------------------------------------


def started(**training: Any) -> Trainer:
    """Two epochs and two steps into a run."""
    trainer = Trainer(scheduled("constant", max_epochs=50, **training))
    trainer.run_epoch()
    trainer.run_epoch()
    trainer.single_step()
    trainer.single_step()
    return trainer


@pytest.mark.parametrize("optimizer", optimizers)
@pytest.mark.parametrize("field", ["schedule", "clipping"])
def test_a_change_acts_at_the_next_step_and_keeps_all_else(field: str, optimizer: str) -> None:
    choices = SCHEDULES if field == "schedule" else CLIPPINGS
    trainer, other = (started(optimizer={"name": optimizer}) for _ in range(2))
    state = trainer.optimizer_state
    for name, parameters in choices.items():
        before = trainer.network.theta.copy()
        slots = {key: slot.copy() for key, slot in state.slots.items()}
        given = replace(trainer.experiment, ("training", field), {"name": name, **parameters})
        assert not needs_rebuild(trainer.experiment, given)
        trainer.apply(given)
        assert (trainer.epoch, trainer.step, trainer.position) == (2, 14, 2)
        assert np.array_equal(trainer.network.theta, before)
        assert trainer.optimizer_state is state
        assert all(np.array_equal(state.slots[key], slot) for key, slot in slots.items())
        assert state.step == other.optimizer_state.step
    trainer.single_step()
    other.single_step()
    assert not np.array_equal(trainer.network.theta, other.network.theta)
    trainer.run_epoch()
    assert np.isfinite(trainer.network.theta).all()


def test_a_schedule_s_parameter_acts_at_the_next_step() -> None:
    trainer = started()
    slow = {"name": "step", "step_size": 1000, "gamma": 0.0}
    trainer.apply(replace(trainer.experiment, ("training", "schedule"), slow))
    assert trainer.learning_rate == 0.01
    theta = trainer.network.theta.copy()
    trainer.apply(replace(trainer.experiment, ("training", "schedule", "step_size"), 2))
    assert trainer.learning_rate == 0
    trainer.single_step()
    assert np.array_equal(trainer.network.theta, theta)
    trainer.apply(replace(trainer.experiment, ("training", "schedule", "gamma"), 0.5))
    assert trainer.learning_rate == 0.005
    trainer.single_step()
    assert not np.array_equal(trainer.network.theta, theta)


# --- clipping and what looks at the gradient -----------------------------------------------------


@pytest.mark.parametrize("batch_size", [10, "full"])
@pytest.mark.parametrize("clipping", ["norm", "value"])
@pytest.mark.parametrize("regularizer", ["none", "l1", "l2"])
def test_stop_rules_see_the_gradient_that_was_not_clipped(
    regularizer: str, clipping: str, batch_size: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[EpochMetrics] = []
    judge = Outcome.judge

    def note(self: Outcome, metrics: EpochMetrics, limit: int) -> Any:
        shown.append(metrics)
        return judge(self, metrics, limit)

    monkeypatch.setattr(Outcome, "judge", note)
    for clip in ("none", clipping):
        given = scheduled(
            "constant",
            clip,
            optimizer={"name": "sgd", "learning_rate": 0.0},  # the same weights either way
            regularizer=regularizer,
            batch_size=batch_size,
            precision="float64",
            replicas=2,
            stop=[{"name": "gradient_norm", "epsilon": 0.0}],
        )
        trainer = Trainer(given)
        trainer.run_epoch()
        trainer.run_epoch()
    whole, seen = shown[:2], shown[2:]
    for wanted, found in zip(whole, seen, strict=True):
        assert np.allclose(found.gradient_norm, wanted.gradient_norm, rtol=1e-12)
        assert (found.gradient_norm > 0.05).all()  # more than what clipping by norm leaves


@pytest.mark.parametrize("clipping", ["norm", "value"])
def test_clipping_keeps_steps_short_where_the_loss_is_steep(clipping: str) -> None:
    points = [[x / 4, 1.0, 1e4 * x] for x in range(-20, 21)]
    data = {"source": "points", "points": points, "problem": "regression", "test_share": 0}
    training = {"optimizer": {"name": "sgd", "learning_rate": 0.1}, "max_epochs": 9}
    linear = [{"units": 4, "activation": "linear"}]
    ends = {}
    for name in ("none", clipping):
        given = experiment(linear, data=data, training={**training, "clipping": name})
        trainer = Trainer(given)
        trainer.run()
        assert trainer.stop is not None
        ends[name] = trainer.stop.name
    assert ends == {"none": "diverged", clipping: "max_epochs"}


@pytest.mark.parametrize("clipping", clippings)
def test_clipping_does_not_hide_that_a_run_diverges(clipping: str) -> None:
    trainer = Trainer(scheduled("constant", clipping, replicas=2, max_epochs=50))
    trainer.run_epoch()
    finite = trainer.network.theta.copy()
    trainer.network.theta[1, 0] = np.nan
    trainer.run_epoch()
    assert trainer.outcome.ended.tolist() == [False, True]
    assert np.array_equal(trainer.outcome.present()[0][1], finite[1])
    assert np.isfinite(trainer.network.theta[0]).all()
