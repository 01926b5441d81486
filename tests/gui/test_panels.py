"""The panels, driven by mouse and keyboard against a small stand-in for the session."""

from __future__ import annotations

import pytest
from hypothesis import given
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from playground import resources
from playground.core.editing import replace, value_at
from playground.core.errors import ExperimentError
from playground.core.experiment import Data, Experiment, Layer, Network, Training
from playground.core.families import (
    activations,
    clippings,
    features,
    initializers,
    losses,
    optimizers,
    schedules,
    sources,
    stop_rules,
)
from playground.core.limits import MAX_LAYERS
from playground.core.points import NO_POINTS
from playground.data.dataset import prepare
from playground.gui import theme
from playground.gui.icons import icon
from playground.gui.panels import gallery
from playground.gui.panels.data_panel import DataPanel
from playground.gui.panels.network_panel import NetworkPanel
from playground.gui.panels.training_panel import TrainingPanel
from playground.gui.widgets.thumbnail import Thumbnail
from tests.strategies import experiments

PANELS = (DataPanel, TrainingPanel, NetworkPanel)
HIDDEN = ("network", "hidden")


class StandIn(QObject):
    """What a session does with edits: apply them or refuse, then show what holds."""

    def __init__(self, panel, experiment):
        super().__init__()
        self.panel, self.experiment = panel, experiment
        self.edits, self.refused = [], []
        panel.edit_requested.connect(self.edit)
        panel.show_experiment(experiment)

    def edit(self, path, value):
        self.edits.append((path, value))
        if value_at(self.experiment, path) == value:
            return
        try:
            self.experiment = replace(self.experiment, path, value)
        except ExperimentError as error:
            self.refused.append(str(error))
        self.panel.show_experiment(self.experiment)


@pytest.fixture
def at_work(qtbot):
    """Open a panel on an experiment; gives the stand-in."""

    def open_panel(kind, experiment=None, size=(320, 1400)):
        panel = kind()
        qtbot.addWidget(panel)
        stand_in = StandIn(panel, experiment or Experiment())
        panel.resize(*size)
        panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        return stand_in

    return open_panel


def network(*units, **changes):
    """An experiment with hidden layers of so many units."""
    hidden = tuple(Layer(units=count, **changes) for count in units)
    return Experiment(network=Network(hidden=hidden))


def units(stand_in):
    """The units of the hidden layers, in the experiment and on the cards alike."""
    held = [layer.units for layer in stand_in.experiment.network.hidden]
    cards = [card.form.editor("units").value for card in stand_in.panel.cards]
    titles = [card.title.text() for card in stand_in.panel.cards]
    assert cards == held
    assert titles == [f"Layer {number}" for number in range(1, len(held) + 1)]
    assert len(stand_in.panel.gaps) == len(held) + 1
    return held


def click(widget):
    QApplication.processEvents()  # so that what is new has its place
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def press_key(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, key, modifier)


