"""Snapshots of several replicas: one of them, or all together; and what that may cost."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

from playground.core.experiment import Experiment
from playground.runtime import field, ration
from playground.runtime.field import COARSE_GRID, GRID, FieldMaker
from playground.runtime.health import Health
from playground.runtime.ration import Ration
from playground.runtime.snapshot import Photographer
from playground.runtime.worker import Worker
from playground.training.diagnostics import dead_units, gradient_sizes
from playground.training.trainer import Trainer


def experiment(source="circle", replicas=5, layers=2, **training):
    return Experiment.model_validate(
        {
            "data": {"source": source, "samples": 80},
            "network": {"hidden": [{"units": 6}] * layers},
            "training": {"replicas": replicas, "stop": [], **training},
        }
    )


def trained(source="circle", epochs=3, **given):
    trainer = Trainer(experiment(source, **given))
    for _ in range(epochs):
        trainer.run_epoch()
    return trainer


def taken(trainer, wish, **given):
    return Photographer(trainer, 1, wish).take(False, 0.0, **given)


def over_the_plane(trainer, moment):
    """The outputs of all replicas at the field's cells: (replicas, outputs, n, n)."""
    low1, high1, low2, high2 = moment.extent
    n = moment.field.shape[-1]
    cells = (np.arange(n) + 0.5) / n
    x1, x2 = np.meshgrid(low1 + cells * (high1 - low1), low2 + cells * (high2 - low2))
    outputs = trainer.network.outputs(np.stack((x1.ravel(), x2.ravel())))
    return outputs.reshape(*outputs.shape[:2], n, n)


# --- what is shown -----------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["circle", "pinwheel", "reg_gauss"])
def test_of_one_replica_the_field_is_its_outputs_and_the_scores_are_its_own(source):
    trainer = trained(source)
    for shown in (0, 3):
        moment = taken(trainer, shown)
        assert (moment.shown, moment.says, moment.replicas) == (shown, "outputs", 5)
        expected = over_the_plane(trainer, moment)[shown]
        assert moment.field == pytest.approx(expected, rel=1e-4, abs=1e-5)
        for name in ("train_loss", "test_loss"):
            assert getattr(moment, name) == getattr(trainer.scores, name)[shown]
    assert not np.array_equal(taken(trainer, 0).field, taken(trainer, 3).field)


def test_of_two_classes_all_together_vote_for_class_1():
    trainer = trained("circle")
    moment = taken(trainer, None)
    assert (moment.shown, moment.says, moment.best_epoch) == (None, "votes", None)
    outputs = over_the_plane(trainer, moment)
    sure = (np.abs(outputs) > 1e-4).all(axis=0)[0]
    assert sure.mean() > 0.9
    expected = (outputs > 0).mean(axis=0)
    assert moment.field.shape == (1, GRID, GRID)
    assert moment.field[0][sure] == pytest.approx(expected[0][sure])
    assert moment.test_accuracy == np.median(trainer.scores.test_accuracy)


def test_of_three_classes_all_together_vote_for_each():
    trainer = trained("pinwheel")
    moment = taken(trainer, None)
    answers = over_the_plane(trainer, moment).argmax(axis=1)
    expected = np.stack([(answers == index).mean(axis=0) for index in range(3)])
    assert moment.says == "votes"
    assert np.mean(np.abs(moment.field - expected) < 1e-6) > 0.999


def test_of_numbers_all_together_say_the_median():
    trainer = trained("reg_gauss")
    moment = taken(trainer, None)
    assert moment.says == "median"
    expected = np.median(over_the_plane(trainer, moment), axis=0)
    assert moment.field == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert np.isnan(moment.train_accuracy)


@pytest.mark.parametrize(("wish", "replicas", "shown"), [(7, 3, 2), (None, 1, 0), (2, 1, 0)])
def test_a_wish_that_cannot_be_met_is_met_as_far_as_can_be(wish, replicas, shown):
    assert taken(trained(replicas=replicas), wish).shown == shown


def test_a_replica_that_has_diverged_is_shown_with_its_last_finite_weights():
    trainer = trained()
    before = taken(trainer, 1)
    trainer.single_step()
    trainer.network.theta[1] = np.nan
    within = taken(trainer, 1)
    assert np.array_equal(within.field, before.field)
    assert not within.diverged.any()
    trainer.run_epoch()
    trainer.run_epoch()
    after, together = taken(trainer, 1), taken(trainer, None)
    assert after.diverged.tolist() == [False, True, False, False, False]
    assert np.array_equal(after.field, before.field)
    assert after.test_loss == before.test_loss
    others = [0, 2, 3, 4]
    assert together.test_loss == np.median(trainer.scores.test_loss[others])
    trainer.outcome.settle()
    votes = (over_the_plane(trainer, together) > 0).mean(axis=0)
    assert np.mean(np.abs(together.field - votes) < 1e-6) > 0.999  # it votes as it last did


# --- health ------------------------------------------------------------------------------------


def test_each_replica_and_the_median_have_a_past_whichever_was_shown():
    trainer = trained(epochs=0, batch_size="full")
    photographer = Photographer(trainer, 1, 0)
    seen = []
    for _ in range(4):
        trainer.run_epoch()
        photographer.take(False, 0.0)
        seen.append(gradient_sizes(trainer.network, trainer.last_program))
    for shown in (0, 4, None):
        photographer.wish = shown
        health = photographer.take(False, 0.0).health
        assert health["epoch"][:, 0].tolist() == [1, 2, 3, 4]
        for name in ("weights", "errors"):
            values = np.stack([getattr(sizes, name) for sizes in seen])
            expected = np.median(values, axis=1) if shown is None else values[:, shown]
            assert health[name] == pytest.approx(expected)
            with pytest.raises(ValueError, match="read-only"):
                health[name][:] = 0


