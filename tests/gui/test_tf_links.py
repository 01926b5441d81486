"""Links of TensorFlow Playground in the real window: pasted, dropped, asked for, and copied."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from playground.core.experiment import Experiment
from playground.exchange.experiment_file import dumps, loads
from playground.exchange.tf_link import NOT_IN_LINK, Switches, experiment_of, link_of
from tests.gui.test_import import dropped

LINK = (
    "https://playground.tensorflow.org/#activation=relu&regularization=L1&regularizationRate=0.03"
    "&dataset=gauss&networkShape=3,2&seed=5&learningRate=0.1"
)


@pytest.fixture
def window(open_window):
    return open_window(Experiment(), size=(1280, 720))


def by_paste(window, monkeypatch):
    QGuiApplication.clipboard().setText(f" {LINK}\n")
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def by_drop(window, monkeypatch):
    mime = QMimeData()  # as browsers do when the address is dragged
    mime.setUrls([QUrl(LINK)])
    mime.setText(LINK)
    assert dropped(window, mime)


def by_menu(window, monkeypatch):
    offered = []

    def answer(parent, title, label, mode, text):
        offered.append(text)
        return text, True

    QGuiApplication.clipboard().setText(LINK)
    monkeypatch.setattr(QInputDialog, "getText", answer)
    window.actions_["open_link"].trigger()
    assert offered == [LINK], "what was copied stands there already"


@pytest.mark.parametrize("way", [by_paste, by_drop, by_menu])
def test_a_link_is_opened_and_undone(window, said, monkeypatch, way):
    before = window.session.experiment
    way(window, monkeypatch)
    assert window.session.experiment == experiment_of(LINK)[0]
    assert window.status.text == "Opened a link of TensorFlow Playground."
    assert window.windowTitle().startswith("TensorFlow Playground: two gaussians")
    assert window.files.path is None, "saving asks for a file"
    assert not said
    window.session.undo()
    assert window.session.experiment == before


def test_what_the_plane_shows_comes_with_a_link_and_goes_into_one(window, said):
    options = window.output.boundary.options
    assert options.test.isChecked()
    assert not options.discrete.isChecked()
    window.links.open_link("#showTestData=false&discretize=true")
    assert options.test.isChecked(), "what is off there is so when the page opens"
    assert options.discrete.isChecked()
    options.test.setChecked(False)
    window.on_copy_link()
    assert "&showTestData=false&discretize=true&" in QGuiApplication.clipboard().text()
    window.links.open_link("#showTestData=true&seed=1")
    assert options.test.isChecked()
    assert window.status.text == "Opened a link of TensorFlow Playground."
    assert not said


def test_one_note_is_said_in_the_line_and_several_in_a_box(window, said):
    window.links.open_link("#seed=0.59704")
    assert "The seed 0.59704 is 48626974 here" in window.status.text
    assert not said
    window.links.open_link("#seed=0.59704&activation=swish&hideText=true")
    ((headline, text),) = said
    assert headline == "The link was opened. Otherwise than in it:"
    assert text.count("•") == 3
    assert "activation=swish is not known: tanh was taken" in text


def test_a_wrong_link_leaves_everything_as_it_was(window, said, monkeypatch):
    before = window.session.experiment
    QGuiApplication.clipboard().setText("https://playground.tensorflow.org/#networkShape=1e9")
    window.on_paste()
    ((headline, text),) = said
    assert headline == "The link cannot be opened."
    assert text.startswith("networkShape must list whole numbers of units from 1 to 512")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("https://example.org", True))
    window.on_open_link()
    assert "is no link of TensorFlow Playground" in said[1][1]
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("", False))
    window.on_open_link()
    assert len(said) == 2
    assert window.session.experiment == before
    assert not window.session.can_undo


def test_the_link_of_the_experiment_is_copied_with_what_it_cannot_carry(window, said):
    window.actions_["copy_link"].trigger()
    link, notes = link_of(window.session.experiment, Switches(test_points=True))
    assert QGuiApplication.clipboard().text() == link
    ((headline, text),) = said
    assert headline == "The link is in the clipboard. It cannot carry:"
    assert text.split("\n") == [f"• {note}" for note in notes]
    window.on_paste()
    window.on_copy_link()
    assert QGuiApplication.clipboard().text() == link
    assert len(said) == 1, "what comes from a link goes into one"
    assert window.status.text == f"The link is in the clipboard. {NOT_IN_LINK}"


def test_what_a_link_brings_trains_in_the_window_and_is_kept(window, qtbot):
    window.links.open_link(LINK)
    for epoch in (1, 2):
        window.actions_["epoch"].trigger()
        qtbot.waitUntil(lambda epoch=epoch: window.session.ask(lambda t: t.epoch) == epoch)
    document = window.session.document()
    dead = window.session.ask(lambda trainer: trainer.frozen.dead.copy())
    assert dead.any()
    assert (loads(dumps(document)).trained.resume.dead == dead).all()
    assert not window.training_panel.form.editor("shuffle").box.isChecked()