def type_in(field, text):
    QApplication.processEvents()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def hold(widget, kind, place):
    """A mouse event with the left button at a point of the screen."""
    button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    moves, released = kind == QEvent.Type.MouseMove, kind == QEvent.Type.MouseButtonRelease
    local = QPointF(widget.mapFromGlobal(place))
    event = QMouseEvent(
        kind,
        local,
        QPointF(place),
        none if moves else button,
        none if released else button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


# --- all panels ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PANELS)
def test_showing_never_emits(qtbot, kind):
    panel = kind()
    qtbot.addWidget(panel)
    emitted = []
    panel.edit_requested.connect(lambda *edit: emitted.append(edit))

    @given(experiment=experiments(small=True))
    def shows(experiment):
        panel.show_experiment(experiment)
        panel.show_experiment(experiment)
        assert emitted == []

    shows()


@pytest.mark.parametrize("kind", PANELS)
def test_the_tab_key_reaches_every_control_and_each_says_its_name(at_work, kind):
    panel = at_work(kind, size=(900, 1400)).panel
    QApplication.processEvents()
    controls = [
        widget
        for widget in panel.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        # The thumbnails are one choice: the tab key goes to the one that is chosen.
        if not isinstance(widget, Thumbnail) or widget.isChecked()
    ]
    assert len(controls) > 10
    assert all(widget.accessibleName() for widget in controls)
    assert set(panel.focus_widgets()) >= set(controls)
    panel.focus_widgets()[0].setFocus()
    reached = []
    for _ in controls:
        reached.append(QApplication.focusWidget())
        press_key(reached[-1], Qt.Key.Key_Tab)
    order = [widget for widget in panel.focus_widgets() if widget in reached]
    assert reached == order
    assert set(reached) == set(controls)


@pytest.mark.parametrize("kind", PANELS)
def test_a_panel_takes_another_theme(at_work, kind):
    stand_in = at_work(kind, size=(320, 400))
    pictures = []
    for colours in (theme.LIGHT, theme.DARK):
        stand_in.panel.set_palette_colours(colours)
        pictures.append(stand_in.panel.grab().toImage())
    assert pictures[0] != pictures[1]
    assert stand_in.edits == []


@pytest.mark.parametrize("kind", [DataPanel, TrainingPanel])
def test_the_settings_need_no_more_than_their_column(at_work, kind):
    stops = tuple(rule() for rule in stop_rules.values())
    for optimizer in optimizers.values():
        training = Training(optimizer=optimizer(), stop=stops)
        panel = at_work(kind, Experiment(training=training)).panel
        text = panel.fontMetrics().horizontalAdvance("m" * 26)
        assert panel.minimumSizeHint().width() <= text


def test_every_icon_can_be_drawn(qapp):
    names = [path.stem for path in resources.path("icons").glob("*.svg")]
    assert len(names) >= 18
    for name in names:
        drawn = icon(name, "#ff0000").pixmap(24, 24).toImage()
        colours = {
            drawn.pixelColor(x, y).name()
            for x in range(24)
            for y in range(24)
            if drawn.pixelColor(x, y).alpha() > 250
        }
        assert colours, name
        assert ("#ff0000" in colours) == (name != "app")


# --- data ----------------------------------------------------------------------------------------


def test_the_gallery_chooses_a_data_set(at_work):
    stand_in = at_work(DataPanel)
    panel = stand_in.panel
    assert [name for name, button in panel.thumbnails.items() if button.isVisible()] == [
        name for name in sources if name != "points"
    ]
    for name in ("spiral", "pinwheel", "plane", "circle"):
        click(panel.thumbnails[name])
        assert stand_in.edits[-1] == (("data", "source"), name)
        assert panel.thumbnails[name].isChecked()
        assert sources[name].label in panel.caption.text()


def test_each_thumbnail_shows_another_picture_and_follows_the_noise(at_work):
    stand_in = at_work(DataPanel)
    panel = stand_in.panel
    panel.thumbnails["circle"].setChecked(False)
    generated = [name for name in sources if name != "points"]

    def pictures():
        QApplication.processEvents()
        return [panel.thumbnails[name].grab().toImage() for name in generated]

    before = pictures()
    assert all(one != other for i, one in enumerate(before) for other in before[:i])
    stand_in.edit(("data", "noise"), 0.6)
    assert all(one != other for one, other in zip(before, pictures(), strict=True))


def test_an_edit_elsewhere_has_nothing_drawn_anew_in_the_gallery(at_work, monkeypatch):
    stand_in = at_work(DataPanel)
    monkeypatch.setattr(gallery, "prepare", None)
    monkeypatch.setattr(gallery, "Data", None)
    stand_in.edit(("training", "optimizer", "learning_rate"), 0.02)
    with pytest.raises(TypeError):
        stand_in.edit(("data", "noise"), 0.5)


def test_a_loss_that_does_not_fit_the_new_task_becomes_automatic(at_work):
    hinge = Experiment(training=Training(loss="hinge"))
    stand_in = at_work(DataPanel, hinge)
    click(stand_in.panel.thumbnails["xor"])
    assert stand_in.experiment.training.loss == "hinge"
    click(stand_in.panel.thumbnails["plane"])
    assert stand_in.refused == []
    assert stand_in.experiment.data.source == "plane"
    assert stand_in.experiment.training.loss == "auto"


def test_own_points_are_in_the_gallery_while_there_are_any(at_work):
    points = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (2.0, 1.0, 1.0))
    own = Experiment(data=Data(source="points", points=points), training=Training(stop=()))
    stand_in = at_work(DataPanel, own)
    panel = stand_in.panel
    assert panel.thumbnails["points"].isVisible()
    assert panel.thumbnails["points"].isChecked()
    assert not panel.form.editor("noise").isVisible()
    assert panel.form.editor("problem").isVisible()
    click(panel.thumbnails["gauss"])
    assert stand_in.refused == []
    assert stand_in.experiment.data.source == "gauss"
    assert stand_in.experiment.data.points == NO_POINTS
    assert panel.form.editor("noise").isVisible()
    assert panel.thumbnails["points"].isVisible(), "they can be taken back"
    click(panel.thumbnails["points"])
    assert stand_in.experiment.data.points == own.data.points
    assert stand_in.experiment.data.source == "points"


