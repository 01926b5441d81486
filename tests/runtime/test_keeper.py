"""The keeper: what is written when, by whom, and what becomes of it when that fails."""

import threading
import time

import pytest

from playground.core.errors import PlaygroundError
from playground.exchange import experiment_file, session_file
from playground.exchange.presets import welcome
from playground.runtime import keeper as keeping
from playground.runtime.keeper import Keeper
from playground.runtime.session import Session
from playground.runtime.slots import MOST_LEFT, Slots

RATE = ("training", "optimizer", "learning_rate")


@pytest.fixture
def slot(tmp_path, qapp):
    return Slots(tmp_path).new()


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(keeping, "SETTLING_SECONDS", 0.02)
    monkeypatch.setattr(keeping, "LEAST_SECONDS", 0.05)


@pytest.fixture
def keeper(session, slot, soon):
    keeper = Keeper(session, slot, lambda: {"speed": 1.0})
    yield keeper
    keeper._timer.stop()
    keeper._writing.forget()


def rate_in(slot):
    if not slot.path.exists():
        return None
    return session_file.load(slot.path).document.experiment.training.optimizer.learning_rate


def test_a_change_is_written_soon(session, slot, keeper, qtbot, tmp_path):
    session.edit(RATE, 0.3)
    qtbot.waitUntil(lambda: rate_in(slot) == 0.3)
    session.save_to(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: session_file.load(slot.path).file == tmp_path / "mine.json")
    assert session_file.load(slot.path).window == {"speed": 1.0}


def test_a_run_is_written_again_and_again_and_then_nothing_is(session, slot, keeper, qtbot):
    session.run()
    qtbot.waitUntil(lambda: session_file.about(slot.path) is not None)
    before = session_file.about(slot.path).epoch
    qtbot.waitUntil(lambda: session_file.about(slot.path).epoch > before)
    session.pause()
    qtbot.waitUntil(lambda: not session._timer.isActive())
    present = experiment_file.dumps(session.present())
    qtbot.waitUntil(lambda: experiment_file.dumps(session_file.load(slot.path).document) == present)
    qtbot.waitUntil(lambda: not keeper._timer.isActive() and not keeper._writing.is_busy)


def test_the_present_is_kept_whatever_is_looked_at(session, slot, keeper, qtbot):
    frames = []
    session.frame.connect(frames.append)
    for epoch in (1, 2, 3):
        session.run_epoch()
        qtbot.waitUntil(lambda epoch=epoch: bool(frames) and frames[-1].epoch == epoch)
    session.look_back(1)
    qtbot.waitUntil(lambda: frames[-1].moment == 1)
    keeper.close()
    assert session_file.about(slot.path).epoch == 3
    assert session.document().trained.epoch == 1, "that is what Save writes"


def test_the_window_does_not_wait_for_the_worker_nor_for_the_disk(
    session, slot, keeper, qtbot, monkeypatch
):
    go, saved, threads = threading.Event(), session_file.save, []

    def slow(kept, path):
        threads.append(threading.current_thread())
        go.wait(20)
        saved(kept, path)

    monkeypatch.setattr(session_file, "save", slow)
    session._worker._post(lambda: go.wait(20))  # a step that takes long
    session.edit(RATE, 0.3)
    qtbot.waitUntil(lambda: keeper._writing.is_busy)
    beats = []
    qtbot.waitUntil(lambda: bool(beats.append(1)) or len(beats) > 5)
    assert not slot.path.exists()
    go.set()
    qtbot.waitUntil(lambda: rate_in(slot) == 0.3)
    assert threads[0] is not threading.main_thread()


def test_two_writings_are_apart_and_the_more_the_longer_they_take(session, slot, qtbot):
    keeper = Keeper(session, slot, dict)
    keeper._after(("", 0.01))
    assert keeper._earliest - time.monotonic() == pytest.approx(keeping.LEAST_SECONDS, abs=1)
    keeper._after(("", 2.0))
    assert keeper._earliest - time.monotonic() == pytest.approx(60, abs=1)
    keeper.note()
    assert keeper._timer.remainingTime() > 50_000
    keeper.close()


