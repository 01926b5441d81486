"""The view of distributions: what it draws is what the instrument has read, and it says so."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from playground.core.experiment import Experiment
from playground.gui.theme import DARK, LIGHT, layer_colour, rgb
from playground.gui.views import distribution_verdicts as verdicts
from playground.gui.views.batch_norm_picture import Units
from playground.gui.views.distribution_pictures import Bars, Course, percent
from playground.gui.views.distribution_quantities import QUANTITIES
from playground.gui.views.distributions_view import DistributionsView
from playground.gui.views.value_axes import Span
from playground.runtime.snapshot import Photographer, Snapshot
from playground.training.instruments import instruments
from playground.training.instruments.histograms import MAGNITUDES, PLAIN, histograms
from playground.training.trainer import Trainer

ACTIVATIONS, ERRORS, WEIGHTS, GRADIENTS, BATCH_NORM = range(5)
BIASED = {"name": "he_normal", "bias": -100.0}


def layers(count, activation="relu", start="he_normal", units=8, **more):
    return [{"units": units, "activation": activation, "initializer": start, **more}] * count


NETWORKS = {
    "welcome": layers(3),
    "normalised": layers(3, batch_norm="before"),
    "normalised after": layers(2, batch_norm="after", dropout=0.3),
    "vanishing": layers(10, "sigmoid", "xavier_normal", 16),
    "shrinking": layers(10, "relu", "xavier_normal", 100),
    "dead": layers(2, "relu", BIASED),
    "saturated": layers(2, "tanh", {"name": "normal", "stddev": 10.0}),
    "alike": layers(2, "tanh", {"name": "constant"}),
    "empty": layers(2, "tanh", "zeros"),
    "none": [],
    "one unit": layers(1, units=1),
    "thirty-two": layers(32, "tanh", "xavier_normal", 4),
}


@cache
def snapshot(name: str, epochs: int = 0, replicas: int = 1) -> Snapshot:
    given = {
        "data": {"samples": 120},
        "network": {"hidden": NETWORKS[name]},
        "training": {"stop": [], "replicas": replicas},
    }
    trainer = Trainer(Experiment.model_validate(given))
    photographer = Photographer(trainer, 1, 0, DistributionsView.instruments)
    moment = photographer.take(False, 0.0)
    for _ in range(epochs):
        trainer.run_epoch()
        moment = photographer.take(False, 0.0)
    return moment


@pytest.fixture
def shown(shown):
    def show(moment, quantity=ACTIVATIONS, over_time=False, colours=LIGHT, size=(500, 400)):
        view = shown(DistributionsView, colours=colours, size=size)
        view.quantity.setCurrentIndex(quantity)
        view.period.setCurrentIndex(view.period.findData(over_time))
        view.render(moment)
        QApplication.processEvents()
        return view

    return show


def point_at(view, row, across, up=0.5):
    """Move the mouse to a place of a row's plot, from 0 to 1; what is said there."""
    plot = view.rows.plot_of_row(row)
    at = QPointF(plot.left() + across * plot.width(), plot.bottom() - up * plot.height())
    no = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, at, no, no, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.rows, event)
    return view.box.text()


# --- axes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [MAGNITUDES, PLAIN])
def test_a_range_holds_what_matters_and_never_shrinks(axis):
    for scale in (1e-20, 1e-6, 0.3, 1.0, 1e4):
        _check_range(axis, np.random.default_rng(1).normal(size=500) * scale)


def _check_range(axis, values):
    seen, span = histograms(axis, [0], [values]), Span(axis)
    span.cover(seen)
    low, high = seen.reach[0]
    assert span.first <= low <= high <= span.last < axis.bins
    before = span.first, span.last
    span.cover(histograms(axis, [0], [np.zeros(3)]))
    assert (span.first, span.last) == before
    for most in (2, 4, 9):
        ticks = span.ticks(most)
        assert 1 <= len(ticks) <= most + 1
        assert all(-1e-6 <= place <= 1 + 1e-6 for place, _ in ticks)
        assert len({text for _, text in ticks}) == len(ticks)
    for bars in (3, 40, 1000):
        assert span.count % span.together(bars) == 0
    for place in (0.0, 0.5, 1.0):
        assert span.first <= span.bin_at(place) <= span.last
    shares = Bars(seen, 0, span).shares(span.together(20))
    assert shares.sum() == pytest.approx(1, rel=1e-5)


