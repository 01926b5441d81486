"""The view of noise, sharpness and learning rates in the real window, and what it says."""

from __future__ import annotations

from dataclasses import replace as changed

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.gui.main_window import MainWindow
from playground.gui.views.rate_page import CHANGED
from playground.gui.views.trouble_chart import FEW_POINTS, NO_SCALES
from playground.gui.views.trouble_view import CHOICES
from playground.gui.views.trouble_words import noise_words, sharpness_words
from playground.training.instruments.noise_scale import NoiseReading
from playground.training.instruments.sharpness import SharpnessReading

NOISE, SHARPNESS, RATE = range(3)
SECONDS_20 = 20_000


@pytest.fixture
def window(qtbot):
    window = MainWindow(Experiment())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def text_of(chart):
    return chart._apology.text()


def choose(view, index):
    seen = [box for box in view.choices if box.isVisible()]
    assert len(seen) == 1
    seen[0].setCurrentIndex(index)


def test_it_is_read_only_while_its_tab_is_in_front(window, qtbot):
    view, frames = window.trouble, []
    window.session.frame.connect(frames.append)
    window.session.run_epoch()
    qtbot.waitUntil(lambda: bool(frames) and frames[-1].epoch == 1)
    assert not {"noise_scale", "sharpness"} & set(frames[-1].readings)
    window.docks["Trouble"].raise_()
    qtbot.waitUntil(lambda: {"noise_scale", "sharpness"} <= set(frames[-1].readings))
    qtbot.waitUntil(lambda: len(view.chart.plot.curves) == 2 and not text_of(view.chart))
    assert view.chart.verdict.sentence.startswith("Noise scale")
    window.docks["Gradients"].raise_()
    window.session.run_epoch()
    qtbot.waitUntil(
        lambda: (
            frames[-1].epoch == 2 and not {"noise_scale", "sharpness"} & set(frames[-1].readings)
        )
    )


def test_sharpness_is_told_once_a_step_was_made(window, qtbot):
    view = window.trouble
    window.docks["Trouble"].raise_()
    qtbot.waitUntil(lambda: bool(view.chart.plot.curves))
    choose(view, SHARPNESS)
    qtbot.waitUntil(lambda: text_of(view.chart) == NO_SCALES)
    window.session.step()
    qtbot.waitUntil(lambda: not text_of(view.chart))
    assert set(view.chart.legend.chips) == {"preconditioned", "38/η"}
    window.session.edit(("training", "optimizer"), "sgd")
    qtbot.waitUntil(lambda: set(view.chart.legend.chips) == {"sharpness", "2/η"})
    choose(view, NOISE)
    assert set(view.chart.legend.chips) == {"noise", "batch"}


def test_a_single_training_point_has_no_noise(window, qtbot):
    data = {"source": "points", "points": [[0, 1, 0], [1, 0, 1]], "test_share": 0.5}
    window.session.change(Experiment.model_validate({"data": data}))
    window.docks["Trouble"].raise_()
    qtbot.waitUntil(lambda: text_of(window.trouble.chart) == FEW_POINTS)


def test_the_choice_is_the_same_above_chart_and_test(window, qtbot):
    view = window.trouble
    window.docks["Trouble"].raise_()
    for index in (RATE, SHARPNESS, RATE, NOISE):
        choose(view, index)
        assert [box.currentIndex() for box in view.choices] == [index, index]
        assert view.rates.isVisible() == (index == RATE)
        assert view.chart.isVisible() == (index != RATE)


def test_a_rate_is_found_and_taken_over_by_a_click(window, qtbot):
    view, session = window.trouble, window.session
    window.docks["Trouble"].raise_()
    choose(view, RATE)
    assert not view.rates.curve.take.isEnabled()
    session.run()
    QTest.mouseClick(view.rates.begin, Qt.MouseButton.LeftButton)
    assert not view.rates.begin.isEnabled()
    qtbot.waitUntil(lambda: view.rates.curve.found is not None, timeout=SECONDS_20)
    session.pause()
    assert view.rates.curve.curves
    assert view.rates.begin.isEnabled()
    suggestion = view.rates.curve.found.suggestion
    assert suggestion is not None
    old = session.experiment.training.optimizer.learning_rate
    QTest.mouseClick(view.rates.curve.take, Qt.MouseButton.LeftButton)
    assert session.experiment.training.optimizer.learning_rate == suggestion
    assert [mark.text for mark in view.rates.curve.marks] == [view.rates.curve.marks[0].text]
    session.undo()
    assert session.experiment.training.optimizer.learning_rate == old
    qtbot.waitUntil(lambda: len(view.rates.curve.marks) == 2, timeout=SECONDS_20)
    session.edit(("training", "optimizer"), "sgd")
    qtbot.waitUntil(lambda: view.rates.verdict.sentence == CHANGED, timeout=SECONDS_20)
    assert not view.rates.curve.take.isEnabled()


