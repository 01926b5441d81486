"""The welcome view: the presets as cards, from which one is opened by a click or by Return."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.exchange.presets import Preset, presets
from playground.gui.theme import Colours
from playground.gui.widgets.preset_card import PresetCard

LARGEST = QSize(1500, 900)
SHARE = 0.94
"""Of the window that the view covers, if that is smaller."""
NARROWEST, GAP = 430, 12
MORE_WIDTH = 60
"""Of margins and the scroll bar."""
ABOVE_GROUP, BELOW_HEADING = 14, 6
HINT = (
    "Each is an experiment that is ready to run. The picture shows what comes of it: the answer "
    "over the plane, the loss over the epochs, and how large each layer’s gradient is at the start."
)
MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Cards(QWidget):
    """Cards in rows under the headings of their groups, in as many columns as there is room for.

    Attributes:
        cards: In their order.

    Signals:
        chosen: The :class:`Preset` whose card was pressed.
        reached: The card that has got the focus.
    """

    chosen = Signal(object)
    reached = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[PresetCard] = []
        self._groups: list[tuple[QLabel, list[PresetCard]]] = []
        for preset in presets():
            if not self._groups or self._groups[-1][0].text() != preset.group:
                heading = QLabel(preset.group, self)
                font = heading.font()
                font.setBold(True)
                font.setPointSizeF(1.15 * font.pointSizeF())
                heading.setFont(font)
                self._groups.append((heading, []))
            card = PresetCard(preset, self)
            card.clicked.connect(self._choose)
            card.reached.connect(self.reached)
            card.moved.connect(self._move)
            self._groups[-1][1].append(card)
            self.cards.append(card)

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        for card in self.cards:
            card.set_palette_colours(colours)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self.arrange()

    def arrange(self) -> None:
        """Lay out for the present width, and become as high as that takes."""
        columns = max(1, (self.width() + GAP) // (NARROWEST + GAP))
        width = (self.width() - (columns - 1) * GAP) // columns
        y = 0
        for heading, cards in self._groups:
            y += ABOVE_GROUP if y else 0
            high = heading.sizeHint().height()
            heading.setGeometry(0, y, self.width(), high)
            y += high + BELOW_HEADING
            for start in range(0, len(cards), columns):
                row = cards[start : start + columns]
                high = max(card.heightForWidth(width) for card in row)
                for column, card in enumerate(row):
                    card.setGeometry(QRect(column * (width + GAP), y, width, high))
                y += high + GAP
        self.setMinimumHeight(y)

    def _choose(self) -> None:
        card = self.sender()
        assert isinstance(card, PresetCard)
        self.chosen.emit(card.preset)

    def _move(self, card: PresetCard, key: int) -> None:
        """Give the focus to the neighbour in the direction of an arrow key, if there is one."""
        right, down = MOVES[Qt.Key(key)]
        if right:
            index = self.cards.index(card) + right
            if 0 <= index < len(self.cards):
                self.cards[index].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        rows = sorted({other.y() for other in self.cards if (other.y() - card.y()) * down > 0})
        if rows:
            nearest = rows[0] if down > 0 else rows[-1]
            row = [other for other in self.cards if other.y() == nearest]
            best = min(row, key=lambda other: abs(other.x() - card.x()))
            best.setFocus(Qt.FocusReason.OtherFocusReason)


class WelcomeView(QDialog):
    """Offers the presets over the window, whose run goes on meanwhile.

    Attributes:
        cards: One for each preset, in their order.

    Signals:
        chosen: The :class:`Preset` that is to be opened; the view has closed itself.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setWindowTitle("Presets")
        self._content = Cards()
        self.cards = self._content.cards
        self._content.chosen.connect(self._choose)
        self._content.reached.connect(self._show_card)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        self._hint = QLabel(HINT)
        self._hint.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        # Return opens the card that has the focus, and presses this button only if it has it.
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 10, 12)
        layout.setSpacing(10)
        layout.addWidget(self._hint)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(buttons)
        self.setMinimumSize(NARROWEST + MORE_WIDTH, NARROWEST)

    def open_view(self) -> None:
        """Come to the front, with the focus on a card."""
        if not self.isVisible():
            self.resize((self._window.size() * SHARE).boundedTo(LARGEST))
        self.show()
        self.raise_()
        self.activateWindow()
        if self.focusWidget() not in self.cards:
            self.cards[0].setFocus()

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        self._hint.setStyleSheet(f"color: {colours.muted}")
        self._content.set_palette_colours(colours)

    def _choose(self, preset: Preset) -> None:
        self.accept()
        self.chosen.emit(preset)

    def _show_card(self, card: PresetCard) -> None:
        self._scroll.ensureWidgetVisible(card, 0, GAP)
