"""The views draw real snapshots: what is on the screen is what is true of the run."""

from __future__ import annotations

import dataclasses
import itertools
import re
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QPainter,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton

from playground.core.experiment import Experiment, Layer
from playground.core.words import accuracy_text, loss_text
from playground.data.features import compute
from playground.engine.losses import predicted
from playground.exchange.drawing.field import (
    BANDS,
    FIELD_STRENGTH,
    Meaning,
    answer,
    boundary,
    colours_of,
    finer,
    meaning_of,
    scores,
)
from playground.exchange.drawing.scales import (
    MOST_POINTS,
    Linear,
    Log,
    Plane,
    in_words,
    nice_above,
    thinned,
)
from playground.gui import saving, theme
from playground.gui.theme import DARK, LIGHT, SHADES
from playground.gui.views import dead_chart, gradient_chart
from playground.gui.views.boundary_view import BoundaryView
from playground.gui.views.contours import heights, levels_of
from playground.gui.views.dead_chart import DeadChart
from playground.gui.views.gradient_chart import GradientChart
from playground.gui.views.layer_chart import LayerChart
from playground.gui.views.loss_chart import LossChart
from playground.gui.views.readout import Readout
from playground.gui.views.rendering import svg_of
from playground.runtime.field import GRID
from playground.runtime.snapshot import Photographer, Snapshot
from playground.training.trainer import Trainer

VIEWS = (LossChart, GradientChart, DeadChart, BoundaryView, Readout)
CHARTS = (LossChart, GradientChart, DeadChart)


def hidden(
    count: int,
    units: int = 8,
    activation: str = "relu",
    bias: float = 0.0,
    start: str = "he_normal",
):
    layer = {"units": units, "activation": activation, "initializer": {"name": start, "bias": bias}}
    return [layer] * count


def experiment(source="circle", layers=None, samples=200, test_share=0.5, noise=0.1, **training):
    data = {"source": source, "samples": samples, "test_share": test_share, "noise": noise}
    network = {"hidden": hidden(3) if layers is None else layers}
    return Experiment.model_validate({"data": data, "network": network, "training": training})


ENDLESS = {"stop": [], "max_epochs": 1_000_000}
EXPERIMENTS = {
    "circle": experiment(),
    "endless": experiment(**ENDLESS),
    "spiral": experiment("spiral", hidden(2, 16, "tanh"), noise=0, **ENDLESS),
    "pinwheel": experiment("pinwheel", hidden(2, 12, "tanh"), **ENDLESS),
    "regression": experiment("reg_gauss", hidden(2, 12, "tanh"), **ENDLESS),
    "hinge": experiment("moons", hidden(2, 8, "tanh"), loss="hinge", **ENDLESS),
    "tanh": experiment("moons", hidden(2, 8, "tanh"), loss="tanh_half_mse", **ENDLESS),
    "two outputs": experiment(loss="cross_entropy", **ENDLESS),
    "no test": experiment(test_share=0, stop=[{"name": "target_loss", "target": 0.3}]),
    "no hidden": experiment(layers=[], **ENDLESS),
    "dead": experiment(layers=hidden(2, bias=-100.0), **ENDLESS),
    "vanishing": experiment(
        layers=hidden(8, 16, "sigmoid", start="xavier_uniform"), **ENDLESS
    ),
    "thirty-two": experiment(layers=hidden(32, 4, "tanh"), **ENDLESS),
    "replicas": experiment(replicas=5, **ENDLESS),
    "cosine": experiment(schedule={"name": "cosine", "t_max": 40}, **ENDLESS),
    "diverging": experiment(
        "reg_gauss", hidden(2), optimizer={"name": "sgd", "learning_rate": 5.0}
    ),
    "many points": experiment(samples=100_000, batch_size=1000, layers=hidden(1), **ENDLESS),
    "many epochs": experiment(samples=20, batch_size="full", layers=hidden(1, 2), **ENDLESS),
}  # fmt: skip


@cache
def snapshots(name: str, epochs: int = 30, run: int = 1) -> tuple[Snapshot, ...]:
    """A moment before training and one after each epoch, until a stop."""
    trainer = Trainer(EXPERIMENTS[name])
    photographer = Photographer(trainer, run)
    taken = [photographer.take(False, 0.0)]
    while trainer.stop is None and trainer.epoch < epochs:
        trainer.run_epoch()
        if trainer.epoch % 10 == 0 or epochs < 100 or trainer.stop:
            # As if it were paused: during a run a moment may be a little older in parts.
            moment = photographer.take(False, 1234.0)
            taken.append(dataclasses.replace(moment, running=trainer.stop is None))
    return tuple(taken)


def hover(plot, x, y):
    at = plot.to_pixels(x, y)
    no = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, at, no, no, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plot, event)


def leave(plot):
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))


def pixels(view) -> np.ndarray:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).view(np.uint32).reshape(image.height(), image.width())


def contrast(one: str, other: str) -> float:
    """W3C's, from 1 to 21."""
    linear = [
        np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        for c in (theme.rgb(one) / 255, theme.rgb(other) / 255)
    ]
    dim, bright = sorted(float(c @ [0.2126, 0.7152, 0.0722]) for c in linear)
    return (bright + 0.05) / (dim + 0.05)


def colour_at(view, x1, x2) -> QColor:
    """The field's colour at a point of the plane."""
    low1, high1, low2, high2 = view._snapshot.extent
    image = view.field.image
    column = int((x1 - low1) / (high1 - low1) * image.width())
    return image.pixelColor(column, int((x2 - low2) / (high2 - low2) * image.height()))


# --- the theme ---------------------------------------------------------------------------------


