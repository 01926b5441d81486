"""A large network is written beside the window: nothing waits for it, and nothing is lost."""

from __future__ import annotations

import errno
import os
import threading

import pytest
from PySide6.QtWidgets import QFileDialog

from playground.core.editing import replace
from playground.core.experiment import Experiment, Layer, Network
from playground.exchange.experiment_file import Document, dumps, load, save
from playground.gui import files
from playground.gui.exports import dialog as export_dialog

OURS = Experiment(name="Ours", network=Network(hidden=(Layer(units=3),)))
THEIRS = Experiment(name="Theirs", network=Network(hidden=(Layer(units=5),)))


class Disk:
    """A slow one: nothing gets on it before it may."""

    def __init__(self, monkeypatch):
        self.may, self.error = threading.Event(), None
        self._sync = os.fsync
        monkeypatch.setattr(os, "fsync", self.sync)

    def sync(self, descriptor):
        assert self.may.wait(10)
        if self.error is not None:
            raise self.error
        self._sync(descriptor)


@pytest.fixture
def disk(monkeypatch):
    disk = Disk(monkeypatch)
    yield disk
    disk.may.set()


@pytest.fixture
def window(open_window, monkeypatch, disk):
    monkeypatch.setattr(files, "MANY", 10)
    return open_window(OURS, size=(1280, 720))


