"""The chart of updates in the real window, and what it says."""

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.gui.views.update_chart import ABSENT, HIDDEN, NOTHING, judged


@pytest.fixture
def window(open_window):
    return open_window(replace(Experiment(), ("training", "optimizer"), "momentum"))


def text_of(chart):
    return chart._apology.text()


def test_it_is_read_only_while_its_tab_is_in_front(window, qtbot):
    chart, frames = window.update_chart, []
    window.session.frame.connect(frames.append)
    window.session.run_epoch()
    qtbot.waitUntil(lambda: bool(frames) and frames[-1].epoch == 1)
    assert "updates" not in frames[-1].readings
    window.docks["Updates"].raise_()
    qtbot.waitUntil(lambda: "updates" in frames[-1].readings)
    qtbot.waitUntil(lambda: not text_of(chart))
    assert chart.plot.curves
    window.docks["Gradients"].raise_()
    window.session.run_epoch()
    qtbot.waitUntil(lambda: frames[-1].epoch == 2 and "updates" not in frames[-1].readings)


def test_what_there_is_not_is_said_in_words(window, qtbot):
    chart = window.update_chart
    window.docks["Updates"].raise_()
    qtbot.waitUntil(lambda: text_of(chart) == NOTHING)
    window.session.step()
    qtbot.waitUntil(lambda: not text_of(chart))
    assert list(chart.plot.guides) == [-3.0]
    chart.quantity.setCurrentIndex(chart.quantity.findData("second"))
    qtbot.waitUntil(lambda: text_of(chart) == ABSENT)
    assert chart.quantity.isVisible(), "something else can still be chosen"
    assert not any(chip.isVisible() for chip in chart.legend.chips.values())
    chart.quantity.setCurrentIndex(chart.quantity.findData("rate"))
    qtbot.waitUntil(lambda: not text_of(chart))
    assert not list(chart.plot.guides)


def test_a_run_that_ended_unseen_says_how_it_would_be_seen(open_window, qtbot):
    window = open_window(replace(Experiment(), ("training", "max_epochs"), 2))
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].stop is not None)
    window.on_export()
    dialog = window.export_dialog
    dialog.offers.choose("Updates")
    qtbot.waitUntil(lambda: dialog.made is not None)
    dialog.kind_box.setCurrentIndex(1)
    assert text_of(window.update_chart) == HIDDEN
    assert b"Updates are read during a run" in dialog.made.export.main


@pytest.mark.parametrize(
    ("ratios", "words", "level"),
    [
        ([1e-3, 2e-3], "A step moves layers by 0.001 to 0.002.", "muted"),
        ([1e-5, 2e-3], "Layer 1 hardly moves: 10⁻⁵ a step.", "amber"),
        ([1e-3, 9e-2], "The output layer moves too far: 0.09 a step.", "red"),
        ([np.nan, np.nan], "There is no update to judge.", "muted"),
    ],
)
def test_verdicts(ratios, words, level):
    assert judged(np.array([ratios] * 3)) == (words, level)
