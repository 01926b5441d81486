"""The welcome view in the real window: offered, not forced; opened by click and by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QToolButton

from playground.core.editing import replace
from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment
from playground.exchange.presets import Preset, presets
from playground.gui.theme import DARK, LIGHT
from playground.gui.welcome import GAP, NARROWEST, Cards
from playground.gui.widgets.preset_card import PresetCard
from tests.preset_pictures import SOURCE, digest

LEFT = Qt.MouseButton.LeftButton
PRESETS = {preset.name: preset for preset in presets()}


@pytest.fixture
def window(open_window):
    return open_window(Experiment())


@pytest.fixture
def view(window, qtbot):
    """The view, as a click on the toolbar's button brings it."""
    button = window.toolbar.widgetForAction(window.actions_["presets"])
    assert isinstance(button, QToolButton)
    QTest.mouseClick(button, LEFT)
    qtbot.waitExposed(window.presets)
    return window.presets


def card_of(view, name):
    (card,) = (card for card in view.cards if card.preset.name == name)
    return card


def opened(window, name):
    experiment = PRESETS[name].document().experiment
    return window.session.experiment == experiment and window.frames[-1].experiment == experiment


def test_it_is_offered_but_does_not_come_by_itself(window):
    assert "presets" not in vars(window), "nothing of it costs the start any time"
    assert window.toolbar.widgetForAction(window.actions_["presets"]).isVisible()
    assert window.actions_["presets"].text() == "&Presets…"


def test_a_click_opens_a_preset_paused_and_can_be_undone(window, view, qtbot):
    before, speed = window.session.experiment, window.speed.currentIndex()
    window.session.run()
    qtbot.waitUntil(lambda: window.frames[-1].step > 0)
    QTest.mouseClick(card_of(view, "vanishing"), LEFT)
    assert not view.isVisible()
    qtbot.waitUntil(lambda: opened(window, "vanishing"))
    assert not window.session.running
    assert window.frames[-1].step == 0
    assert window.speed.currentIndex() == speed
    assert window.status.text == PRESETS["vanishing"].shows
    assert PRESETS["vanishing"].title in window.windowTitle()
    window.session.undo()
    qtbot.waitUntil(lambda: window.frames[-1].step > 0)
    assert window.session.experiment == before


def test_one_that_differs_in_live_settings_alone_starts_anew_too(window, qtbot):
    """Otherwise what the one has learned would stand in the place of the other's start."""
    window.files.open_preset(PRESETS["full_batch"])
    qtbot.waitUntil(lambda: opened(window, "full_batch"))
    window.session.step()
    qtbot.waitUntil(lambda: window.frames[-1].step == 1)
    for name in ("mini_batch", "mini_batch"):  # and the same one once more
        window.files.open_preset(PRESETS[name])
        qtbot.waitUntil(lambda name=name: opened(window, name) and window.frames[-1].step == 0)
        window.session.step()
        qtbot.waitUntil(lambda: window.frames[-1].step == 1)


def test_saving_afterwards_leaves_the_file_alone_that_was_open_before(window, tmp_path, qtbot):
    path = tmp_path / "mine.json"
    window.files._write(path)
    assert window.files.path == path
    window.files.open_preset(PRESETS["adam"])
    assert window.files.path is None