def test_a_theme_is_applied_to_the_whole_application(qapp, qtbot):
    try:
        assert theme.apply(qapp, True) is DARK
        assert qapp.palette().window().color() == QColor(DARK.background)
        assert qapp.palette().text().color() == QColor(DARK.text)
        button = QPushButton("styled")
        qtbot.addWidget(button)
        button.setStyleSheet("QPushButton { border: none; }")
        button.show()
        assert theme.apply(qapp, False) is LIGHT
        assert qapp.palette().window().color() == QColor(LIGHT.background)
        assert button.palette().buttonText().color() == QColor(LIGHT.text)
        assert theme.apply(qapp, None) in (LIGHT, DARK)
        assert qapp.style().name() == "fusion"
    finally:
        theme.apply(qapp, False)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_colours_can_be_read(colours):
    for ground in (colours.panel, colours.background):
        assert contrast(colours.text, ground) > 7
        assert contrast(colours.muted, ground) > 4.5
    for role in ("positive", "negative", "amber", "red", "accent", "train", "test"):
        assert contrast(getattr(colours, role), colours.panel) > 3
    for index in range(9):
        assert contrast(theme.layer_colour(index, 9, colours), colours.panel) > 2.4


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_each_layer_and_each_class_has_a_colour_of_its_own(colours):
    layers = [theme.layer_colour(index, 33, colours) for index in range(33)]
    assert len(set(layers)) == 33
    light = [contrast(colour, "#000000") for colour in layers]
    assert light == sorted(light)  # ordered even for who sees no hues
    assert theme.class_colours(2, colours) == (colours.negative, colours.positive)
    assert theme.class_colours(3, colours)[:2] == (colours.negative, colours.positive)
    assert len(set(theme.class_colours(20, colours))) == 20


