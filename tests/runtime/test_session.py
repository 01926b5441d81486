"""The session: edits, undo, running, documents; with a real event loop and no window."""

import time

import pytest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.exchange import experiment_file
from playground.runtime.session import FRAME_MILLISECONDS, Session


@pytest.fixture
def session(qapp):
    session = Session(Experiment())
    yield session
    session.shut_down()


@pytest.fixture
def frames(session, qtbot):
    found = []
    session.frame.connect(found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found


UNITS = ("network", "hidden", 0, "units")
RATE = ("training", "optimizer", "learning_rate")
RATE_THEN = Experiment().training.optimizer.learning_rate


def test_the_first_frame_comes_without_running(frames):
    assert frames[-1].epoch == 0
    assert not frames[-1].running
    assert frames[-1].health["weights"].shape == (1, 4)


def test_frames_stop_when_nothing_happens(session, frames, qtbot):
    qtbot.waitUntil(lambda: not session._timer.isActive())
    count = len(frames)
    qtbot.wait(300)
    assert len(frames) == count
    assert not session._timer.isActive()


def test_a_frame_that_takes_long_is_waited_for(session, frames, qtbot):
    qtbot.waitUntil(lambda: not session._timer.isActive())
    session._worker._post(lambda: time.sleep(0.4))
    session.step()
    qtbot.waitUntil(lambda: frames[-1].step == 1)


def test_a_frame_that_a_change_has_made_late_is_looked_for_soon(session, frames, qtbot):
    qtbot.waitUntil(lambda: not session._timer.isActive())
    session._worker._post(lambda: time.sleep(0.1))
    session.step()
    session._tick()
    assert session._timer.interval() < FRAME_MILLISECONDS
    intervals = []
    session.frame.connect(lambda _: intervals.append(session._timer.interval()))
    qtbot.waitUntil(lambda: len(intervals) >= 2)
    assert intervals[1] >= FRAME_MILLISECONDS  # the first had found it


def test_an_instrument_looks_at_what_it_is_aimed_at_also_in_later_runs(session, frames, qtbot):
    def unit():
        reading = frames[-1].readings.get("unit_field")
        return None if reading is None else (reading.layer, reading.unit)

    session.aim("unit_field", (0, 1))  # before anyone watches
    session.watch(("unit_field",))
    qtbot.waitUntil(lambda: unit() == (0, 1))
    session.aim("unit_field", (1, 0))
    qtbot.waitUntil(lambda: unit() == (1, 0))
    run = frames[-1].run
    session.reset()
    qtbot.waitUntil(lambda: frames[-1].run > run and unit() == (1, 0))
    session.aim("unit_field", None)
    qtbot.waitUntil(lambda: "unit_field" in frames[-1].readings and unit() is None)
    session.watch(())
    qtbot.waitUntil(lambda: not frames[-1].readings)


def test_a_run_ends_by_its_rule_and_says_so(session, frames, qtbot):
    changes = []
    session.running_changed.connect(changes.append)
    session.run()
    qtbot.waitUntil(lambda: frames[-1].stop is not None, timeout=20_000)
    assert frames[-1].stop.name == "test_loss_plateau"
    assert changes == [True, False]
    assert not session.running


def test_run_after_a_stop_goes_on(session, frames, qtbot):
    session.run()
    qtbot.waitUntil(lambda: frames[-1].stop is not None, timeout=20_000)
    stopped = frames[-1].epoch
    session.run()
    qtbot.waitUntil(lambda: frames[-1].epoch > stopped, timeout=20_000)
    qtbot.waitUntil(lambda: not session.running, timeout=20_000)
    assert frames[-1].stop is not None


def test_reset_gives_the_same_network_again(session, frames, qtbot):
    first = frames[-1].field.copy()
    session.step()
    qtbot.waitUntil(lambda: frames[-1].step == 1)
    after_one = frames[-1].field.copy()
    assert not (after_one == first).all()
    session.reset()
    qtbot.waitUntil(lambda: frames[-1].step == 0)
    assert (frames[-1].field == first).all()
    session.step()
    qtbot.waitUntil(lambda: frames[-1].step == 1)
    assert (frames[-1].field == after_one).all()


def test_a_new_seed_gives_another_network(session, frames, qtbot):
    first, seed = frames[-1], session.experiment.training.seed
    session.new_seed()
    assert session.experiment.training.seed != seed
    qtbot.waitUntil(lambda: frames[-1].run != first.run)
    assert not (frames[-1].field == first.field).all()


def test_a_rebuild_keeps_the_seed_and_says_what_changed(session, frames, qtbot):
    notices = []
    session.notice.connect(notices.append)
    session.edit(UNITS, 3)
    qtbot.waitUntil(lambda: frames[-1].experiment.network.hidden[0].units == 3)
    assert frames[-1].experiment.training.seed == 0
    assert notices == ["Built anew from seed 0: units changed."]


def test_the_learning_rate_takes_effect_in_the_running_network(session, frames, qtbot):
    session.edit(("training", "stop"), ())
    session.run()
    qtbot.waitUntil(lambda: frames[-1].step > 100)
    run, steps = frames[-1].run, frames[-1].step
    session.edit(RATE, 0.0)
    qtbot.waitUntil(lambda: frames[-1].experiment.training.optimizer.learning_rate == 0)
    assert frames[-1].run == run
    assert frames[-1].step >= steps
    session.pause()  # during a run the field may be one of late
    qtbot.waitUntil(lambda: not frames[-1].running)
    still = frames[-1]
    session.run()
    qtbot.waitUntil(lambda: frames[-1].epoch > still.epoch + 2)
    session.pause()
    qtbot.waitUntil(lambda: not frames[-1].running)
    assert (frames[-1].field == still.field).all(), "at rate 0 nothing moves"


def test_a_schedule_takes_effect_in_the_running_network(session, frames, qtbot):
    session.edit(("training", "stop"), ())
    assert frames[-1].learning_rate == RATE_THEN
    session.run()
    qtbot.waitUntil(lambda: frames[-1].epoch > 2)
    run, steps = frames[-1].run, frames[-1].step
    session.edit(("training", "schedule"), {"name": "exponential", "gamma": 0.999})
    session.edit(("training", "clipping"), "norm")
    qtbot.waitUntil(lambda: frames[-1].learning_rate < RATE_THEN)
    assert frames[-1].run == run
    assert frames[-1].step >= steps
    session.pause()
    qtbot.waitUntil(lambda: not frames[-1].running)
    still = frames[-1]
    done = still.step / 25  # steps in an epoch
    assert still.learning_rate == pytest.approx(RATE_THEN * 0.999**done, rel=1e-12)
    session.undo()
    session.undo()
    qtbot.waitUntil(lambda: frames[-1].learning_rate == RATE_THEN)
    assert frames[-1].run == run


def test_an_impossible_edit_is_refused_in_words_and_changes_nothing(session, frames):
    refusals, shown = [], []
    session.refused.connect(refusals.append)
    session.experiment_changed.connect(shown.append)
    before = session.experiment
    session.edit(UNITS, 0)
    assert session.experiment == before
    assert shown == [before], "editors are told to return to what holds"
    assert "Units" in refusals[0]
    assert "at least 1" in refusals[0]
    assert not session.can_undo


def test_undo_and_redo_walk_through_all_changes(session, frames):
    states = [session.experiment]
    for path, value in ((UNITS, 3), (RATE, 0.5), (("data", "noise"), 0.3)):
        session.edit(path, value)
        states.append(session.experiment)
    for state in reversed(states[:-1]):
        session.undo()
        assert session.experiment == state
    assert not session.can_undo
    for state in states[1:]:
        session.redo()
        assert session.experiment == state
    assert not session.can_redo


def test_a_drag_is_one_step_of_undo(session, frames):
    before = session.experiment
    for value in (0.02, 0.03, 0.04, 0.05):
        session.edit(RATE, value)
    session.undo()
    assert session.experiment == before


def test_a_document_comes_back_with_the_same_field_and_goes_on(session, frames, qtbot, tmp_path):
    session.run()
    qtbot.waitUntil(lambda: frames[-1].stop is not None, timeout=20_000)
    trained = frames[-1]
    path = tmp_path / "trained.json"
    experiment_file.save(session.document(), path)
    session.change(replace(session.experiment, UNITS, 2))
    qtbot.waitUntil(lambda: frames[-1].step == 0)
    session.open(experiment_file.load(path))
    qtbot.waitUntil(lambda: frames[-1].step == trained.step)
    assert (frames[-1].field == trained.field).all()
    assert frames[-1].stop == trained.stop
    session.run()
    qtbot.waitUntil(lambda: frames[-1].step > trained.step)
    qtbot.waitUntil(lambda: not session.running, timeout=20_000)


def test_the_worker_s_death_is_told_in_words(session, frames, qtbot):
    failures = []
    session.failed.connect(failures.append)
    session._worker.build(lambda: 1 / 0)
    session._expect_frames()
    qtbot.waitUntil(lambda: bool(failures))
    assert "division" in failures[0]
    assert not session.running


def test_the_gate_follows_the_loop_only_while_frames_are_expected(session, frames, qtbot):
    session.edit(("training", "stop"), ())
    session.run()
    qtbot.wait(200)
    closed = session._worker.gate.take_closed_seconds()
    qtbot.wait(200)
    assert session._worker.gate.take_closed_seconds() > 0 or closed > 0
    session.pause()
    qtbot.waitUntil(lambda: not session._timer.isActive())
    assert not session._loop_watch._running


def test_an_edit_just_after_a_run_has_ended_by_itself_does_not_leave_it_running(
    session, frames, qtbot
):
    for path, value in ((UNITS, 3), (("data", "noise"), 0.2)):
        session.run()
        session._worker.ask(lambda trainer: trainer.run())  # ends before the next frame
        session.edit(path, value)
        qtbot.waitUntil(lambda: not session.running)


def test_the_end_of_an_epoch_pauses(session, frames, qtbot):
    session.run_epoch()
    qtbot.waitUntil(lambda: frames[-1].epoch == 1)
    qtbot.waitUntil(lambda: not session.running)
    assert not frames[-1].running


def test_what_is_tried_starts_from_the_seed_as_one_step_of_undo(session, frames, qtbot):
    session.run()
    qtbot.waitUntil(lambda: bool(frames) and frames[-1].step > 0)
    before, run = session.experiment, frames[-1].run
    slower = replace(before, ("training", "optimizer", "learning_rate"), 1e-4)
    session.try_out(slower)
    assert session.running
    assert session.experiment == slower
    assert session.what_changed(before) == "learning rate changed"
    qtbot.waitUntil(lambda: frames[-1].run == run + 1)
    session.pause()
    session.undo()
    assert session.experiment == before
    assert not session.can_undo
