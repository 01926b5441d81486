"""Several replicas in the views, and in the real window driven as a user would."""

import dataclasses
import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.core.families import Task
from playground.exchange.drawing.field import FIELD_STRENGTH, Meaning, colours_of, scores
from playground.gui import theme
from playground.gui.status_line import StatusLine
from playground.gui.theme import LIGHT
from playground.gui.views import loss_chart
from playground.gui.views.boundary_view import BoundaryView
from playground.gui.views.dead_chart import DeadChart
from playground.gui.views.gradient_chart import GradientChart
from playground.gui.views.loss_chart import LossChart
from playground.gui.views.readout import Readout
from playground.runtime.snapshot import Photographer
from playground.training.stopping import Stop
from playground.training.trainer import Trainer

LONG = 30_000


def experiment(source="circle", replicas=6, units=6, **training):
    return Experiment.model_validate(
        {
            "data": {"source": source, "samples": 120},
            "network": {"hidden": [{"units": units}] * 2},
            "training": {"replicas": replicas, "stop": [], "max_epochs": 10**6, **training},
        }
    )


def moment_of(epochs=12, wish=None, **given):
    trainer = Trainer(experiment(**given))
    photographer = Photographer(trainer, 1, wish)
    for _ in range(epochs):
        photographer.take(False, 0.0)
        trainer.run_epoch()
    return photographer.take(False, 0.0)


def with_diverged(moment, *replicas):
    """As if these had diverged, after a last epoch in which their losses had become huge."""
    stops = list(moment.stops)
    history = {name: column.copy() for name, column in moment.history.items()}
    for replica in replicas:
        stops[replica] = Stop("diverged", moment.epoch - 2, "Diverged in epoch 9: too far.")
        for name in ("train_loss", "test_loss"):
            history[name][-4:-2, replica] = 1e30
            history[name][-2:, replica] = np.nan
    return dataclasses.replace(moment, stops=tuple(stops), history=history)


# --- the loss chart ----------------------------------------------------------------------------


@pytest.mark.parametrize("log", [False, True])
def test_behind_the_median_lie_the_range_and_the_quartiles(shown, log):
    moment = moment_of(replicas=6)
    chart = shown(LossChart)
    chart.log_box.setChecked(log)
    chart.render(moment)
    assert len(chart.plot.bands) == 4
    for column, curve, bands in zip(
        ("train_loss", "test_loss"),
        chart.plot.curves,
        (chart.plot.bands[:2], chart.plot.bands[2:]),
        strict=True,
    ):
        losses = moment.history[column]
        expected = np.quantile(losses, [0, 0.25, 0.5, 0.75, 1], axis=1)
        (whole, middle) = bands
        drawn = np.stack([whole.low, middle.low, curve.y, middle.high, whole.high])
        top = chart.plot.y_range[1]
        wanted = np.log10(expected) if log else expected
        assert drawn == pytest.approx(np.minimum(wanted, top))
        assert {band.colour for band in bands} == {curve.colour}


@pytest.mark.parametrize(("replicas", "bands"), [(1, 0), (2, 2), (4, 2), (5, 4)])
def test_quartiles_are_drawn_where_there_are_enough(shown, replicas, bands):
    chart = shown(LossChart, moment_of(replicas=replicas, epochs=3))
    assert len(chart.plot.bands) == bands
    assert chart.whose.isVisible() == (replicas > 1)


def test_a_band_is_a_touch_of_colour_between_its_edges(shown):
    moment = moment_of(replicas=5)
    history = dict(moment.history)
    rows = len(history["epoch"])
    history["train_loss"] = np.tile([0.2, 0.4, 0.5, 0.6, 0.7], (rows, 1))
    history["test_loss"] = np.full((rows, 5), 0.05)
    chart = shown(LossChart, dataclasses.replace(moment, history=history), size=(700, 500))
    image, ratio = chart.grab().toImage(), chart.devicePixelRatioF()

    def colour(y):
        at = chart.plot.mapTo(chart, chart.plot.to_pixels(6.7, y).toPoint()) * ratio
        return theme.rgb(image.pixelColor(at).name())

    panel, hue = theme.rgb(LIGHT.panel), theme.rgb(LIGHT.train)
    share = [float((panel - colour(y)).sum() / (panel - hue).sum()) for y in (0.76, 0.66, 0.46)]
    assert share[0] == pytest.approx(0, abs=0.02)
    assert 0.1 < share[1] < 0.25
    assert share[1] + 0.08 < share[2] < 0.45


