"""The editors and forms, driven by mouse and keyboard."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from playground.core.experiment import Data, Layer, Training
from playground.core.families import Optimizer, activations, optimizers, stop_rules
from playground.core.fields import Control, control_of, integer, number
from playground.gui.widgets.batch_size_editor import BatchSizeEditor
from playground.gui.widgets.choice_editor import ChoiceEditor, items_of
from playground.gui.widgets.count_editors import SeedEditor, StepperEditor
from playground.gui.widgets.editor import tooltip
from playground.gui.widgets.feature_toggles import FeatureToggles
from playground.gui.widgets.flag_editor import FlagEditor
from playground.gui.widgets.form import Form, Style, editor_for
from playground.gui.widgets.number_editor import NumberEditor
from playground.gui.widgets.number_text import format_number, out_of_bounds, parse_number
from playground.gui.widgets.scale import SliderScale, nice
from playground.gui.widgets.section import Section
from tests.strategies import CHOICES, all_models, choices

RATE = Control(
    "Learning rate", "The length of a step.", 0, 1e9, 1e-5, 10, "log", decimals=6, live=True
)
NOISE = Control("Noise", "How far points stray.", 0, 1, 0, 1, decimals=2)
UNITS = Control("Units", "How many neurons.", 1, 512, 1, 32, decimals=0)
GAIN = Control("Gain", "", 0, 1000, 0.1, 10, "log", decimals=2, none_label="automatic")
ENTRIES = [entry for registry in CHOICES for entry in registry.values()]
NUMBERS = [
    (model, name, control_of(info), info.annotation is int)
    for model in all_models()
    for name, info in model.model_fields.items()
    if any(isinstance(entry, Control) for entry in info.metadata)
    and control_of(info).minimum is not None
]


@pytest.fixture
def shown(qtbot):
    """Show a widget, and give the list of the values that it emits."""

    def show(widget, width=260):
        qtbot.addWidget(widget)
        widget.resize(width, max(widget.sizeHint().height(), 40))
        widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)
        emitted = []
        if hasattr(widget, "value_changed"):
            widget.value_changed.connect(emitted.append)
        else:
            widget.edit_requested.connect(lambda path, value: emitted.append((path, value)))
        return emitted

    return show


def rate_editor(value=0.01):
    editor = NumberEditor(RATE, 0.01)
    editor.set_value(value)
    return editor


def enter(field, text, key=Qt.Key.Key_Return):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, key)


def send_mouse(widget, kind, point, button=Qt.MouseButton.LeftButton):
    point = QPointF(point)
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    event = QMouseEvent(
        kind, point, widget.mapToGlobal(point), pressed, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


def turn_wheel(widget, notches):
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event


def handle_of(slider):
    """The middle of a slider's handle."""
    share = slider.value() / slider.maximum()
    return QPoint(round(7 + share * (slider.width() - 14)), slider.height() // 2)


# --- the scale -----------------------------------------------------------------------------------


@st.composite
def scales(draw):
    whole = draw(st.booleans())
    log = draw(st.booleans())
    if log:
        low = draw(st.integers(1, 50)) if whole else 10.0 ** draw(st.integers(-12, 2))
        high = low * draw(st.integers(2, 100_000))
    else:
        low = draw(st.integers(-100, 100))
        high = low + draw(st.integers(1, 5000))
        if not whole:
            low, high = low / 100, high / 100
    return SliderScale(low, high, log, whole, 0 if whole else 3)


@given(scales(), st.data())
def test_a_sliders_value_comes_back_through_its_position(scale, data):
    position = data.draw(st.integers(0, scale.last))
    value = scale.value(position)
    assert scale.low <= value <= scale.high
    assert scale.value(scale.position(value)) == value
    assert scale.value(max(position - 1, 0)) <= value
    assert isinstance(value, int) is scale.whole


@given(scales(), st.floats(0, 1))
def test_the_position_of_any_value_is_near_it(scale, share):
    value = scale.low + share * (scale.high - scale.low)
    value = round(value) if scale.whole else value
    position = scale.position(value)
    below, above = scale.value(max(position - 1, 0)), scale.value(min(position + 1, scale.last))
    assert below <= value + 1e-9 * abs(value)
    assert value <= above + 1e-9 * abs(value)


def test_every_declared_slider_reaches_its_ends_and_its_default():
    for model, name, control, whole in NUMBERS:
        scale = SliderScale.of(control, whole=whole)
        assert (scale.value(0), scale.value(scale.last)) == (control.low, control.high)
        default = model.model_fields[name].get_default(call_default_factory=True)
        if default is not None and control.low <= default <= control.high:
            gap = abs(scale.value(scale.position(default)) - default)
            coarse = max(0.03 * abs(default), 0.01 * (control.high - control.low))
            assert gap <= coarse, (model, name)


def test_arrow_keys_on_a_logarithmic_scale_go_1_2_5():
    scale = SliderScale(1e-5, 10, log=True)
    up = [1e-5]
    while up[-1] < 10:
        up.append(scale.stepped(up[-1], 1))
    assert up[:5] == [1e-5, 2e-5, 5e-5, 1e-4, 2e-4]
    assert up[-1] == 10
    down = [10.0]
    while down[-1] > 1e-5:
        down.append(scale.stepped(down[-1], -1))
    assert down[::-1] == up
    assert scale.stepped(0.03, 1) == 0.05
    assert scale.stepped(0.03, -1) == 0.02
    assert scale.stepped(0.03, 1, page=True) == 0.3
    assert scale.stepped(0, 1) == 1e-5
    assert scale.stepped(0, -1) == 0


def test_arrow_keys_on_a_linear_scale_go_by_hundredths():
    assert SliderScale(0, 1, decimals=2).stepped(0.1, 1) == 0.11
    assert SliderScale(0, 1, decimals=2).stepped(0.1, 1, page=True) == 0.2
    assert SliderScale(0, 200, whole=True).stepped(10, -1) == 9
    assert SliderScale(0, 200, whole=True).stepped(10, 1, page=True) == 30


@given(st.floats(1e-12, 1e12))
def test_nice_numbers_are_1_2_or_5_and_not_above(value):
    found = nice(value)
    assert f"{found:.3e}"[:5] in ("1.000", "2.000", "5.000")
    assert value / 2.6 < found <= value * (1 + 1e-6)


# --- texts ---------------------------------------------------------------------------------------


READ = [
    ("3e-4", False, 3e-4),
    ("0,05", False, 0.05),
    (" 1,5E-3 ", False, 1.5e-3),
    ("−2", False, -2.0),
    (".5", False, 0.5),
    ("10 000", False, 10000.0),
    ("1e3", True, 1000),
    ("12,0", True, 12),
    ("4294967295", True, 4294967295),
]
REFUSED = [
    ("a lot", False, "not a number"),
    ("", False, "not a number"),
    ("1,234.5", False, "not a number"),
    ("1,2,3", False, "not a number"),
    ("inf", False, "not a finite number"),
    ("nan", False, "not a finite number"),
    ("1e999", False, "not a finite number"),
    ("2.5", True, "not a whole number"),
    ("x" * 999, False, "…” is not a number"),
]
WRITTEN = [
    (8, "8"),
    (8.0, "8"),
    (0.01, "0.01"),
    (3e-5, "3e-05"),
    (1e9, "1e9"),
    (0.999, "0.999"),
    (1_000_000_000, "1000000000"),
    (0.1 + 0.2, "0.3"),
    (0.0, "0"),
]


def test_numbers_are_read_as_people_write_them():
    for text, whole, value in READ:
        read = parse_number(text, whole=whole)
        assert read == value
        assert isinstance(read, int) is whole


def test_what_is_no_number_gets_a_sentence():
    for text, whole, part in REFUSED:
        with pytest.raises(ValueError, match=part):
            parse_number(text, whole=whole)


def test_numbers_are_written_shortly():
    for value, text in WRITTEN:
        assert format_number(value) == text


@given(st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12))
def test_what_is_written_reads_as_nearly_the_same(value):
    read = parse_number(format_number(value), whole=isinstance(value, int))
    assert read == pytest.approx(value, rel=1e-5, abs=0)