def test_the_diverging_colours_run_from_negative_over_neutral_to_positive():
    table = [f"#{int(entry) & 0xFFFFFF:06x}" for entry in theme.diverging(LIGHT)]
    assert (table[0], table[-1]) == (LIGHT.negative, LIGHT.positive)
    between = np.abs(theme.rgb(table[SHADES // 2]) - theme.rgb(LIGHT.neutral))
    assert between.max() <= 1
    assert theme.blend("#000000", "#ffffff", 0.2) == "#333333"


# --- scales ------------------------------------------------------------------------------------


def test_numbers_in_words():
    words = {
        0.0: "0", 0.01234: "0.0123", -4.5: "−4.5", 12: "12", 120.0: "120", 3e-6: "3·10⁻⁶",
        1e-5: "10⁻⁵", 2.5e20: "2.5·10²⁰", float("-inf"): "−∞", 0.99999: "1",
        5e-324: "4.94·10⁻³²⁴",
    }  # fmt: skip
    assert {value: in_words(value) for value in words} == words
    assert in_words(float("nan")) == "—"
    assert in_words(0.0005, 1, least_plain=-1) == "5·10⁻⁴"


def test_ranges_grow_in_steps_that_leave_little_empty():
    for value in np.geomspace(1e-6, 1e9, 200):
        end = nice_above(value)
        assert value * (1 - 1e-6) <= end <= 1.51 * value
    scale = Linear(10, whole=True)
    ends = [scale.limits()[1] for last in range(1, 1001) if scale.cover(np.array([last]))]
    assert len(ends) < 15
    assert scale.top == 1000


def test_linear_ticks_are_few_and_tell_apart():
    for top, most in itertools.product((0.1, 1, 1.5, 8, 60, 4000, 1e6, 3e20), (1, 3, 6, 12)):
        ticks = Linear(top, whole=top >= 8).ticks(most)
        assert 2 <= len(ticks) <= max(most, 2) + 1
        assert len({text for _, text in ticks}) == len(ticks)
        assert all(0 <= value <= top * (1 + 1e-6) for value, _ in ticks)


def test_a_log_scale_gives_zeros_a_place_below_everything():
    scale = Log()
    values = np.array([0.0, 3e-7, 0.2])
    assert scale.cover(values)
    assert not scale.cover(values)
    places = scale.project(values)
    assert places[0] < scale.low == -7
    assert places[1:] == pytest.approx(np.log10(values[1:]))
    assert scale.limits()[0] < places[0]
    ticks = scale.ticks(5)
    assert ticks[0] == (places[0], "0")
    assert ticks[-1] == (0, "10⁰")
    assert len(ticks) <= 6


def test_log_ticks_lie_within_and_tell_apart():
    spans = ((1e-13, 1.0), (0.4, 0.7), (1e-300, 1e300))
    for (low, high), most in itertools.product(spans, (1, 3, 8)):
        scale = Log()
        scale.cover(np.array([low, high]))
        ticks = scale.ticks(most)
        bottom, top = scale.limits()
        assert len(ticks) >= 1
        assert len({text for _, text in ticks}) == len(ticks)
        assert all(bottom <= value <= top for value, _ in ticks)


def test_the_planes_ticks_tell_apart_even_far_from_zero():
    ticks = Plane(1e6 - 0.01, 1e6 + 0.01).ticks(5)
    assert len(ticks) >= 2
    assert len({text for _, text in ticks}) == len(ticks)
    assert [text for _, text in Plane(-6, 6).ticks(9)] == ["−6", "−4", "−2", "0", "2", "4", "6"]


def test_thinning_keeps_the_ends_and_stays_the_same_from_frame_to_frame():
    assert len(thinned(0)) == 0
    for count in (1, 2, 150, 298, 301, 700, 1999):
        rows, later = thinned(count), thinned(count + 1)
        assert len(rows) <= MOST_POINTS
        assert (rows[0], rows[-1]) == (0, count - 1)
        assert (np.diff(rows) > 0).all()
        assert np.isin(rows[:-1], later).all()


# --- the loss chart ----------------------------------------------------------------------------


def test_the_loss_chart_draws_both_losses_as_they_were(shown):
    moments = snapshots("circle", 400)
    chart = shown(LossChart, *moments)
    last = moments[-1]
    train, test = chart.plot.curves
    assert np.array_equal(train.x, last.history["epoch"][:, 0])
    assert np.array_equal(train.y, last.history["train_loss"][:, 0])
    assert np.array_equal(test.y, last.history["test_loss"][:, 0])
    assert [chip.text() for chip in chart.legend.chips.values()] == ["train", "test"]
    assert chart._title.text() == "Loss (binary cross-entropy)"
    assert chart.plot.x_name == "Epoch"


def test_curves_are_painted_where_their_values_are(shown):
    moment = snapshots("endless")[-1]
    chart = shown(LossChart, moment, size=(700, 500))
    chart.legend.chips["test"].setChecked(False)
    QApplication.processEvents()
    painted, ratio = pixels(chart), chart.devicePixelRatioF()
    ground = theme.rgb(LIGHT.panel)
    (curve,) = chart.plot.curves
    for x, y in list(zip(curve.x, curve.y, strict=True))[:-1:3]:
        at = chart.plot.mapTo(chart, chart.plot.to_pixels(x, y).toPoint()) * ratio
        near = painted[at.y() - 2 : at.y() + 3, at.x() - 1 : at.x() + 2]
        colours = np.stack([near >> 16, near >> 8, near], axis=-1) & 0xFF
        distance = np.abs(colours - theme.rgb(LIGHT.train)).sum(axis=-1).min()
        assert distance < 0.4 * np.abs(ground - theme.rgb(LIGHT.train)).sum()


def test_the_best_epoch_and_the_stop_are_marked_in_words(shown):
    moments = snapshots("circle", 400)
    last = moments[-1]
    assert last.stop is not None
    assert last.stop.name == "test_loss_plateau"
    for kind in CHARTS:
        chart = shown(kind, *moments)
        best, stop = chart.plot.marks
        assert (best.x, best.text, best.dashed) == (
            last.best_epoch, f"best {last.best_epoch}", True
        )  # fmt: skip
        assert stop.text == f"stop {last.stop.epoch}: test loss plateau"
        assert stop.x == last.stop.epoch
        before = [moment for moment in moments if moment.best_epoch is None]
        fresh = shown(kind, *before)
        assert fresh.plot.marks == []


def test_a_divergence_is_marked_in_red_and_without_trouble(shown):
    moments = snapshots("diverging")
    last = moments[-1]
    assert last.stop is not None
    assert last.stop.name == "diverged"
    chart = shown(LossChart, *moments)
    (stop,) = chart.plot.marks
    assert stop.colour == LIGHT.red
    assert stop.text.startswith(f"stop {last.stop.epoch}: diverged")
    for curve in chart.plot.curves:
        assert np.isfinite(curve.y).all()


@pytest.mark.parametrize("size", [(240, 170), (360, 240), (900, 500)])
def test_the_words_of_marks_stay_inside_and_apart(shown, size):
    moment = snapshots("circle", 400)[-1]
    for best in (1, moment.epoch // 2, moment.epoch):
        chart = shown(LossChart, dataclasses.replace(moment, best_epoch=best), size=size)
        boxes = [box for _, _, box in chart.plot.front.words()]
        assert not boxes[0].intersects(boxes[1])
        for box in boxes:
            assert box.left() >= chart.plot.frame.left()
            assert box.right() <= chart.plot.frame.right() + 0.5
            assert box.top() >= 0


def test_the_log_scale_is_on_demand_and_is_remembered(shown, qtbot):
    first, again = snapshots("endless")[-1], snapshots("endless", run=2)[-1]
    chart = shown(LossChart, first)
    qtbot.mouseClick(chart.log_box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert chart.log_box.isChecked()
    losses = first.history["train_loss"][:, 0]
    assert chart.plot.curves[0].y == pytest.approx(np.log10(losses))
    chart.render(again)
    assert chart.plot.curves[0].y == pytest.approx(np.log10(losses))
    chart.log_box.setChecked(False)
    assert np.array_equal(chart.plot.curves[0].y, losses)


def test_the_legend_switches_curves_by_click_and_by_key(shown, qtbot):
    chart = shown(LossChart, snapshots("endless")[-1])
    train, test = chart.legend.chips.values()
    qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert [curve.colour for curve in chart.plot.curves] == [LIGHT.test]
    qtbot.keyClick(test, Qt.Key.Key_Space)
    assert chart.plot.curves == []
    chart.render(snapshots("endless", run=2)[-1])
    assert chart.plot.curves == []  # it stays off from run to run
    qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert [curve.colour for curve in chart.plot.curves] == [LIGHT.train]
    for moment in (snapshots("no test")[-1], snapshots("endless", run=3)[-1]):  # another legend
        chart.render(moment)
        assert [curve.colour for curve in chart.plot.curves] == [LIGHT.train]
    assert all(chip.focusPolicy() & Qt.FocusPolicy.TabFocus for chip in (train, test))
    assert all(chip.accessibleName() for chip in (train, test))


def test_without_a_test_set_there_is_one_curve(shown):
    moments = snapshots("no test")
    chart = shown(LossChart, *moments)
    assert len(chart.plot.curves) == 1
    assert list(chart.legend.chips) == ["train"]
    assert chart.plot.marks[0].text == f"stop {moments[-1].epoch}: target reached"


def test_of_replicas_the_median_is_drawn_and_the_legend_says_so(shown):
    moment = snapshots("replicas")[-1]
    chart = shown(LossChart, moment)
    assert list(chart.legend.chips) == ["train", "test"]
    assert chart.whose.text() == "median of 5"
    expected = np.median(moment.history["test_loss"], axis=1)
    assert chart.plot.curves[1].y == pytest.approx(expected)


def test_losses_that_are_no_numbers_are_left_out(shown):
    moment = snapshots("endless")[-1]
    losses = moment.history["train_loss"].copy()
    losses[3], losses[7], losses[-1] = np.nan, np.inf, -np.inf
    nothing = np.full_like(losses, np.nan)
    history = {**moment.history, "train_loss": losses, "test_loss": nothing}
    chart = shown(LossChart, dataclasses.replace(moment, history=history))
    for log in (False, True):
        chart.log_box.setChecked(log)
        train, test = chart.plot.curves
        assert len(train.x) == len(losses) - 3
        assert np.isfinite(train.y).all()
        assert len(test.x) == 0
        pixels(chart)


# --- all charts --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_is_quiet_before_it_has_anything_to_draw(shown, kind):
    view = shown(kind)
    view.set_palette_colours(DARK)
    assert pixels(view).size
    view.render(snapshots("circle")[0])  # one row of history
    assert pixels(view).size


@pytest.mark.parametrize("kind", VIEWS)
def test_a_hidden_view_draws_nothing(qtbot, kind):
    view = kind()
    qtbot.addWidget(view)
    view.render(snapshots("endless")[-1])
    if isinstance(view, Readout):
        assert view.figures["epoch"].value == "—"
    else:
        assert view._snapshot is None


@pytest.mark.parametrize("kind", CHARTS)
def test_one_row_is_a_dot_at_the_start(shown, kind):
    chart = shown(kind, snapshots("endless")[0])
    assert chart.plot.curves
    assert all(curve.x.tolist() == [0] for curve in chart.plot.curves)
    assert chart.plot.marks == []


@pytest.mark.parametrize("kind", CHARTS)
def test_a_new_run_starts_with_fresh_curves_and_ranges(shown, kind):
    chart = shown(kind, *snapshots("circle", 400))
    assert chart.plot.x_range[1] > 20
    chart.render(snapshots("circle", 400, run=2)[0])
    assert all(curve.x.tolist() == [0] for curve in chart.plot.curves)
    assert chart.plot.x_range[1] < 12
    assert chart.plot.marks == []


@pytest.mark.parametrize("kind", CHARTS)
def test_ranges_hold_all_and_change_rarely(shown, kind):
    moments = snapshots("endless", 90)
    chart = shown(kind)
    ranges = []
    for moment in moments:
        chart.render(moment)
        ranges.append((chart.plot.x_range, chart.plot.y_range))
        (left, right), (bottom, top) = ranges[-1]
        for curve in chart.plot.curves:
            assert left <= curve.x.min() <= curve.x.max() <= right
            assert bottom <= curve.y.min() <= curve.y.max() <= top
    assert sum(one != other for one, other in itertools.pairwise(ranges)) < 15


@pytest.mark.parametrize("kind", CHARTS)
def test_a_long_run_is_drawn_with_few_points(shown, kind):
    moment = snapshots("many epochs", 2500)[-1]
    assert len(moment.history["epoch"]) > MOST_POINTS
    chart = shown(kind, moment)
    for curve in chart.plot.curves:
        assert 100 < len(curve.x) <= MOST_POINTS


@pytest.mark.parametrize("kind", CHARTS)
def test_the_cursor_shows_the_values_of_the_nearest_epoch(shown, kind):
    moment = snapshots("endless")[-1]
    chart = shown(kind, moment)
    bottom, top = chart.plot.y_range
    hover(chart.plot, 12.2, (bottom + top) / 2)
    assert chart.plot.cursor_x == 12
    assert chart.box.isVisible()
    text = chart.box.text()
    assert "Epoch 12" in text
    row = int(np.flatnonzero(chart.epochs(moment) == 12)[0])
    values = chart.values(moment, np.array([row]))[0]
    for line, value in zip(chart.lines(moment), values, strict=True):
        assert f"{line.name}&nbsp;&nbsp;<b>{chart.value_text(value)}</b>" in text
    assert chart.rect().contains(chart.box.geometry())
    chart.set_palette_colours(DARK)
    assert DARK.train in text or chart.plot.cursor_dots[0].colour != LIGHT.train
    leave(chart.plot)
    assert chart.plot.cursor_x is None
    assert not chart.box.isVisible()


@pytest.mark.parametrize("kind", VIEWS)
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_theme_reaches_every_part(shown, kind, colours):
    view = shown(kind, snapshots("circle")[-1], colours=DARK if colours is LIGHT else LIGHT)
    other = pixels(view)
    view.set_palette_colours(colours)
    QApplication.processEvents()
    now = pixels(view)
    assert (now != other).mean() > 0.015
    if not isinstance(view, Readout):
        panel = int(colours.panel[1:], 16)
        corner = view.plot.mapTo(view, QPoint(2, 2))
        ratio = view.devicePixelRatioF()
        assert now[round(corner.y() * ratio), round(corner.x() * ratio)] & 0xFFFFFF == panel


@pytest.mark.parametrize("kind", [LossChart, GradientChart, DeadChart, BoundaryView])
@pytest.mark.parametrize("size", [(360, 240), (1000, 700)])
def test_parts_lie_inside_and_beside_each_other(shown, kind, size):
    view = shown(kind, *snapshots("vanishing", 3), size=size)
    if isinstance(view, BoundaryView):
        parts = [view._square, view._bottom]
        frame = view.plot.frame
        assert frame.width() == pytest.approx(frame.height(), abs=2)
        assert frame.width() > 80
    else:
        parts = [view.legend, view._stack, *([view.verdict] if view.verdict else [])]
        assert view.plot.frame.height() > 50
    for part in parts:
        assert view.rect().contains(part.geometry())
    for one, other in itertools.combinations(parts, 2):
        assert not one.geometry().intersects(other.geometry())


@pytest.mark.parametrize("kind", [LossChart, GradientChart, DeadChart])
def test_no_entry_of_a_legend_is_cut_when_a_chart_becomes_narrower_or_wider(shown, kind):
    view = shown(kind, *snapshots("vanishing", 3), size=(700, 300))
    one_row = view.legend.height()
    for width in (260, 700, 300):
        view.resize(width, 300)
        QApplication.processEvents()
        for part in view.legend.children():
            inside = view.legend.rect().contains(part.geometry())
            assert inside or part.isHidden(), width
        assert (view.legend.height() == one_row) == (width == 700)


@pytest.mark.parametrize("kind", [LossChart, BoundaryView])
def test_a_picture_can_be_copied_and_saved(shown, kind, tmp_path, monkeypatch):
    view = shown(kind, snapshots("endless")[-1])
    QGuiApplication.clipboard().clear()
    view.picture.copy.trigger()
    assert QGuiApplication.clipboard().image().width() >= 2 * view.width()
    names = (("a.jpg", "a.jpg"), ("b", "b.png"), ("s.svg", "s.svg"))
    for chosen, written in ((tmp_path / name, written) for name, written in names):
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", lambda *_, chosen=chosen: (str(chosen), "")
        )
        view.picture.save.trigger()
        assert not QImage(str(tmp_path / written)).isNull()
    warnings = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *words: warnings.append(words[-1]))
    lost = tmp_path / "nowhere" / "c.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(lost), ""))
    view.picture.save.trigger()
    assert "c.png could not be written" in warnings[0]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    view.picture.save.trigger()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "x.doc"), ""))
    view.picture.save.trigger()
    assert "must end in .png" in warnings[1]
    assert len(list(tmp_path.iterdir())) == 3
    asked = []
    monkeypatch.setattr(saving, "may_replace", lambda _, there: asked.append(there))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "b"), ""))
    (tmp_path / "b.png").write_text("mine")
    view.picture.save.trigger()
    assert asked == [[tmp_path / "b.png"]]
    assert (tmp_path / "b.png").read_text() == "mine"


