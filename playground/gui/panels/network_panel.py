"""The network: a row of cards from the inputs to the output, and below them what they are."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.core.checks import warnings_in
from playground.core.experiment import Experiment, Layer
from playground.core.limits import MAX_LAYERS
from playground.gui.canvas.canvas import Canvas
from playground.gui.panels.card import Card, CardTitle
from playground.gui.panels.end_cards import EmptyCard, InputCard, OutputCard
from playground.gui.panels.gap import GAP_WIDTH, Gap
from playground.gui.panels.layer_card import LayerCard
from playground.gui.theme import LIGHT, Colours
from playground.gui.widgets.editor import SPACING, chain
from playground.runtime.snapshot import Snapshot

HIDDEN = ("network", "hidden")
SHORT_BELOW = 350
"""Pixels: where the cards leave less, they take less."""
FULL = f"At most {MAX_LAYERS} hidden layers."


class NetworkPanel(QWidget):
    """Cards that are edited, inserted, moved and removed, over the neurons of their layers.

    A card stays with its layer as long as the layer is there, wherever it moves.

    Attributes:
        cards: Of the hidden layers.
        gaps: Before and behind each of them.
        canvas: The neurons and links below.

    Signals:
        edit_requested: A place in the experiment and what should stand there.
    """

    edit_requested = Signal(tuple, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[LayerCard] = []
        self.gaps: list[Gap] = []
        self.canvas = Canvas(self)
        self._experiment: Experiment | None = None
        self._unfolded = self._short = self._overview = False
        self._hidden: tuple[Layer, ...] = ()
        self._colours = LIGHT
        self.input_card, self.output_card, self._empty = InputCard(), OutputCard(), EmptyCard()
        self._content, row = QWidget(), QWidget()
        self._row = QHBoxLayout(row)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(SPACING // 2, SPACING // 2, SPACING // 2, 0)
        column.setSpacing(0)
        column.addWidget(row)
        column.addWidget(self.canvas.diagram, 1)
        self._cards_row = row
        self.area = SidewaysScroll()
        self.area.setWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area)
        self.canvas.stand_in(self.area)
        row.installEventFilter(self)
        self.area.viewport().installEventFilter(self)
        self.area.horizontalScrollBar().valueChanged.connect(self._place_neurons)
        self.canvas.zoom_changed.connect(self._widen)
        self.canvas.overview_asked.connect(self.set_overview)
        self.input_card.edit_requested.connect(self.edit_requested)
        self.output_card.edit_requested.connect(self.edit_requested)
        self._arrange()
        self.set_palette_colours(LIGHT)

    def show_experiment(self, experiment: Experiment) -> None:
        """Bring the cards to an experiment; nothing is emitted."""
        hidden, problems = experiment.network.hidden, warnings_in(experiment)
        self._hidden, self._experiment = hidden, experiment
        changed = self._match(hidden)
        for index, (card, layer) in enumerate(zip(self.cards, hidden, strict=True)):
            changed |= card.show_layer(layer, index, len(hidden), problems)
        self.input_card.show_experiment(experiment)
        changed |= self.output_card.show_experiment(experiment)
        if changed:
            chain(self.focus_widgets())
        self._place_neurons()

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment on the canvas."""
        self.canvas.render(snapshot)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the cards with the neurons once those have their places."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            QTimer.singleShot(0, self, self._place_neurons)
        return super().eventFilter(watched, event)

    def _place_neurons(self) -> None:
        if self._experiment is None or not self.isVisible():
            return
        row, diagram = self._cards_row, self.canvas.diagram
        self._shorten(self.area.height() < SHORT_BELOW)
        self._row.activate()
        cards: list[QWidget] = [self.input_card, *self.cards, self.output_card]
        left = row.x() - diagram.x()
        centres = [left + card.x() + card.width() / 2 for card in cards]
        viewport, content = self.area.viewport(), self._content
        room = viewport.height() - row.y() - row.sizeHint().height()
        self.canvas.place(self._experiment, centres, room)
        start = -content.x() - diagram.x()
        diagram.set_visible_part(start, start + viewport.width())

    def _shorten(self, short: bool) -> None:
        if short != self._short:
            self._short = short
            for card in self.cards:
                card.set_short(short)
            self.output_card.set_short(short)

    def set_overview(self, overview: bool) -> None:
        """Show the whole network side by side, with cards that are only numbers; or leave that."""
        if overview == self._overview:
            return
        self._overview = overview
        parts: list[Card | Gap] = [self.input_card, *self.cards, *self.gaps, self.output_card]
        for part in parts:
            part.set_slim(overview)
        self.canvas.show_overview(overview)
        self._place_neurons()

    def _leave_overview(self) -> None:
        card = self.sender()
        assert isinstance(card, CardTitle)
        index = next(i for i, each in enumerate(self.cards) if each.title is card)
        if self._overview:
            self.set_overview(False)
            self._focus(index)

    def _widen(self, zoom: float) -> None:
        """A larger drawing needs more room between its columns."""
        for gap in self.gaps:
            if not self._overview:
                gap.setMinimumWidth(round(GAP_WIDTH * max(zoom, 1.0)))
        self._place_neurons()

    def _unfold(self, unfolded: bool) -> None:
        self._unfolded = unfolded
        for card in self.cards:
            card.set_unfolded(unfolded)
        self._place_neurons()

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        self._colours = colours
        parts: list[Card | Gap] = [self.input_card, *self.gaps, *self.cards, self._empty]
        for part in (*parts, self.output_card):
            part.set_palette_colours(colours)
        self.canvas.set_palette_colours(colours)

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        found: list[QWidget] = [self.input_card.choose, self.gaps[0].button]
        for card, gap in zip(self.cards, self.gaps[1:], strict=True):
            found += [*card.focus_widgets(), gap.button]
        found += self.output_card.form.focus_widgets()
        return [*found, self.canvas.diagram, *self.canvas.tools]

    # --- cards and layers --------------------------------------------------------------------

    def _match(self, hidden: tuple[Layer, ...]) -> bool:
        """Give each layer its card, an old one if it had one; whether any came, went or moved."""
        pairs = zip(self.cards, hidden, strict=False)
        other = sum(card.layer is not layer for card, layer in pairs)
        if len(self.cards) == len(hidden) and other <= 1:
            return False  # at most one layer was edited, in place
        spare = list(self.cards)
        kept: list[LayerCard | None] = []
        for layer in hidden:
            card = next((card for card in spare if card.layer is layer), None)
            if card is not None:
                spare.remove(card)
            kept.append(card)
        self.cards = [
            card if card is not None else spare.pop(0) if spare else self._new_card()
            for card in kept
        ]
        for card in spare:
            card.blockSignals(True)  # a second click of a double one may reach it still
            card.hide()
            card.deleteLater()
        self._arrange()
        return True

    def _new_card(self) -> LayerCard:
        card = LayerCard()
        card.set_palette_colours(self._colours)
        card.edit_requested.connect(self.edit_requested)
        card.remove_requested.connect(self._remove)
        card.duplicate_requested.connect(self._duplicate)
        card.fold_changed.connect(self._unfold)
        card.set_unfolded(self._unfolded)
        card.set_short(self._short)
        card.set_slim(self._overview)
        card.title.clicked.connect(self._leave_overview)
        card.move_requested.connect(self._move)
        card.dragged.connect(self._drag)
        card.dropped.connect(self._drop)
        card.drag_cancelled.connect(self._unmark)
        return card

    def _arrange(self) -> None:
        """Put cards and gaps into the row, one gap more than there are cards."""
        empty(self._row)
        while len(self.gaps) > len(self.cards) + 1:
            gap = self.gaps.pop()
            gap.hide()
            gap.deleteLater()
        while len(self.gaps) < len(self.cards) + 1:
            gap = Gap(len(self.gaps))
            gap.set_palette_colours(self._colours)
            gap.set_slim(self._overview)
            gap.insert_requested.connect(self._insert)
            self.gaps.append(gap)
        self._row.addWidget(self.input_card)
        self._row.addWidget(self.gaps[0])
        for card, gap in zip(self.cards, self.gaps[1:], strict=True):
            self._row.addWidget(card)
            self._row.addWidget(gap)
            card.show()
            gap.show()
        if not self.cards:
            self._row.addWidget(self._empty)
            self._row.addSpacing(GAP_WIDTH)
            self._row.addStretch(1)
        self._empty.setVisible(not self.cards)
        self._row.addWidget(self.output_card)
        self._unmark()
        for gap in self.gaps:
            gap.set_room(FULL if len(self.cards) >= MAX_LAYERS else "")

    # --- edits of the structure --------------------------------------------------------------

    def _insert(self, index: int) -> None:
        hidden = self._hidden
        layer = hidden[max(index - 1, 0)] if hidden else Layer()
        self.edit_requested.emit(HIDDEN, (*hidden[:index], layer, *hidden[index:]))
        self._focus(index)

    def _remove(self) -> None:
        index = self._sender()
        self.edit_requested.emit(HIDDEN, (*self._hidden[:index], *self._hidden[index + 1 :]))
        self._focus(index)

    def _duplicate(self) -> None:
        self._insert(self._sender() + 1)

    def _move(self, places: int) -> None:
        index = self._sender()
        self._move_to(index, index + places)

    def _move_to(self, index: int, target: int) -> None:
        hidden = list(self._hidden)
        hidden.insert(target, hidden.pop(index))
        self.edit_requested.emit(HIDDEN, tuple(hidden))
        self._focus(target)

    def _sender(self) -> int:
        card = self.sender()
        assert isinstance(card, LayerCard)
        return self.cards.index(card)

    def _focus(self, index: int) -> None:
        """Go to the card that stands at an index now, or to what is left."""
        target: QWidget = self.gaps[0].button
        if self.cards:
            target = self.cards[min(index, len(self.cards) - 1)]
        # A new card is neither shown nor in its place before it is laid out.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.area.ensureWidgetVisible(target, SPACING, SPACING)

    # --- dragging ----------------------------------------------------------------------------

    def _drag(self, place: QPoint) -> None:
        index = self._sender()
        target = self._gap_at(place)
        for gap in self.gaps:
            gap.mark(gap.index == target and target not in (index, index + 1))
        inside = self._content.mapFromGlobal(place)
        self.area.ensureVisible(inside.x(), inside.y(), 2 * SPACING, 0)

    def _drop(self, place: QPoint) -> None:
        index, target = self._sender(), self._gap_at(place)
        self._unmark()
        if target not in (index, index + 1):
            self._move_to(index, target - (target > index))

    def _unmark(self) -> None:
        for gap in self.gaps:
            gap.mark(False)

    def _gap_at(self, place: QPoint) -> int:
        """The gap before which as many cards stand as have their middle left of a point."""
        return sum(card.mapToGlobal(card.rect().center()).x() < place.x() for card in self.cards)


def empty(layout: QLayout) -> None:
    """Take all out of a layout; widgets stay where they are.

    ``takeAt`` alone would leave a widget's old item alive, and Qt then never forgets the heights
    that the next one has once asked of the widget.
    """
    while (item := layout.itemAt(0)) is not None:
        widget = item.widget()
        if widget is None:
            layout.takeAt(0)
        else:
            layout.removeWidget(widget)


class SidewaysScroll(QScrollArea):
    """An area whose wheel goes sideways where there is nothing to scroll up or down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned and not self.verticalScrollBar().maximum():
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - turned)
            event.accept()
        else:
            super().wheelEvent(event)