def test_what_has_diverged_leaves_with_its_whole_past(shown):
    moment = moment_of(replicas=6)
    chart = shown(LossChart, moment)
    before = chart.plot.y_range
    wild = with_diverged(moment, 1, 4)
    growing = dataclasses.replace(wild, stops=moment.stops)  # the epoch before it is known
    chart.render(growing)
    chart.render(wild)
    assert chart.plot.y_range == before
    assert chart.whose.text() == "median of 4"
    rest = wild.history["train_loss"][:, [0, 2, 3, 5]]
    assert chart.plot.curves[0].y == pytest.approx(np.median(rest, axis=1))
    assert len(chart.plot.bands) == 2  # of four there are no quartiles
    for log in (True, False):
        chart.log_box.setChecked(log)
        for band in chart.plot.bands:
            assert np.isfinite(band.low).all()
            assert np.isfinite(band.high).all()


def test_if_all_have_diverged_what_they_had_is_drawn(shown):
    moment = with_diverged(moment_of(replicas=2), 0, 1)
    chart = shown(LossChart, moment)
    assert chart.whose.text() == "median of 2"
    assert len(chart.plot.curves[0].x) == len(moment.history["epoch"]) - 2


def test_one_that_is_far_astray_is_cut_and_does_not_set_the_scale(shown):
    moment = moment_of(replicas=6)
    losses = moment.history["train_loss"].copy()
    losses[3:, 2] = 1e12
    moment = dataclasses.replace(moment, history={**moment.history, "train_loss": losses})
    chart = shown(LossChart, moment)
    highest = max(curve.y.max() for curve in chart.plot.curves)
    for reach in (loss_chart.LINEAR_REACH, loss_chart.LOG_REACH):
        top = chart.plot.y_range[1]
        end = 10**top if chart.log_box.isChecked() else top
        assert end <= 15 * reach * highest
        assert all((band.high <= top).all() for band in chart.plot.bands)
        chart.log_box.setChecked(True)


def test_the_cursor_reads_the_median_and_the_range(shown):
    moment = moment_of(replicas=6)
    chart = shown(LossChart, moment)
    chart.plot.hovered.emit(5.0, 0.1)
    losses = moment.history["test_loss"][5]
    text = chart.box.text()
    assert f"test loss&nbsp;&nbsp;<b>{chart.value_text(float(np.median(losses)))}</b>" in text
    low, high = (chart.value_text(float(end)) for end in (losses.min(), losses.max()))
    assert f"{low} to {high}" in text
    assert chart.rect().contains(chart.box.geometry())
    alone = shown(LossChart, moment_of(replicas=1))
    alone.plot.hovered.emit(5.0, 0.1)
    assert " to " not in alone.box.text()


def test_switching_a_curve_off_takes_its_bands_too(shown):
    chart = shown(LossChart, moment_of(replicas=6))
    chart.legend.chips["train"].setChecked(False)
    assert {band.colour for band in chart.plot.bands} == {LIGHT.test}


# --- gradients, dead neurons, numbers ----------------------------------------------------------


@pytest.mark.parametrize(("wish", "words"), [(None, "median of 6"), (3, "replica 4")])
def test_charts_and_numbers_say_whose_they_are(shown, wish, words):
    moment = moment_of(wish=wish)
    for kind in (GradientChart, DeadChart):
        chart = shown(kind, moment)
        assert chart.whose.text() == words
        assert chart.whose.isVisible()
    readout = shown(Readout, moment, size=(1280, 40))
    assert readout.figures["train_loss"].caption == f"Train loss, {words}"
    assert readout.figures["train_loss"].accessibleName() == f"Train loss, {words}"
    assert readout.figures["epoch"].caption == "Epoch"
    readout.render(moment_of(replicas=1, epochs=1))
    assert readout.figures["train_loss"].caption == "Train loss"
    assert readout.minimumSizeHint().width() < 1280