@pytest.mark.parametrize("kind", [LossChart, GradientChart, BoundaryView])
def test_a_chart_as_svg_is_made_of_shapes(shown, kind):
    view = shown(kind, snapshots("endless")[-1])
    before = view.geometry()
    text = svg_of(view, "a <picture>", QSize(640, 480)).decode()
    assert view.geometry() == before
    assert "a &lt;picture&gt;" in text
    assert 'viewBox="0 0 640 480"' in text
    # The arrow of a box, by Qt's style; the field and the strip of the colour scale.
    most = {LossChart: 0, GradientChart: 1, BoundaryView: 3}
    assert text.count("<image") <= most[kind]
    assert text.count("<text") > 5, "ticks, names and legend are words"
    shapes = "<circle" if kind is BoundaryView else "<polyline"
    assert shapes in text
    renderer = QSvgRenderer(text.encode())
    assert renderer.isValid()
    picture = QImage(640, 480, QImage.Format.Format_RGB32)
    picture.fill(0)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    assert len(set(np.array(picture.constBits()).view(np.uint32).tolist())) > 20


def test_what_lies_beyond_a_zoomed_plane_is_cut_in_svg_too(shown):
    view = shown(BoundaryView, snapshots("endless")[-1], size=(500, 600))
    plot = view.plot
    plot.zoom_asked.emit(0.5, 0.0, 0.0)
    text = svg_of(view, "plane").decode()
    (path,) = re.findall(r'<clipPath[^>]*>\s*<path [^>]*\bd="([^"]*)"', text)
    corners = [float(number) for number in re.findall(r"[\d.]+", path)]
    frame = plot.frame.translated(QPointF(plot.mapTo(view, QPoint())))
    cut = [min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2])]
    assert cut == pytest.approx([frame.left(), frame.top(), frame.right(), frame.bottom()], abs=1)
    assert 'clip-path="url(#' in text


