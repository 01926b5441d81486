"""The real window, driven as a user would: by clicks and keys."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDockWidget,
    QFileDialog,
    QMessageBox,
    QTextBrowser,
    QToolButton,
)

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.exchange.experiment_file import load
from playground.exchange.presets import welcome
from playground.gui.actions import ACTIONS

LEFT = Qt.MouseButton.LeftButton
LONG = 30_000


@pytest.fixture
def window(open_window):
    return open_window(Experiment(), full_speed=True)


def press(window, name):
    """Click the toolbar's button of an action."""
    button = window.toolbar.widgetForAction(window.actions_[name])
    assert isinstance(button, QToolButton)
    QTest.mouseClick(button, LEFT)


def choose(editor, text):
    """Choose an item of a combo box by typing its beginning, as a user with a keyboard does."""
    editor.box.setFocus()
    index = editor.box.findText(text, Qt.MatchFlag.MatchStartsWith)
    assert index >= 0, [editor.box.itemText(i) for i in range(editor.box.count())]
    while editor.box.currentIndex() != index:
        down = index > editor.box.currentIndex()
        QTest.keyClick(editor.box, Qt.Key.Key_Down if down else Qt.Key.Key_Up)


def type_number(editor, text):
    editor.field.setFocus()
    editor.field.selectAll()
    QTest.keyClicks(editor.field, text)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)


def answer_file_dialogs(monkeypatch, path, chosen=""):
    answer = staticmethod(lambda *args, **kwargs: (str(path), chosen))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)


def test_build_a_network_by_clicks_run_stop_export_and_reopen(window, qtbot, monkeypatch, tmp_path):
    panel = window.network_panel
    while panel.cards:
        QTest.mouseClick(panel.cards[0].remove, LEFT)
    assert window.session.experiment.network.hidden == ()
    for _ in range(2):
        QTest.mouseClick(panel.gaps[-1].button, LEFT)
    assert len(panel.cards) == 2
    first, second = panel.cards
    choose(first.form.editor("activation"), "Tanh")
    choose(first.form.editor("initializer"), "Xavier (Glorot) normal")
    choose(second.form.editor("batch_norm"), "before")
    type_number(second.form.editor("dropout"), "0.1")
    plus = [b for b in first.findChildren(QAbstractButton) if "ore" in b.accessibleName()]
    units = first.form.editor("units").value
    QTest.mouseClick(plus[0], LEFT)
    hidden = window.session.experiment.network.hidden
    assert hidden[0].units == units + 1
    assert (hidden[0].activation.name, hidden[0].initializer.name) == ("tanh", "xavier_normal")
    assert (hidden[1].batch_norm, hidden[1].dropout) == ("before", 0.1)

    press(window, "toggle_run")
    assert window.session.running
    qtbot.waitUntil(lambda: window.frames[-1].stop is not None, timeout=LONG)
    stopped = window.frames[-1]
    assert stopped.stop.name == "test_loss_plateau"
    assert window.status.text == stopped.stop.message
    assert window.actions_["toggle_run"].iconText() == "Run"
    assert stopped.test_accuracy > 0.9

    path = tmp_path / "trained.json"
    answer_file_dialogs(monkeypatch, path)
    window.actions_["save_as"].trigger()
    tree = json.loads(path.read_text())
    assert tree["format"] == "gradient-playground/experiment"
    assert tree["trained"]["epoch"] == stopped.epoch

    window.actions_["new"].trigger()
    qtbot.waitUntil(lambda: window.frames[-1].step == 0)
    window.actions_["open"].trigger()
    qtbot.waitUntil(lambda: window.frames[-1].step == stopped.step)
    assert (window.frames[-1].field == stopped.field).all(), "the same predictions, bit for bit"
    for name, column in stopped.history.items():
        assert (window.frames[-1].history[name] == column).all(), "the whole run is in the chart"
    assert window.session.experiment == load(path).experiment
    assert len(panel.cards) == 2
    press(window, "toggle_run")
    qtbot.waitUntil(lambda: window.frames[-1].epoch > stopped.epoch, timeout=LONG)
    press(window, "toggle_run")
    epochs = window.frames[-1].history["epoch"][:, 0].tolist()
    assert epochs == list(range(len(epochs)))
    assert len(epochs) > stopped.epoch + 1
    window.close()


def test_the_window_warns_of_points_with_nothing_to_learn(window, qtbot):
    warning = window.data_panel.warning
    assert warning.text == ""
    points = [(3.0, 0.01 * index, 1.0) for index in range(300)]
    window.session.edit(("data",), {"source": "points", "points": points})
    qtbot.waitUntil(lambda: "training points are of class 1" in warning.text)
    assert "is 3 at every training point" in warning.text
    window.session.undo()
    qtbot.waitUntil(lambda: warning.text == "")


