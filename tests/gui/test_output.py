"""The output: errors, contours, zoom and probe on the plane, and the pages behind it."""

import dataclasses
import gc
import itertools
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.exchange.drawing.field import Meaning, answer, meaning_of, scores
from playground.gui.theme import DARK, LIGHT, blend, class_colours
from playground.gui.views.boundary_view import BoundaryView
from playground.gui.views.confusion import FAINTEST, STRENGTH
from playground.gui.views.contours import contour, heights, levels_of
from playground.gui.views.errors_page import ErrorsPage
from playground.gui.views.options import Options
from playground.gui.views.output_view import ERRORS, PLANE, POINT, OutputView
from playground.gui.views.point_page import PointPage
from playground.gui.views.sight import FARTHEST, Sight
from playground.runtime.focus import Focus
from playground.runtime.snapshot import Photographer
from playground.training.trainer import Trainer

PARTS = ("train", "test")


def experiment(source="circle", **training):
    return Experiment.model_validate(
        {
            "data": {"source": source, "samples": 160, "noise": 0.3},
            "network": {"hidden": [{"units": 6, "activation": "tanh"}]},
            "training": {"stop": [], "max_epochs": 10**6, **training},
        }
    )


SOURCES = {
    "circle": experiment(),
    "two outputs": experiment(loss="cross_entropy"),
    "pinwheel": experiment("pinwheel"),
    "hinge": experiment("moons", loss="hinge"),
    "tanh": experiment("moons", loss="tanh_half_mse"),
    "regression": experiment("reg_gauss"),
    "replicas": experiment(replicas=3),
    "replicas of values": experiment("reg_gauss", replicas=3),
}


@cache
def moments(name, epochs=8, wish=0, focus=None):
    trainer = Trainer(SOURCES[name])
    camera = Photographer(trainer, 1, wish, ("answers", "errors"), focus=focus or Focus())
    taken = [camera.take(False, 0.0)]
    for _ in range(epochs):
        trainer.run_epoch()
        taken.append(camera.take(False, 0.0))
    return tuple(taken)


def without(moment, *names):
    """The same as if these had not been read yet."""
    readings = {name: value for name, value in moment.readings.items() if name not in names}
    return dataclasses.replace(moment, readings=readings)


def painted(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).view(np.uint32).reshape(image.height(), image.width())


