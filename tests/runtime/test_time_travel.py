"""Going back through a run in a session: looking, going on from there, and undo of it."""

from __future__ import annotations

import threading

import pytest

from playground.core.editing import replace
from playground.runtime.undo import MOST_WHOLE
from playground.training.frozen import Place

UNITS = ("network", "hidden", 0, "units")
RATE = ("training", "optimizer", "learning_rate")


@pytest.fixture
def frames(session, qtbot):
    found = []
    session.frame.connect(found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found


def run_for(session, frames, qtbot, epochs):
    session.run()
    qtbot.waitUntil(lambda: frames[-1].epoch >= epochs)
    session.pause()
    qtbot.waitUntil(lambda: not frames[-1].running)
    return frames[-1]


def look_back(session, frames, qtbot, epoch):
    session.look_back(epoch)
    qtbot.waitUntil(lambda: frames[-1].moment is not None)
    return frames[-1]


def test_looking_back_pauses_and_run_goes_on_from_the_present(session, frames, qtbot):
    session.run()
    qtbot.waitUntil(lambda: frames[-1].epoch >= 6)
    back = look_back(session, frames, qtbot, 2)
    assert not session.running
    assert back.epoch == back.moment == 2
    assert back.present >= 6
    session.run()
    qtbot.waitUntil(lambda: frames[-1].epoch > back.present)
    assert frames[-1].moment is None


def test_a_step_and_the_end_of_the_slider_return_to_the_present(session, frames, qtbot):
    paused = run_for(session, frames, qtbot, 4)
    look_back(session, frames, qtbot, 1)
    session.look_back(None)
    qtbot.waitUntil(lambda: frames[-1].moment is None)
    assert frames[-1].step == paused.step
    look_back(session, frames, qtbot, 1)
    session.step()
    qtbot.waitUntil(lambda: frames[-1].moment is None)
    assert frames[-1].step == paused.step + 1


def test_what_is_looked_at_is_what_is_saved(session, frames, qtbot):
    run_for(session, frames, qtbot, 5)
    look_back(session, frames, qtbot, 3)
    trained = session.document().trained
    assert trained.epoch == 3
    assert trained.history.cells[-1, 0, 0] == 3


def test_run_from_here_takes_the_present_settings_and_undo_finds_the_run(session, frames, qtbot):
    paused = run_for(session, frames, qtbot, 8)
    look_back(session, frames, qtbot, 3)
    session.edit(RATE, 0.123)
    session.run_from_here()
    qtbot.waitUntil(lambda: frames[-1].moment is None and frames[-1].epoch >= 4)
    session.pause()
    qtbot.waitUntil(lambda: not frames[-1].running)
    branch = frames[-1]
    assert branch.run != paused.run
    assert branch.learning_rate == pytest.approx(0.123)
    assert branch.history["epoch"][0, 0] == 0
    assert branch.before.history["epoch"][-1, 0] == paused.history["epoch"][-1, 0]
    session.undo()
    qtbot.waitUntil(lambda: frames[-1].run == paused.run)
    assert (frames[-1].step, frames[-1].moment) == (paused.step, None)
    session.redo()
    qtbot.waitUntil(lambda: frames[-1].run == branch.run)
    assert frames[-1].step == branch.step


def test_undo_of_a_new_network_returns_to_the_trained_one(session, frames, qtbot):
    paused = run_for(session, frames, qtbot, 3)
    session.edit(UNITS, 3)
    qtbot.waitUntil(lambda: frames[-1].step == 0)
    assert frames[-1].before.history["epoch"][-1, 0] == paused.epoch
    said = []
    session.notice.connect(said.append)
    session.undo()
    qtbot.waitUntil(lambda: frames[-1].run == paused.run)
    assert frames[-1].step == paused.step
    assert said == [], "nothing was built anew"
    session.redo()
    qtbot.waitUntil(lambda: frames[-1].experiment.network.hidden[0].units == 3)
    assert frames[-1].step == 0


def test_undo_of_something_tried_returns_to_the_run_also_where_the_change_is_live(
    session, frames, qtbot
):
    paused = run_for(session, frames, qtbot, 3)
    session.try_out(replace(session.experiment, RATE, 0.001))
    qtbot.waitUntil(lambda: frames[-1].step == 0)
    before = frames[-1].before
    assert before.history["epoch"][-1, 0] == paused.epoch
    session.undo()
    qtbot.waitUntil(lambda: frames[-1].run == paused.run)
    assert frames[-1].step == paused.step
    assert frames[-1].learning_rate == paused.learning_rate


def test_a_run_on_other_points_is_not_drawn_behind(session, frames, qtbot):
    run_for(session, frames, qtbot, 2)
    session.edit(UNITS, 3)
    qtbot.waitUntil(lambda: frames[-1].before is not None)
    run_for(session, frames, qtbot, 2)
    other = replace(session.experiment, ("data", "source"), "moons")
    session.try_out(other)
    qtbot.waitUntil(lambda: frames[-1].experiment.data.source == "moons")
    assert frames[-1].before is None


def test_reset_keeps_what_the_run_is_compared_with(session, frames, qtbot):
    run_for(session, frames, qtbot, 2)
    session.edit(UNITS, 3)
    qtbot.waitUntil(lambda: frames[-1].before is not None)
    before = frames[-1].before
    run_for(session, frames, qtbot, 2)
    session.reset()
    qtbot.waitUntil(lambda: frames[-1].step == 0)
    assert frames[-1].before is before


def test_an_edit_right_after_undo_does_not_lose_the_run_that_undo_brings(session, frames, qtbot):
    run_for(session, frames, qtbot, 2)
    steps = session.ask(lambda trainer: trainer.step)
    session.change(replace(session.experiment, UNITS, 3))
    qtbot.waitUntil(lambda: frames[-1].step == 0)
    held = threading.Event()
    session._worker._post(held.wait)  # as a worker that is parked meanwhile
    session.undo()
    session.change(replace(session.experiment, UNITS, 4))
    held.set()
    session.undo()
    assert session.ask(lambda trainer: trainer.step) == steps


def test_runs_far_away_take_no_memory_and_come_back_all_the_same(session, frames, qtbot):
    steps = []
    for units in range(2, 4 + MOST_WHOLE):
        run_for(session, frames, qtbot, 2)
        steps.append(session.ask(lambda trainer: trainer.step))
        session.change(replace(session.experiment, UNITS, units))
        session.ask(lambda trainer: None)  # the run before has been left
    past = [step.stash for step in session._undo.past]
    assert [stash.run is not None for stash in past] == [False, False] + [True] * MOST_WHOLE
    assert [stash.stored is not None for stash in past] == [True, True] + [False] * MOST_WHOLE
    for left in reversed(steps):
        session.undo()
        assert session.ask(lambda trainer: trainer.step) == left
    qtbot.waitUntil(lambda: frames[-1].experiment == session.experiment)
    assert frames[-1].step == steps[0]
    assert len(frames[-1].history["epoch"]) > 1, "the losses come back too"
    future = [step.stash for step in session._undo.future]
    assert sum(stash.run is not None for stash in future) == MOST_WHOLE


def test_a_run_left_while_looking_back_is_found_at_its_present(session, frames, qtbot):
    paused = run_for(session, frames, qtbot, 4)
    look_back(session, frames, qtbot, 1)
    session.edit(UNITS, 3)
    session.run()
    qtbot.waitUntil(lambda: frames[-1].run > paused.run and frames[-1].running)
    session.undo()
    qtbot.waitUntil(lambda: frames[-1].run == paused.run and frames[-1].running)
    assert frames[-1].moment is None


def test_undo_and_redo_of_a_weight_are_of_the_present_though_one_looks_back(session, frames, qtbot):
    def weight():
        return session.ask(lambda trainer: float(trainer.network.views[0].table[0, 0, 0]))

    run_for(session, frames, qtbot, 4)
    trained = weight()
    session.set_weight(Place(0, 0, 0, 0), 7.0)
    look_back(session, frames, qtbot, 1)
    assert weight() not in (trained, 7.0)
    session.undo()
    assert weight() == trained
    session.redo()
    assert weight() == 7.0


def test_a_run_left_within_an_epoch_is_scored_as_it_is_when_undo_finds_it(session, frames, qtbot):
    def anew(trainer):
        trainer.rescore()
        return float(trainer.scores.train_loss[0])

    session.limit_speed(0.5)
    session.run()
    qtbot.waitUntil(lambda: frames[-1].step >= 2)
    run = frames[-1].run
    session.edit(UNITS, 3)
    session.pause()
    session.undo()
    qtbot.waitUntil(lambda: frames[-1].run == run and not frames[-1].running)
    assert frames[-1].epoch == 0
    assert frames[-1].train_loss == session.ask(anew)
