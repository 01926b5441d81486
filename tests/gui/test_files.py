"""Opening and saving in the window: what is wrong is said, and the work at hand stays."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from playground.core.experiment import Experiment, Layer, Network
from playground.core.limits import MAX_BYTES
from playground.exchange.experiment_file import Document, save
from playground.gui import files

OURS = Experiment(name="Ours", network=Network(hidden=(Layer(units=3),)))
THEIRS = Experiment(name="Theirs", network=Network(hidden=(Layer(units=5),)))


@pytest.fixture
def window(open_window):
    return open_window(OURS, size=(1280, 720))


@pytest.fixture
def said(monkeypatch):
    """What message boxes have said: headlines and reasons."""
    found = []
    monkeypatch.setattr(
        QMessageBox, "exec", lambda box: found.append((box.text(), box.informativeText()))
    )
    return found


def test_a_large_file_is_read_beside_the_window(window, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "LARGE", 10)
    path = tmp_path / "theirs.json"
    save(Document(THEIRS), path)
    window.files.open_path(path)
    assert window.session.experiment == OURS  # it is still being read
    qtbot.waitUntil(lambda: window.session.experiment == THEIRS)
    assert window.files.path == path
    window.session.undo()
    assert window.session.experiment == OURS


def test_of_two_files_the_last_one_is_opened(window, qtbot, monkeypatch, tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    save(Document(OURS.model_copy(update={"name": "x" * 150})), first)
    save(Document(THEIRS), second)
    monkeypatch.setattr(files, "LARGE", second.stat().st_size)
    window.files.open_path(first)
    window.files.open_path(second)
    assert window.session.experiment == THEIRS
    qtbot.wait(100)
    assert window.session.experiment == THEIRS


def test_a_window_that_is_closed_opens_nothing(window, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "LARGE", 10)
    save(Document(THEIRS), tmp_path / "theirs.json")
    window.files.open_path(tmp_path / "theirs.json")
    window.close()
    assert window.session.experiment == OURS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0", "is not an experiment file but a picture (PNG)"),
        (b'{"format": "gradient-playground/experiment"', "the file is cut off"),
        ('{"format": 1}'.encode("utf-16"), "save it as UTF-8"),
        (MAX_BYTES + 1, "larger than the 600 MB that are allowed"),
        (MAX_BYTES - 1, "it holds bytes of 0"),
    ],
)
def test_what_cannot_be_opened_is_said(window, said, qtbot, tmp_path, content, words):
    path = tmp_path / "theirs.json"
    with path.open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            file.truncate(content)  # takes no room on the disk
    window.files.open_path(path)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0][0] == "theirs.json cannot be opened."
    assert words in said[0][1]
    assert window.session.experiment == OURS
    assert window.files.path is None


def test_a_full_disk_is_said_and_the_old_file_stays(window, said, monkeypatch, tmp_path):
    path = tmp_path / "ours.json"
    save(Document(THEIRS), path)
    window.files.open_path(path)
    old = path.read_bytes()

    def fail(*_):
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(os, "fsync", fail)
    window.files.save()
    assert said[0][0] == "ours.json could not be written."
    assert "no space is left on the disk" in said[0][1]
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [Path(path)]