def test_what_nobody_looks_at_is_not_worked_on(window, qtbot):
    page = window.trouble.rates
    window.docks["Trouble"].raise_()
    choose(window.trouble, RATE)
    QTest.mouseClick(page.begin, Qt.MouseButton.LeftButton)
    task = page._runner._task
    choose(window.trouble, NOISE)
    qtbot.waitUntil(lambda: task.is_over)
    assert task.result is None
    assert page.begin.isEnabled()
    assert page.curve.found is None


def test_the_key_opens_the_dialog_as_ever(window, qtbot):
    window.actions_["find_rate"].trigger()
    assert window.rate_dialog.isVisible()


def test_it_follows_the_theme(window, qtbot):
    window.docks["Trouble"].raise_()
    qtbot.waitUntil(lambda: bool(window.trouble.chart.plot.curves))
    for index in range(len(CHOICES)):
        choose(window.trouble, index)
        window.actions_["toggle_theme"].trigger()
        assert not window.trouble.grab().isNull()


# --- words ---------------------------------------------------------------------------------------


def noise(scale, batch, of=250):
    return NoiseReading(np.arange(3.0), np.full(3, scale), np.full(3, float(batch)), of, of)


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (noise(310, 10), "Noise scale 310, batch 10: noise prevails"),
        (noise(12, 10), "Noise scale 12, batch 10: a step has about as much signal as noise."),
        (noise(2, 10), "Noise scale 2, batch 10: hardly any noise"),
        (noise(310, 250), "Noise scale 310, batch 250: all points, so there is no noise"),
        (noise(20, 250), "Noise scale 20, batch 250: all points; a smaller batch would do"),
        (noise(np.nan, 10), "The gradient is 0, or too small"),
    ],
)
def test_noise_in_words(reading, words):
    sentence, level = noise_words(reading)
    assert sentence.startswith(words)
    assert level == "muted", "noise is no trouble by itself"


USUAL = SharpnessReading(
    np.arange(3.0), np.full(3, 5.0), np.full(3, 10.0), 2.0, False, 0.0, False, 250, 250
)


@pytest.mark.parametrize(
    ("changes", "full", "words", "level"),
    [
        ({}, True, "Sharpness 5, below 2/η = 10: steps are stable.", "muted"),
        ({}, False, "Sharpness 5, below 2/η = 10: full-batch steps are stable.", "muted"),
        ({"sharpness": np.full(3, 9.96)}, True, "Sharpness 9.96, at 2/η = 10: the edge", "muted"),
        ({"sharpness": np.full(3, 12.0)}, True, "Sharpness 12, above 2/η = 10: steps", "muted"),
        ({"sharpness": np.full(3, 30.0)}, True, "Sharpness 30, above 2/η = 10: steps", "amber"),
        ({"sharpness": np.full(3, 30.0)}, False, "Sharpness 30, above 2/η = 10: full", "muted"),
        ({"doubt": 0.5}, True, "Sharpness at least 5, below", "muted"),
        (
            {"adaptive": True, "limit": 38.0},
            True,
            "Preconditioned sharpness 5, below 38/η",
            "muted",
        ),
        ({"sharpness": np.full(3, np.nan)}, True, "There is no sharpness", "muted"),
        (
            {"sharpness": np.full(3, np.nan), "at_a_corner": True},
            True,
            "The loss has a corner",
            "muted",
        ),
        ({"sharpness": np.zeros(3)}, True, "The loss does not bend up here", "muted"),
    ],
)
def test_sharpness_in_words(changes, full, words, level):
    sentence, said = sharpness_words(changed(USUAL, **changes), full)
    assert sentence.startswith(words)
    assert said == level


def test_of_several_replicas_it_says_whose_it_is(window, qtbot):
    window.session.change(replace(Experiment(), ("training", "replicas"), 3))
    window.docks["Trouble"].raise_()
    qtbot.waitUntil(lambda: window.trouble.chart.whose.text() == "replica 1")
    window.session.show(2)
    qtbot.waitUntil(lambda: window.trouble.chart.whose.text() == "replica 3")
