"""The worker: commands between steps, a mailbox for one snapshot, a clean end."""

import threading
import time

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.runtime.answer import WorkerError
from playground.runtime.gate import PARK_SECONDS, Gate
from playground.runtime.worker import Worker
from playground.training.trainer import Trainer

PATIENCE_SECONDS = 20


@pytest.fixture
def endless():
    experiment = replace(Experiment(), ("training", "stop"), ())
    return replace(experiment, ("training", "max_epochs"), 1_000_000_000)


@pytest.fixture
def worker():
    worker = Worker()
    yield worker
    worker.shut_down()
    assert not any(thread.name == "trainer" for thread in threading.enumerate())


def wait_for(condition):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.002)
    raise AssertionError("it did not come")


def snapshot_of(worker, accept=lambda snapshot: True):
    def take():
        worker.want_snapshot()
        snapshot = worker.take_snapshot()
        return snapshot if snapshot is not None and accept(snapshot) else None

    return wait_for(take)


def test_a_run_gives_the_same_bytes_as_a_trainer_without_a_thread(worker):
    experiment = Experiment()
    worker.build(lambda: Trainer(experiment))
    worker.set_running(True)
    last = snapshot_of(worker, lambda snapshot: snapshot.stop is not None)
    alone = Trainer(experiment)
    alone.run()
    assert last.stop == alone.stop
    assert not last.running
    theta = worker.ask(lambda trainer: trainer.network.theta.copy())
    assert theta.tobytes() == alone.network.theta.tobytes()
    assert last.history["test_loss"].tobytes() == alone.history.table()["test_loss"].tobytes()