def test_the_learning_rate_slider_acts_on_the_running_network(window, qtbot):
    window.session.edit(("training", "stop"), ())
    press(window, "toggle_run")
    qtbot.waitUntil(lambda: window.frames[-1].step > 50)
    run = window.frames[-1].run
    slider = window.training_panel.form.nested("optimizer").editor("learning_rate").slider
    before = window.session.experiment.training.optimizer.learning_rate
    slider.setFocus()
    for _ in range(5):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    wanted = window.session.experiment.training.optimizer.learning_rate
    assert wanted > before
    qtbot.waitUntil(lambda: window.frames[-1].experiment.training.optimizer.learning_rate == wanted)
    assert window.frames[-1].run == run
    assert window.session.running
    window.close()


def test_another_optimizer_in_mid_run_keeps_the_weights_and_shows_its_own_fields(window, qtbot):
    window.session.edit(("training", "stop"), ())
    press(window, "toggle_run")
    qtbot.waitUntil(lambda: window.frames[-1].step > 50)
    run = window.frames[-1].run
    choose(window.training_panel.form.editor("optimizer"), "NAdam")
    assert "momentum_decay" in window.training_panel.form.nested("optimizer").names
    qtbot.waitUntil(lambda: window.frames[-1].experiment.training.optimizer.name == "nadam")
    assert window.frames[-1].run == run
    window.close()


def test_a_change_of_units_during_a_run_builds_anew_with_the_same_seed_and_runs_on(window, qtbot):
    window.session.edit(("training", "stop"), ())
    press(window, "toggle_run")
    qtbot.waitUntil(lambda: window.frames[-1].step > 50)
    run = window.frames[-1].run
    type_number_into_units(window, "3")
    qtbot.waitUntil(lambda: window.frames[-1].run == run + 1)
    assert "seed 0" in window.status.text
    qtbot.waitUntil(lambda: window.frames[-1].step > 50)
    window.close()


def type_number_into_units(window, text):
    editor = window.network_panel.cards[0].form.editor("units")
    editor.field.setFocus()
    editor.field.selectAll()
    QTest.keyClicks(editor.field, text)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)


def test_step_epoch_and_reset(window, qtbot):
    first = window.frames[-1].field
    press(window, "step")
    qtbot.waitUntil(lambda: window.frames[-1].step == 1)
    press(window, "epoch")
    qtbot.waitUntil(lambda: window.frames[-1].epoch == 1)
    press(window, "reset")
    qtbot.waitUntil(lambda: window.frames[-1].step == 0)
    assert (window.frames[-1].field == first).all()
    press(window, "new_seed")
    qtbot.waitUntil(lambda: not (window.frames[-1].field == first).all())
    press(window, "undo")
    qtbot.waitUntil(lambda: (window.frames[-1].field == first).all())
    window.close()


def test_plain_keys_work_but_not_while_typing(window, qtbot):
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert window.session.running
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert not window.session.running
    field = window.training_panel.form.nested("optimizer").editor("learning_rate").field
    field.setFocus()
    seed = window.session.experiment.training.seed
    QTest.keyClicks(field, "nres")
    assert window.session.experiment.training.seed == seed
    QTest.keyClick(field, Qt.Key.Key_Escape)
    window.close()


def test_a_letter_is_never_taken_from_a_list_by_a_shortcut(window):
    """F chooses "Full batch" while the list of batch sizes has the focus."""
    for spec in ACTIONS:
        if len(spec.shortcut) == 1:
            assert window.actions_[spec.name].shortcut().isEmpty(), spec.name
    window.close()


def test_the_list_of_keys_fits_a_small_window_with_its_button(window):
    window.resize(1280, 690)
    seen = []

    def look():
        dialog = QApplication.activeModalWidget()
        seen.append((dialog.height(), dialog.findChild(QTextBrowser).toPlainText()))
        dialog.reject()

    QTimer.singleShot(0, look)
    window.actions_["help"].trigger()
    [(height, text)] = seen
    assert height < window.height()
    assert all(spec.help in text for spec in ACTIONS if spec.shortcut)
    window.close()


@pytest.mark.parametrize("where", ["list", "box"])
def test_escape_leaves_what_takes_space_for_itself(window, where):
    box = window.loss_chart.findChild(QCheckBox)
    control = {"list": window.speed, "box": box}[where]
    control.setFocus()
    QTest.keyClick(control, Qt.Key.Key_Escape)
    assert window.focusWidget() is window
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert window.session.running
    window.close()


def test_one_key_brings_the_plane_that_is_painted_on(window, qtbot):
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: window.docks.is_seen("Paint"))
    assert window.focusWidget() is window.paint.surface
    window.close()