def test_shares_in_words():
    assert [percent(share) for share in (0, 1e-5, 0.012, 0.48, 0.996, 1)] == [
        "0 %", "< 0.1 %", "1.2 %", "48 %", "99.6 %", "100 %",
    ]  # fmt: skip


# --- what is drawn -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(NETWORKS))
def test_every_quantity_of_every_network_is_drawn(shown, name):
    view = shown(snapshot(name))
    cases = itertools.product((0, 3), (False, True), enumerate(QUANTITIES))
    for epochs, over_time, (index, what) in cases:
        moment = snapshot(name, epochs)
        reading = moment.readings["distributions"]
        view.render(moment)
        view.period.setCurrentIndex(view.period.findData(over_time))
        view.quantity.setCurrentIndex(index)
        QApplication.processEvents()
        assert not view.rows.grab().isNull()
        if index == BATCH_NORM and not reading.normalised:
            assert "BatchNorm" in view._apology.text()
            assert view.rows.rows == ()
            continue
        count = len(reading.now.seen[what.keys[0]].layers)
        units = index == BATCH_NORM and not over_time
        assert len(view.rows.rows) == count * (len(what.keys) + units)
        kinds = {type(row.picture) for row in view.rows.rows}
        assert kinds == ({Course} if over_time else {Bars, Units} if units else {Bars})
        assert view.verdict.sentence
        assert view.verdict.level == "red" or name != "empty" or index not in (ERRORS, WEIGHTS)


def test_many_layers_scroll_and_few_fill_the_view(shown):
    view = shown(snapshot("thirty-two"))
    assert view.rows.height() > view._scroll.viewport().height()
    assert view._scroll.verticalScrollBar().maximum() > 0
    assert view.rows.rows[-1].name == "output"
    few = shown(snapshot("one unit"))
    assert few._scroll.verticalScrollBar().maximum() == 0
    assert few.rows.plot_of_row(0).height() > 60


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_layer_has_its_colour_where_its_values_are(shown, colours):
    moment = snapshot("welcome", 3)
    view = shown(moment, colours=colours)
    image, ratio = view.rows.grab().toImage(), view.rows.devicePixelRatioF()
    for index, row in enumerate(view.rows.rows):
        plot = view.rows.plot_of_row(index)
        shares = row.picture.shares(row.picture._together(plot))[0]
        width = plot.width() / len(shares)
        for bar, inside in ((int(shares.argmax()), True), (int(shares.argmin()), False)):
            at = QPointF(plot.left() + (bar + 0.5) * width, plot.center().y()) * ratio
            found = rgb(image.pixelColor(at.toPoint()).name())
            wanted = layer_colour(index, 4, colours) if inside else colours.panel
            assert np.abs(found - rgb(wanted)).max() < 3, (index, inside)


def test_pictures_over_time_are_dark_where_values_are(shown):
    view = shown(snapshot("vanishing", 3), ERRORS, over_time=True)
    plot = view.rows.plot_of_row(0)
    image, ratio = view.rows.grab().toImage(), view.rows.devicePixelRatioF()
    column = round((plot.left() + 0.9 * plot.width()) * ratio)
    rows = range(round((plot.top() + 2) * ratio), round((plot.bottom() - 12) * ratio))
    ground = QColor(LIGHT.panel)
    assert any(image.pixelColor(column, y) != ground for y in rows)
    assert any(image.pixelColor(column, y) == ground for y in rows)
    assert image.pixelColor(column, round((plot.bottom() - 3.5) * ratio)) == ground  # no zeros


def test_the_axis_says_what_is_read_and_how(shown):
    start, later = snapshot("welcome"), snapshot("welcome", 3)
    assert "60 training points in evaluation mode" in shown(start).axis.toolTip()
    assert "first batch of 10, before any step" in shown(start, ERRORS).axis.toolTip()
    assert "of the last batch of 10" in shown(later, GRADIENTS).axis.toolTip()
    assert "over epochs" in shown(later, GRADIENTS, True).axis.toolTip()