def test_settings_that_do_not_apply_are_hidden(at_work):
    stand_in = at_work(DataPanel)
    panel, form = stand_in.panel, stand_in.panel.form

    def hidden():
        shift = {"shift"} if panel.shift_section.isHidden() else set()
        return shift | {name for name in form.names if not form.editor(name).isVisible()}

    assert hidden() == {"problem", "classes"}
    for source in ("blobs", "rings", "pinwheel"):
        stand_in.edit(("data", "source"), source)
        assert hidden() == {"problem"}
    stand_in.edit(("data", "classes"), 6)
    stand_in.edit(("data", "source"), "plane")
    assert hidden() == {"problem", "classes", "balance"}
    assert stand_in.experiment.data.classes == 6  # and is back with the next such data set
    stand_in.edit(("training", "stop"), ())
    stand_in.edit(("data", "test_share"), 0.0)
    assert hidden() == {"problem", "classes", "balance", "shift"}
    points = [[index, -index, index % 2] for index in range(40)]
    stand_in.edit(("data",), {"source": "points", "points": points})
    assert hidden() == {"classes", "samples", "balance", "noise"}


def test_a_full_batch_has_no_order(at_work):
    work = at_work(TrainingPanel)
    shuffle = work.panel.form.editor("shuffle")
    for size, shown in (("full", False), (10, True)):
        work.edit(("training", "batch_size"), size)
        assert shuffle.isVisible() == shown


def test_a_shift_brings_its_settings_along(at_work):
    stand_in = at_work(DataPanel)
    form, section = stand_in.panel.shift_form, stand_in.panel.shift_section
    assert form.nested("shift").names == ()
    assert form.nested("shift").isHidden()
    assert not form.isVisible(), "it is folded away"
    click(section.header)
    assert form.editor("shift").isVisible()
    click(section.header)
    stand_in.edit(("data", "shift"), "covariate")
    assert section.header.text() == "Test distribution: covariate shift"
    assert form.nested("shift").names == ("x1", "x2", "rotation", "scale")
    QApplication.processEvents()
    assert form.nested("shift").editor("rotation").isVisible()
    assert stand_in.panel.warning.isHidden()
    stand_in.edit(("data", "source"), "moons")
    assert "test points keep their labels" in stand_in.panel.warning.text


def test_features_go_on_and_off(at_work):
    stand_in = at_work(DataPanel)
    buttons = stand_in.panel.features.buttons
    assert list(buttons) == list(features)
    click(buttons["sin_x1"])
    click(buttons["x1"])
    assert stand_in.experiment.data.features == ("x2", "sin_x1")
    stand_in.edit(("data", "features"), ("x1",))
    click(buttons["x1"])
    assert stand_in.experiment.data.features == ("x1",)
    assert buttons["x1"].isChecked()


def test_settings_of_the_data(at_work):
    stand_in = at_work(DataPanel)
    form = stand_in.panel.form
    type_in(form.editor("samples").field, "1000")
    type_in(form.editor("noise").field, "0,25")
    type_in(form.editor("seed").field, "42")
    type_in(form.editor("test_share").field, "0.1")
    data = stand_in.experiment.data
    assert (data.samples, data.noise, data.test_share, data.seed) == (1000, 0.25, 0.1, 42)
    assert "900 training and 100 test" in stand_in.panel.caption.text()
    assert stand_in.panel.warning.isHidden()
    type_in(form.editor("samples").field, "500")
    assert "50 test points pick the best epoch" in stand_in.panel.warning.text
    assert stand_in.panel.warning.isVisible()


