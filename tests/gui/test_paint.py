"""Painting points in the real window, by mouse and by keys: strokes, undo, what is not finished."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.core.experiment import Data, Experiment, Training
from playground.core.limits import MAX_SAMPLES
from playground.data.dataset import prepare
from playground.gui.paint.sheet import Sheet, along, sheet_of, square_for
from playground.gui.views.later import Later

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def open_paint(open_window, qtbot):
    def open_on(experiment, size=(1280, 720)):
        window = open_window(experiment, size=size)
        assert not window.paint_tab.is_made
        QTest.mouseClick(window.data_panel.gallery.paint_button, LEFT)
        QApplication.processEvents()
        assert window.paint.isVisible()
        return window

    return open_on


def at(window, x1, x2):
    return window.paint.surface.to_pixels(x1, x2).toPoint()


def stroke(window, *places, button=LEFT):
    surface = window.paint.surface
    first, *others = [at(window, *place) for place in places]
    QTest.mousePress(surface, button, pos=first)
    for place in others:
        QTest.mouseMove(surface, place)
    QTest.mouseRelease(surface, button, pos=others[-1] if others else first)


def own(window):
    data = window.session.experiment.data
    return data.points if data.source == "points" else None


def test_a_stroke_makes_drawn_points_own_in_one_step_of_undo(open_paint):
    window = open_paint(Experiment())
    before = window.session.experiment
    assert "500 points of Circle" in window.paint.hint.text()
    window.paint.controls.choose_class(2)
    window.paint.controls.per_dab.setValue(3)
    stroke(window, (-5, 5), (0, 5), (5, 5))
    points = np.array(list(own(window)))
    painted = points[points[:, 2] == 2]
    assert len(points) == 500 + len(painted)
    assert len(painted) % 3 == 0
    assert len(painted) > 12
    assert np.abs(painted[:, 1] - 5).max() <= window.paint.picture.brush.radius + 0.1
    assert painted[:, 0].min() < -4
    assert painted[:, 0].max() > 4
    taken = {tuple(row) for row in points[points[:, 2] < 2].tolist()}
    drawn = prepare(before.data)
    assert {tuple(p) for p in drawn.train.points.tolist()} <= {row[:2] for row in taken}
    assert window.session.experiment.data.task.classes == 3
    assert window.data_panel.thumbnails["points"].isChecked()
    window.on_undo()
    assert window.session.experiment == before
    assert "500 points of Circle" in window.paint.hint.text()
    window.on_redo()
    assert len(own(window)) == len(points)


def test_the_plane_does_not_move_under_the_brush(open_paint):
    window = open_paint(Experiment(), size=(1600, 1000))
    dock = window.docks["Paint"]
    dock.setFloating(True)
    dock.resize(240, 460)  # where the first sentence takes two lines
    QApplication.processEvents()
    surface = window.paint.surface
    place = surface.mapTo(window.paint, surface.rect().topLeft()), surface.size()
    stroke(window, (-5, 5), (0, 5))
    for _ in range(3):  # one layout after another
        QApplication.processEvents()
    assert "of your own" in window.paint.hint.text()
    assert (surface.mapTo(window.paint, surface.rect().topLeft()), surface.size()) == place
    dock.setFloating(False)


def test_take_over_needs_no_stroke(open_paint):
    window = open_paint(Experiment())
    button = window.paint.controls.take_over
    QTest.mouseClick(button, LEFT)
    assert len(own(window)) == 500
    assert window.session.experiment.data.task.classes == 2
    assert not button.isEnabled()
    assert "500 points of your own" in window.paint.hint.text()


def test_from_nothing_to_own_points(open_paint):
    window = open_paint(Experiment())
    before, paint = window.session.experiment, window.paint
    QTest.mouseClick(paint.controls.clear, LEFT)
    assert len(paint.sheet) == 0
    assert paint.unfinished
    assert window.session.experiment is before, "it goes on with the points it has"
    assert "The plane is empty" in paint.hint.text()
    assert window.actions_["undo"].isEnabled()
    window.on_undo()
    assert not paint.unfinished
    assert len(paint.sheet) == 500
    assert window.session.experiment is before
    assert not window.actions_["undo"].isEnabled()
    paint._clear()
    paint.controls.per_dab.setValue(1)
    stroke(window, (2, 2))
    assert paint.unfinished, "a single point has none to be tested on"
    assert "Not trained on yet" in paint.hint.text()
    stroke(window, (-2, 2))
    assert not paint.unfinished
    assert len(own(window)) == 2
    window.on_undo()
    assert window.session.experiment == before


def test_erasing_by_tool_and_by_the_right_button(open_paint):
    window = open_paint(Experiment())
    paint = window.paint
    paint.controls.size_slider.setValue(40)
    stroke(window, (0, 0), button=RIGHT)
    left = np.array(list(own(window)))
    assert 0 < len(left) < 500
    assert np.hypot(*left[:, :2].T).min() > paint.picture.brush.radius - 0.2
    paint.controls.tools["erase"].click()
    stroke(window, (-4, 0), (4, 0))
    fewer = np.array(list(own(window)))
    assert len(fewer) < len(left)
    count = len(window.session._undo.past)
    stroke(window, (0, 0))
    assert len(window.session._undo.past) == count, "nothing was there, so nothing has changed"


def test_a_point_is_dragged(open_paint):
    rows = [[-3.0, -3.0, 0.0], [3.0, 3.0, 1.0], [-3.0, 3.0, 1.0], [3.0, -3.0, 0.0]]
    own_points = Data(source="points", points=rows)
    window = open_paint(Experiment(data=own_points, training=Training(stop=())))
    window.paint.controls.tools["move"].click()
    stroke(window, (3, 3), (2, 4), (1, 5))
    moved = [row for row in own(window) if list(row) not in rows]
    assert len(own(window)) == 4
    assert len(moved) == 1
    assert moved[0][2] == 1.0
    assert math.dist(moved[0][:2], (1, 5)) < 0.15
    count = len(window.session._undo.past)
    stroke(window, (0, 0), (1, 1))
    stroke(window, (-3, 3))
    assert len(window.session._undo.past) == count, "no point was carried anywhere"
    assert len(window.paint.sheet.rows) == 4


def test_painting_by_keys_and_space_still_runs(open_paint, qtbot):
    window = open_paint(Experiment(training=Training(stop=())))
    surface, paint = window.paint.surface, window.paint
    assert window.focusWidget() is surface
    paint.controls.per_dab.setValue(2)
    QTest.keyClick(surface, Qt.Key.Key_5)
    assert paint.controls.number == 5
    for _ in range(3):
        QTest.keyClick(surface, Qt.Key.Key_Up)
    QTest.keyClick(surface, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert surface.cursor_at == (pytest.approx(1.5), pytest.approx(0.9))
    assert paint.picture.brush.cross
    QTest.keyClick(surface, Qt.Key.Key_Return)
    dab = np.array([row for row in own(window) if row[2] == 5])
    assert len(dab) == 2
    assert np.hypot(dab[:, 0] - 1.5, dab[:, 1] - 0.9).max() <= paint.picture.brush.radius
    QTest.keyClick(surface, Qt.Key.Key_Delete)
    assert not [row for row in own(window) if row[2] == 5]
    QTest.keyClick(surface, Qt.Key.Key_9)
    assert paint.controls.number == 5, "there is no such class"
    count = len(window.session._undo.past)
    QTest.keyClick(surface, Qt.Key.Key_Space)
    assert window.session.running
    assert len(window.session._undo.past) == count
    QTest.keyClick(surface, Qt.Key.Key_Space)
    assert not window.session.running


def test_values_are_painted_where_targets_are_numbers(open_paint):
    window = open_paint(Experiment(data=Data(source="plane")))
    controls = window.paint.controls
    assert controls.value.isVisible()
    assert not controls.chips[0].isVisible()
    controls.value.setValue(-0.75)
    QTest.keyClick(window.paint.surface, Qt.Key.Key_3)
    stroke(window, (1, 1))
    data = window.session.experiment.data
    assert (data.source, data.problem) == ("points", "regression")
    assert data.points[-1][2] == -0.75
    window.session.edit(("data",), Data())
    assert controls.chips[0].isVisible()


def test_label_noise_and_shift_stay_settings(open_paint):
    data = Data(label_noise=0.3, shift="with_labels")
    window = open_paint(Experiment(data=data))
    QTest.mouseClick(window.paint.controls.take_over, LEFT)
    changed = window.session.experiment.data
    assert (changed.label_noise, changed.shift) == (data.label_noise, data.shift)
    clean = prepare(Data())
    rows = {(*p, t) for p, t in zip(clean.train.points.tolist(), clean.train.targets, strict=True)}
    assert rows <= set(changed.points), "wrong labels are not made right ones"


def test_what_is_not_finished_stays_while_other_settings_change(open_paint):
    window = open_paint(Experiment())
    paint = window.paint
    paint._clear()
    window.session.edit(("training", "optimizer", "learning_rate"), 0.02)
    window.session.edit(("data", "test_share"), 0.4)
    assert paint.unfinished
    assert len(paint.sheet) == 0
    window.session.edit(("data", "source"), "gauss")
    assert not paint.unfinished
    assert len(paint.sheet) == 500


def test_many_moves_of_a_stroke_are_one_change(open_paint):
    window = open_paint(Experiment())
    changes = []
    window.session.experiment_changed.connect(changes.append)
    places = [(4 * math.cos(t / 8), 4 * math.sin(t / 8)) for t in range(60)]
    surface = window.paint.surface
    QTest.mousePress(surface, LEFT, pos=at(window, *places[0]))
    for place in places:
        QTest.mouseMove(surface, at(window, *place))
    assert changes == []
    assert len(window.paint.sheet.fresh) > 30
    QTest.mouseRelease(surface, LEFT, pos=at(window, *places[-1]))
    assert len(changes) == 1


def test_training_goes_on_with_the_points_that_are_painted(open_paint, qtbot):
    window = open_paint(Experiment(training=Training(stop=(), max_epochs=10**6)))
    for title in ("Neurons", "Trouble", "Distributions"):
        window.docks[title].raise_()
    QTest.mouseClick(window.paint.controls.take_over, LEFT)
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch > 2)
    run, epoch = window.frames[-1].run, window.frames[-1].epoch
    window.paint.controls.choose_class(1)
    notices = []
    window.session.notice.connect(notices.append)
    for x2 in (-4, 0, 4):
        stroke(window, (-4, x2), (4, x2))
        count = len(own(window))
        qtbot.waitUntil(
            lambda count=count: (
                len(window.frames[-1].dataset.train) + len(window.frames[-1].dataset.test) == count
            )
        )
    stroke(window, (0, 0), button=RIGHT)
    window.on_undo()
    qtbot.waitUntil(lambda: len(window.frames[-1].dataset.train) == round(count / 2))
    qtbot.waitUntil(lambda: window.frames[-1].epoch > epoch + 2)
    assert window.frames[-1].run == run, "it is the same network"
    assert notices == []
    assert window.session.running
    window.paint.controls.choose_class(2)
    stroke(window, (0, 0))
    assert "Built anew" in notices[-1]
    qtbot.waitUntil(lambda: window.frames[-1].run > run)
    assert window.session.running


def test_an_undo_within_a_stroke_ends_it(open_paint):
    window = open_paint(Experiment())
    window.session.edit(("data", "noise"), 0.4)
    surface = window.paint.surface
    window.paint.controls.tools["move"].click()
    point = prepare(window.session.experiment.data).train.points[0]
    QTest.mousePress(surface, LEFT, pos=at(window, *point))
    window.on_undo()
    QTest.mouseMove(surface, QPoint(60, 60))
    QTest.mouseRelease(surface, LEFT, pos=QPoint(60, 60))
    assert own(window) is None
    assert len(window.paint.sheet) == 500


def test_the_tab_is_made_when_it_is_first_seen_and_nothing_moves(open_window, qtbot):
    window = open_window(Experiment(), size=(1280, 720))
    later = window.paint_tab
    assert isinstance(later, Later)
    sizes = {name: window.docks[name].size() for name in ("Loss", "Gradients", "Output")}
    window.docks["Paint"].raise_()
    QApplication.processEvents()
    assert later.is_made
    assert window.docks["Paint"].size() == sizes.pop("Output")
    assert {name: window.docks[name].size() for name in sizes} == sizes
    assert window.paint.picture.snapshot is not None, "the network's answer is behind the points"
    frames = len(window.frames)
    window.session.run()
    qtbot.waitUntil(lambda: len(window.frames) > frames + 3)
    qtbot.waitUntil(lambda: window.paint.picture.snapshot.epoch > 0)
    window.session.pause()
    for _ in range(2):
        window.on_toggle_theme()
        assert window.paint.surface.colours is window.colours


@pytest.mark.parametrize("size", [(240, 420), (460, 200), (900, 700)])
def test_nothing_is_cut_whatever_the_shape(open_paint, size):
    window = open_paint(Experiment())
    dock = window.docks["Paint"]
    dock.setFloating(True)
    dock.resize(*size)
    QApplication.processEvents()
    paint = window.paint
    for widget in (*paint.controls.tools.values(), *paint.controls.chips, paint.controls.clear,
                   paint.controls.per_dab, paint.controls.size_slider):  # fmt: skip
        corner = widget.mapTo(paint, widget.rect().bottomRight())
        assert paint.rect().contains(corner), widget.accessibleName()
    frame = paint.surface.frame
    assert abs(frame.width() - frame.height()) <= 1
    assert frame.width() > 60
    dock.setFloating(False)


def test_nothing_is_cut_after_the_window_became_smaller(open_paint):
    window = open_paint(Experiment(), size=(1600, 1000))
    window.resize(1280, 700)
    QApplication.processEvents()
    controls = window.paint.controls
    for widget in (*controls.tools.values(), *controls.chips, controls.size_slider,
                   controls.per_dab, controls.take_over, controls.clear):  # fmt: skip
        box = widget.parentWidget()
        assert box.rect().contains(widget.geometry()), widget.accessibleName()
        assert controls.rect().contains(box.geometry()) or box is controls, widget.accessibleName()


def test_a_small_plane_is_given_room(open_paint):
    window = open_paint(Experiment())
    QApplication.processEvents()
    paint, dock = window.paint, window.docks["Paint"]
    assert paint.surface.frame.width() > 120
    assert dock.width() <= 0.34 * window.width()
    wide = dock.width()
    window.resizeDocks([dock], [wide + 40], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    window.on_paint_points()
    QApplication.processEvents()
    assert dock.width() > wide, "what the user has made wide stays so"


def test_a_large_plane_is_given_no_more_room(open_paint):
    window = open_paint(Experiment(), size=(1900, 1400))
    QApplication.processEvents()
    assert window.paint.surface.frame.width() > 180
    assert window.docks["Paint"].width() < 300


# --- the sheet -----------------------------------------------------------------------------------


def test_no_more_points_than_are_allowed():
    rng = np.random.default_rng(0)
    sheet = Sheet(np.zeros((MAX_SAMPLES - 3, 3)))
    assert sheet.spray((0, 0), 1, 5, 1.0, rng) == 3
    assert sheet.spray((0, 0), 1, 5, 1.0, rng) == 0
    sheet.settle()
    assert len(sheet.points()) == MAX_SAMPLES


def test_own_points_come_back_as_they_are():
    rows = ((0.1, 1e9, 0.0), (-3.7, 2.0, 1.0))
    sheet = sheet_of(Data(source="points", points=rows))
    assert tuple(sheet.points()) == rows


def test_the_square_stays_while_points_suit_it():
    data = Data(source="points", points=((0.0, 0.0, 0.0),))
    usual = (-6.0, 6.0, -6.0, 6.0)
    assert square_for(Sheet(), data, None) == usual
    few = Sheet(np.array([[0.1, 0.1, 0.0], [0.2, 0.1, 1.0]]))
    assert square_for(few, data, usual) == usual, "one does not come closer at the first dab"
    far = Sheet(np.array([[0.0, 0.0, 0.0], [30.0, 0.0, 1.0]]))
    low1, high1, _, _ = square_for(far, data, usual)
    assert low1 < 0
    assert high1 > 30


def test_places_along_a_way_are_evenly_apart():
    places = along((0, 0), (3, 4), 1.0)
    assert len(places) == 5
    steps = [math.dist(a, b) for a, b in zip([(0, 0), *places], places, strict=False)]
    assert steps == pytest.approx([1.0] * 5)
    assert along((0, 0), (0, 0), 1.0) == []