def test_bounds_are_said():
    assert out_of_bounds(0.5, 0, 1) == ""
    assert out_of_bounds(-1.0, 0, 1) == "-1 is too small: at least 0."
    assert out_of_bounds(2.0, 0, 1) == "2 is too large: at most 1."


def test_a_tooltip_gives_help_range_and_default():
    text = tooltip(RATE, 0.01)
    assert "The length of a step." in text
    assert "Slider: 1e-05 to 10. Typing: 0 to 1e9." in text
    assert "Default: 0.01; a double click restores it." in text
    assert "anew" not in text
    assert "anew from the same seed" in tooltip(UNITS, 8, live=False)
    assert "From 0 to 1." in tooltip(NOISE, 0.1)
    assert "Default: automatic" in tooltip(GAIN)
    assert "&lt;b&gt;" in tooltip(Control("x", "<b>"))


# --- the number editor ---------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "value"), [("3e-4", 3e-4), ("0,05", 0.05), ("50", 50.0)])
def test_typing_a_number(shown, text, value):
    editor = rate_editor()
    emitted = shown(editor)
    enter(editor.field, text)
    assert emitted == [value]
    assert editor.value == value
    assert editor.slider.value() == editor.scale.position(value)


def test_a_number_counts_when_the_focus_goes(shown):
    editor = rate_editor()
    emitted = shown(editor)
    editor.field.setFocus()
    editor.field.selectAll()
    QTest.keyClicks(editor.field, "0.2")
    assert emitted == []
    editor.slider.setFocus()
    assert emitted == [0.2]


