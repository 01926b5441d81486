"""Tasks: worked on beside training, in pieces, and harmless to both."""

import threading
import time

import pytest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.runtime.session import Session
from playground.runtime.task import Task
from playground.runtime.worker import Worker
from playground.training.trainer import Trainer

PATIENCE_SECONDS = 20


@pytest.fixture
def endless():
    experiment = replace(Experiment(), ("training", "stop"), ())
    return replace(experiment, ("training", "max_epochs"), 1_000_000_000)


@pytest.fixture
def worker(endless):
    worker = Worker()
    worker.build(lambda: Trainer(endless))
    yield worker
    worker.shut_down()
    assert not any(thread.name == "trainer" for thread in threading.enumerate())


def wait_for(condition):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.002)
    raise AssertionError("it did not come")


def counting(pieces, seen=None):
    """A task of so many pieces that notes the trainer's steps before each."""

    def begin(trainer):
        for piece in range(pieces):
            if seen is not None:
                seen.append((trainer.step, threading.current_thread().name))
            yield piece / pieces
        return f"{pieces} pieces"

    return Task(begin)


def sleepy(pieces):
    """A task whose pieces take a while, without the interpreter's lock."""

    def begin(trainer):
        for piece in range(pieces):
            time.sleep(0.005)
            yield piece / pieces
        return trainer.step

    return Task(begin)


def test_it_is_done_while_nothing_trains(worker):
    seen = []
    task = counting(50, seen)
    worker.begin(task)
    wait_for(lambda: task.is_over)
    assert task.result == "50 pieces"
    assert task.error is None
    assert task.share == 0.98
    assert seen == [(0, "trainer")] * 50


@pytest.mark.parametrize("epochs_per_second", [None, 5.0])
def test_training_goes_on_beside_it(worker, epochs_per_second):
    worker.limit_speed(epochs_per_second)
    worker.set_running(True)
    task = sleepy(60)
    worker.begin(task)
    wait_for(lambda: task.is_over)
    assert task.result > 0
    assert worker.ask(lambda trainer: trainer.step) >= task.result


def test_commands_are_carried_out_meanwhile(worker):
    task = sleepy(10_000)
    worker.begin(task)
    assert worker.ask(lambda trainer: trainer.step) == 0
    worker.single_step()
    assert worker.ask(lambda trainer: trainer.step) == 1
    assert not task.is_over
    task.cancel()
    wait_for(lambda: task.is_over)
    assert task.result is None


def test_the_same_run_with_a_task_beside_it_and_without():
    worker, experiment = Worker(), Experiment()
    worker.build(lambda: Trainer(experiment))
    worker.set_running(True)
    task = sleepy(20)
    worker.begin(task)
    alone = Trainer(experiment)
    alone.run()
    wait_for(lambda: worker.ask(lambda trainer: trainer.stop) is not None)
    theta = worker.ask(lambda trainer: trainer.network.theta.copy())
    worker.shut_down()
    assert theta.tobytes() == alone.network.theta.tobytes()


def test_an_error_belongs_to_the_task(worker, caplog):
    def begin(trainer):
        yield 0.5
        raise ValueError("no good")

    failing, after = Task(begin), counting(3)
    worker.begin(failing)
    worker.begin(after)
    wait_for(lambda: after.is_over)
    assert failing.is_over
    assert str(failing.error) == "no good"
    assert after.result == "3 pieces"
    assert worker.failure is None
    assert "a task has failed" in caplog.text


def test_a_new_network_does_not_disturb_it(worker):
    trainers = []

    def begin(trainer):
        for piece in range(200):
            trainers.append(trainer)
            time.sleep(0.001)
            yield piece / 200

    task = Task(begin)
    worker.begin(task)
    wait_for(lambda: len(trainers) > 3)
    worker.build(lambda: Trainer(Experiment()))
    wait_for(lambda: task.is_over)
    assert len(set(map(id, trainers))) == 1


def test_the_worker_ends_in_the_middle_of_it(worker):
    task = sleepy(10_000)
    worker.begin(task)
    wait_for(lambda: task.share > 0)
    worker.shut_down()
    assert not task.is_over
    assert worker.failure is None


def test_a_session_tells_how_it_goes_and_rests_afterwards(qapp, qtbot):
    session = Session(Experiment())
    shares = []
    session.advanced.connect(lambda task: shares.append((task.share, task.is_over)))
    task = sleepy(100)
    session.begin(task)
    qtbot.waitUntil(lambda: bool(shares) and shares[-1][1], timeout=20_000)
    assert task.result == 0
    assert [share for share, _ in shares] == sorted(share for share, _ in shares)
    assert sum(over for _, over in shares) == 1
    assert len(shares) > 2
    qtbot.waitUntil(lambda: not session._timer.isActive())
    session.shut_down()
