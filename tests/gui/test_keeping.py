"""The window and what it finds of earlier ones; and real processes that are killed."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.exchange import experiment_file, session_file
from playground.exchange.document import Document
from playground.exchange.presets import welcome
from playground.exchange.session_file import Kept
from playground.exchange.trained import capture, restore
from playground.gui.keeping import Keeping
from playground.gui.look import dark_in
from playground.gui.main_window import MainWindow
from playground.gui.opening import opening
from playground.gui.recent_menu import MOST_SHOWN
from playground.runtime.recent import Recent
from playground.runtime.slots import MOST_UNHELD, VARIABLE, Slots
from playground.training.trainer import Trainer

UNITS = ("network", "hidden", 0, "units")


@pytest.fixture
def start(qtbot, tmp_path):
    """Starts a window as the command does, on the sessions of this test."""
    windows = []

    def start(asked=None, file=None):
        slots = Slots(tmp_path)
        found = opening(slots, asked, file)
        window = MainWindow(found.begin, dark_in(found.look))
        Keeping(window, found, slots, Recent(tmp_path))
        windows.append(window)
        window.frames = []
        window.session.frame.connect(window.frames.append)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        qtbot.waitUntil(lambda: bool(window.frames))
        return window

    yield start
    for window in windows:
        window.close()


def bits(window):
    return experiment_file.dumps(window.session.present())


def sessions(tmp_path):
    return sorted(tmp_path.glob("sessions/*/session.zip"))


def test_the_first_time_there_is_the_welcome_experiment(start):
    window = start()
    assert window.session.experiment == welcome().experiment


def test_what_was_there_comes_back_after_a_normal_exit(start, qtbot, tmp_path):
    window = start()
    window.session.edit(UNITS, 5)
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch > 3)
    window.files._write(tmp_path / "mine.json")
    window.speed.setCurrentIndex(window.speed.findData(None))
    window.on_toggle_theme()
    window.docks["Updates"].raise_()
    window.docks["Paint"].close()
    window.output.tabs.setCurrentIndex(1)
    window.docks["Output"].setFloating(True)
    QApplication.processEvents()
    dark = window.is_dark
    window.session.pause()
    present = bits(window)
    window.close()

    window = start()
    assert bits(window) == present
    assert not window.session.running
    assert not window.session.can_undo
    assert window.files.path == tmp_path / "mine.json"
    assert window.is_dark == dark
    assert window.speed.epochs_per_second is None
    assert window.docks.is_seen("Updates")
    assert not window.docks.is_seen("Gradients")
    assert window.docks["Paint"].isHidden()
    assert window.docks["Output"].isFloating()
    assert window.output.tabs.currentIndex() == 1
    assert len(window.frames[-1].history["epoch"]) > 3

    window.actions_["first_layout"].trigger()
    QApplication.processEvents()
    assert window.docks.is_seen("Gradients")
    assert not window.docks["Paint"].isHidden()
    assert not window.docks["Output"].isFloating()


def test_a_run_that_goes_on_when_the_window_closes_comes_back_paused(start, qtbot):
    window = start()
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch > 2)
    step = window.frames[-1].step
    window.close()
    window = start()
    assert not window.session.running
    assert window.session.present().trained.step >= step
    step = window.session.present().trained.step
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].step > step)


def test_of_many_sessions_the_newest_stay(start, tmp_path):
    slots = Slots(tmp_path)
    document = capture(Trainer(replace(Experiment(), UNITS, 5)))
    for _ in range(MOST_UNHELD + 2):
        slot = slots.new()
        session_file.save(Kept(document), slot.path)
        slot.release()
    start().close()
    assert len(sessions(tmp_path)) == MOST_UNHELD


def test_a_second_window_has_a_session_of_its_own_and_both_come_back(start):
    one = start()
    one.session.edit(UNITS, 5)
    other = start()
    assert other.session.experiment == welcome().experiment
    other.session.edit(UNITS, 7)
    one.close()
    other.close()
    found = [start().session.experiment.network.hidden[0].units for _ in range(2)]
    assert found == [7, 5], "the one that was written last comes first"


def test_a_file_that_is_asked_for_leaves_the_last_session_where_it_is(start, tmp_path):
    window = start()
    window.session.edit(UNITS, 5)
    window.on_toggle_theme()
    dark = window.is_dark
    window.close()
    asked = Document(replace(Experiment(), ("name",), "Asked for"))
    window = start(asked, tmp_path / "asked.json")
    assert window.session.experiment.name == "Asked for"
    assert window.files.path == tmp_path / "asked.json"
    assert window.is_dark == dark
    menu = recent_menu(window)
    menu.fill()
    earlier = next(a for a in menu.actions() if a.text().startswith("Spiral, epoch 0"))
    earlier.trigger()
    assert window.session.experiment.network.hidden[0].units == 5
    assert window.files.path is None
    window.session.undo()
    assert window.session.experiment.name == "Asked for"
    assert window.files.path == tmp_path / "asked.json"


def recent_menu(window):
    entries = window.menus["&File"].actions()
    (menu,) = [entry.menu() for entry in entries if entry.text() == "Open &recent"]
    return menu


def texts(menu):
    menu.fill()
    return [action.text() for action in menu.actions() if action.text()]


def test_work_that_was_left_for_a_new_experiment_is_found_after_the_window_was_closed(start):
    window = start()
    window.session.edit(("name",), "An hour's work")
    window.session.step()
    present = bits(window)
    window.close()
    window = start()
    window.on_new()
    window.on_new()
    window.close()
    window = start()
    assert window.session.experiment == welcome().experiment
    menu = recent_menu(window)
    (name,) = [text for text in texts(menu) if "hour" in text]
    next(action for action in menu.actions() if action.text() == name).trigger()
    assert bits(window) == present


def test_a_second_window_in_which_nothing_was_done_does_not_come_before_the_first(start, qtbot):
    first = start()
    first.session.edit(UNITS, 5)
    second = start()
    assert second.session.experiment == welcome().experiment
    qtbot.waitUntil(lambda: second.keeping.keeper is not None)
    first.close()
    second.close()
    window = start()
    assert window.session.experiment.network.hidden[0].units == 5


def test_of_a_window_in_which_nothing_was_done_the_look_comes_back(start):
    window = start()
    window.on_toggle_theme()
    dark = window.is_dark
    window.close()
    assert start().is_dark == dark


def test_a_file_of_an_older_program_that_is_asked_for_says_so(start, tmp_path):
    document = capture(Trainer(Experiment()))
    trained = dataclasses.replace(document.trained, versions={"playground": "0.0.3"})
    older = Document(document.experiment, trained)
    assert "Gradient Playground 0.0" in start(older, tmp_path / "a.json").status.text
    assert opening(None, older, None).words
    assert not opening(None, document, None).words


def test_recent_files_are_listed_and_opened_and_one_that_is_gone_is_not(start, tmp_path):
    one = start()
    other = start()
    path = tmp_path / "A & B.json"
    experiment_file.save(Document(replace(Experiment(), UNITS, 3)), path)
    gone = tmp_path / "gone.json"
    one.files.open_path(path)
    one.files._write(gone)
    gone.unlink()
    menu = recent_menu(other)
    assert texts(menu)[0].startswith("&1 gone.json")
    assert texts(menu)[1].startswith("&2 A && B.json")
    menu.actions()[0].trigger()
    assert "no longer" in other.status.text
    assert texts(menu)[0].startswith("&1 A && B.json")
    menu.actions()[0].trigger()
    assert other.session.experiment.network.hidden[0].units == 3
    assert other.files.path == path
    next(action for action in menu.actions() if "Clear" in action.text()).trigger()
    assert Recent(tmp_path).paths == []
    assert texts(recent_menu(one))[-1] == "&Clear the list of files"
    assert not recent_menu(one).actions()[-1].isEnabled()


def test_a_long_name_is_cut_in_the_menu_and_whole_in_its_tooltip(start, tmp_path):
    window = start()
    path = tmp_path / f"{'long ' * 40}\tend.json"
    experiment_file.save(Document(Experiment()), path)
    window.files.open_path(path)
    menu = recent_menu(window)
    text = texts(menu)[0]
    assert text.startswith("&1 long long")
    assert "long end.json" in text
    assert len(text) < 2 * MOST_SHOWN + 10
    assert menu.actions()[0].toolTip() == str(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + 18 * b"\0"])
def test_a_session_that_is_broken_is_set_aside_and_it_is_said(start, tmp_path, content):
    window = start()
    window.close()
    (path,) = sessions(tmp_path)
    path.write_bytes(content)
    window = start()
    assert window.session.experiment == welcome().experiment
    assert "did not come back" in window.status.text
    (aside,) = tmp_path.glob("sessions/*/set-aside.zip")
    assert aside.read_bytes() == content
    assert str(aside) in window.status.text
    window.session.edit(UNITS, 5)
    window.close()
    window = start()
    assert window.session.experiment.network.hidden[0].units == 5
    assert aside.read_bytes() == content


def test_a_session_that_nobody_foresaw_is_set_aside_too(start, tmp_path, monkeypatch):
    window = start()
    window.session.step()
    present = bits(window)
    window.close()

    def fail(*_):
        raise RecursionError("too deep")

    with monkeypatch.context() as patched:
        patched.setattr("playground.gui.opening.restore", fail)
        window = start()
    assert "too deep" in window.status.text
    menu = recent_menu(window)
    menu.fill()
    next(a for a in menu.actions() if a.text().startswith("Spiral, epoch 0")).trigger()
    assert bits(window) == present


@pytest.mark.parametrize(
    "look",
    [
        {"geometry": 7, "layout": [], "dark": "yes", "speed": "fast", "output": -1},
        {"geometry": "####", "layout": "!", "speed": 17.0, "dark": 1, "output": 99},
        {
            "geometry": "AAAA",
            "layout": "AAAA",
            "speed": {},
            "output": "1",
            "of later": {"language": "fr"},
        },
    ],
)
def test_a_look_that_makes_no_sense_is_that_of_a_new_window(start, tmp_path, look):
    document = capture(Trainer(replace(Experiment(), UNITS, 5)))
    slot = Slots(tmp_path).new()
    session_file.save(Kept(document, None, look), slot.path)
    slot.release()
    window = start()
    assert window.session.experiment.network.hidden[0].units == 5
    assert window.speed.epochs_per_second == 30
    assert window.docks.is_seen("Loss")
    assert "not come back" not in window.status.text


def large():
    return replace(Experiment(), ("network", "hidden"), [{"units": 300}, {"units": 300}])


@pytest.fixture
def large_session(tmp_path):
    trainer = Trainer(large())
    trainer.single_step()
    slot = Slots(tmp_path).new()
    session_file.save(Kept(capture(trainer), tmp_path / "large.json", {"speed": 10.0}), slot.path)
    slot.release()
    return trainer


def test_a_large_session_comes_when_the_window_is_there(start, qtbot, large_session):
    window = start()
    assert window.session.experiment == large_session.experiment
    assert window.files.path.name == "large.json"
    assert window.speed.epochs_per_second == 10
    qtbot.waitUntil(lambda: window.keeping.keeper is not None)
    assert bits(window) == experiment_file.dumps(capture(large_session))
    assert not window.session.can_undo


@pytest.fixture
def slow_reading(monkeypatch):
    """Reading a large session does not end before this is set."""
    go = threading.Event()

    def slow(document):
        go.wait(20)
        return restore(document)

    monkeypatch.setattr("playground.gui.keeping.restore", slow)
    yield go
    go.set()


def test_what_is_done_before_it_comes_is_a_step_of_undo(start, qtbot, slow_reading, large_session):
    window = start()
    window.session.edit(UNITS, 5)
    slow_reading.set()
    qtbot.waitUntil(lambda: window.keeping.keeper is not None)
    assert bits(window) == experiment_file.dumps(capture(large_session))
    window.session.undo()
    assert window.session.experiment.network.hidden[0].units == 5


def test_closing_before_it_has_come_loses_nothing(start, tmp_path, slow_reading, large_session):
    (path,) = sessions(tmp_path)
    before = path.read_bytes()
    start().close()
    assert path.read_bytes() == before


def test_a_large_one_that_is_broken_is_set_aside(start, tmp_path, qtbot, large_session):
    (path,) = sessions(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    window = start()
    qtbot.waitUntil(lambda: window.keeping.keeper is not None)
    assert "did not come back" in window.status.text
    assert window.session.experiment == large()


def test_new_asks_for_a_file_and_undo_returns_to_the_old_one(start, tmp_path, qtbot):
    window = start()
    window.session.step()
    window.files._write(tmp_path / "mine.json")
    present = bits(window)
    window.on_new()
    assert window.files.path is None
    qtbot.waitUntil(lambda: window.frames[-1].step == 0)
    window.on_undo()
    assert window.files.path == tmp_path / "mine.json"
    assert bits(window) == present


def test_where_nothing_can_be_written_it_is_said_once_and_all_goes_on(start, tmp_path):
    (tmp_path / "sessions").write_text("a file in the way")
    window = start()
    assert "not kept" in window.status.text
    window.session.step()
    window.close()


def test_a_disk_that_is_full_at_the_end_is_said(start, monkeypatch):
    said = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.informativeText()))
    window = start()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        window.close()
    assert "no space is left" in said[0]


# --- real processes ----------------------------------------------------------------------------

RUN = """
from playground.gui import app
from playground.runtime import keeper
keeper.SETTLING_SECONDS, keeper.LEAST_SECONDS = 0.05, 0.1
real = app.Keeping
def keeping(window, *rest):
    real(window, *rest)
    window.session.run()
