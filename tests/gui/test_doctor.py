"""What the doctor says in the real window, and what its buttons do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from playground.core.experiment import Experiment
from playground.gui.doctor.words import NONE, proposals
from playground.training.doctor import Finding, rules
from tests.training.test_doctor import RUNS, shown

LEFT = Qt.MouseButton.LeftButton
LONG = 30_000
DEEP = {"units": 8, "activation": "sigmoid", "initializer": "xavier_normal"}


def made(hidden, replicas=1, **training):
    return Experiment.model_validate(
        {"network": {"hidden": hidden}, "training": {"replicas": replicas, **training}}
    )


@pytest.fixture
def open_on(open_window, qtbot):
    def opened(experiment):
        window = open_window(experiment, size=(1280, 720))
        qtbot.waitUntil(lambda: "doctor" in window.frames[-1].readings)
        return window

    return opened


def test_trouble_is_said_before_the_first_step(open_on):
    window = open_on(made([DEEP] * 8))
    line = window.doctor_line
    assert line.text.startswith("Vanishing gradients: layer 1 gets ")
    assert line.why.isVisible()
    assert line.attempt.text() == "Try ReLU + He"
    assert "Vanishing gradients" in line.attempt.accessibleName()
    window.close()


def test_the_line_is_laid_out_anew_only_when_it_says_something_else(open_on, qtbot):
    window = open_on(Experiment())
    changes = []

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.StyleChange:
                changes.append(watched)
            return False

    watch = Watch()
    for label in window.doctor_line.findChildren(QLabel):
        label.installEventFilter(watch)
    rate = ("training", "optimizer", "learning_rate")
    window.session.edit(rate, 0.02)
    qtbot.waitUntil(lambda: window.frames[-1].learning_rate == 0.02)
    assert not changes
    window.session.change(made([DEEP] * 8))
    qtbot.waitUntil(lambda: window.doctor_line.text.startswith("Vanishing"))
    assert changes
    window.close()


def test_it_looks_on_when_its_tab_is_closed(open_on, qtbot):
    window = open_on(Experiment())
    window.docks["Doctor"].close()
    assert not window.doctor.isVisible()
    window.session.change(made([DEEP] * 8))
    qtbot.waitUntil(lambda: window.doctor_line.text.startswith("Vanishing"))
    window.close()


def test_a_healthy_network_is_left_in_peace(open_on):
    window = open_on(Experiment())
    assert window.doctor_line.text == NONE
    assert not window.doctor_line.why.isVisible()
    assert not window.doctor_line.attempt.isVisible()
    window.close()


def test_why_explains_beside_the_work(open_on):
    window = open_on(made([DEEP] * 8))
    QTest.mouseClick(window.doctor_line.why, LEFT)
    rule = rules["vanishing_gradient"]
    assert window.why.isVisible()
    assert not window.why.isModal()
    assert rule.why in window.why.text
    assert rule.formula in window.why.text
    assert window.doctor_line.text in window.why.text
    QTest.keyClick(window.why, Qt.Key.Key_Escape)
    assert not window.why.isVisible()
    QTest.mouseClick(window.doctor_line.why, LEFT)
    window.close()
    assert not window.why.isVisible()


@pytest.mark.parametrize("rule", rules)
def test_nothing_is_proposed_for_a_layer_that_is_gone(rule):
    """A click may come before the doctor has seen that the network is another one."""
    gone = len(Experiment().network.hidden)
    finding = Finding(rule, "red", "Said of the network before.", (gone,))
    assert proposals(finding, Experiment()) == []


def test_try_is_one_step_of_undo_and_says_so(open_on, qtbot):
    before = made([DEEP] * 8)
    window = open_on(before)
    QTest.mouseClick(window.doctor_line.attempt, LEFT)
    after = window.session.experiment
    assert {layer.activation.name for layer in after.network.hidden} == {"relu"}
    assert after.training == before.training
    assert "Tried ReLU + He: activation and initialiser changed" in window.status.text
    assert "Ctrl+Z" in window.status.text
    qtbot.waitUntil(lambda: window.doctor_line.text.startswith(NONE))
    assert "Tried ReLU + He" in window.doctor_line.text, "also when the message has gone"
    assert not window.session.running, "it had not run before"
    window.actions_["undo"].trigger()
    assert window.session.experiment == before
    assert not window.session.can_undo
    qtbot.waitUntil(lambda: window.doctor_line.text.startswith("Vanishing"))
    window.close()


def test_try_starts_a_run_that_had_ended_anew(open_on, qtbot):
    diverging = {"optimizer": {"name": "sgd", "learning_rate": 1e5}}
    window = open_on(made([{"units": 8, "activation": "linear"}], **diverging))
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].stop is not None, timeout=LONG)
    assert window.doctor_line.text.startswith("Diverged in epoch")
    QTest.mouseClick(window.doctor_line.attempt, LEFT)
    assert window.session.running, "the rate is live, and still it starts anew"
    qtbot.waitUntil(lambda: window.frames[-1].epoch >= 3, timeout=LONG)
    assert window.session.experiment.training.optimizer.learning_rate == 0.1
    assert window.frames[-1].run == 2
    assert "Diverged" not in window.doctor_line.text
    window.close()


def test_the_tab_lists_all_findings_with_all_that_may_help(open_on, qtbot):
    window = open_on(made([{**DEEP, "batch_norm": "after"}] * 4, batch_size=4))
    window.docks["Doctor"].raise_()
    qtbot.waitUntil(lambda: bool(window.doctor.rows))
    found = window.frames[-1].readings["doctor"]
    assert list(window.doctor.rows) == [finding.rule for finding in found]
    row = window.doctor.rows["tiny_batches"]
    assert [button.text() for button in row.attempts] == ["Try batches of 32"]
    QTest.mouseClick(row.why, LEFT)
    assert rules["tiny_batches"].why in window.why.text
    QTest.keyClick(row.attempts[0], Qt.Key.Key_Space)
    assert window.session.experiment.training.batch_size == 32
    qtbot.waitUntil(lambda: "tiny_batches" not in window.doctor.rows)
    window.close()


def test_buttons_of_the_list_have_room_in_a_narrow_tab(open_on, qtbot):
    window = open_on(made([DEEP] * 8))
    window.docks["Doctor"].raise_()
    qtbot.waitUntil(lambda: bool(window.doctor.rows))
    row = window.doctor.rows["vanishing_gradient"]
    shown = [row.why, *row.attempts]
    assert len(shown) == 4
    qtbot.waitUntil(lambda: all(button.isVisible() for button in shown))

    def places():
        return [QRect(one.mapTo(row, one.rect().topLeft()), one.size()) for one in shown]

    qtbot.waitUntil(lambda: all(row.rect().contains(place) for place in places()))
    for index, place in enumerate(places()):
        assert not any(place.intersects(other) for other in places()[:index])
    window.close()


def test_of_several_replicas_it_says_of_which(open_on, qtbot):
    window = open_on(made([DEEP] * 8, replicas=3))
    qtbot.waitUntil(lambda: window.doctor_line.text.startswith("Replica 1: Vanishing"))
    window.session.show(2)
    qtbot.waitUntil(lambda: window.doctor_line.text.startswith("Replica 3: Vanishing"))
    window.close()


def test_what_is_longer_than_the_status_line_ends_with_a_whole_sentence(open_on):
    window = open_on(Experiment())
    first = "All 32 replicas have ended: 20 by test loss plateau, 8 diverged, 4 stuck at chance."
    long = f"{first} The first: {'for 20 epochs the test loss has not fallen, ' * 8}."
    window.status.say(long)
    assert window.status.text == long
    label = window.status._text
    assert label.text() == f"{first} …"
    assert label.toolTip() == long
    window.status.say(first)
    assert label.text() == first
    window.close()


@pytest.mark.parametrize("name", rules)
def test_every_finding_fits_its_line_on_a_small_screen(open_on, name):
    window = open_on(made([DEEP] * 8))
    line = window.doctor_line
    finding = max((said[name] for said in shown(name)), key=lambda one: len(one.sentence))
    line.attempt.offer(proposals(finding, RUNS[name][0])[0][0], finding)
    QTest.qWait(1)
    label = next(one for one in line.findChildren(QLabel) if one.wordWrap())
    text = f"Replica 32: {finding.sentence}"
    room = QRect(0, 0, label.width(), 1000)
    needed = label.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text)
    assert needed.height() <= label.height(), text
    window.close()


def test_line_and_status_share_the_bottom_and_never_move(open_on, qtbot):
    window = open_on(made([DEEP] * 8))
    before = (window.status.geometry(), window.doctor_line.geometry())
    assert before[0].right() < before[1].left()
    QTest.mouseClick(window.doctor_line.attempt, LEFT)
    qtbot.waitUntil(lambda: window.doctor_line.text.startswith(NONE))
    assert (window.status.geometry(), window.doctor_line.geometry()) == before
    window.close()