def test_the_context_menu_opens_on_the_plot_too(shown, qtbot):
    chart = shown(LossChart, snapshots("endless")[-1])
    assert [action.text() for action in chart.actions()] == ["Copy picture", "Save picture…"]
    chart.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)  # a menu would wait
    at = QPoint(100, 60)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, chart.plot.mapToGlobal(at))
    with qtbot.waitSignal(chart.customContextMenuRequested):
        QApplication.sendEvent(chart.plot, event)


@pytest.mark.parametrize("kind", LayerChart.__subclasses__(), ids=lambda kind: kind.__name__)
def test_the_box_of_a_chart_of_layers_says_what_each_quantity_is(shown, kind):
    chart = shown(kind)
    box = chart.quantity
    explained = [line.split(": ", 1) for line in box.toolTip().splitlines()]
    assert [label for label, _ in explained] == [box.itemText(at) for at in range(box.count())]
    assert all(len(text) > 20 for _, text in explained)
    assert not box.focusPolicy() & Qt.FocusPolicy.ClickFocus  # Space goes on to run and pause
    assert chart.shown_quantity == box.itemData(0)


# --- gradients ---------------------------------------------------------------------------------


def test_gradients_are_drawn_by_layer_on_a_log_scale(shown):
    moment = snapshots("endless")[-1]
    chart = shown(GradientChart, moment)
    assert list(chart.legend.chips) == ["layer 1", "2", "3", "output"]
    for key in ("weights", "errors"):
        chart.quantity.setCurrentIndex(chart.quantity.findData(key))
        drawn = np.stack([curve.y for curve in chart.plot.curves], axis=1)
        assert drawn == pytest.approx(np.log10(moment.health[key]))
    colours = [curve.colour for curve in chart.plot.curves]
    assert colours == [theme.layer_colour(index, 4, LIGHT) for index in range(4)]


def test_vanishing_gradients_are_said_in_words(shown):
    chart = shown(GradientChart, snapshots("vanishing", 3)[0])
    assert chart.verdict.level == "red"
    assert chart.verdict.sentence.startswith("Layer 1 gets ")
    assert chart.verdict.sentence.endswith(
        " of the last hidden layer’s gradient: it hardly learns."
    )
    healthy = shown(GradientChart, snapshots("endless")[-1])
    assert healthy.verdict.level == "muted"


@pytest.mark.parametrize(
    ("share", "level", "words"),
    [
        (3e-6, "red", "3·10⁻⁶ of the last hidden layer’s gradient: it hardly learns"),
        (5e-3, "amber", "5·10⁻³ of the last hidden layer’s gradient: it learns slowly"),
        (2.0, "muted", "about 2 times"),
        (1.04, "muted", "about as large a gradient as"),
        (0.0, "red", "it does not learn"),
        (float("nan"), "red", "last hidden layer’s gradient is 0"),
        (None, "muted", "two hidden layers"),
    ],
)
def test_the_verdict_on_gradients(share, level, words):
    sentence, found = gradient_chart.judged(share)
    assert found == level
    assert words in sentence