def wheel(plot, x, y, notches):
    at = plot.to_pixels(x, y)
    event = QWheelEvent(
        at, QPointF(plot.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(plot, event)


def click(plot, place, double=False):
    send = QTest.mouseDClick if double else QTest.mouseClick
    send(plot, Qt.MouseButton.LeftButton, pos=plot.to_pixels(*place).toPoint())


# --- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["circle", "two outputs", "pinwheel", "hinge", "tanh"])
def test_rings_are_around_the_points_that_are_answered_wrongly(shown, name):
    moment = moments(name)[3]
    view = shown(BoundaryView, moment)
    assert view.instruments == ()
    told = []
    view.instruments_changed.connect(lambda: told.append(view.instruments))
    view.options.errors.setChecked(True)
    assert told == [("answers",)]
    expected = []
    for part in (moment.dataset.train, moment.dataset.test):
        outputs = Trainer(moment.experiment)
        for _ in range(3):
            outputs.run_epoch()
        z = outputs.network.outputs(part.inputs)[0]
        said = (z[0] > 0) if len(z) == 1 else z.argmax(axis=0)
        expected.append(part.points[said != part.targets])
    assert np.array_equal(view.rings.places, np.concatenate(expected))
    assert len(view.rings.places)
    view.options.test.setChecked(False)
    assert np.array_equal(view.rings.places, expected[0])


def test_rings_are_painted_in_red_and_only_while_they_are_wanted(shown):
    view = shown(BoundaryView, moments("circle")[1])
    red = int(LIGHT.red[1:], 16) | 0xFF000000
    plain = painted(view)
    assert not (plain == red).any()
    view.options.errors.setChecked(True)
    QApplication.processEvents()
    ringed = painted(view)
    place = view.plot.to_pixels(*view.rings.places[0])
    at = view.plot.mapTo(view, place.toPoint())
    reach = int(view.points.size / 2 + 4)
    near = (slice(at.y() - reach, at.y() + reach), slice(at.x() - reach, at.x() + reach))
    assert (ringed[near] != plain[near]).any()
    assert (ringed == red).any()
    view.options.errors.setChecked(False)
    QApplication.processEvents()
    assert np.array_equal(painted(view), plain)


def test_rings_wait_for_answers_to_the_present_points(shown):
    view = shown(BoundaryView, without(moments("circle")[2], "answers"))
    view.options.errors.setChecked(True)
    assert len(view.rings.places) == 0
    view.render(moments("circle")[2])
    assert len(view.rings.places) > 0
    stale = dataclasses.replace(moments("pinwheel")[2], readings=moments("circle")[2].readings)
    view.render(stale)
    assert len(view.rings.places) == 0


def test_of_values_none_is_wrong(shown):
    view = shown(BoundaryView, moments("circle")[1])
    view.options.errors.setChecked(True)
    view.render(moments("regression")[1])
    assert not view.options.errors.isEnabled()
    assert view.instruments == ()
    assert len(view.rings.places) == 0
    view.render(moments("circle")[2])
    assert view.instruments == ("answers",)


def test_it_is_said_whose_errors_are_ringed_where_all_replicas_are_shown(shown):
    view = shown(BoundaryView, moments("replicas", wish=None)[2])
    assert "replica 1" not in view.probe.text()
    view.options.errors.setChecked(True)
    assert "what replica 1 gets wrong" in view.probe.text()


# --- contours ----------------------------------------------------------------------------------


def test_contours_lie_where_the_values_are():
    across, up = np.meshgrid(np.arange(30.0), np.arange(30.0))
    x, y = contour(across + 2 * up, 31.5)
    assert x + 2 * y == pytest.approx(31.5)
    assert (y.min(), y.max()) == pytest.approx((1.25, 15.75))
    radius = np.hypot(across - 14, up - 15)
    x, y = contour(radius, 9.3)
    assert np.hypot(x - 14, y - 15) == pytest.approx(9.3, abs=0.05)
    lengths = np.hypot(np.diff(x)[::2], np.diff(y)[::2])
    assert lengths.sum() == pytest.approx(2 * np.pi * 9.3, rel=0.01), "it goes round once"
    assert len(contour(radius, 99.0)[0]) == len(contour(radius, -1.0)[0]) == 0


@pytest.mark.parametrize("corners", list(itertools.product((0.0, 1.0), repeat=4)))
def test_a_line_parts_the_corners_above_from_those_below(corners):
    values = np.array(corners).reshape(2, 2)
    x, y = contour(values, 0.5)
    edges = [values[0, 0] != values[0, 1], values[0, 1] != values[1, 1],
             values[1, 0] != values[1, 1], values[0, 0] != values[1, 0]]  # fmt: skip
    ends = [(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)]
    expected = [end for end, crossed in zip(ends, edges, strict=True) if crossed]
    assert sorted(zip(x, y, strict=True)) == sorted(expected)


def test_levels_are_tenths_of_probabilities_and_round_numbers_of_values():
    tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert levels_of(Meaning("probability", 2, 0, 1)) == tenths
    assert levels_of(Meaning("classes", 3, 0, 1)) == tenths[4:]
    for low, high in ((-1.0, 1.0), (0.003, 0.0071), (-2e5, 7e5)):
        levels = levels_of(Meaning("values", 0, low, high))
        assert 4 <= len(levels) <= 10
        assert np.ptp(np.diff(levels)) < 1e-9 * (high - low)
        assert low <= levels[0]
        assert levels[-1] <= high


@pytest.mark.parametrize("name", list(SOURCES))
def test_at_a_contour_is_said_what_it_is_named_by(name):
    wish = None if name.startswith("replicas") else 0
    moment = moments(name, wish=wish)[-1]
    loss, dataset = moment.experiment.training.loss, moment.dataset
    meaning = meaning_of(loss, dataset.task, dataset, moment.says, moment.replicas)
    score = scores(moment.field, moment.says)
    values, at = heights(meaning, score)
    said = answer(meaning, score)
    said = said[0] if len(said) == 1 else said.max(axis=0)
    for level, height in zip(levels_of(meaning), at, strict=True):
        agree = (values > height) == (said > level)
        assert agree.mean() > 0.999, "the same places lie above"


def test_contours_are_painted_with_words_that_do_not_overlap(shown):
    view = shown(BoundaryView, moments("circle", 40)[-1])
    plain = painted(view)
    assert view.contours.lines == ()
    view.options.contours.setChecked(True)
    QApplication.processEvents()
    assert (painted(view) != plain).any()
    assert view.contours.lines[0][0] == "0.1"
    placed = view.contours.words.placed(QFontMetricsF(view.font()), view.plot.to_pixels)
    assert len(placed) >= 2
    for (_, one), (_, other) in itertools.combinations(placed, 2):
        assert not one.intersects(other)
    for _, box in placed:
        assert view.plot.frame.contains(box)


# --- zoom --------------------------------------------------------------------------------------


def test_a_zoom_leaves_its_place_where_it_is():
    sight = Sight()
    assert sight.use((-6.0, 6.0, -6.0, 6.0))
    sight.zoom(0.5, 3.0, -1.0)
    low1, high1, low2, high2 = sight.seen
    assert high1 - low1 == high2 - low2 == 6
    assert (3.0 - low1) / 6 == pytest.approx(0.75)
    assert sight.is_part
    assert not sight.use((-6.0, 6.0, -6.0, 6.0)), "the same plane is not looked at anew"
    assert sight.is_part
    sight.show_all()
    assert not sight.is_part
    for factor in (1e-9, 1e9):
        sight.zoom(factor, 0.0, 0.0)
    assert sight.seen[1] - sight.seen[0] == pytest.approx(FARTHEST * 12)
    sight.move(1e9, -1e9)
    middle = ((sight.seen[0] + sight.seen[1]) / 2, (sight.seen[2] + sight.seen[3]) / 2)
    assert middle == pytest.approx((6, -6)), "one does not get lost"


def test_the_wheel_zooms_about_the_cursor_and_a_double_click_shows_all(shown):
    view = shown(BoundaryView, moments("circle")[1])
    whole = view.plot.x_range
    before = view.plot.to_pixels(2.0, 1.0)
    wheel(view.plot, 2.0, 1.0, 3)
    after = view.plot.to_pixels(2.0, 1.0)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1)
    assert np.ptp(view.plot.x_range) == pytest.approx(12 / 1.25**3)
    assert view.all_button.isEnabled()
    assert all(low <= at <= high for (low, high), ticks in
               ((view.plot.x_range, view.plot.x_ticks), (view.plot.y_range, view.plot.y_ticks))
               for at, _ in ticks)  # fmt: skip
    click(view.plot, view.plot.middle, double=True)
    assert view.plot.x_range == whole
    assert not view.all_button.isEnabled()
    wheel(view.plot, 0.0, 0.0, 1)
    view.all_button.click()
    assert view.plot.x_range == whole


def test_dragging_moves_the_plane_and_pins_nothing(shown):
    view = shown(BoundaryView, moments("circle")[1])
    start, plot = view.plot.to_pixels(*view.points.train.places[0]).toPoint(), view.plot
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(plot, start + QPoint(60, 0))
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
    moved = 60 / plot.frame.width() * 12
    assert plot.x_range == pytest.approx((-6 - moved, 6 - moved))
    assert plot.y_range == (-6, 6)
    assert view.pin is None


def test_keys_zoom_and_move_the_plane_and_others_go_on_to_the_window(shown):
    view = shown(BoundaryView, moments("circle")[1])
    view.plot.setFocus()
    QTest.keyClick(view.plot, Qt.Key.Key_Plus)
    assert np.ptp(view.plot.x_range) == pytest.approx(12 / 1.25)
    QTest.keyClick(view.plot, Qt.Key.Key_Right)
    assert sum(view.plot.x_range) / 2 == pytest.approx(1.2 / 1.25)
    QTest.keyClick(view.plot, Qt.Key.Key_Up)
    assert sum(view.plot.y_range) / 2 == pytest.approx(1.2 / 1.25)
    QTest.keyClick(view.plot, Qt.Key.Key_0)
    assert view.plot.x_range == (-6, 6)
    QTest.keyClick(view.plot, Qt.Key.Key_Minus)
    assert np.ptp(view.plot.y_range) == pytest.approx(12 * 1.25)


def test_the_field_is_made_for_what_is_seen(open_window, qtbot):
    window = open_window(experiment())
    view = window.output.boundary
    wheel(view.plot, 1.0, 1.0, 4)
    qtbot.waitUntil(lambda: window.frames[-1].extent == view.sight.seen)
    qtbot.waitUntil(lambda: view.field._extent == view.sight.seen)
    window.session.new_seed()  # of later runs too
    run = window.frames[-1].run
    qtbot.waitUntil(lambda: window.frames[-1].run != run)
    assert window.frames[-1].extent == view.sight.seen
    view.all_button.click()
    qtbot.waitUntil(lambda: window.frames[-1].extent == (-6, 6, -6, 6))


# --- the probe ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(SOURCES))
def test_the_probe_says_inputs_outputs_and_the_nearest_point(shown, name):
    view = shown(BoundaryView, moments(name)[-1])
    dataset = moments(name)[-1].dataset
    place = dataset.train.points[7]
    view.plot.hovered.emit(float(place[0]), float(place[1]))
    rows = view.probe_box.rows
    assert rows[0].startswith("inputs: x₁ ")
    values = dataset.task.kind == "regression"
    assert any(row.startswith(("logit", "output: ", "before tanh")) for row in rows) != values
    kind = "of value" if values else f"of class {int(dataset.train.targets[7])}"
    assert rows[-1].startswith(f"nearest: training point {kind}")
    assert "0 away" in rows[-1]


def test_the_probe_says_what_the_nearest_point_was_answered(shown):
    moment = moments("pinwheel")[2]
    view = shown(BoundaryView, moment)
    view.options.errors.setChecked(True)
    part = moment.readings["answers"].test
    view.plot.hovered.emit(*moment.dataset.test.points[4].tolist())
    assert f"answered class {int(part.predicted[4])}" in view.probe_box.rows[-1]


def test_the_probe_keeps_its_width_and_does_not_get_lower(shown):
    view = shown(BoundaryView, moments("pinwheel")[2], size=(260, 340))
    view.plot.hovered.emit(-5.5, -5.5)
    width, height = view.probe_box.width(), view.probe_box.height()
    for x1, x2 in itertools.product((-5.0, 0.001, 5.9), repeat=2):
        view.plot.hovered.emit(x1, x2)
        assert view.probe_box.width() == width
        assert view.probe_box.height() >= height
        height = view.probe_box.height()
        assert view.rect().contains(view.probe_box.geometry())


# --- pages of errors ---------------------------------------------------------------------------


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("name", ["circle", "pinwheel"])
def test_a_confusion_matrix_counts_answers_by_class(shown, name, colours):
    moment = moments(name)[4]
    page = shown(ErrorsPage, moment, colours=colours)
    errors = moment.readings["errors"]
    for part in PARTS:
        matrix, own = getattr(page, part), getattr(errors, part)
        assert matrix.errors is own
        right = int(np.trace(own.confusion))
        assert matrix.title.endswith(f"{right:,} of {own.count:,}")
        assert f"{100 * getattr(moment, f'{part}_accuracy'):.1f} %" in matrix.title
        count = int(own.confusion[1, 0])
        total = int(own.confusion[1].sum())
        words = f"{count} of {total} points of class 1 are wrongly answered class 0."
        assert matrix.words(1, 0) == words
        cell = matrix._cell(0, 0).center().toPoint()
        QTest.mouseMove(matrix, cell)
        assert matrix.toolTip() == matrix.words(0, 0)
    confusion = errors.train.confusion
    share = confusion[0, 0] / confusion[0].sum()
    strength = FAINTEST + (STRENGTH - FAINTEST) * share
    hue = blend(colours.panel, class_colours(len(confusion), colours)[0], strength)
    at = page.train._cell(0, 0).topLeft().toPoint() + QPoint(4, 4)
    assert page.train.grab().toImage().pixelColor(at).name() == hue
    assert page.instruments == ("errors",)


def test_residuals_are_drawn_over_the_answers(shown):
    moment = moments("regression")[4]
    page = shown(ErrorsPage, moment)
    assert page.instruments == ("errors", "answers")
    answers, errors = moment.readings["answers"], moment.readings["errors"]
    for part in PARTS:
        item = page.residuals.plot._items[part]
        said = getattr(answers, part).predicted
        targets = getattr(moment.dataset, part).targets
        assert np.allclose(item.data["x"], said)
        assert np.allclose(item.data["y"], targets - said)
        assert page.residuals.values[part, "rmse"].text() == f"{getattr(errors, part).rmse:.4f}"
        r2 = f"{getattr(errors, part).r2:.4f}".replace("-", "−")
        assert page.residuals.values[part, "r2"].text() == r2
    page.set_palette_colours(DARK)
    assert page.residuals.plot.colours is DARK
    assert page.residuals.plot._looks["train"] == (DARK.train, False)


def test_it_goes_between_classes_and_values(shown):
    page = shown(ErrorsPage, moments("circle")[1])
    told = []
    page.instruments_changed.connect(lambda: told.append(page.instruments))
    page.render(without(moments("regression")[1], "errors", "answers"))
    assert page.residuals.values["train", "mae"].text() == "—"
    page.render(moments("regression")[2])
    assert page.residuals.values["train", "mae"].text() != "—"
    page.render(moments("circle")[2])
    assert page.train.isVisible()
    assert told == [("errors", "answers"), ("errors",)]


@pytest.mark.parametrize("name", ["replicas", "replicas of values"])
def test_it_is_said_whose_errors_they_are(shown, name):
    page = shown(ErrorsPage, moments(name, wish=2)[2])
    assert page.whose.text() == "Of replica 3."
    page.render(moments(name, wish=None)[2])
    assert page.whose.text().startswith("Of replica 1.")
    page.render(moments("circle")[2])
    assert not page.whose.isVisible()


def test_errors_are_read_only_while_their_page_is_seen(open_window, qtbot):
    window = open_window(experiment())
    assert not {"errors", "answers"} & set(window._watched)
    window.output.tabs.setCurrentIndex(ERRORS)
    assert "errors" in window._watched
    qtbot.waitUntil(lambda: "errors" in window.frames[-1].readings)
    qtbot.waitUntil(lambda: window.output.errors.view.train.errors is not None)
    window.output.tabs.setCurrentIndex(PLANE)
    assert "errors" not in window._watched
    window.output.boundary.options.errors.setChecked(True)
    assert "answers" in window._watched
    window.docks["Output"].close()
    QApplication.processEvents()
    assert "answers" not in window._watched


# --- the pinned point --------------------------------------------------------------------------


def test_a_click_on_a_point_pins_it_and_another_lets_it_go(shown):
    view = shown(BoundaryView, moments("circle")[1])
    place = tuple(view.points.train.places[3].tolist())
    click(view.plot, (-5.9, 5.9))
    assert view.pin is None, "there is no point"
    plain = painted(view)
    click(view.plot, place)
    QTest.keyClick(view.plot, Qt.Key.Key_0)
    assert view.pin.place == place
    assert not view.pin.is_test
    assert (view.pin.row, view.pin.target) == (3, moments("circle")[1].dataset.train.targets[3])
    QApplication.processEvents()
    assert (painted(view) != plain).any()
    click(view.plot, place)
    assert view.pin is None
    QTest.keyClick(view.plot, Qt.Key.Key_Return)
    assert view.pin is not None
    QTest.keyClick(view.plot, Qt.Key.Key_Escape)
    assert view.pin is None


def test_a_double_click_on_a_point_leaves_the_pin_as_it_was(shown):
    view = shown(BoundaryView, moments("circle")[1])
    first, other = (tuple(view.points.train.places[row].tolist()) for row in (3, 4))
    for pinned in (None, first):
        if pinned is not None:
            click(view.plot, pinned)
        before = view.pin
        wheel(view.plot, *other, 1)
        click(view.plot, other)
        click(view.plot, other, double=True)
        assert view.pin == before
        assert not view.sight.is_part


def test_a_pin_stays_as_long_as_the_point_is_there(shown):
    view = shown(BoundaryView, moments("circle")[1])
    click(view.plot, tuple(view.points.train.places[3].tolist()))
    pin = view.pin
    again = Photographer(Trainer(SOURCES["circle"]), 2).take(False, 0.0)
    assert again.dataset is not moments("circle")[1].dataset
    view.render(again)
    assert view.pin == pin, "the same points, of another run"
    view.render(moments("pinwheel")[1])
    assert view.pin is None


@pytest.mark.parametrize(
    "name", ["circle", "two outputs", "pinwheel", "hinge", "tanh", "regression"]
)
def test_a_pinned_points_history_is_what_was_answered(shown, name):
    dataset = moments(name)[-1].dataset
    point = tuple(dataset.train.points[2].tolist())
    moment = moments(name, focus=Focus(point=point))[-1]
    view = shown(BoundaryView, moment)
    click(view.plot, point)
    page = shown(PointPage)
    page.point = view.pin
    page.render(moment)
    trace = moment.trace
    meaning = meaning_of(moment.experiment.training.loss, dataset.task, dataset)
    said = answer(meaning, scores(trace.outputs))
    curves = {n: item.getData() for n, item in page.plot._items.items() if n.startswith("class")}
    if meaning.kind == "values" or meaning.is_signed:
        assert curves == {}
        x, y = page.plot._items["answer"].getData()
        assert np.allclose(y, said[0])
        target = dataset.train.targets[2]
        expected = target if meaning.kind == "values" else 2 * target - 1
        assert page.plot._items["target"].value() == expected
    else:
        assert len(curves) == dataset.task.classes
        assert np.allclose(sum(y for _, y in curves.values()), 1)
        x, y = curves["class 1"]
        assert np.allclose(y, said[-1] if len(said) == 1 else said[1])
        assert f"P(class {int(dataset.train.targets[2])}) = " in page.words.text()
    assert x.tolist() == list(range(9))
    assert page.words.text().startswith("Training point of ")


def test_a_pinned_point_has_a_page_of_its_own_or_a_place_below_the_plane(open_window, qtbot):
    window = open_window(experiment(), size=(1280, 720))
    output, view = window.output, window.output.boundary
    assert not output.tabs.isTabVisible(POINT)
    size = view.plot.size()
    place = tuple(view.points.train.places[3].tolist())
    click(view.plot, place)
    assert output.tabs.isTabVisible(POINT)
    assert view.plot.size() == size
    assert window.frames[-1].trace is None, "it is followed while it can be seen"
    output.tabs.setCurrentIndex(POINT)
    qtbot.waitUntil(lambda: window.frames[-1].trace is not None)
    assert window.frames[-1].trace.point == place
    qtbot.waitUntil(lambda: "class 0" in output.point.view.plot._items)
    QTest.keyClick(output, Qt.Key.Key_Escape)
    assert view.pin is None
    assert output.tabs.currentIndex() == PLANE
    assert not output.tabs.isTabVisible(POINT)
    qtbot.waitUntil(lambda: window.frames[-1].trace is None)
    window.docks["Output"].setFloating(True)
    window.docks["Output"].resize(320, 800)
    QApplication.processEvents()
    size = view.plot.size()
    click(view.plot, place)
    QApplication.processEvents()
    assert output.point.isVisible()
    assert not output.tabs.isTabVisible(POINT)
    assert view.plot.size() == size, "nothing moves"
    qtbot.waitUntil(lambda: window.frames[-1].trace is not None)
    window.docks["Output"].resize(320, 420)
    QApplication.processEvents()
    assert output.tabs.isTabVisible(POINT)
    assert not output.point.isVisible()
    view.let_go()
    window.docks["Output"].setFloating(False)


def test_a_new_data_set_lets_the_point_go_whatever_page_is_seen(open_window, qtbot):
    window = open_window(experiment())
    output = window.output
    click(output.boundary.plot, tuple(output.boundary.points.train.places[3].tolist()))
    output.tabs.setCurrentIndex(ERRORS)
    window.session.change(replace(window.session.experiment, ("data", "seed"), 99))
    qtbot.waitUntil(lambda: output.boundary.pin is None)
    assert not output.tabs.isTabVisible(POINT)
    output.tabs.setCurrentIndex(PLANE)


@pytest.mark.parametrize("page", [PLANE, ERRORS])
@pytest.mark.parametrize("name", ["pinwheel", "regression"])
def test_pages_live_through_a_run_in_both_themes(open_window, qtbot, name, page):
    window = open_window(SOURCES[name], full_speed=True)
    output = window.output
    output.boundary.options.errors.setChecked(True)
    output.boundary.options.contours.setChecked(True)
    click(output.boundary.plot, tuple(output.boundary.points.train.places[0].tolist()))
    output.tabs.setCurrentIndex(page)
    window.session.run()
    epoch = window.frames[-1].epoch
    qtbot.waitUntil(lambda: window.frames[-1].epoch > epoch + 20)
    window.on_toggle_theme()
    qtbot.waitUntil(lambda: window.frames[-1].epoch > epoch + 40)
    output.tabs.setCurrentIndex(POINT)
    qtbot.waitUntil(lambda: window.frames[-1].trace is not None)
    window.session.pause()
    qtbot.waitUntil(lambda: not window.frames[-1].running)
    assert output.point.view.plot.colours is window.colours
    window.session.look_back(5)
    qtbot.waitUntil(lambda: window.frames[-1].moment is not None)
    QApplication.processEvents()
    assert f"Epoch {window.frames[-1].moment}" in output.point.view.words.text()
    window.on_toggle_theme()


def test_the_output_follows_the_theme_before_and_after_a_page_is_made(shown):
    view = shown(OutputView, moments("circle")[1], colours=DARK)
    view.tabs.setCurrentIndex(ERRORS)
    assert view.errors.view.train._colours is DARK
    view.set_palette_colours(LIGHT)
    assert view.errors.view.train._colours is LIGHT
    assert view.boundary.plot.colours is LIGHT


def test_the_menu_of_what_is_shown_outlives_a_collection(qtbot):
    options = Options()
    qtbot.addWidget(options)
    gc.collect()
    assert options.test.isChecked()
    assert options.menu() is options._menu