app.Keeping = keeping
app.run_app()
"""
"""A window as the command opens it, which runs at once and keeps its session more often."""
LOOK = """
import json, sys
from PySide6.QtCore import QTimer
from playground.gui import app
from playground.exchange import experiment_file
real = app.Keeping
def keeping(window, *rest):
    real(window, *rest)
    def tell(_):
        print(json.dumps([experiment_file.dumps(window.session.present()), window.session.running]))
        QTimer.singleShot(0, window.close)
        window.session.frame.disconnect(tell)
    window.session.frame.connect(tell)
app.Keeping = keeping
app.run_app()
"""
"""Another one, which says what it has found and closes."""


@pytest.fixture
def process(tmp_path):
    processes = []
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", VARIABLE: str(tmp_path)}

    def start(script):
        found = subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment,
        )  # fmt: skip
        processes.append(found)
        return found

    yield start
    for found in processes:
        found.kill()
        found.communicate()


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def epochs(tmp_path):
    found = {}
    for path in sessions(tmp_path):
        about = session_file.about(path)
        found[path] = 0 if about is None else about.epoch
    return found


def test_a_run_that_is_killed_comes_back_bit_for_bit(process, tmp_path):
    running = process(RUN)
    until(lambda: max(epochs(tmp_path).values(), default=0) >= 5)
    running.kill()
    running.wait()
    (path,) = sessions(tmp_path)
    kept = session_file.load(path).document
    told, _ = process(LOOK).communicate(timeout=60)
    found, is_running = json.loads(told)
    assert found == experiment_file.dumps(kept)
    assert not is_running
    assert sessions(tmp_path) == [path], "it was taken over"

    same = Trainer(welcome().experiment)  # never killed, never kept
    same.run(lambda: same._steps_before + same.position == kept.trained.step)
    assert (same.network.theta == kept.trained.parameters).all()
    assert (same.history.rows().cells == kept.trained.history.cells).all()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_which_keeps_the_session(process, tmp_path, number):
    running = process(RUN)
    until(lambda: max(epochs(tmp_path).values(), default=0) >= 1)
    before = max(epochs(tmp_path).values())
    time.sleep(0.3)
    running.send_signal(number)
    _, complaints = running.communicate(timeout=30)
    assert running.returncode == 0
    assert "Traceback" not in complaints
    assert max(epochs(tmp_path).values()) > before
    assert len(Slots(tmp_path).unheld()) == 1


@pytest.mark.slow
def test_two_that_run_at_once_and_are_killed_both_come_back(process, tmp_path):
    both = [process(RUN), process(RUN)]
    until(lambda: len(epochs(tmp_path)) == 2 and min(epochs(tmp_path).values()) >= 2)
    for running in both:
        running.kill()
        running.wait()
    shutil.copytree(tmp_path / "sessions", tmp_path / "copy")
    kept = {
        experiment_file.dumps(session_file.load(path).document)
        for path in (tmp_path / "copy").glob("*/session.zip")
    }
    paths = sessions(tmp_path)
    found = set()
    for _ in range(2):
        told, _ = process(LOOK).communicate(timeout=60)
        found.add(json.loads(told)[0])
        newest = max(sessions(tmp_path), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1, 1))  # so that the next start takes the other one
    assert found == kept
    assert sessions(tmp_path) == paths