@pytest.mark.parametrize(
    ("text", "part"), [("a lot", "not a number"), ("-1", "too small"), ("1e10", "too large")]
)
def test_nonsense_falls_back_with_a_reason(shown, text, part):
    editor = rate_editor()
    emitted = shown(editor)
    enter(editor.field, text)
    assert emitted == []
    assert editor.field.text() == "0.01"
    assert part in QToolTip.text()


def test_escape_drops_what_is_typed(shown):
    editor = rate_editor()
    emitted = shown(editor)
    enter(editor.field, "7", Qt.Key.Key_Escape)
    assert editor.field.text() == "0.01"
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert emitted == []


def test_space_is_left_to_the_window_unless_a_number_is_being_typed(shown):
    editor = rate_editor()
    emitted = shown(editor)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    for widget in (editor.field, editor.slider):
        widget.setFocus()
        QApplication.sendEvent(widget, event)
        assert not event.isAccepted()
    enter(editor.field, "1 000")
    assert emitted == [1000.0]


def test_a_click_leaves_the_focus_so_that_space_still_runs_or_pauses(shown):
    form = Form()
    form.show_model(stop_rules["test_loss_plateau"]())
    emitted = shown(form)
    field, box = form.editor("patience").field, form.editor("restore_best").box
    field.setFocus()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert emitted == [(("restore_best",), False)]
    assert field.hasFocus()


def test_a_number_of_many_digits_is_not_cut_by_passing_through(shown):
    editor = rate_editor(0.123456789)
    emitted = shown(editor)
    assert editor.field.text() == "0.123457"
    editor.field.setFocus()
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    editor.slider.setFocus()
    assert emitted == []
    assert editor.value == 0.123456789


def test_a_value_set_meanwhile_leaves_text_that_is_typed(shown):
    editor = rate_editor()
    shown(editor)
    editor.field.setFocus()
    editor.field.selectAll()
    QTest.keyClicks(editor.field, "0.0")
    editor.set_value(0.01)
    assert editor.field.text() == "0.0"
    editor.set_value(0.5)
    assert editor.field.text() == "0.5"