def test_snapshots_are_frozen_copies(worker, endless):
    worker.build(lambda: Trainer(endless))
    worker.set_running(True)
    first = snapshot_of(worker, lambda snapshot: snapshot.step > 100)
    before = first.field.copy()
    snapshot_of(worker, lambda snapshot: snapshot.step > first.step + 1000)
    assert np.array_equal(first.field, before)
    for array in (first.field, *first.dead, *first.history.values(), *first.health.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_only_the_latest_snapshot_waits(worker, endless):
    worker.build(lambda: Trainer(endless))
    snapshot_of(worker)
    for _ in range(50):
        worker.want_snapshot()
        time.sleep(0.002)
    assert worker.take_snapshot() is not None
    assert worker.take_snapshot() is None


def test_a_snapshot_from_before_a_command_is_dropped(worker, endless):
    worker.build(lambda: Trainer(endless))
    snapshot_of(worker)
    worker.want_snapshot()
    wait_for(lambda: worker._mailbox[1])
    worker.gate.close()
    worker.single_step()
    stale = worker.take_snapshot()
    assert stale is None or stale.step == 1
    worker.gate.open()
    assert snapshot_of(worker).step == 1


def test_single_steps_and_epochs_pause(worker, endless):
    worker.build(lambda: Trainer(endless))
    worker.set_running(True)
    snapshot_of(worker, lambda snapshot: snapshot.step > 10)
    worker.single_step()
    paused = snapshot_of(worker)
    assert not paused.running
    worker.single_step()
    stepped = snapshot_of(worker)
    assert stepped.step == paused.step + 1
    worker.single_epoch()
    # A snapshot may also be taken within the epoch, while it still runs.
    after = snapshot_of(worker, lambda snapshot: not snapshot.running)
    assert after.epoch == stepped.epoch + 1
    assert after.step % 25 == 0


def test_a_live_change_keeps_the_network_and_another_builds_it_anew(worker, endless):
    worker.build(lambda: Trainer(endless))
    worker.set_running(True)
    before = snapshot_of(worker, lambda snapshot: snapshot.step > 100)
    faster = replace(endless, ("training", "optimizer", "learning_rate"), 0.02)
    worker.apply(faster)
    after = snapshot_of(worker)
    assert after.experiment == faster
    assert after.run == before.run
    assert after.step >= before.step
    wider = replace(faster, ("network", "hidden", 0, "units"), 5)
    worker.apply(wider)
    rebuilt = snapshot_of(worker)
    assert rebuilt.run == before.run + 1
    assert rebuilt.running, "a rebuild during a run goes on running"
    assert rebuilt.dead[0].shape == (1, 5)


def test_the_speed_can_be_limited(worker, endless):
    worker.build(lambda: Trainer(endless))
    worker.limit_speed(20)
    worker.set_running(True)
    start = time.perf_counter()
    reached = snapshot_of(worker, lambda snapshot: snapshot.epoch >= 10)
    elapsed = time.perf_counter() - start
    assert reached.epoch <= 1.25 * 20 * elapsed + 1, "faster than was asked for"
    worker.limit_speed(None)
    snapshot_of(worker, lambda snapshot: snapshot.epoch > 100)


def test_an_error_in_a_question_reaches_the_asker_and_training_goes_on(worker, endless):
    worker.build(lambda: Trainer(endless))
    with pytest.raises(KeyError):
        worker.ask(lambda trainer: {}["nothing"])
    assert worker.ask(lambda trainer: trainer.epoch) == 0


def test_a_question_is_answered_while_the_gate_is_closed(worker, endless):
    worker.build(lambda: Trainer(endless))
    worker.set_running(True)
    snapshot_of(worker, lambda snapshot: snapshot.step > 10)
    worker.gate.close()
    assert worker.ask(lambda trainer: trainer.step) > 10


def test_an_error_of_the_worker_is_kept_and_not_raised_in_the_thread(caplog):
    worker = Worker()
    worker.build(lambda: 1 / 0)
    wait_for(lambda: worker.failure)
    assert isinstance(worker.failure, ZeroDivisionError)
    with pytest.raises(WorkerError):
        worker.ask(lambda trainer: trainer.step)
    worker.shut_down()
    assert "the training thread has ended" in caplog.text


def test_shutting_down_in_the_middle_of_a_run_is_quick_even_with_a_closed_gate(endless):
    worker = Worker()
    worker.build(lambda: Trainer(endless))
    worker.set_running(True)
    snapshot_of(worker, lambda snapshot: snapshot.step > 10)
    worker.gate.close()
    worker.shut_down()
    worker.shut_down()
    assert not any(thread.name == "trainer" for thread in threading.enumerate())


def test_a_closed_gate_holds_the_worker_until_it_is_opened(worker, endless):
    worker.build(lambda: Trainer(endless))
    worker.set_running(True)
    snapshot_of(worker, lambda snapshot: snapshot.step > 10)
    trainer = worker.ask(lambda trainer: trainer)

    def holds():
        worker.gate.close()
        time.sleep(0.02)  # the step under way ends, unless the machine is busy with other things
        position = trainer.epoch, trainer.position
        time.sleep(PARK_SECONDS / 3)
        return (trainer.epoch, trainer.position) == position

    wait_for(holds)
    position = trainer.epoch, trainer.position
    worker.gate.open()
    wait_for(lambda: (trainer.epoch, trainer.position) != position)


def test_a_gate_that_was_forgotten_opens_by_itself():
    gate = Gate()
    gate.close()
    start = time.perf_counter()
    gate.pass_through()
    assert time.perf_counter() - start >= 0.9 * PARK_SECONDS
    assert gate.take_closed_seconds() >= 0.9 * PARK_SECONDS
    gate.pass_through()


def test_a_long_epoch_can_be_paused_and_shut_down_in_the_middle():
    long = replace(Experiment(), ("data", "samples"), 100_000)
    long = replace(long, ("training", "batch_size"), 1)
    worker = Worker()
    worker.build(lambda: Trainer(long))
    worker.single_epoch()
    midway = snapshot_of(worker, lambda snapshot: snapshot.step > 10)
    assert (midway.epoch, midway.running) == (0, True)
    worker.set_running(False)
    assert not snapshot_of(worker).running
    worker.single_epoch()
    snapshot_of(worker, lambda snapshot: snapshot.running)
    worker.shut_down()
    assert not any(thread.name == "trainer" for thread in threading.enumerate())