def test_a_gradient_of_exactly_zero_is_shown_at_the_floor_and_named(shown):
    moment = snapshots("dead")[-1]
    assert (moment.health["weights"][:, 0] == 0).all()
    chart = shown(GradientChart, moment)
    first, output = chart.plot.curves[0], chart.plot.curves[-1]
    floor = next(place for place, text in chart.plot.y_ticks if text == "0")
    assert np.all(first.y == floor)
    assert floor >= chart.plot.y_range[0]
    assert chart.legend.chips["layer 1"].text() == "layer 1 = 0"
    # All that reaches the output is 0, so its weights get nothing either; its error is not 0.
    assert np.all(output.y == floor)
    assert chart.legend.chips["output"].text() == "output = 0"
    chart.quantity.setCurrentIndex(chart.quantity.findData("errors"))
    errors = moment.health["errors"][:, -1]
    assert chart.plot.curves[-1].y == pytest.approx(np.log10(errors))
    assert chart.legend.chips["output"].text() == "output"


def test_deep_networks_share_entries_of_the_legend(shown, qtbot):
    chart = shown(GradientChart, *snapshots("thirty-two", 2))
    assert len(chart.plot.curves) == 33
    assert list(chart.legend.chips)[:3] == ["layers 1–4", "5–8", "9–12"]
    assert len(chart.legend.chips) == 9
    assert chart.legend.chips["5–8"].accessibleName() == "Show layers 5–8"
    qtbot.mouseClick(chart.legend.chips["5–8"], Qt.MouseButton.LeftButton)
    assert len(chart.plot.curves) == 29


# --- dead neurons ------------------------------------------------------------------------------


def test_dead_neurons_are_drawn_as_shares_and_said_in_words(shown):
    moment = snapshots("dead")[-1]
    chart = shown(DeadChart, moment)
    assert [curve.y.tolist() for curve in chart.plot.curves] == [[1.0] * len(chart._epochs)] * 2
    assert chart.verdict.level == "red"
    assert chart.verdict.sentence == (
        "Dead: all 8 neurons in layer 1 and all 8 in layer 2 answer 0 to every training point."
    )
    texts = [text for _, text in chart.plot.y_ticks]
    assert (texts[0], texts[-1]) == ("0 %", "100 %")


def test_a_layer_has_one_colour_in_all_charts(shown):
    moment = snapshots("endless")[-1]
    gradients, dead = shown(GradientChart, moment), shown(DeadChart, moment)
    for index, curve in enumerate(dead.plot.curves):
        assert curve.colour == gradients.plot.curves[index].colour


@pytest.mark.parametrize(
    ("activations", "dead", "sentence", "level"),
    [
        ("relu relu", (0, 0), "No dead neurons.", "muted"),
        ("relu relu", (0, 6),
         "Dead: 6 of 8 neurons in layer 2 answer 0 to every training point.", "amber"),
        ("relu relu", (1, 0),
         "Dead: 1 of 8 neurons in layer 1 answers 0 to every training point.", "muted"),
        ("relu relu", (8, 2), "Dead: all 8 neurons in layer 1 and 2 of 8 in layer 2 answer 0 to "
         "every training point.", "red"),
        ("sigmoid", (3,), "Dead: 3 of 8 neurons in layer 1 are saturated: their slope is 0 at "
         "every training point.", "amber"),
        ("relu relu relu relu", (1, 2, 3, 4), "Dead: 4 of 8 neurons in layer 4, 3 of 8 in layer 3 "
         "and some in 2 more layers answer 0 to every training point.", "amber"),
        ("relu tanh", (2, 1), "Dead: 2 of 8 neurons in layer 1 answer 0 to every training point. "
         "1 of 8 neurons in layer 2 is saturated: its slope is 0 at every training point.",
         "muted"),
    ],
)  # fmt: skip
def test_the_verdict_on_dead_neurons(activations, dead, sentence, level):
    layers = [Layer(activation=name) for name in activations.split()]
    found = dead_chart.judged(layers, dead)
    assert found == (sentence, level)


def test_without_hidden_layers_there_are_words_instead_of_a_chart(shown):
    chart = shown(DeadChart, *snapshots("no hidden"))
    assert "no hidden layers" in chart._apology.text()
    assert chart._apology.isVisible()
    assert not chart.plot.isVisible()
    chart.render(snapshots("endless", run=2)[-1])
    assert chart.plot.isVisible()
    assert len(chart.plot.curves) == 3
    gradients = shown(GradientChart, *snapshots("no hidden"))
    assert len(gradients.plot.curves) == 1


# --- the plane ---------------------------------------------------------------------------------


def is_bluish(colour: QColor) -> bool:
    return colour.blue() > colour.red()


@pytest.mark.parametrize("name", ["circle", "two outputs"])
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_two_classes_are_blue_and_orange_where_the_network_says_so(shown, name, colours):
    view = shown(BoundaryView, *snapshots(name), colours=colours)
    assert is_bluish(colour_at(view, 0, 0))
    for corner in itertools.product((-5.9, 5.9), repeat=2):
        assert not is_bluish(colour_at(view, *corner))
    sure = QColor(theme.blend(colours.neutral, colours.positive, FIELD_STRENGTH))
    centre = colour_at(view, 0, 0)
    assert abs(centre.blue() - sure.blue()) < 25
    assert view.scale.texts == ["0", "probability of class 1", "1"]


def test_the_picture_shows_the_field_where_it_belongs(shown):
    view = shown(BoundaryView, snapshots("spiral", 40)[-1], size=(500, 600))
    view.options.test.setChecked(False)
    view.points.train.visible = False
    painted, ratio = pixels(view), view.devicePixelRatioF()
    for x1, x2 in itertools.product((-5.0, -2.6, 0.4, 3.1, 5.2), repeat=2):
        place = view.plot.mapTo(view, view.plot.to_pixels(x1, x2).toPoint())
        seen = QColor(int(painted[round(place.y() * ratio), round(place.x() * ratio)]))
        field = colour_at(view, x1, x2)
        assert is_bluish(seen) == is_bluish(field) or abs(field.blue() - field.red()) < 60