def test_points_with_nothing_to_learn_are_warned_against(at_work):
    stand_in = at_work(DataPanel)
    panel, warning = stand_in.panel, stand_in.panel.warning
    points = tuple((3.0, 0.1 * index, 1.0) for index in range(300))
    stand_in.edit(("data",), {"source": "points", "points": points})
    assert warning.text == ""  # until the points are drawn
    drawn = prepare(stand_in.experiment.data)
    panel.show_points(stand_in.experiment, drawn)
    first, second = warning.text.split("\n")
    assert first.startswith("All 150 training points are of class 1")
    assert second.startswith("The feature x₁ is 3 at every training point")
    assert warning.isVisible()
    stand_in.edit(("training", "seed"), 5)
    panel.show_points(stand_in.experiment, drawn)
    assert first in warning.text
    stand_in.edit(("data", "test_share"), 0.4)  # other points: what was said of the old ones goes
    assert warning.text == ""
    assert warning.isHidden()


def test_a_refused_edit_returns_to_what_holds(at_work):
    stand_in = at_work(DataPanel)
    field = stand_in.panel.form.editor("test_share").field
    type_in(field, "0")  # the plateau rule needs test points
    assert len(stand_in.refused) == 1
    assert field.text() == "0.5"


# --- training ------------------------------------------------------------------------------------


def test_the_losses_are_those_that_fit(at_work):
    stand_in = at_work(TrainingPanel)
    editor = stand_in.panel.form.editor("loss")
    for source in ("circle", "pinwheel", "plane"):
        stand_in.edit(("data", "source"), source)
        task = stand_in.experiment.data.task
        offered = [item.value for item in editor.items]
        assert offered == ["auto", *(name for name, loss in losses.items() if loss.fits(task))]
    assert editor.items[0].label == "Automatic (mean squared error)"
    editor.box.setFocus()
    press_key(editor.box, Qt.Key.Key_End)
    assert stand_in.experiment.training.loss == offered[-1]


def test_every_optimizer_with_its_own_settings(at_work):
    stand_in = at_work(TrainingPanel)
    form = stand_in.panel.form
    box = form.editor("optimizer").box
    box.setFocus()
    press_key(box, Qt.Key.Key_Home)
    for entry in optimizers.values():
        assert stand_in.experiment.training.optimizer == entry()
        assert form.nested("optimizer").names == tuple(entry.model_fields)
        type_in(form.nested("optimizer").editor("learning_rate").field, "3e-4")
        assert stand_in.experiment.training.optimizer.learning_rate == 3e-4
        box.setFocus()
        press_key(box, Qt.Key.Key_Down)
    assert stand_in.refused == []


@pytest.mark.parametrize(("field", "registry"), [("schedule", schedules), ("clipping", clippings)])
def test_every_schedule_and_clipping_with_its_own_settings(at_work, field, registry):
    stand_in = at_work(TrainingPanel)
    form = stand_in.panel.form
    box = form.editor(field).box
    box.setFocus()
    press_key(box, Qt.Key.Key_Home)
    for entry in registry.values():
        assert getattr(stand_in.experiment.training, field) == entry()
        nested = form.nested(field)
        assert nested.names == tuple(entry.model_fields)
        for name in nested.names:
            type_in(nested.editor(name).field, "1")
            assert getattr(getattr(stand_in.experiment.training, field), name) == 1
        box.setFocus()
        press_key(box, Qt.Key.Key_Down)
    assert stand_in.refused == []
    assert all(path[:2] == ("training", field) for path, _ in stand_in.edits)


def test_stop_rules_come_and_go_in_the_order_of_the_registry(at_work):
    stand_in = at_work(TrainingPanel, Experiment(training=Training(stop=())))
    rules = stand_in.panel.rules
    names = list(stop_rules)
    for name in (names[-1], names[0], names[1]):
        assert not rules.forms[name].isVisible()
        click(rules.flags[name].box)
        assert rules.forms[name].isVisible()
    chosen = stand_in.experiment.training.stop
    assert [rule.name for rule in chosen] == [names[0], names[1], names[-1]]
    last = rules.forms[names[-1]]
    type_in(last.editor("target").field, "0.5")
    assert stand_in.edits[-1] == (("training", "stop", 2, "target"), 0.5)
    click(rules.flags[names[0]].box)
    assert not rules.forms[names[0]].isVisible()
    type_in(last.editor("target").field, "0.25")
    assert stand_in.edits[-1] == (("training", "stop", 1, "target"), 0.25)
    assert stand_in.refused == []