def test_the_mouse_reads_shares_zeros_and_epochs(shown):
    view = shown(snapshot("dead", 2), ERRORS)
    assert "100 % are exactly 0" in point_at(view, 0, -0.05)
    assert "<b>layer 1</b>" in view.box.text()
    assert view.box.isVisible()
    QApplication.sendEvent(view.rows, QEvent(QEvent.Type.Leave))
    assert not view.box.isVisible()
    view = shown(snapshot("welcome", 3), over_time=True)
    seen = snapshot("welcome", 3).readings["distributions"].past[1].seen["activations"]
    assert f"epoch 1: {percent(seen.zeros[1])} are exactly 0" in point_at(view, 1, 0.4, 0.03)
    assert "epoch 0: " in point_at(view, 1, 0.1)
    view = shown(snapshot("normalised", 3), BATCH_NORM)
    units = snapshot("normalised", 3).readings["distributions"].normalised[0]
    words = point_at(view, 2, 0.99)
    assert "unit 8: running" in words
    assert f"{units.batch_mean[7]:.3g}".replace("-", "−")[:4] in words


def test_the_box_stays_within_the_view(shown):
    view = shown(snapshot("welcome", 3), size=(330, 200))
    for across in (0.0, 0.5, 1.0):
        point_at(view, 0, across)
        assert view.rect().contains(view.box.geometry().topLeft())


def test_whose_values_they_are_is_said(shown):
    assert shown(snapshot("welcome", 0, 3)).whose.text() == "replica 1"
    assert shown(snapshot("welcome")).whose.text() == "training points"
    assert shown(snapshot("welcome", 3), ERRORS).whose.text() == "last batch of 10"


def test_words_of_a_row_tell_the_units_apart(shown):
    view = shown(snapshot("vanishing"))
    reading = snapshot("vanishing").readings["distributions"]
    assert f"{reading.spreads[7].max():.0e}"[0] in view.rows.rows[7].words.split("per unit")[1]
    assert "per unit" not in shown(snapshot("one unit")).rows.rows[0].words


# --- verdicts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "quantity", "level", "part"),
    [
        ("welcome", ACTIVATIONS, "muted", "tell points apart"),
        ("vanishing", ACTIVATIONS, "red", "collapsed: its units answer almost the same"),
        ("shrinking", ACTIVATIONS, "amber", "shrink from layer to layer"),
        ("dead", ACTIVATIONS, "red", "Layers 1 and 2 answer 0 to every point"),
        ("vanishing", ERRORS, "red", "multiplies δ by 0.2"),
        ("saturated", ACTIVATIONS, "red", "Saturated: "),
        ("dead", ERRORS, "red", "exactly 0 in layers 1 and 2"),
        ("vanishing", GRADIENTS, "red", "hardly learns"),
        ("empty", WEIGHTS, "red", "All weights are 0 in layers 1 and 2"),
        ("alike", WEIGHTS, "amber", "copies of each other"),
        ("welcome", WEIGHTS, "muted", "largest in"),
        ("normalised", BATCH_NORM, "muted", "Before the first step"),
    ],
)
def test_what_is_evident_is_said(shown, name, quantity, level, part):
    view = shown(snapshot(name), quantity)
    assert part in view.verdict.sentence
    assert view.verdict.level == level


def test_a_single_point_cannot_show_a_collapse():
    given = {
        "data": {"samples": 1, "test_share": 0},
        "network": {"hidden": layers(2, "tanh")},
        "training": {"stop": []},
    }
    experiment = Experiment.model_validate(given)
    reading = instruments["distributions"](Trainer(experiment)).read(0)
    sentence, level = verdicts.activations(reading, experiment.network.hidden)
    assert "single training point" in sentence
    assert level == "muted"


def test_running_and_batch_statistics_are_compared(shown):
    view = shown(snapshot("normalised", 12), BATCH_NORM)
    assert "off the running ones" in view.verdict.sentence
    assert "chance makes about 0.32" in view.verdict.sentence


# --- in the window -------------------------------------------------------------------------------


def test_the_tab_shows_a_run_and_follows_a_change_of_layers(open_window, qtbot):
    window = open_window(Experiment())
    frames, view = window.frames, window.distributions
    assert not window.docks.is_seen("Distributions")
    assert "distributions" not in frames[-1].readings
    window.docks["Distributions"].raise_()
    qtbot.waitUntil(lambda: len(view.rows.rows) == 4)
    window.on_toggle_run()
    qtbot.waitUntil(lambda: frames[-1].epoch > 3)
    view.period.setCurrentIndex(1)
    qtbot.waitUntil(lambda: isinstance(view.rows.rows[0].picture, Course))
    window.session.change(Experiment.model_validate({"network": {"hidden": layers(5)}}))
    qtbot.waitUntil(lambda: len(view.rows.rows) == 6)
    window.on_toggle_theme()
    QApplication.processEvents()
    assert view.rows.mapTo(view, QPoint()).x() >= 0
    window.close()