def save_as(window, monkeypatch, path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.files.save_as()


def wait(window, qtbot):
    qtbot.waitUntil(lambda: not window.files.is_writing)


def name(window, text):
    window.session.edit(("name",), text)


def test_what_is_saved_is_what_there_was_when_it_was_asked_for(
    window, disk, qtbot, monkeypatch, tmp_path
):
    path = tmp_path / "ours.json"
    window.session.run_epoch()
    qtbot.waitUntil(lambda: not window.session.running)
    expected = dumps(window.session.document())
    save_as(window, monkeypatch, path)
    assert window.status.text == "ours.json is being written…"
    assert not path.exists()
    assert window.files.path == path
    assert "ours.json" in window.windowTitle()
    assert window.session.unsaved, "it is in no file yet"
    window.session.run_epoch()
    qtbot.waitUntil(lambda: not window.session.running)
    disk.may.set()
    wait(window, qtbot)
    assert window.status.text == f"Wrote {path}."
    assert path.read_text(encoding="utf-8") == expected
    assert window.session.unsaved, "what has come meanwhile is not in it"
    window.files.save()
    wait(window, qtbot)
    assert not window.session.unsaved
    assert load(path).trained.epoch == 2


def test_a_small_one_is_written_at_once(window, disk, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "MANY", 1_000)
    disk.may.set()
    save_as(window, monkeypatch, tmp_path / "ours.json")
    assert load(tmp_path / "ours.json").experiment == OURS
    assert window.status.text.startswith("Wrote ")
    assert not window.session.unsaved


def test_the_last_one_wins_even_if_it_is_small(window, disk, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "ours.json"
    save_as(window, monkeypatch, path)
    for text in ("second", "third"):
        name(window, text)
        window.files.save()
    monkeypatch.setattr(files, "MANY", 1_000)
    name(window, "fourth")
    window.files.save()
    disk.may.set()
    wait(window, qtbot)
    assert load(path).experiment.name == "fourth"
    assert not window.session.unsaved


def test_each_of_two_files_is_written(window, disk, qtbot, monkeypatch, tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    recent = []
    window.files.recent = type("Recent", (), {"add": lambda _, path: recent.append(path)})()
    save_as(window, monkeypatch, first)
    name(window, "second")
    save_as(window, monkeypatch, second)
    assert recent == []
    disk.may.set()
    wait(window, qtbot)
    assert [load(path).experiment.name for path in (first, second)] == ["Ours", "second"]
    assert window.files.path == second
    assert recent == [first, second]


def test_a_failure_is_said_and_all_is_as_before(window, disk, said, qtbot, monkeypatch, tmp_path):
    old, path = tmp_path / "old.json", tmp_path / "ours.json"
    disk.may.set()
    save(Document(THEIRS), path)
    window.session.file = old
    name(window, "changed")
    disk.may.clear()
    disk.error = OSError(errno.ENOSPC, "")
    save_as(window, monkeypatch, path)
    assert window.files.path == path
    disk.may.set()
    qtbot.waitUntil(lambda: bool(said))
    assert said[0][0] == "ours.json could not be written."
    assert "no space is left on the disk" in said[0][1]
    assert window.status.text == "ours.json could not be written."
    assert load(path).experiment == THEIRS
    assert list(tmp_path.iterdir()) == [path]
    assert window.files.path == old, "where it is saved to next"
    assert window.session.unsaved


def test_what_nobody_has_thought_of_is_said_too(window, said, qtbot, monkeypatch, tmp_path):
    def fail(*_):
        raise RuntimeError("a surprise")

    monkeypatch.setattr(files.experiment_file, "save", fail)
    save_as(window, monkeypatch, tmp_path / "ours.json")
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("ours.json could not be written.", "a surprise")]


def test_closing_waits_until_it_is_written(window, disk, monkeypatch, tmp_path):
    path = tmp_path / "ours.json"
    save_as(window, monkeypatch, path)
    threading.Timer(0.2, disk.may.set).start()
    assert window.close()
    assert load(path).experiment == OURS


def test_a_window_whose_work_could_not_be_written_stays(window, disk, said, monkeypatch, tmp_path):
    save_as(window, monkeypatch, tmp_path / "ours.json")
    disk.error = OSError(errno.ENOSPC, "")
    disk.may.set()
    assert not window.close()
    assert window.isVisible()
    assert said[0][0] == "ours.json could not be written."
    assert window.close(), "asked again, it goes"


def test_another_file_may_be_opened_meanwhile(window, disk, qtbot, monkeypatch, tmp_path):
    ours, theirs = tmp_path / "ours.json", tmp_path / "theirs.json"
    disk.may.set()
    save(Document(THEIRS), theirs)
    disk.may.clear()
    name(window, "changed")
    save_as(window, monkeypatch, ours)
    window.files.open_path(theirs)
    assert window.session.experiment == THEIRS
    disk.may.set()
    wait(window, qtbot)
    assert window.files.path == theirs, "a save must not go into the other's file"
    assert load(ours).experiment.name == "changed"
    window.session.undo()
    assert window.files.path == ours


def test_the_file_that_is_being_written_is_opened_as_it_will_be(
    window, disk, monkeypatch, tmp_path
):
    path = tmp_path / "ours.json"
    disk.may.set()
    save(Document(THEIRS), path)
    disk.may.clear()
    save_as(window, monkeypatch, path)
    threading.Timer(0.2, disk.may.set).start()
    window.files.open_path(path)
    assert window.session.experiment == OURS


@pytest.mark.parametrize("many", [10, 1_000])
def test_a_run_that_goes_on_is_more_than_was_saved(
    window, disk, qtbot, monkeypatch, tmp_path, many
):
    monkeypatch.setattr(files, "MANY", many)
    disk.may.set()
    endless = replace(window.session.experiment, ("training", "stop"), ())
    window.session.change(replace(endless, ("training", "max_epochs"), 1_000_000))
    window.session.run()
    save_as(window, monkeypatch, tmp_path / "ours.json")
    wait(window, qtbot)
    assert window.session.unsaved
    window.session.pause()
    window.files.save()
    wait(window, qtbot)
    assert not window.session.unsaved


@pytest.mark.parametrize("fails", [False, True])
def test_a_large_export_is_written_beside_the_window(
    window, disk, said, qtbot, monkeypatch, tmp_path, fails
):
    monkeypatch.setattr(export_dialog, "LARGE", 10)
    path = tmp_path / "ours.json"
    dialog = window.export_dialog
    dialog.open_on(window.frames[-1])
    qtbot.waitUntil(lambda: dialog.made is not None)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    dialog.save()
    assert dialog.message.text() == "ours.json is being written…"
    assert not path.exists()
    dialog.close()
    disk.error = OSError(errno.ENOSPC, "") if fails else None
    disk.may.set()
    wait(window, qtbot)
    if fails:
        qtbot.waitUntil(lambda: bool(said))
        assert said[0][0] == "The export could not be saved."
        assert dialog.message.text() == ""
    else:
        qtbot.waitUntil(lambda: window.status.text == f"Wrote {path}.")
        assert load(path).experiment == OURS