def test_another_choice_is_fitted_anew(shown):
    one, other = moment_of(wish=0), moment_of(wish=1)
    weights = one.health["weights"] * 1e-6
    tiny = dataclasses.replace(one, health={**one.health, "weights": weights})
    chart = shown(GradientChart, tiny)
    low = chart.plot.y_range[0]
    chart.render(other)
    assert chart.plot.y_range[0] > low + 3
    assert chart.plot.curves[0].y == pytest.approx(np.log10(other.health["weights"][:, 0]))


def test_dead_neurons_are_counted_in_the_shown_replica_or_in_the_median(shown):
    moment = moment_of(epochs=2, replicas=4)
    counts = (6, 6, 3, 0)
    dead = (np.arange(6) < np.array(counts)[:, None], np.zeros((4, 6), dtype=bool))
    for wish, words in (
        (0, "Dead: all 6 neurons in layer 1 answer 0 to every training point."),
        (2, "Dead: 3 of 6 neurons in layer 1 answer 0 to every training point."),
        (3, "No dead neurons."),
        (None, "Dead in the median: 4.5 of 6 neurons in layer 1 answer 0 to every training point."),
    ):
        chart = shown(DeadChart, dataclasses.replace(moment, dead=dead, shown=wish))
        assert chart.verdict.sentence == words


def test_the_marks_are_those_of_the_shown_replica(shown):
    stop = Stop("test_loss_plateau", 9, "Test loss plateau: it does not fall.", 6, True)
    moment = moment_of(wish=2)
    stops = (None, None, stop, None, None, None)
    chart = shown(LossChart, dataclasses.replace(moment, stops=stops, best_epoch=6))
    assert [mark.text for mark in chart.plot.marks] == [
        "replica 3: best 6", "replica 3: stop 9: test loss plateau",
    ]  # fmt: skip
    chart.render(dataclasses.replace(moment, stops=stops, shown=None, best_epoch=None))
    assert chart.plot.marks == []


# --- the plane ---------------------------------------------------------------------------------


def test_the_choice_is_there_only_if_there_are_several(shown):
    view = shown(BoundaryView, moment_of(replicas=1, epochs=1))
    assert not view.replica_box.isVisible()
    view.render(moment_of(replicas=3, epochs=1, wish=1, seed=20))
    box = view.replica_box
    assert box.isVisible()
    assert [box.itemText(index) for index in range(box.count())] == [
        "All 3: share of votes", "Replica 1 (seed 20)", "Replica 2 (seed 21)",
        "Replica 3 (seed 22)",
    ]  # fmt: skip
    assert box.currentIndex() == 2
    view.render(moment_of(replicas=1, epochs=1))
    assert not box.isVisible()


def test_a_choice_is_emitted_and_what_is_shown_is_not(shown, qtbot):
    view = shown(BoundaryView, moment_of(replicas=3, epochs=1, wish=1))
    chosen = []
    view.replica_box.chosen.connect(chosen.append)
    view.render(moment_of(replicas=3, epochs=1, wish=None))
    view.render(moment_of(replicas=4, epochs=1, wish=3))
    assert chosen == []
    view.replica_box.setFocus()
    qtbot.keyClick(view.replica_box, Qt.Key.Key_Up)
    qtbot.keyClick(view.replica_box, Qt.Key.Key_Home)
    assert chosen == [2, None]