def test_dead_units_are_those_of_each_replica_and_their_share_has_a_median():
    trainer = trained(epochs=1)
    trainer.network.views[1].biases[[0, 2, 3]] = -1000
    photographer = Photographer(trainer, 1, 2)
    moment = photographer.take(False, 0.0)
    for flags, expected in zip(
        moment.dead, dead_units(trainer.network, trainer.dataset.train.inputs), strict=True
    ):
        assert np.array_equal(flags, expected)
    assert moment.dead[1].all(axis=1).tolist() == [True, False, True, True, False]
    assert moment.health["dead"][-1, 1] == 1
    photographer.wish = 1
    assert photographer.take(False, 0.0).health["dead"][-1, 1] < 1
    photographer.wish = None
    assert photographer.take(False, 0.0).health["dead"][-1, 1] == 1


def test_a_replica_that_has_ended_keeps_its_last_gradient():
    trainer = trained()
    health = Health(trainer)
    health.note()
    kept = health.rows(1)["weights"][-1].copy()
    trainer.network.theta[1] = np.nan
    for _ in range(3):
        trainer.run_epoch()
        health.note()
    assert health.rows(1)["weights"][1:] == pytest.approx(np.stack([kept] * 3))
    others = np.stack([health.rows(replica)["weights"][-1] for replica in (0, 2, 3, 4)])
    assert health.rows(None)["weights"][-1] == pytest.approx(np.median(others, axis=0))
    assert not np.array_equal(health.rows(0)["weights"][-1], health.rows(0)["weights"][-2])


@pytest.mark.parametrize("replicas", [1, 3])
def test_the_last_gradient_is_that_of_the_last_step(replicas):
    trainer = trained(epochs=1, replicas=replicas, max_epochs=2)
    health = Health(trainer)
    health.note()
    trainer.run()
    assert trainer.stop is not None
    health.note()
    sizes = gradient_sizes(trainer.network, trainer.last_program)
    assert health.rows(0)["weights"][-1] == pytest.approx(sizes.weights[0])
    assert not np.array_equal(health.rows(0)["weights"][0], health.rows(0)["weights"][-1])


def test_without_hidden_layers_there_is_nothing_dead_to_note():
    moment = taken(trained(layers=0), None)
    assert moment.dead == ()
    assert moment.health["weights"].shape == (1, 1)


# --- what it may cost --------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """Time that passes only where a test says so."""

    class Clock:
        now = 100.0

    own = SimpleNamespace(perf_counter=lambda: Clock.now, thread_time=lambda: Clock.now)
    monkeypatch.setattr(ration, "time", own)
    return Clock


def test_what_is_costly_waits_until_it_takes_its_share_of_the_time(clock):
    made = Ration(0.2)
    assert made.due
    with made:
        clock.now += 1
    assert made.seconds == 1
    for waited, due in ((0, False), (3.9, False), (4.1, True)):
        clock.now = 101 + waited
        assert made.due == due


def test_during_a_run_a_field_may_be_of_late_but_never_of_something_else(clock, monkeypatch):
    trainer = trained()
    maker = FieldMaker(trainer)
    evaluate = maker._outputs

    def slow(*given):
        clock.now += 0.001
        return evaluate(*given)

    monkeypatch.setattr(maker, "_outputs", slow)
    first = maker.make(1, True, lambda: None)
    trainer.run_epoch()
    assert maker.make(1, True, lambda: None) is first
    other = maker.make(2, True, lambda: None)  # another choice is shown at once
    assert not np.array_equal(other.values, first.values)
    assert maker.make(2, False, lambda: None) is not other  # and so is a run that is paused
    clock.now += 1
    assert maker.make(2, True, lambda: None) is not other


def test_where_votes_take_long_the_grid_is_coarse_while_the_run_goes_on(clock, monkeypatch):
    trainer = trained()
    maker = FieldMaker(trainer)
    evaluate = maker._outputs

    def slow(*given):
        clock.now += field.LONG_SECONDS
        return evaluate(*given)

    monkeypatch.setattr(maker, "_outputs", slow)
    turns = []
    sides = []
    for running in (False, True, True, False):
        clock.now += 10
        sides.append(maker.make(None, running, lambda: turns.append(1)).values.shape[-1])
    assert sides == [GRID, COARSE_GRID, COARSE_GRID, GRID]
    assert len(turns) == 4 * 5, "who waits has a turn after each replica"


# --- the worker --------------------------------------------------------------------------------


def test_the_worker_shows_what_was_asked_for_also_of_the_next_trainer():
    worker = Worker()
    try:
        worker.build(lambda: Trainer(experiment()))
        worker.show(None)
        assert snapshot_of(worker).says == "votes"
        worker.show(2)
        moment = snapshot_of(worker)
        assert (moment.shown, moment.says) == (2, "outputs")
        worker.apply(experiment(replicas=4))
        assert (snapshot_of(worker).shown, snapshot_of(worker).replicas) == (2, 4)
    finally:
        worker.shut_down()


def snapshot_of(worker):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        worker.want_snapshot()
        time.sleep(0.005)
        moment = worker.take_snapshot()
        if moment is not None:
            return moment
    raise AssertionError("no snapshot came")
