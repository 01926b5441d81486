"""Work beside the window: it comes back, only the last one counts, and failures are told."""

import threading

import pytest

from playground.runtime.background import Background


@pytest.fixture
def background(qapp):
    background = Background()
    background.given, background.errors = [], []
    background.finished.connect(background.given.append)
    background.failed.connect(background.errors.append)
    yield background
    background.forget()


def test_the_result_comes_to_the_thread_that_asked(qtbot, background):
    threads = []
    background.finished.connect(lambda _: threads.append(threading.current_thread()))
    background.do(lambda: threading.current_thread().name)
    assert background.is_busy
    qtbot.waitUntil(lambda: not background.is_busy)
    assert background.given == ["errand"]
    assert threads == [threading.main_thread()]


def test_a_failure_is_told(qtbot, background):
    background.do(lambda: 1 / 0)
    qtbot.waitUntil(lambda: not background.is_busy)
    assert background.given == []
    assert isinstance(background.errors[0], ZeroDivisionError)
    background.do(lambda: 5)
    qtbot.waitUntil(lambda: background.given == [5])


def test_of_what_is_asked_for_meanwhile_only_the_last_is_done(qtbot, background):
    gate, done = threading.Event(), []

    def first():
        gate.wait(10)
        done.append(1)
        return 1

    background.do(first)
    background.do(lambda: done.append(2))
    background.do(lambda: done.append(3) or 3)
    gate.set()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert done == [1, 3]
    assert background.given == [3]


def test_what_is_forgotten_does_not_come(qtbot, background):
    gate = threading.Event()
    background.do(lambda: gate.wait(10))
    background.forget()
    assert not background.is_busy
    background.do(lambda: "new")
    gate.set()
    qtbot.waitUntil(lambda: not background.is_busy)
    assert background.given == ["new"]
    background.do(lambda: "unwanted")
    background.forget()
    qtbot.wait(50)
    assert background.given == ["new"]