def test_keys_alone_do(window, view, qtbot):
    cards = view.cards
    assert view.focusWidget() is cards[0]
    QTest.keyClick(cards[0], Qt.Key.Key_Right)
    assert view.focusWidget() is cards[1]
    QTest.keyClick(cards[1], Qt.Key.Key_Down)
    below = view.focusWidget()
    assert (below.x(), below.y() > cards[1].y()) == (cards[1].x(), True)
    QTest.keyClick(below, Qt.Key.Key_Up)
    assert view.focusWidget() is cards[1]
    QTest.keyClick(cards[1], Qt.Key.Key_Left)
    QTest.keyClick(cards[0], Qt.Key.Key_Left)
    QTest.keyClick(cards[0], Qt.Key.Key_Up)
    assert view.focusWidget() is cards[0], "there is nothing further"
    QTest.keyClick(cards[0], Qt.Key.Key_Tab)
    assert view.focusWidget() is cards[1]
    for _ in cards:
        QTest.keyClick(view.focusWidget(), Qt.Key.Key_Down)
    last = view.focusWidget()
    assert last.preset.group == cards[-1].preset.group
    assert not last.visibleRegion().isEmpty(), "the view has followed"
    QTest.keyClick(last, Qt.Key.Key_Return)
    assert not view.isVisible()
    qtbot.waitUntil(lambda: opened(window, last.preset.name))


def test_escape_closes_and_changes_nothing(window, view):
    before = window.session.experiment
    QTest.keyClick(view.focusWidget(), Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert window.session.experiment is before
    assert not window.session.can_undo
    window.actions_["presets"].trigger()
    assert window.presets is view
    assert view.isVisible()


def test_each_card_says_all_to_a_screen_reader(view):
    assert [card.preset for card in view.cards] == list(presets())
    for card in view.cards:
        assert card.accessibleName() == card.preset.title
        assert card.preset.shows in card.accessibleDescription()
        assert card.preset.to_try in card.accessibleDescription()


def test_only_pictures_that_are_seen_are_read(view, qtbot):
    qtbot.waitUntil(lambda: view.cards[0]._picture is not None)
    assert not view.cards[0]._picture.isNull()
    assert view.cards[-1]._picture is None


def test_it_closes_with_the_window_and_follows_its_theme(window, view):
    for _ in range(2):
        window.on_toggle_theme()
        assert {card._colours for card in view.cards} == {window.colours}
    window.close()
    assert not view.isVisible()


def test_a_preset_that_cannot_be_read_is_said_and_changes_nothing(window, monkeypatch):
    def refuse(preset):
        raise PlaygroundError("It is gone.")

    said = []
    monkeypatch.setattr(Preset, "document", refuse)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.informativeText()))
    before = window.session.experiment
    window.files.open_preset(PRESETS["adam"])
    assert said == ["It is gone."]
    assert window.session.experiment is before


@pytest.mark.parametrize("width", [NARROWEST, 2 * NARROWEST + GAP, 1400])
def test_at_any_width_cards_stand_apart_and_hold_their_text(qtbot, width):
    cards = Cards()
    qtbot.addWidget(cards)
    cards.resize(width, 500)
    cards.show()
    for one in cards.cards:
        assert cards.rect().width() >= one.geometry().right() >= 0
        for label in one._labels:
            assert label.geometry().bottom() < one.height()
            assert label.height() >= label.heightForWidth(label.width())
    for one, other in zip(cards.cards, cards.cards[1:], strict=False):
        assert not one.geometry().intersects(other.geometry())
    columns = {card.x() for card in cards.cards}
    assert len(columns) == max(1, (width + GAP) // (NARROWEST + GAP))
    assert cards.minimumHeight() > cards.cards[-1].geometry().bottom()


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_card_is_drawn_with_its_picture_on_the_themes_ground(qtbot, colours):
    card = PresetCard(PRESETS["welcome"])
    qtbot.addWidget(card)
    card.set_palette_colours(colours)
    card.resize(card.sizeHint())
    drawn = card.grab().toImage()
    ground = drawn.pixelColor(6, 40).name()
    assert ground == colours.panel
    seen = {drawn.pixelColor(x, 70).name() for x in range(12, 130)}
    assert len(seen) > 10


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_a_picture_was_drawn_of_the_preset_as_it_is(preset):
    """If not: make preset-pictures."""
    image = QImage(str(preset.picture))
    experiment = preset.document().experiment
    assert image.text(SOURCE) == digest(experiment)
    assert digest(replace(experiment, ("data", "seed"), 8)) != image.text(SOURCE)
    assert image.hasAlphaChannel()
