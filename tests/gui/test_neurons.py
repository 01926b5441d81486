"""The view of single neurons: cells, signs, words, the choice, and the real window."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.core.experiment import Experiment
from playground.gui import theme
from playground.gui.theme import DARK, LIGHT
from playground.gui.views import saturation
from playground.gui.views.dead_chart import DeadChart
from playground.gui.views.neuron_cells import bars, cross, pack, picture
from playground.gui.views.neurons_view import HINT, LONGEST, NeuronsView, in_sentence, judged
from playground.runtime.snapshot import Photographer, Snapshot
from playground.training.instruments.neurons import LayerNeurons
from playground.training.trainer import Trainer

LEFT = Qt.MouseButton.LeftButton


def experiment(hidden, **training):
    training = {"stop": [], "max_epochs": 1_000_000, **training}
    network = {"hidden": hidden}
    return Experiment.model_validate({"network": network, "training": training})


def layers(count, units=8, activation="relu", bias=0.0, **start):
    start = {"name": "he_normal", "bias": bias, **start}
    return [{"units": units, "activation": activation, "initializer": start}] * count


EXPERIMENTS = {
    "relu": experiment(layers(3)),
    "dead": experiment(layers(2, bias=-100.0)),
    "flat": experiment(layers(2, activation="tanh", name="normal", stddev=20.0)),
    "sigmoid": experiment(layers(1, activation="sigmoid")),
    "no hidden": experiment([]),
    "replicas": experiment(layers(2, 5), replicas=4),
    "deep": experiment(layers(6, 32, "tanh", name="xavier_normal")),
}


@cache
def moment(name: str, unit=None, shown: int | None = 0) -> Snapshot:
    trainer = Trainer(EXPERIMENTS[name])
    trainer.run_epoch()
    aims = {"unit_field": unit}
    return Photographer(trainer, 1, shown, ("neurons", "unit_field"), aims).take(False, 0.0)


@pytest.fixture
def shown(shown):
    def show(*moments, kind=NeuronsView, **looks):
        return shown(kind, *moments, **looks)

    return show


def point_at(grid, unit):
    at = grid._place(*unit).center()
    no, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, at, grid.mapToGlobal(at), no, no, none)
    QApplication.sendEvent(grid, event)


def click(grid, unit):
    QTest.mouseClick(grid, LEFT, pos=grid._place(*unit).center().toPoint())


# --- where cells are -----------------------------------------------------------------------------


ROOMS = [(150, 160), (400, 100), (420, 300), (900, 200)]
NETWORKS = [[1], [12] * 3, [32] * 6, [3, 512, 7], [512] * 32, [1] * 32, [64, 1, 17]]


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("units", NETWORKS, ids=str)
def test_each_unit_has_a_cell_of_its_own_within_the_room(units, room):
    packing = pack(units, *room)
    taken = np.zeros((packing.height, packing.columns * packing.side), dtype=int)
    for layer, count in enumerate(units):
        for unit in range(count):
            x, y = packing.place(layer, unit)
            taken[y : y + packing.side, x : x + packing.side] += 1
            middle = packing.side / 2
            assert packing.at(x + middle, y + middle) == (layer, unit)
    assert taken.max() == 1
    assert taken.sum() == sum(units) * packing.side**2
    assert taken.shape[1] <= room[0]
    assert packing.height <= room[1] or packing.side == 1


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("units", NETWORKS[:4], ids=str)
def test_no_larger_cells_would_fit(units, room):
    packing = pack(units, *room, largest=1000)
    side = packing.side + 1
    rows = sum(-(-count // max(room[0] // side, 1)) for count in units)
    assert rows * side > room[1] - 4 * (len(units) - 1) or side > room[0]


@pytest.mark.parametrize("units", NETWORKS, ids=str)
def test_arrows_reach_every_unit(units):
    packing = pack(units, 150, 160)
    steps = [(-1, 0), (1, 0), (0, -1), (0, 1)]
    reached, edge = {(0, 0)}, [(0, 0)]
    while edge:
        edge = [
            there
            for unit, step in itertools.product(edge, steps)
            if (there := packing.beside(*unit, *step)) not in reached and not reached.add(there)
        ]
    assert len(reached) == sum(units)


def test_between_the_cells_there_is_no_unit():
    packing = pack([5, 3], 60, 90)
    assert packing.at(-1, 3) is None
    assert packing.at(packing.columns * packing.side, 3) is None
    assert packing.at(3, packing.tops[1] - 1) is None
    assert packing.at(3, packing.height) is None
    x, y = packing.place(0, 4)
    if x + packing.side < packing.columns * packing.side:
        assert packing.at(x + packing.side + 1, y + 1) is None


# --- how they look -------------------------------------------------------------------------------


def neurons(dead=(), saturated=(), active=0.5, units=4):
    flags = np.zeros(units, dtype=bool)
    flags[list(dead)] = True
    ends = np.full(units, np.nan)
    if saturated != ():
        ends[:] = 0.1
        ends[list(saturated)] = 0.9
    ones = np.ones(units)
    return LayerNeurons(flags, ends, active * ones, 0.3 * ones, 0.4 * ones)


def cell(packing, image, unit, layer=0):
    x, y = packing.place(layer, unit)
    return image[y : y + packing.side, x : x + packing.side]


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("width", [16, 40, 60, 140, 200])
def test_dead_and_saturated_cells_carry_different_signs(width, colours):
    packing = pack([4], width, 50)
    image = picture(packing, [neurons(dead=[1], saturated=[2])], colours)
    plain, dead, flat = (cell(packing, image, unit) for unit in (0, 1, 2))
    red, amber = (theme.packed(theme.rgb(colour)) for colour in (colours.red, colours.amber))
    assert not np.isin(plain, [red, amber]).any()
    assert np.array_equal(dead == red, cross(packing.side))
    assert np.array_equal(flat == amber, bars(packing.side))
    assert not np.array_equal(cross(packing.side), bars(packing.side))
    assert np.array_equal(cross(packing.side), cross(packing.side).T)


@pytest.mark.parametrize("side", range(3, 31))
def test_signs_stay_within_their_cell(side):
    for sign in (cross(side), bars(side)):
        assert sign.any()
        assert not sign.all()
        if side >= 4:
            assert not sign[-1].any()
            assert not sign[:, -1].any()


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_cell_is_the_fuller_the_more_often_its_unit_is_active(colours):
    shades = []
    for active in (0.0, 0.25, 0.5, 1.0):
        packing = pack([4], 120, 50)
        image = picture(packing, [neurons(active=active)], colours)
        shades.append(int(cell(packing, image, 0)[packing.side // 2, packing.side // 2]))
    own = theme.rgb(theme.layer_colour(0, 2, colours))
    distances = [
        float(np.abs(theme.rgb(f"#{shade & 0xFFFFFF:06x}") - own).sum()) for shade in shades
    ]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 2
    assert len(set(shades)) == 4


def test_cells_of_one_pixel_are_drawn():
    packing = pack([512] * 32, 100, 50)
    image = picture(packing, [neurons(dead=[7], units=512)] * 32, LIGHT)
    assert image.shape == (packing.height, packing.columns)
    red = theme.packed(theme.rgb(LIGHT.red))
    assert (image == red).sum() == 32


# --- words ---------------------------------------------------------------------------------------


def test_a_neuron_in_words():
    layer = neurons(active=0.41)
    assert in_sentence(layer, (1, 2)) == (
        "Neuron 3 of layer 2: active at 41 % of the training points, mean 0.3, "
        "standard deviation 0.4."
    )
    assert "dead, active at" in in_sentence(neurons(dead=[2]), (1, 2))
    assert "saturated at 90 %" in in_sentence(neurons(saturated=[2]), (1, 2))
    assert "active at 0 %" in in_sentence(neurons(active=0.0), (0, 0))
    assert "active at less than 1 %" in in_sentence(neurons(active=0.001), (0, 0))
    assert "active at more than 99 %" in in_sentence(neurons(active=0.999), (0, 0))
    assert "active at 100 %" in in_sentence(neurons(active=1.0), (0, 0))


@pytest.mark.parametrize(
    ("shares", "sentence", "level"),
    [
        ((np.nan, np.nan),
         "No layer can saturate: only sigmoid and tanh have a flat end on both sides.", "muted"),
        ((0.12, np.nan, 0.04),
         "No layer is saturated: at most 12 % of a layer’s answers lie at a flat end.", "muted"),
        ((0.1, 0.3),
         "Saturated: 30 % of layer 2’s answers lie at a flat end, where little gradient passes.",
         "amber"),
        ((0.59, 0.4), "Saturated: 59 % of layer 1’s answers and 40 % of layer 2’s lie at a flat "
         "end, where little gradient passes.", "amber"),
        ((0.6, np.nan, 0.9), "Saturated: 90 % of layer 3’s answers and 60 % of layer 1’s lie at a "
         "flat end, where little gradient passes.", "red"),
        ((0.4, 0.5, 0.6, 0.7), "Saturated: 70 % of layer 4’s answers, 60 % of layer 3’s and 2 more "
         "layers’ lie at a flat end, where little gradient passes.", "red"),
        ((0.4, 0.5, 0.6), "Saturated: 60 % of layer 3’s answers, 50 % of layer 2’s and 1 more "
         "layer’s lie at a flat end, where little gradient passes.", "red"),
    ],
)  # fmt: skip
def test_the_verdict_on_saturation(shares, sentence, level):
    assert saturation.judged(shares) == (sentence, level)


@pytest.mark.parametrize(
    ("layer", "begins", "level"),
    [
        (neurons(), "No dead neurons.", "muted"),
        (neurons(dead=[0]), "Dead: 1 of 4 neurons", "muted"),
        (neurons(dead=[0, 1]), "Dead: 2 of 4 neurons", "amber"),
        (neurons(dead=range(4)), "Dead: all 4 neurons", "red"),
        (neurons(saturated=[0]), "Saturated: 30 % of layer 1", "amber"),
        (neurons(saturated=range(4)), "Saturated: 90 % of layer 1", "red"),
    ],
)
def test_the_verdict_on_neurons(layer, begins, level):
    hidden = EXPERIMENTS["relu"].network.hidden[:1]
    hidden = (hidden[0].model_copy(update={"units": 4}),)
    sentence, found = judged(hidden, [layer])
    assert sentence.startswith(begins)
    assert found == level


def test_dead_and_saturated_are_both_said():
    hidden = EXPERIMENTS["flat"].network.hidden[:1]
    layer = neurons(dead=[0, 1, 2], saturated=range(8), units=8)
    sentence, level = judged(hidden, [layer], " in replica 2")
    assert "Dead in replica 2: 3 of 8" in sentence
    assert "Saturated in replica 2: 90 %" in sentence
    assert level == "red"


# --- the view ------------------------------------------------------------------------------------


def test_a_dead_network_is_crossed_out_and_named(shown):
    view = shown(moment("dead"))
    assert view.verdict.level == "red"
    assert view.verdict.sentence.startswith("Dead: all 8 neurons in layer 1 and all 8 in layer 2")
    red = theme.packed(theme.rgb(LIGHT.red))
    assert (view.grid.image == red).sum() == 16 * cross(view.grid.packing.side).sum()


def test_a_flat_network_is_marked_and_named(shown):
    view = shown(moment("flat"))
    assert view.verdict.level == "red"
    assert view.verdict.sentence.startswith("Saturated: ")
    amber = theme.packed(theme.rgb(LIGHT.amber))
    reading = moment("flat").readings["neurons"]
    marked = sum(int((layer.saturated > 0.5).sum()) for layer in reading)
    crossed = sum(int(layer.dead.sum()) for layer in reading)  # saturated for good
    assert marked - crossed > 8
    sign = bars(view.grid.packing.side).sum()
    assert (marked - crossed) * sign <= (view.grid.image == amber).sum() <= marked * sign


def test_pointing_at_a_neuron_names_it(shown):
    view = shown(moment("relu"))
    assert view.words.text() == HINT
    point_at(view.grid, (1, 2))
    reading = moment("relu").readings["neurons"]
    assert view.words.text() == in_sentence(reading[1], (1, 2))
    assert view.grid.accessibleDescription() == view.words.text()
    QApplication.sendEvent(view.grid, QEvent(QEvent.Type.Leave))
    assert view.words.text() == HINT


def test_a_click_chooses_and_another_lets_go(shown, qtbot):
    view = shown(moment("relu", (1, 2)))
    assert not view.unit.isVisible()
    with qtbot.waitSignal(view.chosen) as signal:
        click(view.grid, (1, 2))
    assert signal.args == [(1, 2)]
    assert view.unit.isVisible()
    assert view.unit.accessibleName() == "Neuron 3 of layer 2 over the plane"
    with qtbot.waitSignal(view.chosen) as signal:
        click(view.grid, (1, 2))
    assert signal.args == [None]
    assert not view.unit.isVisible()


def test_the_picture_shows_the_reading(shown):
    one = moment("flat", (0, 3))
    view = shown(one)
    click(view.grid, (0, 3))
    values, image = one.readings["unit_field"].values, view.unit.field.image
    assert image.width() == 2 * values.shape[1]
    for row, column in ((3, 5), (50, 50), (97, 20)):
        colour = image.pixelColor(2 * column, 2 * row)
        if abs(values[row, column]) > 0.5:
            bluish = colour.blue() > colour.red()
            assert bluish == (values[row, column] > 0)
    assert view.unit.scale.texts == ["−1", "output", "1"]
    # The reading of another unit is not drawn as if it were this one's.
    view.grid.choose((1, 1))
    assert view.unit.accessibleName() == "Neuron 4 of layer 1 over the plane"


def test_keys_move_the_choice(shown, qtbot):
    view = shown(moment("relu"))
    grid = view.grid
    grid.setFocus()
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(grid, key)
        seen.append(grid.unit)
    assert seen == [(0, 0), (0, 1), (0, 7), (0, 0)]
    for _ in range(12):
        QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.unit[0] == 2
    QTest.keyClick(grid, Qt.Key.Key_Up)
    assert view.words.text().startswith(f"Neuron {grid.unit[1] + 1} of layer {grid.unit[0] + 1}:")
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert grid.unit is None
    assert grid.accessibleName() == "Neurons by layer"
    assert grid.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_chosen_neuron_that_is_gone_comes_back(shown):
    view = shown(moment("relu"))
    click(view.grid, (2, 7))
    view.render(moment("sigmoid"))
    assert not view.unit.isVisible()
    assert view.words.text() == HINT
    view.render(moment("relu", (2, 7)))
    assert view.unit.isVisible()
    assert view.words.text().startswith("Neuron 8 of layer 3")


def test_without_hidden_layers_there_are_words(shown):
    view = shown(moment("no hidden"))
    assert "no hidden layers" in view._apology.text()
    assert view._apology.isVisible()
    assert not view.grid.isVisible()
    view.render(moment("relu"))
    assert view.grid.isVisible()


def test_of_several_replicas_it_is_said_whose_neurons_are_drawn(shown):
    view = shown(moment("replicas", None, None))
    assert "in replica 1" in view.verdict.sentence
    view.render(moment("replicas", None, 2))
    assert "in replica 3" in view.verdict.sentence


@pytest.mark.parametrize("size", [(240, 180), (310, 240), (430, 300), (300, 700)])
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_nothing_is_cut(shown, size, colours):
    view = shown(moment("deep", (3, 30)), colours=colours, size=size)
    click(view.grid, (3, 30))
    QApplication.processEvents()
    for part in (view.verdict, view.grid, view.words, view.unit, view.unit.scale):
        corner = part.mapTo(view, QPoint())
        assert view.rect().contains(part.rect().translated(corner)), part
    room = view.words.rect().adjusted(0, 0, 0, 1000)
    needed = view.words.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, LONGEST)
    assert needed.height() <= view.words.height()
    assert len(view.words.text()) <= len(LONGEST)
    assert view.grid._place(5, 31).bottom() <= view.grid.height()
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert image.size().width() >= size[0]


def test_the_choice_follows_a_change_of_size_and_theme(shown):
    view = shown(moment("relu"))
    before = view.grid._place(2, 7)
    view.resize(260, 300)
    QApplication.processEvents()
    assert view.grid._place(2, 7) != before
    light = view.grid.image.copy()
    view.set_palette_colours(DARK)
    assert not np.array_equal(view.grid.image, light)
    middle = view.grid._place(2, 7).center()
    assert view.grid.unit_at(QPointF(middle)) == (2, 7)


# --- the chart -----------------------------------------------------------------------------------


def test_the_chart_shows_saturation_over_the_epochs(shown):
    chart = shown(moment("flat"), kind=DeadChart)
    assert chart.verdict.sentence.startswith("Dead") or chart.verdict.sentence == "No dead neurons."
    chart.quantity.setCurrentIndex(1)
    assert len(chart.plot.curves) == 2
    expected = moment("flat").health["saturated"]
    for index, curve in enumerate(chart.plot.curves):
        assert np.array_equal(curve.y, expected[:, index])
    assert expected.min() > 0.6
    assert chart.verdict.level == "red"
    assert chart.verdict.sentence.startswith("Saturated: ")


def test_layers_that_cannot_saturate_have_no_curve(shown):
    chart = shown(moment("relu"), kind=DeadChart)
    chart.quantity.setCurrentIndex(1)
    assert all(not len(curve.x) for curve in chart.plot.curves)
    assert chart.verdict.sentence.startswith("No layer can saturate")
    assert chart.quantity.isVisible()
    chart.render(moment("no hidden"))
    chart.render(moment("sigmoid"))
    assert [len(curve.x) for curve in chart.plot.curves] == [1]


def test_the_median_of_replicas_is_said_to_be_one(shown):
    chart = shown(moment("replicas", None, None), kind=DeadChart)
    chart.quantity.setCurrentIndex(1)
    assert chart.verdict.sentence.startswith("No layer can saturate")


# --- the real window -----------------------------------------------------------------------------


@pytest.fixture
def window(open_window, qtbot):
    window = open_window(EXPERIMENTS["relu"], full_speed=True)
    window.docks["Neurons"].raise_()
    qtbot.waitUntil(lambda: window.neurons.grid.packing is not None)
    return window


def reading(window):
    return window.frames[-1].readings.get("unit_field")


def test_the_chosen_neuron_is_followed_during_a_run_and_over_changes(window, qtbot):
    view = window.neurons
    click(view.grid, (2, 5))
    qtbot.waitUntil(lambda: reading(window) is not None)
    start = reading(window).values
    window.session.run()
    qtbot.waitUntil(lambda: not np.array_equal(reading(window).values, start), timeout=20_000)
    QTest.keyClick(view.grid, Qt.Key.Key_Left)
    there = view.grid.unit
    assert there[0] == 2
    qtbot.waitUntil(lambda: (reading(window).layer, reading(window).unit) == there, timeout=20_000)
    # A layer goes while it runs: the choice waits for it to come back.
    hidden = window.session.experiment.network.hidden
    window.session.edit(("network", "hidden"), hidden[:2])
    qtbot.waitUntil(lambda: reading(window) is None, timeout=20_000)
    qtbot.waitUntil(lambda: not view.unit.isVisible(), timeout=20_000)
    window.session.undo()
    qtbot.waitUntil(lambda: view.unit.isVisible(), timeout=20_000)
    qtbot.waitUntil(lambda: reading(window) is not None, timeout=20_000)
    window.session.pause()
    qtbot.waitUntil(lambda: not window.frames[-1].running, timeout=20_000)
    assert view.unit._reading is reading(window)


def test_behind_its_tab_nothing_is_read(window, qtbot):
    always = {"doctor", *window.network_panel.canvas.instruments}
    window.docks["Dead neurons"].raise_()
    qtbot.waitUntil(lambda: set(window.frames[-1].readings) <= always)
    assert not set(window.neurons.instruments) <= always, "there is something to leave unread"
    window.session.step()
    qtbot.waitUntil(lambda: window.frames[-1].step == 1)
    assert set(window.frames[-1].readings) <= always


def test_space_runs_while_a_neuron_is_chosen(window, qtbot):
    click(window.neurons.grid, (0, 0))
    assert window.neurons.grid.hasFocus()
    QTest.keyClick(window.neurons.grid, Qt.Key.Key_Space)
    assert window.session.running
    QTest.keyClick(window.neurons.grid, Qt.Key.Key_Space)
    assert not window.session.running