def test_a_rule_that_cannot_be_is_unchecked_again(at_work):
    bare = Experiment(data=Data(test_share=0), training=Training(stop=()))
    stand_in = at_work(TrainingPanel, bare)
    flag = stand_in.panel.rules.flags["test_loss_plateau"]
    click(flag.box)
    assert len(stand_in.refused) == 1
    assert not flag.box.isChecked()


def test_batch_size_epochs_seed_and_precision(at_work):
    stand_in = at_work(TrainingPanel)
    panel = stand_in.panel
    batch = panel.form.editor("batch_size")
    assert batch.size_editor.scale.high == 250
    type_in(batch.size_editor.field, "32")
    assert stand_in.experiment.training.batch_size == 32
    batch.kind.box.setFocus()
    press_key(batch.kind.box, Qt.Key.Key_Home)
    assert stand_in.experiment.training.batch_size == "full"
    type_in(panel.limit_form.editor("max_epochs").field, "1e6")
    type_in(panel.numbers_form.editor("seed").field, "3")
    precision = panel.numbers_form.editor("precision").box
    precision.setFocus()
    press_key(precision, Qt.Key.Key_Down)
    training = stand_in.experiment.training
    assert (training.max_epochs, training.seed, training.precision) == (1_000_000, 3, "float64")


# --- the network ---------------------------------------------------------------------------------


def test_layers_are_inserted_with_the_settings_of_their_left_neighbour(at_work):
    stand_in = at_work(NetworkPanel, network(4, 2), (900, 340))
    click(stand_in.panel.gaps[1].button)
    assert units(stand_in) == [4, 4, 2]
    click(stand_in.panel.gaps[3].button)
    assert units(stand_in) == [4, 4, 2, 2]
    click(stand_in.panel.gaps[0].button)
    assert units(stand_in) == [4, 4, 4, 2, 2]
    assert stand_in.panel.cards[0].hasFocus()


def test_the_first_layer_of_a_linear_model(at_work):
    stand_in = at_work(NetworkPanel, network(), (900, 340))
    assert stand_in.panel._empty.isVisible()
    press_key(stand_in.panel.gaps[0].button, Qt.Key.Key_Space)
    assert units(stand_in) == [Layer().units]
    assert not stand_in.panel._empty.isVisible()
    press_key(stand_in.panel.cards[0], Qt.Key.Key_Delete)
    assert units(stand_in) == []
    assert stand_in.panel._empty.isVisible()
    assert stand_in.panel.gaps[0].button.hasFocus()


def test_there_is_a_largest_number_of_layers(at_work):
    stand_in = at_work(NetworkPanel, network(*[2] * (MAX_LAYERS - 1)), (900, 340))
    assert stand_in.panel.gaps[0].button.isEnabled()
    click(stand_in.panel.gaps[0].button)
    assert len(units(stand_in)) == MAX_LAYERS
    assert not any(gap.button.isEnabled() for gap in stand_in.panel.gaps)
    assert str(MAX_LAYERS) in stand_in.panel.gaps[0].button.toolTip()
    press_key(stand_in.panel.cards[0], Qt.Key.Key_Delete)
    assert all(gap.button.isEnabled() for gap in stand_in.panel.gaps)


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_cards_unfold_to_their_full_height_after_another_has_gone(at_work, qtbot, name):
    stand_in = at_work(NetworkPanel, network(4, 4, 4), (950, 460))
    panel = stand_in.panel
    click(panel.cards[2].remove)
    for index in range(2):
        stand_in.edit((*HIDDEN, index, "activation"), activations[name]())
        QApplication.processEvents()
    for _ in range(3):
        click(panel.cards[0].details)
        qtbot.waitUntil(
            lambda: all(card.height() >= card.sizeHint().height() for card in panel.cards)
        )


def test_a_second_click_on_a_card_that_is_going_removes_nothing_more(at_work):
    stand_in = at_work(NetworkPanel, network(1, 2, 3, 4), (1200, 340))
    button = stand_in.panel.cards[-1].remove
    button.click()
    button.click()  # before it has been deleted
    assert units(stand_in) == [1, 2, 3]


def test_cards_are_removed_by_click_and_by_key(at_work):
    stand_in = at_work(NetworkPanel, network(1, 2, 3, 4), (1200, 340))
    panel = stand_in.panel
    click(panel.cards[1].remove)
    assert units(stand_in) == [1, 3, 4]
    assert panel.cards[1].hasFocus()
    press_key(panel.cards[1], Qt.Key.Key_Delete)
    assert units(stand_in) == [1, 4]
    press_key(panel.cards[1], Qt.Key.Key_Delete)
    assert units(stand_in) == [1]
    assert panel.cards[0].hasFocus()