def test_the_last_writing_is_the_last_state_though_an_earlier_one_takes_long(
    session, slot, keeper, qtbot, monkeypatch
):
    saved, begun = session_file.save, threading.Event()

    def slow(kept, path):
        if not begun.is_set():
            begun.set()
            time.sleep(0.5)
        saved(kept, path)

    monkeypatch.setattr(session_file, "save", slow)
    session.edit(RATE, 0.2)
    qtbot.waitUntil(begun.is_set)
    session.edit(RATE, 0.3)
    keeper.close()
    assert rate_in(slot) == 0.3
    time.sleep(0.2)
    assert rate_in(slot) == 0.3


def test_closing_lets_go_of_the_slot(session, slot, keeper, tmp_path):
    keeper.close()
    assert Slots(tmp_path).take().folder == slot.folder


def test_a_full_disk_is_said_once_and_the_old_session_stays(
    session, slot, keeper, qtbot, monkeypatch
):
    session.edit(RATE, 0.2)
    qtbot.waitUntil(lambda: rate_in(slot) == 0.2)
    said, attempts = [], []
    keeper.failed.connect(said.append)

    def full(*_):
        attempts.append(1)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        for rate in (0.3, 0.4, 0.5):
            before = len(attempts)
            session.edit(RATE, rate)
            qtbot.waitUntil(lambda before=before: len(attempts) > before)
        qtbot.waitUntil(lambda: not keeper._writing.is_busy)
        assert len(said) == 1
        assert "no space is left" in said[0]
        assert rate_in(slot) == 0.2
        assert {path.name for path in slot.folder.iterdir()} == {"session.zip", "lock"}
        keeper.close()  # it has been said
    assert session.running is False


def test_a_disk_that_is_full_only_at_the_end_is_an_error(session, slot, keeper, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PlaygroundError, match="no space is left"):
        keeper.close()


def test_work_that_is_left_unsaved_is_kept_beside_the_session(
    session, slot, keeper, qtbot, tmp_path
):
    def left():
        return sorted(slot.folder.glob("left-*.zip"))

    session.open(welcome())
    assert not keeper._leaving, "nothing had been done"
    session.step()
    session.save_to(tmp_path / "mine.json")
    session.open(welcome())
    assert not keeper._leaving, "it is in a file"
    session.edit(RATE, 0.2)
    session.step()
    work = experiment_file.dumps(session.present())
    session.open(welcome())
    qtbot.waitUntil(lambda: len(left()) == 1)
    kept = session_file.load(left()[0])
    assert experiment_file.dumps(kept.document) == work
    for index in range(MOST_LEFT + 1):
        session.edit(RATE, 0.01 * (index + 1))
        session.open(welcome())
    keeper.close()
    rates = [
        session_file.load(path).document.experiment.training.optimizer.learning_rate
        for path in left()
    ]
    assert rates == [pytest.approx(0.01 * (index + 2)) for index in range(MOST_LEFT)]
    assert set(Slots(tmp_path).earlier()) == {*left(), slot.path}


def test_when_the_worker_has_ended_the_last_session_stays(session, slot, keeper, qtbot):
    session.edit(RATE, 0.2)
    qtbot.waitUntil(lambda: rate_in(slot) == 0.2)
    session._worker.build(lambda: 1 / 0)
    qtbot.waitUntil(lambda: session._worker.failure is not None)
    qtbot.waitUntil(lambda: not session._worker._thread.is_alive())
    keeper.close()
    assert rate_in(slot) == 0.2


def test_training_goes_on_to_the_same_bits_however_often_it_is_kept(session, slot, keeper, qtbot):
    other = Session(session.experiment)
    frames = []
    session.frame.connect(frames.append)
    session.run()
    qtbot.waitUntil(lambda: bool(frames) and frames[-1].epoch > 20)
    session.pause()
    steps = session.ask(lambda trainer: trainer.step)

    def same_way(trainer):
        while trainer.step < steps:
            trainer.single_step()
        return trainer.network.theta.copy()

    theta = other.ask(same_way)
    other.shut_down()
    assert (session.ask(lambda trainer: trainer.network.theta.copy()) == theta).all()
