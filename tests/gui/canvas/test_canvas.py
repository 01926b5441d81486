"""The drawn network in the real window, by mouse and keys."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.gui.canvas.painting import bias_spot
from playground.training.instruments.wiring import Wiring

LEFT = Qt.MouseButton.LeftButton
PLAIN = {
    "data": {"samples": 100},
    "network": {"hidden": [{"units": 4}, {"units": 3, "dropout": 0.5, "batch_norm": "before"}]},
    "training": {"stop": []},
}


@pytest.fixture
def open_on(open_window, qtbot):
    def opened(tree):
        window = open_window(Experiment.model_validate(tree), (1600, 1000))
        diagram = window.network_panel.canvas.diagram
        qtbot.waitUntil(lambda: diagram.wiring is not None and len(diagram.wiring.maps[1]) > 0)
        return window

    return opened


@pytest.fixture
def window(open_on):
    return open_on(PLAIN)


def has_maps(diagram):
    wiring = diagram.wiring
    return wiring is not None and all(len(maps) for maps in wiring.maps)


def diagram_of(window):
    return window.network_panel.canvas.diagram


def spot_of(window, column, unit):
    return diagram_of(window).picture.columns[column].spot(unit)


def hover(window, x, y):
    QTest.mouseMove(diagram_of(window), QPoint(round(x), round(y)))


def point_of_link(window, layer, row, unit):
    """A point at which the mouse means a link: in its middle third and away from the others."""
    diagram = diagram_of(window)
    drawn = diagram.drawn
    index = next(i for i in range(len(drawn)) if diagram._link(i) == (layer, row, unit))
    x1, y1, x2, y2 = drawn.ends[index]
    for share in np.linspace(0.1, 0.9, 60):
        at = round(x1 + share * (x2 - x1)), round(y1 + share * (y2 - y1))
        if drawn.nearest(*at) == index:
            return QPoint(*at)
    raise AssertionError("the link is hidden by others")


def table(window, layer):
    return window.session.ask(lambda trainer: trainer.network.views[layer].table[0].copy())


def held(window):
    return window.session.ask(lambda trainer: [p[1:] for p in trainer.frozen.places(0)])


def columns_stand_below_cards(window):
    diagram, panel = diagram_of(window), window.network_panel
    cards = [panel.input_card, *panel.cards, panel.output_card]
    columns = [diagram.mapTo(panel, QPoint(round(c.x), 0)).x() for c in diagram.picture.columns]
    middles = [card.mapTo(panel, card.rect().center()).x() for card in cards]
    return all(abs(one - other) <= 2 for one, other in zip(columns, middles, strict=True))


def test_there_is_a_neuron_below_its_card_for_every_unit(window):
    diagram = diagram_of(window)
    assert [column.count for column in diagram.picture.columns] == [2, 4, 3, 1]
    assert columns_stand_below_cards(window)
    wiring = diagram.wiring
    assert isinstance(wiring, Wiring)
    assert [len(maps) for maps in wiring.maps] == [2, 4, 3, 1]


def test_it_follows_units_and_layers_that_come_and_go(window, qtbot):
    diagram, panel = diagram_of(window), window.network_panel
    QTest.mouseClick(panel.cards[0].form.editor("units").plus, LEFT)
    qtbot.waitUntil(lambda: has_maps(diagram) and len(diagram.wiring.maps[1]) == 5)
    QTest.mouseClick(panel.cards[1].duplicate, LEFT)
    qtbot.waitUntil(lambda: has_maps(diagram) and len(diagram.wiring.maps) == 5)
    hidden = window.session.experiment.network.hidden
    assert hidden[1] == hidden[2]
    QTest.mouseClick(panel.cards[0].remove, LEFT)
    qtbot.waitUntil(lambda: has_maps(diagram) and len(diagram.wiring.maps) == 4)


def test_the_drawn_network_is_saved_as_a_picture(window, tmp_path, monkeypatch):
    diagram, path = diagram_of(window), tmp_path / "net.svg"
    assert diagram.actions() == [window.network_panel.canvas.picture.copy,
                                 window.network_panel.canvas.picture.save]  # fmt: skip
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.network_panel.canvas.picture.save.trigger()
    text = path.read_text()
    assert text.count("<image") == sum(diagram.experiment.sizes), "a map each"
    assert "<path" in text


def test_hovering_a_neuron_shows_it_large_with_its_formula(window, qtbot):
    box = window.network_panel.canvas._box
    hover(window, *spot_of(window, 1, 2).centre)
    assert box.isVisible()
    assert box.text.startswith("Layer 1, neuron 3")
    assert "relu(" in box.text
    qtbot.waitUntil(lambda: diagram_of(window).wiring.focus is not None)
    hover(window, 3, 3)
    assert not box.isVisible()


def test_a_click_on_a_hidden_neuron_brings_its_tab_to_the_front(window, qtbot):
    for column, unit in ((0, 1), (3, 0), (2, 1)):
        x, y = (round(value) for value in spot_of(window, column, unit).centre)
        QTest.mouseClick(diagram_of(window), LEFT, pos=QPoint(x, y))
        qtbot.wait(20)
        assert window.docks.is_seen("Neurons") == (column == 2)
    assert window.neurons.grid.unit == (1, 1)
    qtbot.waitUntil(lambda: window.neurons.unit.isVisible())


def test_hovering_a_link_says_value_and_gradient(window, qtbot):
    window.session.step()
    qtbot.waitUntil(lambda: diagram_of(window).wiring.links[0].gradient is not None)
    QTest.mouseMove(diagram_of(window), point_of_link(window, 0, 1, 2))
    hint = window.network_panel.canvas._hint
    assert hint.isVisible()
    assert hint.text().startswith("x₂ → layer 1, neuron 3\nweight ")
    assert "gradient" in hint.text()


def open_weight(window, layer, row, unit):
    at = point_of_link(window, layer, row, unit)
    QTest.mouseMove(diagram_of(window), at)
    QTest.mouseClick(diagram_of(window), LEFT, pos=at)
    weight = window.network_panel.canvas.weight
    assert weight.isVisible()
    assert weight.link == (layer, row, unit)
    return weight


def test_a_click_on_a_link_sets_freezes_and_cuts_it_and_undo_takes_it_back(window, qtbot):
    weight = open_weight(window, 0, 1, 2)
    before = table(window, 0)[1, 2]
    field = weight.value.field
    field.selectAll()
    QTest.keyClicks(field, "0.75")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert table(window, 0)[1, 2] == 0.75
    QTest.mouseClick(weight.hold, LEFT, pos=QPoint(8, weight.hold.height() // 2))
    assert held(window) == [(0, 1, 2)]
    weight.close()
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch >= 2)
    window.session.pause()
    assert table(window, 0)[1, 2] == 0.75
    qtbot.waitUntil(lambda: diagram_of(window).wiring.links[0].frozen[1, 2])
    weight = open_weight(window, 0, 1, 2)
    QTest.mouseClick(weight.cut, LEFT)
    assert not weight.isVisible()
    assert table(window, 0)[1, 2] == 0
    for value, places in ((0.75, [(0, 1, 2)]), (0.75, []), (before, [])):
        window.actions_["undo"].trigger()
        assert table(window, 0)[1, 2] == value
        assert held(window) == places
    window.actions_["redo"].trigger()
    assert table(window, 0)[1, 2] == 0.75


def test_training_does_not_overtake_who_types_a_weight(window, qtbot):
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch >= 1)
    weight = open_weight(window, 0, 1, 2)
    assert weight.value.field.hasFocus()
    QTest.keyClicks(weight.value.field, "2")
    step = window.frames[-1].step
    qtbot.waitUntil(lambda: window.frames[-1].step > step + 20)
    QTest.keyClicks(weight.value.field, ".5")
    assert weight.value.field.text() == "2.5"
    weight.hold.click()
    QTest.keyClick(weight.value.field, Qt.Key.Key_Return)
    assert table(window, 0)[1, 2] == 2.5


def test_a_dragged_learning_rate_places_nothing_anew(window, monkeypatch):
    diagram, placed = diagram_of(window), []
    place = diagram._place
    monkeypatch.setattr(diagram, "_place", lambda: (placed.append(1), place()))
    for rate in (0.02, 0.03, 0.04):
        window.session.edit(("training", "optimizer", "learning_rate"), rate)
    assert placed == []
    assert diagram.experiment.training.optimizer.learning_rate == 0.04
    window.session.edit(("network", "hidden", 0, "units"), 6)
    assert placed


def test_a_bias_is_a_square_that_opens(window):
    spot = bias_spot(spot_of(window, 2, 1))
    x, y = (round(value) for value in spot.centre)
    QTest.mouseMove(diagram_of(window), QPoint(x, y))
    QTest.mouseClick(diagram_of(window), LEFT, pos=QPoint(x, y))
    weight = window.network_panel.canvas.weight
    assert weight.isVisible()
    assert weight.link == (1, 4, 1)
    weight.close()


def test_at_an_earlier_moment_weights_are_not_set(window, qtbot):
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].epoch >= 3)
    window.session.look_back(1)
    qtbot.waitUntil(lambda: window.frames[-1].moment is not None)
    undoable = window.session.can_undo
    window.network_panel.canvas.weight_set.emit(diagram_of(window).place_of((0, 0, 0)), 5.0, None)
    assert "Run from here" in window.status.text
    assert window.session.can_undo == undoable


def test_keys_go_from_neuron_to_neuron_and_open_the_bias(window):
    diagram, canvas = diagram_of(window), window.network_panel.canvas
    diagram.setFocus()
    QTest.keyClick(diagram, Qt.Key.Key_Down)
    assert diagram.state.neuron == (1, 0)
    QTest.keyClick(diagram, Qt.Key.Key_Down)
    QTest.keyClick(diagram, Qt.Key.Key_Right)
    assert diagram.state.neuron == (2, 1)
    assert canvas._box.isVisible()
    QTest.keyClick(diagram, Qt.Key.Key_Return)
    assert canvas.weight.link == (1, 4, 1)
    canvas.weight.close()


def test_zoom_by_buttons_and_the_wheel_keeps_columns_below_their_cards(window, qtbot):
    diagram, panel = diagram_of(window), window.network_panel
    side = diagram.picture.columns[1].side
    _, smaller, fit, larger = panel.canvas.tools
    for _ in range(4):
        QTest.mouseClick(larger, LEFT)
    assert diagram.picture.columns[1].side > 2 * side
    qtbot.waitUntil(lambda: columns_stand_below_cards(window))
    QTest.mouseClick(smaller, LEFT)
    QTest.mouseClick(fit, LEFT)
    assert diagram.zoom == 1
    assert diagram.picture.columns[1].side == pytest.approx(side)


def test_what_dropout_left_out_shows_when_stepping_and_not_in_a_run(window, qtbot):
    window.session.step()
    qtbot.waitUntil(lambda: diagram_of(window).wiring.masks[1] is not None)
    assert diagram_of(window).state.shows_masks
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].running and not diagram_of(window).state.shows_masks)


def test_the_menu_of_the_inputs_switches_features(window, qtbot):
    card = window.network_panel.input_card
    card.menu.aboutToShow.emit()
    named = {action.text(): action for action in card.menu.actions()}
    named["x₁·x₂"].trigger()
    assert window.session.experiment.data.features == ("x1", "x2", "x1_x2")
    qtbot.waitUntil(
        lambda: has_maps(diagram_of(window)) and len(diagram_of(window).wiring.maps[0]) == 3
    )
    for name in ("x1", "x2"):
        card.menu.aboutToShow.emit()
        named = {action.text(): action for action in card.menu.actions()}
        named[{"x1": "x₁", "x2": "x₂"}[name]].trigger()
    card.menu.aboutToShow.emit()
    last = next(action for action in card.menu.actions() if action.isChecked())
    assert not last.isEnabled()


def test_hundreds_of_units_are_drawn_as_blocks(open_on):
    tree = {**PLAIN, "network": {"hidden": [{"units": 256}, {"units": 40}]}}
    window = open_on(tree)
    columns = diagram_of(window).picture.columns
    assert [column.is_block for column in columns] == [False, True, True, False]
    hover(window, *columns[1].spot(200).centre)
    assert diagram_of(window).state.neuron == (1, 200)


def test_dragging_the_ground_scrolls(open_on, qtbot):
    window = open_on({**PLAIN, "network": {"hidden": [{"units": 3}] * 12}})
    diagram, bar = diagram_of(window), window.network_panel.area.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100 and columns_stand_below_cards(window))
    qtbot.waitUntil(lambda: len(diagram.wiring.maps[-1]) == 0)  # what is not seen is not made
    start = QPoint(round(diagram.picture.columns[1].x) + 70, 5)
    QTest.mouseMove(diagram, start)
    QTest.mousePress(diagram, LEFT, pos=start)
    QTest.mouseMove(diagram, start - QPoint(60, 0))
    QTest.mouseRelease(diagram, LEFT, pos=start - QPoint(60, 0))
    assert bar.value() > 0
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(diagram.wiring.maps[-1]) == 1)


def test_a_point_far_from_everything_is_no_link(window):
    assert diagram_of(window).drawn.nearest(*QPointF(1, 1).toTuple()) is None


def test_another_data_set_with_more_classes_changes_the_output_column(window, qtbot):
    window.session.change(replace(window.session.experiment, ("data", "source"), "pinwheel"))
    qtbot.waitUntil(
        lambda: has_maps(diagram_of(window)) and len(diagram_of(window).wiring.maps[-1]) == 3
    )


def test_the_overview_shows_all_layers_side_by_side_and_a_number_leads_back(open_on, qtbot):
    window = open_on({**PLAIN, "network": {"hidden": [{"units": 8}] * 20}})
    panel, bar = window.network_panel, window.network_panel.area.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    QTest.mouseClick(panel.canvas.tools[0], LEFT)
    qtbot.waitUntil(lambda: bar.maximum() == 0 and columns_stand_below_cards(window))
    columns = diagram_of(window).picture.columns
    assert all(a.x + a.width / 2 < b.x - b.width / 2 for a, b in itertools.pairwise(columns))
    assert not panel.cards[3].form.isVisible()
    QTest.mouseClick(panel.cards[17].title, LEFT)
    assert not panel.canvas.tools[0].isChecked()
    assert panel.cards[17].form.isVisible()
    assert panel.cards[17].hasFocus()
    assert panel.cards[17].title.text() == "Layer 18"