def test_delete_in_a_field_or_on_a_slider_keeps_the_card(at_work):
    stand_in = at_work(NetworkPanel, network(1, 2), (900, 340))
    form = stand_in.panel.cards[0].form
    for widget in (form.editor("units").field, form.editor("dropout").slider):
        widget.setFocus()
        press_key(widget, Qt.Key.Key_Delete)
    assert units(stand_in) == [1, 2]


def test_cards_are_moved_by_click_and_by_key(at_work):
    stand_in = at_work(NetworkPanel, network(1, 2, 3), (900, 340))
    panel = stand_in.panel
    first = panel.cards[0]
    assert not first.left.isEnabled()
    click(first.right)
    assert units(stand_in) == [2, 1, 3]
    assert panel.cards[1] is first  # the card goes with its layer
    control = Qt.KeyboardModifier.ControlModifier
    assert first.hasFocus()
    press_key(first, Qt.Key.Key_Right, control)
    assert units(stand_in) == [2, 3, 1]
    press_key(first, Qt.Key.Key_Right, control)  # there is nothing to the right
    press_key(first, Qt.Key.Key_Left, control)
    assert units(stand_in) == [2, 1, 3]
    assert first.hasFocus()
    assert len(stand_in.edits) == 3


@pytest.mark.parametrize(
    ("held", "over", "result"),
    [(0, 2, [2, 3, 1]), (2, 0, [3, 1, 2]), (0, 1, [2, 1, 3]), (1, 1, [1, 2, 3])],
)
def test_cards_are_dragged_by_their_titles(at_work, held, over, result):
    stand_in = at_work(NetworkPanel, network(1, 2, 3), (900, 340))
    panel = stand_in.panel
    QApplication.processEvents()
    title, target = panel.cards[held].title, panel.cards[over]
    side = 30 if over > held else -30 if over < held else 0
    place = target.mapToGlobal(target.rect().center()) + QPoint(side, 0)
    hold(title, QEvent.Type.MouseButtonPress, title.mapToGlobal(QPoint(10, 8)))
    hold(title, QEvent.Type.MouseMove, title.mapToGlobal(QPoint(40, 8)))
    hold(title, QEvent.Type.MouseMove, place)
    marked = [gap.index for gap in panel.gaps if gap._marked]
    assert bool(marked) == (held != over)
    assert stand_in.edits == []
    hold(title, QEvent.Type.MouseButtonRelease, place)
    assert units(stand_in) == result
    assert not any(gap._marked for gap in panel.gaps)


def test_escape_ends_a_drag(at_work):
    stand_in = at_work(NetworkPanel, network(1, 2, 3), (900, 340))
    panel = stand_in.panel
    QApplication.processEvents()
    card, far = panel.cards[0], panel.cards[2]
    place = far.mapToGlobal(far.rect().center()) + QPoint(30, 0)
    card.setFocus()
    hold(card.title, QEvent.Type.MouseButtonPress, card.title.mapToGlobal(QPoint(10, 8)))
    hold(card.title, QEvent.Type.MouseMove, place)
    press_key(card, Qt.Key.Key_Escape)
    assert not any(gap._marked for gap in panel.gaps)
    hold(card.title, QEvent.Type.MouseButtonRelease, place)
    assert units(stand_in) == [1, 2, 3]


def test_a_click_on_the_title_is_no_drag(at_work):
    stand_in = at_work(NetworkPanel, network(1, 2), (900, 340))
    click(stand_in.panel.cards[1].title)
    assert stand_in.edits == []


def test_every_setting_of_a_card(at_work):
    stand_in = at_work(NetworkPanel, network(8, 8), (900, 700))
    card = stand_in.panel.cards[1]
    form = card.form
    assert set(form.names) == set(Layer.model_fields)
    click(form.editor("units").plus)
    for name, key in (("activation", Qt.Key.Key_Home), ("batch_norm", Qt.Key.Key_End)):
        form.editor(name).box.setFocus()
        press_key(form.editor(name).box, key)
    type_in(form.editor("dropout").field, "0.3")
    assert card.details.text() == "He, BN after, drop 0.3"
    click(card.details)
    header = next(b for b in form.findChildren(QToolButton) if b.text() == "More")
    assert not form.nested("initializer").isVisible()
    click(header)
    assert form.nested("initializer").isVisible()
    type_in(form.nested("initializer").editor("bias").field, "-2")
    assert stand_in.experiment.network.hidden[1] == Layer(
        units=9,
        activation=next(iter(activations.values()))(),
        batch_norm="after",
        dropout=0.3,
        initializer=initializers["he_normal"](bias=-2.0),
    )
    assert stand_in.experiment.network.hidden[0] == Layer()