def test_dragging_emits_all_along(shown):
    editor = rate_editor()
    emitted = shown(editor)
    start = handle_of(editor.slider)
    send_mouse(editor.slider, QEvent.Type.MouseButtonPress, start)
    assert emitted == []
    for right in (5, 10, 15, 20):
        send_mouse(editor.slider, QEvent.Type.MouseMove, start + QPoint(right, 0))
    assert len(emitted) == 4
    assert emitted == sorted(set(emitted))
    assert emitted[0] > 0.01
    assert editor.field.text() == format_number(emitted[-1])
    send_mouse(editor.slider, QEvent.Type.MouseButtonRelease, start + QPoint(20, 0))
    assert len(emitted) == 4


def test_a_click_beside_the_handle_goes_there(shown):
    editor = NumberEditor(NOISE, 0.1)
    emitted = shown(editor)
    place = QPoint(editor.slider.width() // 2, editor.slider.height() // 2)
    QTest.mouseClick(editor.slider, Qt.MouseButton.LeftButton, pos=place)
    assert len(emitted) == 1
    assert emitted[0] == pytest.approx(0.5, abs=0.03)


def test_a_double_click_on_slider_or_label_restores_the_default(shown):
    editor = rate_editor(5.0)
    emitted = shown(editor)
    QTest.mouseDClick(editor.slider, Qt.MouseButton.LeftButton, pos=handle_of(editor.slider))
    assert emitted[-1] == 0.01
    assert editor.value == 0.01
    form = Form(("data",), only=("noise",))
    form.show_model(Data(noise=0.7))
    emitted = shown(form)
    label = next(w for w in form.children() if getattr(w, "text", str)() == "Noise")
    QTest.mouseDClick(label, Qt.MouseButton.LeftButton)
    assert emitted == [(("data", "noise"), 0.1)]


def test_a_drag_after_a_double_click_starts_afresh(shown):
    editor = rate_editor(5.0)
    emitted = shown(editor)
    QTest.mouseDClick(editor.slider, Qt.MouseButton.LeftButton, pos=handle_of(editor.slider))
    count = len(emitted)
    send_mouse(editor.slider, QEvent.Type.MouseMove, QPoint(3, 5))
    assert len(emitted) == count


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (Qt.Key.Key_Right, 0.02),
        (Qt.Key.Key_Up, 0.02),
        (Qt.Key.Key_Left, 0.005),
        (Qt.Key.Key_Down, 0.005),
        (Qt.Key.Key_PageUp, 0.1),
        (Qt.Key.Key_PageDown, 0.001),
        (Qt.Key.Key_Home, 1e-5),
        (Qt.Key.Key_End, 10.0),
    ],
)
def test_keys_on_the_slider(shown, key, value):
    editor = rate_editor()
    emitted = shown(editor)
    editor.slider.setFocus()
    QTest.keyClick(editor.slider, key)
    assert emitted == [value]


def test_arrow_keys_in_the_field_step_from_what_is_typed(shown):
    editor = rate_editor()
    emitted = shown(editor)
    enter(editor.field, "0.5", Qt.Key.Key_Up)
    assert emitted == [0.5, 1.0]
    QTest.keyClick(editor.field, Qt.Key.Key_PageDown)
    assert emitted[-1] == 0.1


def test_keys_stay_on_the_slider_and_do_not_jump_back_into_it(shown):
    editor = rate_editor(10.0)
    emitted = shown(editor)
    editor.slider.setFocus()
    QTest.keyClick(editor.slider, Qt.Key.Key_Right)
    assert emitted == []
    editor.set_value(50.0)
    QTest.keyClick(editor.slider, Qt.Key.Key_Right)
    assert emitted == []
    QTest.keyClick(editor.slider, Qt.Key.Key_Left)
    assert emitted == [20.0]


