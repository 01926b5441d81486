"""The gradient check in the real window: by a key, during a run, without holding it up."""

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialogButtonBox

from playground.core.editing import replace
from playground.engine.activations import Tanh
from playground.exchange.experiment_file import Document
from playground.exchange.presets import welcome
from playground.gui.main_window import MainWindow
from playground.training.gradient_words import HEADER, as_text

LONG = 60_000


@pytest.fixture
def open_window(qtbot):
    def open_on(**network):
        experiment = replace(welcome().experiment, ("training", "stop"), ())
        experiment = replace(experiment, ("training", "max_epochs"), 1_000_000_000)
        for name, value in network.items():
            experiment = replace(experiment, ("network", name), value)
        window = MainWindow(Document(experiment))
        window.frames = []
        window.session.frame.connect(window.frames.append)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        qtbot.waitUntil(lambda: bool(window.frames))
        return window

    return open_on


def press_key(window):
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_G)
    return window.gradient_dialog


def cells(dialog, name):
    column = HEADER.index(name)
    return [dialog.table.item(row, column).text() for row in range(dialog.table.rowCount())]


def wait_for_result(qtbot, dialog):
    qtbot.waitUntil(lambda: dialog.check_result is not None, timeout=LONG)
    return dialog.check_result


def test_the_key_checks_the_network_during_a_run(open_window, qtbot):
    window = open_window()
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].step > 10, timeout=LONG)
    dialog = press_key(window)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.progress.isVisible()
    assert not dialog.again.isEnabled()
    assert not dialog.copy.isEnabled()
    check = wait_for_result(qtbot, dialog)
    assert check.step > 10
    assert not dialog.progress.isVisible()
    assert dialog.again.isEnabled()
    assert window.session.running
    qtbot.waitUntil(lambda: window.frames[-1].step > check.step, timeout=LONG)
    assert dialog.headline.text().startswith("Backpropagation agrees with central differences")
    assert cells(dialog, "Layer") == [
        "Layer 1", "Layer 1", "Layer 2", "Layer 2", "Layer 3", "Layer 3", "Output", "Output",
    ]  # fmt: skip
    assert cells(dialog, "Compared")[:3] == ["24 of 24", "12 of 12", "144 of 144"]
    assert all(text.startswith("Agree") for text in cells(dialog, "Verdict"))
    assert f"step {check.step:,}" in dialog.notes.text()
    window.close()
    assert not dialog.isVisible()


def test_the_window_lives_on_while_a_large_network_is_checked(open_window, qtbot):
    window = open_window(hidden=[{"units": 32, "activation": "tanh"}] * 6)
    beats = QTimer()
    counted = []
    beats.timeout.connect(lambda: counted.append(window.gradient_dialog.progress.value()))
    beats.start(1)
    dialog = press_key(window)
    wait_for_result(qtbot, dialog)
    beats.stop()
    assert len(counted) > 20, "the event loop turned while the check was under way"
    assert any(0 < value < 100 for value in counted), "its progress was shown"
    window.close()


def test_checking_again_looks_at_the_weights_of_then(open_window, qtbot):
    window = open_window()
    dialog = press_key(window)
    first = wait_for_result(qtbot, dialog)
    assert first.step == 0
    window.session.step()
    QTest.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    assert dialog.check_result is None
    assert dialog.table.rowCount() == 0
    assert wait_for_result(qtbot, dialog).step == 1
    window.close()


def test_it_is_copied_as_text(open_window, qtbot):
    window = open_window()
    dialog = press_key(window)
    check = wait_for_result(qtbot, dialog)
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == as_text(check)
    window.close()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_a_key_closes_it_and_the_check_ends(open_window, qtbot, key):
    window = open_window(hidden=[{"units": 64, "activation": "mish"}] * 12)
    dialog = press_key(window)
    task = dialog._runner._task
    qtbot.waitUntil(lambda: task.share > 0, timeout=LONG)
    QTest.keyClick(dialog.table, key)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: task.is_over, timeout=LONG)
    assert task.result is None
    assert dialog.check_result is None
    window.close()


def test_closing_the_window_in_the_middle_of_a_check(open_window, qtbot):
    window = open_window(hidden=[{"units": 64, "activation": "mish"}] * 12)
    dialog = press_key(window)
    qtbot.waitUntil(lambda: dialog.progress.value() > 0, timeout=LONG)
    window.close()
    assert not dialog.isVisible()


def test_what_is_wrong_is_red_in_light_and_dark(open_window, qtbot, monkeypatch):
    backward = Tanh.backward
    monkeypatch.setattr(
        Tanh,
        "backward",
        lambda self, z, out, delta, scratch: [
            *backward(self, z, out, delta, scratch),
            lambda: np.multiply(delta, 1.01, delta),
        ],
    )
    hidden = [{"units": 5, "activation": name} for name in ("sigmoid", "tanh", "sigmoid")]
    window = open_window(hidden=hidden)
    dialog = press_key(window)
    wait_for_result(qtbot, dialog)
    assert "wrong in layer 2 (Tanh)" in dialog.headline.text()
    for _ in range(2):
        column = HEADER.index("Verdict")
        red, text = QColor(window.colours.red), QColor(window.colours.text)
        colours = [dialog.table.item(row, column).foreground().color() for row in range(8)]
        assert colours == [red] * 4 + [text] * 4
        window.on_toggle_theme()
    window.close()


def test_a_diverged_network_is_said_in_words(open_window, qtbot):
    window = open_window()
    window.session.ask(lambda trainer: trainer.network.theta.fill(np.nan))
    dialog = press_key(window)
    wait_for_result(qtbot, dialog)
    assert "it has diverged" in dialog.headline.text()
    assert dialog.table.rowCount() == 0
    window.close()


def test_an_error_is_said_and_leaves_the_window_usable(open_window, qtbot, monkeypatch):
    def failing(trainer):
        yield 0.0
        raise MemoryError("no room")

    monkeypatch.setattr("playground.gui.gradient_dialog.check_in_pieces", failing)
    window = open_window()
    dialog = press_key(window)
    qtbot.waitUntil(lambda: "no room" in dialog.headline.text(), timeout=LONG)
    assert dialog.again.isEnabled()
    window.session.step()
    qtbot.waitUntil(lambda: window.frames[-1].step == 1, timeout=LONG)
    window.close()


def test_all_of_it_has_names_and_can_be_reached_by_tab(open_window, qtbot):
    window = open_window()
    dialog = press_key(window)
    wait_for_result(qtbot, dialog)
    for widget in (dialog.headline, dialog.notes, dialog.table, dialog.progress):
        assert widget.accessibleName()
    buttons = dialog.findChild(QDialogButtonBox).findChildren(QAbstractButton)
    assert all(button.text() for button in buttons)
    reached, widget = set(), dialog.table.nextInFocusChain()
    while widget is not dialog.table:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    assert set(buttons) <= reached
    assert not dialog.table.tabKeyNavigation()
    window.close()


def test_a_long_verdict_is_not_cut_off_in_a_narrow_dialog(open_window, qtbot):
    hidden = [{"units": 300, "activation": "relu", "initializer": "zeros"}]
    window = open_window(hidden=hidden)
    window.session.edit(("training", "regularizer"), "l1")
    dialog = press_key(window)
    wait_for_result(qtbot, dialog)
    wide = dialog.table.rowHeight(0)
    dialog.resize(640, 400)
    qtbot.waitUntil(lambda: dialog.table.rowHeight(0) > wide)
    window.close()