def test_the_boundary_lies_where_the_class_changes(shown):
    moment = snapshots("circle", 400)[-1]
    view = shown(BoundaryView, moment)
    x1, x2 = view.field.segments
    assert len(x1) > 40
    assert len(x1) % 2 == 0
    network = Trainer(moment.experiment)  # of the same seed, trained as far
    network.run()
    outputs = network.network.outputs(
        compute(moment.experiment.data.features, np.column_stack((x1, x2)))
    )[0, 0]
    assert np.abs(outputs).max() < 0.2 * np.abs(moment.field).max()
    lengths = np.hypot(np.diff(x1.reshape(-1, 2)), np.diff(x2.reshape(-1, 2)))
    assert lengths.max() < 12 / GRID


def test_boundaries_are_found_between_any_classes():
    across, up = np.meshgrid(np.arange(20.0), np.arange(20.0))
    x, y = boundary((across - 7.25)[None])
    assert x == pytest.approx(7.25)
    assert (y.min(), y.max()) == (0, 19)
    x, y = boundary(np.stack((-across, across - 20, up * 0 - 5.5)))
    assert set(np.round(x, 6)) == {5.5, 14.5}
    assert not len(boundary(np.ones((1, 20, 20)))[0])
    assert not len(boundary(np.zeros((3, 20, 20)))[0])
    checks = np.where((across + up) % 2 == 0, 1.0, -1.0)
    x, y = boundary(checks[None])
    assert np.isfinite(x).all()
    assert x.max() <= 19


def test_a_finer_field_is_linear_in_between():
    across = np.arange(10, dtype=np.float32)[None, None, :] + np.zeros((1, 10, 1), np.float32)
    fine = finer(across, 4)
    assert fine.shape == (1, 40, 40)
    assert fine[0, 0, 2:-2] == pytest.approx((np.arange(40)[2:-2] + 0.5) / 4 - 0.5)
    assert finer(across, 1) is across


def test_discretised_there_are_only_the_classes_colours(shown):
    view = shown(BoundaryView, snapshots("circle")[-1])
    view.options.discrete.trigger()
    assert view.options.discrete.isChecked()
    assert set(np.unique(view.field._pixels)) == {
        int(theme.diverging(LIGHT, FIELD_STRENGTH)[end]) for end in (0, -1)
    }
    three = shown(BoundaryView, *snapshots("pinwheel", 60))
    assert len(np.unique(three.field._pixels)) > 100
    three.options.discrete.setChecked(True)
    assert len(np.unique(three.field._pixels)) == 3
    values = shown(BoundaryView, *snapshots("regression", 60))
    values.options.discrete.setChecked(True)
    assert 2 <= len(np.unique(values.field._pixels)) <= BANDS


def test_each_of_three_classes_has_its_colour_at_its_points(shown):
    moment = snapshots("pinwheel", 200)[-1]
    view = shown(BoundaryView, moment)
    assert view.scale.texts == ["class 0", "class 1", "class 2"]
    own = [theme.rgb(colour) for colour in theme.class_colours(3, LIGHT)]
    train = moment.dataset.train
    right = 0
    for (x1, x2), target in zip(train.points, train.targets, strict=True):
        found = np.array(colour_at(view, x1, x2).getRgb()[:3])
        right += int(np.argmin([np.abs(found - colour).sum() for colour in own]) == target)
    assert right / len(train) > 0.85
    said = predicted(moment.dataset.task, moment.field.reshape(3, -1))
    assert set(said) == {0, 1, 2}


def test_values_get_a_scale_that_follows_the_targets(shown):
    moment = snapshots("regression", 60)[-1]
    view = shown(BoundaryView, moment)
    targets = np.concatenate((moment.dataset.train.targets, moment.dataset.test.targets))
    reach = np.abs(targets).max()
    assert view.scale.texts == [in_words(-reach), "output", in_words(reach)]
    assert not len(view.field.segments[0])
    assert is_bluish(colour_at(view, 0, -2.5))  # a bump up
    assert not is_bluish(colour_at(view, 0, 2.5))  # a bump down


def test_a_margin_is_clipped(shown):
    view = shown(BoundaryView, *snapshots("hinge", 60))
    assert view.scale.texts == ["−1", "margin of class 1", "1"]
    far = colours_of(Meaning("margin", 2, -1, 1), np.full((1, 4, 4), 50.0), LIGHT, False)
    assert set(np.unique(far)) == {int(theme.diverging(LIGHT, FIELD_STRENGTH)[-1])}


def test_what_is_trained_after_tanh_is_shown_after_it(shown):
    moment = snapshots("tanh", 60)[-1]
    view = shown(BoundaryView, moment)
    assert view.scale.texts == ["−1", "output, tanh of the sum", "1"]
    meaning = meaning_of("tanh_half_mse", moment.dataset.task, moment.dataset)
    score = scores(np.array([[[-40.0, -0.5], [0.0, 2.0]]]))
    assert np.allclose(answer(meaning, score), np.tanh(score))
    through, at = heights(meaning, score)
    assert np.allclose(np.tanh(at), levels_of(meaning)), "lines where tanh has these values"
    assert np.isfinite(at).all()
    assert np.array_equal(through, score[0])
    assert len(at) > 3
    view.plot.hovered.emit(0.0, 0.0)
    assert "output" in view.probe_box.title


@pytest.mark.parametrize("kind", ["probability", "margin", "tanh", "values", "classes"])
def test_outputs_that_are_no_numbers_get_a_colour_without_trouble(kind):
    wild = np.array([[[np.nan, np.inf], [-np.inf, 3e38]]], dtype=np.float32)
    if kind == "classes":
        wild = np.concatenate((wild, -wild, np.ones_like(wild)))
    meaning = Meaning(kind, 3 if kind == "classes" else 2, -1, 1)
    for discrete in (False, True):
        assert colours_of(meaning, scores(wild), LIGHT, discrete).dtype == np.uint32
        boundary(scores(wild))


