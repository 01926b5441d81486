"""Files are written beside the window in order, and of each what it was asked for last."""

import threading
from pathlib import Path

import pytest

from playground.runtime.background import Breath
from playground.runtime.writing import Job, Writing

A, B = Path("a"), Path("b")


@pytest.fixture
def writing(qapp):
    writing = Writing()
    writing.log = []
    writing.gate = threading.Event()
    yield writing
    writing.gate.set()
    writing.wait()


def job(writing, path, text, error=None):
    def write(breathe):
        breathe()
        assert writing.gate.wait(10)
        if error is not None:
            raise error
        writing.log.append(text)
        return text

    def note(what):
        assert threading.current_thread() is threading.main_thread()
        writing.log.append(f"told {what}")

    return Job(path, write, note, note)


def test_one_after_the_other_and_none_is_lost(writing, qtbot):
    for path, text in ((A, "1"), (B, "2"), (A, "3"), (A, "4")):
        writing.do(job(writing, path, text))
    assert writing.is_about(A)
    assert writing.is_about(B)
    assert writing.log == []
    writing.gate.set()
    qtbot.waitUntil(lambda: not writing.is_busy)
    qtbot.waitUntil(lambda: "told 4" in writing.log)
    assert [each for each in writing.log if "told" not in each] == ["1", "2", "4"]
    assert [each for each in writing.log if "told" in each] == ["told 1", "told 2", "told 4"]
    assert not writing.is_about(A)


def test_a_failure_is_told_and_the_next_is_written(writing, qtbot):
    writing.do(job(writing, A, "1", OSError("full")))
    writing.do(job(writing, B, "2"))
    writing.gate.set()
    qtbot.waitUntil(lambda: "told 2" in writing.log)
    assert "told full" in writing.log


def test_a_failure_is_not_told_of_what_is_tried_again(writing, qtbot):
    writing.do(job(writing, A, "1", OSError("full")))
    writing.do(job(writing, A, "2"))
    writing.gate.set()
    assert writing.wait()
    assert writing.log == ["2", "told 2"]


def test_it_can_be_waited_for(writing):
    assert writing.wait(), "for nothing"
    threading.Timer(0.1, writing.gate.set).start()
    writing.do(job(writing, A, "1"))
    writing.do(job(writing, B, "2", ValueError("no")))
    assert not writing.wait()
    assert writing.log == ["1", "told 1", "told no"]
    assert not writing.is_busy
    assert writing.wait(), "what went wrong before has been told"


def test_a_breath_is_a_nap_now_and_then(monkeypatch):
    naps = []
    monkeypatch.setattr("playground.runtime.background.time.sleep", naps.append)
    now = iter([1.0, 1.0, 1.0005, 1.002, 1.002])
    monkeypatch.setattr("playground.runtime.background.time.perf_counter", lambda: next(now))
    breathe = Breath()
    for _ in range(3):
        breathe()
    assert len(naps) == 2
