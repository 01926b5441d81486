"""The slider under the charts in the real window: by mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.gui.time_line import NOT_KEPT, NOTHING_YET
from playground.gui.views.chart import BEFORE
from playground.runtime import past

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(open_window):
    return open_window(replace(Experiment(), ("training", "stop"), ()))


def run_for(window, qtbot, epochs):
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch >= epochs)
    window.session.pause()
    qtbot.waitUntil(lambda: not window.frames[-1].running)
    return window.frames[-1]


def test_before_training_there_is_nothing_to_go_back_to(window):
    line = window.time_line
    assert not line.slider.isEnabled()
    assert line.slider.toolTip() == NOTHING_YET
    assert not line.here.isVisible()


def test_a_large_network_says_why_it_has_no_past(window, qtbot, monkeypatch):
    monkeypatch.setattr(past, "MOST_BYTES", 100)
    window.session.reset()
    run_for(window, qtbot, 2)
    assert not window.time_line.slider.isEnabled()
    assert window.time_line.slider.toolTip() == NOT_KEPT


def test_keys_go_back_moment_by_moment_and_charts_mark_it(window, qtbot):
    paused = run_for(window, qtbot, 6)
    line = window.time_line
    last = line.slider.maximum()
    assert line.slider.value() == last
    line.slider.setFocus()
    for _ in range(3):
        QTest.keyClick(line.slider, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: window.frames[-1].moment is not None)
    moment = paused.moments[paused.moments < paused.epoch][last - 3]
    qtbot.waitUntil(lambda: window.frames[-1].moment == moment)
    assert line.here.isVisible()
    assert window.readout.figures["epoch"].value == str(moment)
    assert f"epoch {moment}" in [mark.text for mark in window.loss_chart.plot.marks]
    assert window.loss_chart.plot.curves[0].x[-1] > moment, "the whole run is drawn"
    assert "Looking back" in window.status.text
    QTest.keyClick(line.slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: window.frames[-1].moment is None)
    assert not line.here.isVisible()
    assert window.readout.figures["epoch"].value == str(paused.epoch)


def test_run_from_here_draws_the_old_run_behind_until_it_is_switched_off(window, qtbot):
    run_for(window, qtbot, 8)
    assert BEFORE not in window.loss_chart.legend.chips
    line = window.time_line
    line.slider.setValue(2)
    qtbot.waitUntil(lambda: window.frames[-1].moment == 2)
    QTest.mouseClick(line.here, LEFT)
    qtbot.waitUntil(lambda: window.frames[-1].moment is None and window.frames[-1].epoch > 2)
    assert window.session.running
    window.session.pause()
    qtbot.waitUntil(lambda: not window.frames[-1].running)
    chart = window.loss_chart
    qtbot.waitUntil(lambda: any(curve.faint for curve in chart.plot.curves))
    faint = [curve for curve in chart.plot.curves if curve.faint]
    assert faint[0].x[-1] >= 8
    QTest.mouseClick(chart.legend.chips[BEFORE], LEFT)
    assert not any(curve.faint for curve in chart.plot.curves)
    window.actions_["undo"].trigger()
    qtbot.waitUntil(lambda: BEFORE not in chart.legend.chips)


def test_dragging_the_slider_in_a_run_pauses_it(window, qtbot):
    window.session.run()
    qtbot.waitUntil(lambda: window.time_line.slider.maximum() >= 4)
    window.time_line.slider.setValue(1)
    qtbot.waitUntil(lambda: window.frames[-1].moment is not None)
    assert not window.session.running
    assert window.actions_["toggle_run"].iconText() == "Run"
    window.time_line.back.click()
    qtbot.waitUntil(lambda: window.frames[-1].moment is None)