def test_points_are_drawn_once_for_a_data_set(shown, monkeypatch):
    moments = snapshots("endless")
    view = shown(BoundaryView, moments[0])
    assert len(view.points.train.places) == len(moments[0].dataset.train)
    assert len(view.points.test.places) == len(moments[0].dataset.test)
    drawn = []
    monkeypatch.setattr(view.points, "show", lambda *given: drawn.append(given[0]))
    for moment in moments[1:]:
        view.render(moment)
    assert drawn == []
    other = snapshots("spiral", 40)[-1]
    view.render(other)
    assert drawn == [other.dataset]
    view.set_palette_colours(DARK)
    assert len(drawn) == 2


def test_points_have_their_classes_colours_and_the_test_ones_are_hollow(shown):
    moment = snapshots("endless")[-1]
    view = shown(BoundaryView, moment)
    train, test = view.points.train, view.points.test
    targets = moment.dataset.train.targets.astype(int)
    expected = [theme.class_colours(2, LIGHT)[target] for target in targets]
    assert [brush.color().name() for brush in train.brushes] == expected
    assert {brush.color().name() for brush in test.brushes} == {LIGHT.panel}
    targets = moment.dataset.test.targets.astype(int)
    expected = [theme.class_colours(2, LIGHT)[target] for target in targets]
    assert [pen.color().name() for pen in test.pens] == expected
    view.options.test.setChecked(False)
    assert not test.visible
    assert train.visible


def test_of_very_many_points_some_are_drawn_and_it_is_said(shown):
    view = shown(BoundaryView, snapshots("many points", 0)[0])
    assert view.points.drawn == 1500
    assert len(view.points.train.places) + len(view.points.test.places) == 1500
    assert "1,500 of 100,000 points drawn" in view.probe.text()


def test_points_shrink_with_the_plane(shown):
    large = shown(BoundaryView, snapshots("endless")[-1], size=(700, 800))
    small = shown(BoundaryView, snapshots("endless")[-1], size=(300, 260))
    assert small.points.size < large.points.size
    small.resize(700, 800)
    QApplication.processEvents()
    assert small.points.size == large.points.size


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("circle", "x1 0.00, x2 0.00: class 1, P(class 1) = "),
        ("two outputs", "x1 0.00, x2 0.00: class 1, P(class 1) = "),
        ("pinwheel", "x1 0.00, x2 0.00: class "),
        ("regression", "x1 0.00, x2 0.00: output "),
        ("hinge", "x1 0.00, x2 0.00: class "),
        ("tanh", "x1 0.00, x2 0.00: class "),
    ],
)
def test_the_probe_reads_the_answer_under_the_cursor(shown, name, words):
    view = shown(BoundaryView, *snapshots(name))
    resting = view.probe.text()
    view.plot.hovered.emit(0.0, 0.0)
    assert view.probe_box.isVisible()
    assert view.probe_box.title.startswith(words)
    assert view.probe.text() == resting
    leave(view.plot)
    assert not view.probe_box.isVisible()


def test_the_probe_follows_the_mouse_and_the_training(shown):
    moments = snapshots("circle")
    view = shown(BoundaryView, moments[0])
    hover(view.plot, 1.0, -2.0)
    assert view.probe_box.title.startswith("x1 ")
    before = view.probe_box.title
    view.render(moments[-1])
    assert view.probe_box.title != before
    view.plot.hovered.emit(-6.0, 6.0)  # the very edge
    assert "class 0" in view.probe_box.title


def test_without_test_points_their_box_is_off(shown):
    view = shown(BoundaryView, snapshots("no test")[-1])
    assert not view.options.test.isEnabled()
    assert len(view.points.test.places) == 0
    view.render(snapshots("endless")[-1])
    assert view.options.test.isEnabled()


# --- the readout -------------------------------------------------------------------------------


def test_the_readout_says_the_numbers(shown):
    moment = snapshots("endless")[-1]
    view = shown(Readout, moment)
    values = {name: figure.value for name, figure in view.figures.items()}
    assert values["epoch"] == "30"
    assert values["step"] == f"{moment.step:,}"
    assert values["steps_per_second"] == "1,234"
    assert values["train_loss"] == f"{moment.train_loss:.4f}"
    assert values["test_accuracy"] == f"{100 * moment.test_accuracy:.1f} %"
    assert view.figures["epoch"].accessibleDescription() == "30"


def test_the_readout_has_a_dash_where_there_is_nothing(shown):
    view = shown(Readout, snapshots("no test")[0])
    for name in ("test_loss", "test_accuracy", "steps_per_second"):
        assert view.figures[name].value == "—"
    view.render(snapshots("regression", 60)[-1])
    assert view.figures["train_accuracy"].value == "—"
    assert view.figures["test_loss"].value != "—"


def test_the_readout_has_the_learning_rate_where_a_schedule_changes_it(shown):
    view = shown(Readout, snapshots("endless")[0], size=(900, 40))
    figure = view.figures["learning_rate"]
    places = [each.geometry() for each in view.figures.values()]
    assert not figure.isVisible()
    view.render(snapshots("cosine")[0])
    assert figure.isVisible()
    assert figure.value == "0.01"
    view.render(snapshots("cosine")[20])
    assert figure.value == "0.005"
    QApplication.processEvents()
    assert [each.geometry() for each in view.figures.values()] == places
    assert not view.visibleRegion().isEmpty()
    assert view.rect().contains(figure.geometry())
    view.render(snapshots("endless")[1])
    assert not figure.isVisible()


def test_numbers_keep_their_width(shown):
    view = shown(Readout, *snapshots("endless"))
    places = [figure.geometry() for figure in view.figures.values()]
    for moment in snapshots("endless", 90):
        view.render(moment)
        QApplication.processEvents()
        assert [figure.geometry() for figure in view.figures.values()] == places
    texts = [loss_text(loss) for loss in (0.0, 0.00123, 0.5, 9.87654, 12.3456, 123.456, 2345.6)]
    assert texts == ["0.0000", "0.0012", "0.5000", "9.8765", "12.346", "123.46", "2345.6"]
    assert loss_text(1.26e-7) == "1.3·10⁻⁷"
    assert loss_text(float("inf")) == "∞"
    assert accuracy_text(1.0) == "100.0 %"
    assert accuracy_text(0.9999) == "99.9 %"