def test_the_wheel_only_acts_with_the_focus(shown):
    editor = rate_editor()
    box = ChoiceEditor(RATE, "adam", items_of(optimizers))
    chosen, emitted = shown(box), shown(editor)
    for widget in (editor.slider, box.box):
        widget.clearFocus()
        assert not turn_wheel(widget, -1).isAccepted()
    assert emitted == chosen == []
    editor.slider.setFocus()
    turn_wheel(editor.slider, 2)
    assert emitted == [0.02, 0.05]


@given(value=st.floats(0, 1e9))
def test_setting_a_value_never_emits(qapp, value):
    editor = NumberEditor(RATE, 0.01)
    emitted = []
    editor.value_changed.connect(emitted.append)
    editor.set_value(value)
    assert emitted == []
    assert editor.value == value


def test_no_value_is_said_in_a_word_and_can_come_back(shown):
    editor = NumberEditor(GAIN, None, optional=True, stacked=True)
    emitted = shown(editor)
    assert editor.field.text() == ""
    assert editor.field.placeholderText() == "automatic"
    editor.slider.setFocus()
    QTest.keyClick(editor.slider, Qt.Key.Key_Right)
    assert emitted == [1.0]
    enter(editor.field, "")
    QTest.keyClick(editor.field, Qt.Key.Key_Backspace)
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert emitted == [1.0, None]
    send_mouse(editor.slider, QEvent.Type.MouseButtonPress, QPoint(1, 5))
    assert emitted[-1] == 0.1
    enter(editor.field, "automatic")
    assert editor.value is None
    editor.set_value(3.0)
    editor.restore_default()
    assert emitted[-1] is None


def test_every_part_of_an_editor_has_an_accessible_name(qtbot):
    for model in (Data, Layer, Training, *ENTRIES):
        form = Form(only=[n for n in model.model_fields if n not in UNUSUAL])
        qtbot.addWidget(form)
        form.show_model(model())
        assert all(widget.accessibleName() for widget in form.focus_widgets())


UNUSUAL = ("source", "features", "points", "loss", "stop")
"""Fields for which the panels have editors of their own."""


# --- other editors -------------------------------------------------------------------------------


def test_a_choice_explains_its_items_and_emits_only_for_the_user(shown):
    editor = ChoiceEditor(RATE, "adam", items_of(optimizers))
    emitted = shown(editor)
    editor.set_value("sgd")
    assert emitted == []
    assert editor.box.currentText() == "Gradient descent (SGD)"
    for index, entry in enumerate(optimizers.values()):
        about = editor.box.itemData(index, Qt.ItemDataRole.ToolTipRole)
        assert entry.reference[:6] in about
    assert "w ← w - η·g" in editor.box.toolTip()
    editor.box.setFocus()
    QTest.keyClick(editor.box, Qt.Key.Key_Down)
    assert emitted == ["momentum"]
    editor.set_items(items_of({"a": "A", "momentum": "M"}))
    assert editor.box.currentText() == "M"
    assert emitted == ["momentum"]


def test_a_flag(shown):
    editor = FlagEditor(Control("Restore best weights"), True)
    emitted = shown(editor)
    editor.set_value(False)
    assert emitted == []
    editor.box.setFocus()
    QTest.keyClick(editor.box, Qt.Key.Key_Space)
    assert emitted == [True]


def test_a_seed_is_typed_or_thrown(shown):
    control = control_of(Data.model_fields["seed"])
    editor = SeedEditor(control, 7)
    emitted = shown(editor)
    enter(editor.field, "4294967295")
    assert emitted == [2**32 - 1]
    QTest.keyClick(editor.field, Qt.Key.Key_Up)
    assert emitted == [2**32 - 1]
    for _ in range(20):
        QTest.mouseClick(editor.die, Qt.MouseButton.LeftButton)
    assert len(emitted) == 21  # a throw is never the seed that was there
    assert all(0 <= seed <= 999 for seed in emitted[1:])