def test_votes_are_drawn_as_shares_and_read_as_votes(shown):
    moment = moment_of(epochs=30, replicas=5)
    view = shown(BoundaryView, moment)
    assert view.scale.texts == ["0 %", "votes for class 1", "100 %"]
    table = theme.diverging(LIGHT, FIELD_STRENGTH)
    drawn = np.flatnonzero(moment.field[0].ravel() == 1)
    assert len(drawn)
    at = divmod(int(drawn[len(drawn) // 2]), moment.field.shape[-1])
    cell = view.field._pixels[2 * at[0], 2 * at[1]]
    assert cell == table[-1]
    x1, x2 = view.field.segments
    assert len(x1)
    low1, high1, low2, high2 = moment.extent
    n = moment.field.shape[-1]
    columns = np.clip((x1 - low1) / (high1 - low1) * n - 0.5, 0, n - 1)
    rows = np.clip((x2 - low2) / (high2 - low2) * n - 0.5, 0, n - 1)
    for column, row in zip(columns, rows, strict=True):  # half of the votes lie between neighbours
        left, below = int(column), int(row)
        near = moment.field[0, below : below + 2, left : left + 2]
        assert near.min() <= 0.5 <= near.max()
    for row, column in itertools.product((5, 50, 95), repeat=2):
        share = float(moment.field[0, row, column])
        view.plot.hovered.emit(
            low1 + (column + 0.5) / n * (high1 - low1), low2 + (row + 0.5) / n * (high2 - low2)
        )
        votes = round(max(share, 1 - share) * 5)
        assert view.probe_box.title.endswith(f"class {int(share > 0.5)}, {votes} of 5 votes")


def test_of_more_classes_the_majoritys_colour_is_the_paler_the_fewer_agree(shown):
    shares = np.zeros((3, 4, 4), dtype=np.float32)
    shares[2, :, :2] = 1
    shares[2, :, 2:], shares[0, :, 2:] = 0.6, 0.4
    colours = colours_of(Meaning("votes", 3, 0, 1, 5), scores(shares, "votes"), LIGHT, False)
    full, part = (theme.rgb(f"#{int(c) & 0xFFFFFF:06x}") for c in (colours[0, 0], colours[0, -1]))
    neutral, own = theme.rgb(LIGHT.neutral), theme.rgb(theme.class_colours(3, LIGHT)[2])
    assert full - neutral == pytest.approx(FIELD_STRENGTH * (own - neutral), abs=1.5)
    assert part - neutral == pytest.approx(0.4 * FIELD_STRENGTH * (own - neutral), abs=1.5)
    discrete = colours_of(Meaning("votes", 3, 0, 1, 5), scores(shares, "votes"), LIGHT, True)
    assert (discrete == colours[0, 0]).all()
    moment = moment_of(source="pinwheel")
    view = shown(BoundaryView, moment)
    assert moment.dataset.task == Task("classification", 3)
    assert view.replica_box.currentText() == "All 6: majority"
    view.plot.hovered.emit(0.0, 0.0)
    assert view.probe_box.title.endswith(" of 6 votes")
    assert view.scale.texts == ["class 0", "class 1", "class 2"]


def test_the_median_of_numbers_says_so(shown):
    view = shown(BoundaryView, moment_of(source="reg_gauss", wish=None))
    assert view.replica_box.currentText() == "All 6: median of their outputs"
    assert view.scale.texts[1] == "median output"
    view.plot.hovered.emit(1.0, 1.0)
    assert ": median output " in view.probe_box.title
    view.render(moment_of(source="reg_gauss", wish=1))
    assert view.scale.texts[1] == "output"


def test_points_are_not_drawn_anew_for_another_choice(shown, monkeypatch):
    moment = moment_of(wish=0)
    view = shown(BoundaryView, moment)
    drawn = []
    monkeypatch.setattr(view.points, "show", lambda *given: drawn.append(given))
    everyone = moment_of(wish=None)
    view.render(dataclasses.replace(everyone, dataset=moment.dataset))
    assert view.scale.texts[0] == "0 %"
    assert drawn == []


def test_a_replica_that_has_diverged_is_named(shown):
    moment = with_diverged(moment_of(wish=1), 1)
    view = shown(BoundaryView, moment)
    assert view.replica_box.currentText() == "Replica 2 (seed 1), diverged"
    assert view.probe.text().startswith("Replica 2 diverged in epoch 10")


# --- the status line ---------------------------------------------------------------------------


def test_the_status_line_counts_those_that_have_ended_while_others_go_on(qtbot):
    line = StatusLine()
    qtbot.addWidget(line)
    line.set_palette_colours(LIGHT)
    moment = dataclasses.replace(moment_of(epochs=12), running=True)
    line.render(moment)
    assert line.text.startswith("Training. Space pauses")
    line.render(with_diverged(moment, 1))
    assert line.text == "Training. 1 of 6 replicas has diverged."
    two = with_diverged(moment, 1, 3)
    line.render(two)
    assert line.text == "Training. 2 of 6 replicas have diverged."
    assert LIGHT.amber in line._dot.styleSheet()
    plateau = Stop("test_loss_plateau", 9, "Test loss plateau.")
    three = dataclasses.replace(two, stops=(plateau, *two.stops[1:]), running=False)
    line.render(three)
    assert line.text == (
        "Paused in epoch 13. 2 of 6 replicas have diverged. "
        "1 of 6 replicas has been stopped by a rule."
    )


# --- the real window ---------------------------------------------------------------------------


def type_replicas(window, text):
    field = window.training_panel.numbers_form.editor("replicas").field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_replicas_are_set_in_the_panel_and_the_first_stays_as_it_was(open_window, qtbot):
    window = open_window(experiment(replicas=1, units=8), full_speed=True)
    first = window.frames[-1]
    assert not window.output.boundary.replica_box.isVisible()
    type_replicas(window, "5")
    qtbot.waitUntil(lambda: window.frames[-1].replicas == 5)
    assert window.session.experiment.training.seed == first.experiment.training.seed
    assert window.status.text == "Built anew from seed 0: replicas changed."
    assert np.array_equal(window.frames[-1].field, first.field)
    assert window.output.boundary.replica_box.currentText() == "Replica 1 (seed 0)"
    window.session.step()
    qtbot.waitUntil(lambda: window.frames[-1].step == 1)
    stepped = window.frames[-1].field
    window.session.undo()
    window.session.step()
    qtbot.waitUntil(lambda: window.frames[-1].replicas == window.frames[-1].step == 1)
    assert window.frames[-1].field == pytest.approx(stepped, rel=1e-4, abs=1e-5)
    type_replicas(window, "65")
    assert window.session.experiment.training.replicas == 1
    window.close()


def test_the_choice_reaches_all_views_in_mid_run(open_window, qtbot):
    window = open_window(experiment(replicas=4), full_speed=True)
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch > 3)
    box = window.output.boundary.replica_box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: window.frames[-1].says == "votes")
    run = window.frames[-1].run
    qtbot.waitUntil(lambda: window.gradient_chart.whose.text() == "median of 4")
    qtbot.waitUntil(lambda: window.dead_chart.whose.text() == "median of 4")
    assert window.readout.figures["test_loss"].caption == "Test loss, median of 4"
    QTest.keyClick(box, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: window.frames[-1].shown == 3)
    qtbot.waitUntil(lambda: window.gradient_chart.whose.text() == "replica 4")
    assert window.frames[-1].health["epoch"][0, 0] == 0, "its past is all there"
    assert window.frames[-1].run == run
    assert window.session.running
    window.session.pause()
    type_replicas(window, "2")
    qtbot.waitUntil(lambda: window.frames[-1].replicas == 2)
    assert box.currentText() == "Replica 2 (seed 1)"
    window.close()


def test_some_diverge_while_the_others_go_on_and_a_file_remembers(open_window, qtbot, tmp_path):
    wild = experiment(
        "reg_gauss", replicas=10, units=12, optimizer={"name": "sgd", "learning_rate": 0.1}
    )
    layers = (*wild.network.hidden, wild.network.hidden[0])
    window = open_window(replace(wild, ("network", "hidden"), layers), full_speed=True)
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch > 30, timeout=LONG)
    lost = window.frames[-1].diverged
    assert 0 < lost.sum() < 10
    # At full speed the line is drawn with every second frame.
    qtbot.waitUntil(lambda: f"{lost.sum()} of 10 replicas ha" in window.status.text)
    window.session.pause()
    chosen = int(np.flatnonzero(lost)[0])
    window.output.boundary.replica_box.setCurrentIndex(1 + chosen)
    qtbot.waitUntil(lambda: not window.frames[-1].running and window.frames[-1].shown == chosen)
    before = window.frames[-1]
    assert np.isfinite(before.field).all()
    assert np.isfinite(before.train_loss)
    window.files._write(tmp_path / "some.json")
    window.session.reset()
    qtbot.waitUntil(lambda: not window.frames[-1].diverged.any())
    window.files.open_path(tmp_path / "some.json")
    qtbot.waitUntil(lambda: window.frames[-1].epoch == before.epoch)
    again = window.frames[-1]
    assert again.stops == before.stops
    assert again.shown == before.shown
    assert np.array_equal(again.field, before.field)
    assert (again.train_loss, again.test_loss) == (before.train_loss, before.test_loss)
    window.close()