def test_one_key_goes_through_the_parts_of_the_window_and_another_back(window, qtbot):
    window.setFocus()
    parts = (window.network_panel, *window.docks.seen, window.time_line)

    def part():
        [found] = [one for one in parts if one.isAncestorOf(window.focusWidget())]
        return found

    visited = []
    while len(visited) < len(parts):
        window.actions_["next_area"].trigger()
        assert window.focusWidget().isVisible()
        if part() in visited:
            break
        visited.append(part())
    assert visited[0] is window.network_panel
    assert {window.docks["Data and training"].widget(), window.output} <= set(visited)
    assert visited == [one for one in parts if one in visited]
    window.actions_["previous_area"].trigger()
    assert part() is visited[-1]
    window.close()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "empty"),
        ("{", "line 1"),
        ('{"format": "gradient-playground/experiment", "version": 2}', "newer"),
        (
            '{"format": "gradient-playground/experiment", "version": 1, '
            '"network": {"hidden": [{"units": -3}]}}',
            "network.hidden[0].units",
        ),
    ],
)
def test_a_broken_file_gets_a_message_and_changes_nothing(
    window, qtbot, monkeypatch, tmp_path, text, place
):
    path = tmp_path / "broken.json"
    path.write_text(text)
    answer_file_dialogs(monkeypatch, path)
    said = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.informativeText()))
    before = window.session.experiment
    press(window, "step")
    qtbot.waitUntil(lambda: window.frames[-1].step == 1)
    window.actions_["open"].trigger()
    assert len(said) == 1
    assert place in said[0]
    assert window.session.experiment == before
    qtbot.wait(100)
    assert window.frames[-1].step == 1, "what had been trained is still there"
    window.close()


def test_a_file_that_cannot_be_written_gets_a_message(window, monkeypatch, tmp_path):
    answer_file_dialogs(monkeypatch, tmp_path / "no such folder" / "file.json")
    said = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.informativeText()))
    window.actions_["save_as"].trigger()
    assert len(said) == 1
    window.close()


def test_space_runs_and_pauses_from_the_start_and_after_a_click_on_a_list(window, qtbot):
    qtbot.waitUntil(lambda: window.focusWidget() is not None)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert window.session.running
    QTest.mouseClick(window.speed, LEFT)
    window.speed.hidePopup()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert not window.session.running
    window.close()


def test_light_and_dark_switch_everything(window, qtbot):
    was = window.is_dark
    for expected in (not was, was):
        press(window, "toggle_theme")
        assert window.is_dark == expected
        qtbot.wait(50)
        for place in (QPoint(3, window.height() // 2), QPoint(window.width() // 2, 3)):
            ground = window.grab().toImage().pixelColor(place).lightness()
            assert (ground < 128) == expected, place
    window.close()


@pytest.mark.parametrize("source", ["pinwheel", "reg_gauss", "moons"])
def test_other_tasks_run_and_are_drawn(open_window, qtbot, source):
    experiment = replace(Experiment(), ("data", "source"), source)
    window = open_window(experiment)
    press(window, "epoch")
    qtbot.waitUntil(lambda: window.frames[-1].epoch == 1)
    assert not window.grab().isNull()
    window.close()


def test_a_trained_document_opens_trained(open_window, window, qtbot):
    press(window, "epoch")
    qtbot.waitUntil(lambda: window.frames[-1].epoch == 1)
    again = open_window(window.session.document())
    qtbot.waitUntil(lambda: again.frames[-1].epoch == 1)
    assert (again.frames[-1].field == window.frames[-1].field).all()
    again.close()
    window.close()


def test_docks_can_be_closed_and_come_back_up_to_date(window, qtbot):
    dock = window.docks["Loss"]
    assert isinstance(dock, QDockWidget)
    dock.close()
    press(window, "epoch")
    qtbot.waitUntil(lambda: window.frames[-1].epoch == 1)
    dock.show()
    qtbot.waitUntil(dock.isVisible)
    window.close()


def test_every_control_has_a_name_for_those_who_cannot_see_it(open_window):
    window = open_window(welcome())
    for kind in ("QAbstractButton", "QComboBox", "QLineEdit", "QAbstractSlider"):
        for widget in window.findChildren(_class(kind)):
            if not widget.isVisibleTo(window) or widget.objectName().startswith("qt_"):
                continue
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
                continue
            named = widget.accessibleName() or getattr(widget, "text", str)()
            assert named or widget.toolTip(), (kind, widget, widget.mapTo(window, QPoint()))
    window.close()


def _class(name):
    from PySide6 import QtWidgets

    return getattr(QtWidgets, name)


def test_on_a_small_screen_three_layers_are_seen_whole(open_window, qtbot):
    window = open_window(welcome(), (1280, 690))
    bar = window.network_panel.area.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    qtbot.wait(100)
    assert bar.maximum() == 0, "and stays so"
    card = window.network_panel.cards[0]
    assert not card.details.isVisible()
    window.resize(1600, 1000)
    qtbot.waitUntil(lambda: card.details.isVisible())