def test_a_stepper_counts_within_its_bounds(shown):
    editor = StepperEditor(UNITS, 8)
    emitted = shown(editor)
    QTest.mouseClick(editor.plus, Qt.MouseButton.LeftButton)
    QTest.mouseClick(editor.minus, Qt.MouseButton.LeftButton)
    enter(editor.field, "511")
    QTest.keyClick(editor.field, Qt.Key.Key_PageUp)
    assert emitted == [9, 8, 511, 512]
    assert not editor.plus.isEnabled()
    editor.set_value(1)
    assert not editor.minus.isEnabled()
    enter(editor.field, "0")
    assert editor.field.text() == "1"


def test_the_batch_size_by_kind_and_by_number(shown):
    editor = editor_for(Training.model_fields["batch_size"])
    assert isinstance(editor, BatchSizeEditor)
    emitted = shown(editor)
    box = editor.kind.box
    box.setFocus()
    assert box.currentText() == "Mini-batch"
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert emitted == [1]
    assert editor.size_editor.isHidden()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert emitted == [1, "full"]
    editor.set_value(32)
    assert box.currentText() == "Mini-batch"
    assert not editor.size_editor.isHidden()
    assert emitted == [1, "full"]
    editor.size_editor.slider.setFocus()
    QTest.keyClick(editor.size_editor.slider, Qt.Key.Key_Home)
    assert emitted[-1] == 2
    editor.set_most(100)
    QTest.keyClick(editor.size_editor.slider, Qt.Key.Key_End)
    assert emitted[-1] == 100
    editor.set_value("full")
    QTest.keyClick(box, Qt.Key.Key_End)
    assert emitted[-1] == 100  # the mini-batch that was there last