def test_edits_after_a_move_go_to_where_the_layer_is_now(at_work):
    leaky = activations["leaky_relu"]()
    stand_in = at_work(NetworkPanel, network(1, 2, 3, activation=leaky), (900, 340))
    card = stand_in.panel.cards[0]
    click(card.right)
    type_in(card.form.nested("activation").editor("negative_slope").field, "0.2")
    path = ("network", "hidden", 1, "activation", "negative_slope")
    assert stand_in.edits[-1] == (path, 0.2)
    assert units(stand_in) == [2, 1, 3]


def test_cards_stay_while_a_slider_is_dragged(at_work):
    stand_in = at_work(NetworkPanel, network(4, 4, 4), (900, 700))
    cards = list(stand_in.panel.cards)
    click(cards[1].details)
    slider = cards[1].form.editor("dropout").slider
    QApplication.processEvents()
    y = slider.height() // 2
    slider.setFocus()
    hold(slider, QEvent.Type.MouseButtonPress, slider.mapToGlobal(QPoint(7, y)))
    places = range(8, slider.width() - 4, 4)
    for x in places:
        hold(slider, QEvent.Type.MouseMove, slider.mapToGlobal(QPoint(x, y)))
    assert len(stand_in.edits) == len(places) > 20
    assert slider.isSliderDown()
    assert slider.hasFocus()
    hold(slider, QEvent.Type.MouseButtonRelease, slider.mapToGlobal(QPoint(places[-1], y)))
    assert stand_in.panel.cards == cards
    assert stand_in.experiment.network.hidden[1].dropout > 0.5
    assert slider is cards[1].form.editor("dropout").slider


def test_a_card_shows_what_deserves_a_warning(at_work):
    leaky = activations["leaky_relu"]()
    stand_in = at_work(NetworkPanel, network(4, 4, activation=leaky), (900, 500))
    cards = stand_in.panel.cards
    field = cards[1].form.nested("activation").editor("negative_slope").field
    type_in(field, "1")
    assert "makes the activation the identity" in cards[1].warning.text
    assert cards[1].warning.isVisible()
    assert cards[0].warning.text == ""
    type_in(field, "0.1")
    assert not cards[1].warning.isVisible()


def test_inputs_and_output_say_what_the_data_and_the_loss_make_of_them(at_work):
    stand_in = at_work(NetworkPanel, network(4), (900, 340))
    panel = stand_in.panel
    assert panel.input_card.choose.text() == "2 features"
    assert panel.output_card.units.text() == "1 unit, linear"
    stand_in.edit(("data", "source"), "pinwheel")
    assert panel.output_card.units.text() == "3 units, linear"
    assert "softmax cross-entropy" in panel.output_card.loss.text()
    box = panel.output_card.form.editor("initializer").box
    box.setFocus()
    press_key(box, Qt.Key.Key_Down)
    assert stand_in.edits[-1][0] == ("network", "output", "initializer")
    assert stand_in.experiment.network.output.initializer.name != "xavier_uniform"


def test_what_is_inserted_or_moved_is_brought_into_view(at_work):
    stand_in = at_work(NetworkPanel, network(*[4] * 5, 5), (600, 340))
    panel = stand_in.panel

    def check_visible(card):
        QApplication.processEvents()
        left = card.mapTo(panel.area.viewport(), QPoint(0, 0)).x()
        assert left >= 0
        assert left + card.width() <= panel.area.viewport().width()

    panel.gaps[6].button.setFocus()
    press_key(panel.gaps[6].button, Qt.Key.Key_Space)
    check_visible(panel.cards[6])
    moved = panel.cards[5]
    moved.setFocus()
    for index in range(5, 0, -1):
        press_key(moved, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
        assert panel.cards[index - 1] is moved
        check_visible(moved)
