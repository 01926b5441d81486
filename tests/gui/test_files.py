"""Opening and saving in the window: what is wrong is said, and the work at hand stays."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox

from playground import __version__
from playground.core.experiment import Experiment, Layer, Network
from playground.core.limits import MAX_BYTES
from playground.exchange import session_file
from playground.exchange.experiment_file import Document, dumps, save
from playground.exchange.session_file import Kept
from playground.exchange.trained import capture
from playground.gui import files
from playground.gui.plain import plain
from playground.training.trainer import Trainer

OURS = Experiment(name="Ours", network=Network(hidden=(Layer(units=3),)))
THEIRS = Experiment(name="Theirs", network=Network(hidden=(Layer(units=5),)))


def trained_by(version):
    """Theirs, trained for two epochs by this version of the program."""
    trainer = Trainer(THEIRS)
    trainer.run_epoch()
    trainer.run_epoch()
    document = capture(trainer)
    versions = {**document.trained.versions, "playground": version}
    return Document(THEIRS, replace(document.trained, versions=versions))


@pytest.fixture
def window(open_window):
    return open_window(OURS, size=(1280, 720))


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


def test_a_huge_one_is_read_by_another_process(window, said, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "LARGE", 10)
    monkeypatch.setattr(files, "HUGE", 10)
    path = tmp_path / "theirs.json"
    document = trained_by(__version__)
    save(document, path)
    window.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.experiment == THEIRS, timeout=20_000)
    assert dumps(window.session.present()) == dumps(document)
    path.write_bytes(b"{")
    window.files.open_path(path)
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert "the file is cut off" in said[0][1]
    assert "cannot be opened" in window.status.text, "not that it is read"
    assert window.session.experiment == THEIRS


def test_earlier_work_is_read_beside_the_window_too(window, said, qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "LARGE", 10)
    path, file = tmp_path / "session.zip", tmp_path / "theirs.json"
    session_file.save(Kept(Document(THEIRS), file), path)
    window.files.open_session(path)
    assert window.session.experiment == OURS
    qtbot.waitUntil(lambda: window.session.experiment == THEIRS)
    assert window.files.path == file
    assert window.status.text == "Brought back Theirs."
    path.write_bytes(b"PK")
    window.files.open_session(path)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("This session cannot be opened.", "session.zip is damaged")]


def test_a_file_of_an_older_program_opens_and_it_is_said(window, tmp_path):
    path = tmp_path / "theirs.json"
    save(trained_by("0.0.7"), path)
    window.files.open_path(path)
    assert window.status.text == (
        "Opened the trained experiment theirs.json. It was written by Gradient Playground 0.0: "
        "what that did not know yet has its default, and saving brings the file up to date."
    )
    window.files.save()
    window.files.open_path(path)
    assert window.status.text == "Opened the trained experiment theirs.json."


@pytest.mark.parametrize("steps", [0, 3])
def test_the_gradients_of_a_run_that_was_opened_can_be_seen_at_once(window, qtbot, tmp_path, steps):
    path = tmp_path / "theirs.json"
    trainer = Trainer(THEIRS)
    trainer.run_epoch()
    for _ in range(steps):
        trainer.single_step()
    document = capture(trainer)
    save(document, path)
    window.files.open_path(path)
    qtbot.waitUntil(lambda: window.frames[-1].step == trainer.step)
    health = window.frames[-1].health
    assert list(health["epoch"].ravel()) == [trainer.epochs_done]
    assert (health["weights"] > 0).all()
    assert dumps(window.session.present()) == dumps(document), "looking has changed nothing"
    goes_on = window.session.ask(lambda restored: (restored.run_epoch(), dumps(capture(restored))))
    trainer.run_epoch()
    assert goes_on[1] == dumps(capture(trainer))


def test_the_title_names_the_file_and_undo_brings_the_old_one_back(window, tmp_path):
    assert window.windowTitle() == "Ours – Gradient Playground"
    save(Document(THEIRS), tmp_path / "their [*].json")
    window.files.open_path(tmp_path / "their [*].json")
    assert window.windowTitle() == "Theirs (their [*][*].json) – Gradient Playground"
    window.session.undo()
    assert window.windowTitle() == "Ours – Gradient Playground"


def test_names_are_shown_as_they_are_and_not_taken_for_html(window, monkeypatch, tmp_path):
    shown = []
    look = [label.textFormat() for label in window.status.findChildren(QLabel)]
    monkeypatch.setattr(
        QMessageBox,
        "exec",
        lambda box: shown.extend((la.text(), la.textFormat()) for la in box.findChildren(QLabel)),
    )
    window.files.open_path(tmp_path / "<h1>theirs.json")
    texts = [(text, form) for text, form in shown if "<h1>" in text]
    assert len(texts) == 2
    assert {form for _, form in texts} == {Qt.TextFormat.PlainText}
    assert Qt.TextFormat.PlainText in look
    assert plain("<h1>a & b") == "<span>&lt;h1&gt;a &amp; b</span>"
    assert plain("a & b") == "a & b"


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
        (MAX_BYTES + 1, "larger than the 400 MB that are allowed"),
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