def test_one_feature_must_stay_on(shown):
    control = control_of(Data.model_fields["features"])
    editor = FeatureToggles(control, ("x1", "x2"))
    emitted = shown(editor)
    buttons = editor.buttons
    QTest.mouseClick(buttons["x1_x2"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(buttons["x1"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(buttons["x2"], Qt.MouseButton.LeftButton)
    assert emitted == [("x1", "x2", "x1_x2"), ("x2", "x1_x2"), ("x1_x2",)]
    QTest.mouseClick(buttons["x1_x2"], Qt.MouseButton.LeftButton)
    assert len(emitted) == 3
    assert buttons["x1_x2"].isChecked()
    assert "At least one" in QToolTip.text()


def test_a_formula_has_a_button_while_it_is_in_use(shown):
    control = control_of(Data.model_fields["features"])
    editor = FeatureToggles(control, ("x1",))
    emitted = shown(editor)
    registered = list(editor.buttons)
    long = "=max(x1, x2, 0.5)*exp(-(x1^2+x2^2)/(2*0.75^2))"
    editor.set_value(("=sin(3*x1)", "x1", long))
    assert emitted == []
    assert list(editor.buttons) == [*registered, "=sin(3*x1)", long]
    button = editor.buttons["=sin(3*x1)"]
    assert button.text() == "sin(3·x₁)"
    assert button.isChecked()
    assert editor.buttons[long].text() == "max(x₁, x₂, 0.5)·exp(−(x₁² + x₂…"
    assert "(2·0.75²)" in editor.buttons[long].toolTip()
    QTest.mouseClick(editor.buttons["x2"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(editor.removers["=sin(3*x1)"], Qt.MouseButton.LeftButton)
    assert emitted == [("x1", "x2", "=sin(3*x1)", long), ("x1", "x2", long)]
    assert list(editor.buttons) == [*registered, long]
    reached = [editor.buttons[long], editor.removers[long], editor.line.field, editor.line.button]
    assert editor.focus_widgets()[-4:] == reached


def test_a_formula_is_judged_while_it_is_typed(shown):
    editor = FeatureToggles(control_of(Data.model_fields["features"]), ("x1", "x2"))
    emitted = shown(editor)
    line = editor.line
    line.field.setFocus()
    QTest.keyClicks(line.field, "sin(3*")
    assert line.pointer.text() == "sin(3*\n      ^"
    assert "ends too early" in line.message.text()
    QTest.keyClicks(line.field, "x1)")
    assert line.pointer.isHidden()
    assert line.message.text() == "sin(3·x₁): Return takes it."
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    assert emitted == [("x1", "x2", "=sin(3*x1)")]
    assert line.field.text() == ""
    assert line.message.isHidden()


def test_the_wrong_part_of_a_formula_is_pointed_at_and_selected(shown):
    editor = FeatureToggles(control_of(Data.model_fields["features"]), ("x1", "x2"))
    emitted = shown(editor)
    line = editor.line
    line.field.setFocus()
    for text, marked in (("1 + sine(x1)", "sine"), ("=x1 + ln(x1)", "ln"), (" 2 x1", "x1")):
        line.clear()
        QTest.keyClicks(line.field, text)
        shown_text, marks = line.pointer.text().split("\n")
        assert shown_text[marks.index("^") : len(marks)] == marked
        assert line.message.text()
        QTest.mouseClick(line.button, Qt.MouseButton.LeftButton)
        assert line.field.selectedText() == marked
    assert "2*x1" in line.message.text()
    line.clear()
    QTest.keyClicks(line.field, "0*" * 50 + "foo(x1)")
    shown_text, marks = line.pointer.text().split("\n")
    assert shown_text[marks.index("^") : len(marks)] == "foo"
    assert len(shown_text) <= 28
    QTest.keyClick(line.field, Qt.Key.Key_Escape)
    assert line.field.text() == ""
    QTest.keyClicks(line.field, "x2")
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    assert "listed twice" in line.message.text()
    assert emitted == []


def test_a_formula_is_edited_in_its_place(shown):
    editor = FeatureToggles(control_of(Data.model_fields["features"]), ("x1",))
    emitted = shown(editor)
    editor.set_value(("=sin(3*x1)", "x1", "=r^2"))
    QTest.mouseClick(editor.buttons["=sin(3*x1)"], Qt.MouseButton.LeftButton)
    line = editor.line
    assert editor.buttons["=sin(3*x1)"].isChecked()
    assert (line.field.text(), line.button.text()) == ("sin(3*x1)", "Change")
    line.field.selectAll()
    QTest.keyClicks(line.field, "sin(4*x1)")
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    assert emitted == [("=sin(4*x1)", "x1", "=r^2")]
    assert line.button.text() == "Add"
    QTest.mouseClick(editor.buttons["=r^2"], Qt.MouseButton.LeftButton)
    editor.set_value(("x1",))
    assert (line.field.text(), line.button.text()) == ("", "Add"), "there is nothing to change"
    editor.set_value(("=r^2",))
    QTest.mouseClick(editor.removers["=r^2"], Qt.MouseButton.LeftButton)
    assert len(emitted) == 1
    assert "At least one" in QToolTip.text()


def test_a_section_folds(qtbot):
    editor = rate_editor()
    section = Section("Training", editor)
    qtbot.addWidget(section)
    section.show()
    QTest.mouseClick(section.header, Qt.MouseButton.LeftButton)
    assert not editor.isVisible()
    section.header.setFocus()
    QTest.keyClick(section.header, Qt.Key.Key_Space)
    assert editor.isVisible()


# --- forms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("stacked", [False, True])
@pytest.mark.parametrize("registry", CHOICES, ids=lambda registry: registry.family)
def test_every_entry_of_every_registry_has_an_editor_for_each_field(shown, registry, stacked):
    form = Form(("place",), style=Style(stacked=stacked))
    emitted = shown(form)
    for entry in registry.values():
        emitted.clear()
        check_entry(form, emitted, entry)


def check_entry(form, emitted, entry):
    form.show_model(entry())
    assert form.names == tuple(entry.model_fields)
    assert emitted == []
    for name, info in entry.model_fields.items():
        editor = form.editor(name)
        if isinstance(editor, NumberEditor):
            editor.slider.setFocus()
            QTest.keyClick(editor.slider, Qt.Key.Key_Home)
            QTest.keyClick(editor.slider, Qt.Key.Key_End)
            assert emitted[-1] == (("place", name), control_of(info).high)
        else:
            assert isinstance(editor, FlagEditor)
            QTest.keyClick(editor.box, Qt.Key.Key_Space)
            assert emitted[-1] == (("place", name), not info.default)
        entry(**{name: emitted[-1][1]})  # what the user can reach is valid


def test_a_form_needs_no_change_for_an_optimizer_with_a_field_of_its_own(shown):
    class Lion(Optimizer):
        name: ClassVar[str] = "lion"

        interpolation: float = number(0.9, "Interpolation", "", minimum=0, maximum=1)
        window: int = integer(8, "Window", "", minimum=1, maximum=64)

    form = Form(("training", "optimizer"))
    emitted = shown(form)
    form.show_model(Lion())
    assert form.names == ("learning_rate", "interpolation", "window")
    enter(form.editor("window").field, "12")
    assert emitted == [(("training", "optimizer", "window"), 12)]


def test_a_field_that_no_editor_suits_is_not_passed_over(qtbot):
    form = Form()
    qtbot.addWidget(form)
    with pytest.raises(TypeError, match="no editor"):
        form.show_model(Data())


@given(entry=st.sampled_from(CHOICES).flatmap(choices))
def test_showing_an_entry_never_emits_and_shows_all_of_it(qapp, entry):
    form = Form()
    emitted = []
    form.edit_requested.connect(lambda *edit: emitted.append(edit))
    form.show_model(type(entry)())
    form.show_model(entry)
    assert emitted == []
    for name in type(entry).model_fields:
        assert form.editor(name).value == getattr(entry, name)


def test_choosing_another_entry_asks_for_its_defaults_and_builds_its_form(shown):
    form = Form(("training",), only=("optimizer",))
    emitted = shown(form)
    model = Training(optimizer=optimizers["sgd"](learning_rate=3.0))
    form.show_model(model)
    assert form.nested("optimizer").names == ("learning_rate",)
    box = form.editor("optimizer").box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert emitted == [(("training", "optimizer"), optimizers["momentum"]())]
    form.show_model(Training(optimizer=emitted[0][1]))
    assert form.nested("optimizer").names == ("learning_rate", "momentum")
    enter(form.nested("optimizer").editor("momentum").field, "0.5")
    assert emitted[-1] == (("training", "optimizer", "momentum"), 0.5)
    assert len(emitted) == 2


def test_a_refused_edit_is_taken_back(shown):
    form = Form(("layer",))
    emitted = shown(form)
    layer = Layer()
    form.show_model(layer)
    enter(form.editor("dropout").field, "0.5")
    box = form.editor("activation").box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    assert len(emitted) == 2
    form.show_model(layer)  # the very same object, as when a session refuses
    assert form.editor("dropout").field.text() == "0"
    assert box.currentText() == layer.activation.label


def test_widgets_stay_as_long_as_the_type_does(shown):
    form = Form(("layer",))
    shown(form)
    form.show_model(Layer())
    dropout, box = form.editor("dropout"), form.editor("activation").box
    dropout.slider.setFocus()
    for step in range(30):
        form.show_model(Layer(dropout=step / 100, activation=activations["elu"](alpha=step)))
    assert form.editor("dropout") is dropout
    assert form.editor("activation").box is box
    assert dropout.slider.hasFocus()
    assert dropout.value == 0.29


def test_the_tab_key_goes_down_the_form_also_through_what_came_later(shown):
    form = Form(("layer",))
    shown(form)
    form.show_model(Layer())
    form.show_model(Layer(activation=activations["elu"]()))
    QApplication.processEvents()  # new widgets show themselves
    wanted = form.focus_widgets()
    assert form.nested("activation").editor("alpha").field in wanted
    wanted[0].setFocus()
    visited = [QApplication.focusWidget()]
    for _ in wanted[1:]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
    assert visited == wanted
