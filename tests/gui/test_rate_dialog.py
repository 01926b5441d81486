"""The learning-rate range test in the real window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from playground.core.experiment import Experiment
from playground.exchange.experiment_file import Document
from playground.gui.main_window import MainWindow


@pytest.fixture
def window(qtbot):
    window = MainWindow(Document(Experiment()))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def test_a_suggestion_is_taken_over_by_a_click_and_undone(window, qtbot):
    dialog, session = window.rate_dialog, window.session
    session.run()
    window.actions_["find_rate"].trigger()
    assert not dialog.take.isEnabled()
    qtbot.waitUntil(lambda: dialog.curve.found is not None, timeout=20_000)
    assert dialog.curve.curves
    old = session.experiment.training.optimizer.learning_rate
    suggestion = dialog.curve.found.suggestion
    assert suggestion is not None
    QTest.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    assert session.experiment.training.optimizer.learning_rate == suggestion
    session.undo()
    assert session.experiment.training.optimizer.learning_rate == old
    for _ in range(2):
        window.actions_["toggle_theme"].trigger()
    assert not dialog.grab().isNull()


def test_closing_ends_it_and_it_can_begin_anew(window, qtbot):
    dialog = window.rate_dialog
    window.actions_["find_rate"].trigger()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    window.actions_["find_rate"].trigger()
    qtbot.waitUntil(lambda: dialog.curve.found is not None, timeout=20_000)
    QTest.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    assert dialog.curve.found is None
    qtbot.waitUntil(lambda: dialog.curve.found is not None, timeout=20_000)
