"""A hidden layer as a card."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from playground.core.errors import Problem
from playground.core.experiment import Layer
from playground.core.families import initializers
from playground.gui.icons import icon
from playground.gui.panels.card import CARD_WIDTH, Card
from playground.gui.theme import LIGHT, Colours, layer_colour
from playground.gui.widgets.count_editors import StepperEditor
from playground.gui.widgets.form import Form, Style
from playground.gui.widgets.number_text import format_number
from playground.gui.widgets.section import Heading
from playground.gui.widgets.warning_line import WarningLine

FIRST = ("units", "activation", "batch_norm", "dropout", "initializer")
BUTTON_WIDTH, SHORT_WIDTH = 17, 134
"""Of a button in the title, and of the card where there is little room."""
FOLDED = ("batch_norm", "dropout", "initializer")
"""What is shown when the card is unfolded; folded, a line says what these are."""


class LayerCard(Card):
    """The settings of one hidden layer, which can be moved and removed.

    Signals:
        edit_requested: A place in the experiment and what should stand there.
        remove_requested: The card wants to go.
        duplicate_requested: Another layer like it is wanted behind it.
        fold_changed: Its settings were folded or unfolded.
        move_requested: By how many places, -1 or 1.
        dragged, dropped: The mouse holds it, or lets it go, at a point of the screen.
        drag_cancelled: Escape was pressed meanwhile.
    """

    edit_requested = Signal(tuple, object)
    remove_requested = Signal()
    duplicate_requested = Signal()
    fold_changed = Signal(bool)
    move_requested = Signal(int)
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)
    drag_cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", CARD_WIDTH, parent)
        self.layer: Layer | None = None
        self._place = (-1, 0)
        self._short = self._slim = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.form = Form(
            first=FIRST,
            editors={"units": StepperEditor},
            style=Style(stacked=True, folded=("initializer",)),
        )
        self.warning = WarningLine()
        self.details = Heading("")
        self.details.setToolTip("Show or hide all settings of the layers.")
        self.left = self._button("Move left", "Move towards the input (Ctrl+Left)")
        self.right = self._button("Move right", "Move towards the output (Ctrl+Right)")
        self.duplicate = self._button("Duplicate", "Put another layer like it behind it (Ctrl+D)")
        self.remove = self._button("Remove", "Remove this layer (Del)")
        self.body.addWidget(self.form)
        self.body.addWidget(self.details)
        self.body.addWidget(self.warning)
        self.title.allow_drag()
        self.title.setToolTip("Drag to another place.")
        self.left.clicked.connect(self._move_left)
        self.right.clicked.connect(self._move_right)
        self.remove.clicked.connect(self.remove_requested)
        self.duplicate.clicked.connect(self.duplicate_requested)
        self.details.toggled.connect(self.fold_changed)
        self.title.dragged.connect(self.dragged)
        self.title.dropped.connect(self.dropped)
        self.form.edit_requested.connect(self.edit_requested)
        self.set_palette_colours(LIGHT)

    def show_layer(self, layer: Layer, index: int, count: int, problems: Sequence[Problem]) -> bool:
        """Bring everything to a layer at its place among ``count``.

        Returns:
            Whether widgets have come or gone.
        """
        self.layer = layer
        path = ("network", "hidden", index)
        if (index, count) != self._place:
            self._place = (index, count)
            name = f"Layer {index + 1}"
            self._name()
            self.setAccessibleName(name)
            for button, word in ((self.left, "move left"), (self.right, "move right")):
                button.setAccessibleName(f"{name}: {word}")
            self.duplicate.setAccessibleName(f"{name}: duplicate")
            self.remove.setAccessibleName(f"{name}: remove")
            self.left.setEnabled(index > 0)
            self.right.setEnabled(index < count - 1)
            self.form.set_path(path)
            self._colour()
        self.warning.show_problems(problems, path)
        rebuilt = self.form.show_model(layer)
        text = summary(layer)
        self.details.setText(text)
        self.details.setAccessibleName(f"Layer {index + 1}, all settings: {text}")
        if rebuilt:
            self._fold()
        return rebuilt

    def set_unfolded(self, unfolded: bool) -> None:
        """Show all settings, or a line that says what they are."""
        blocked = self.details.blockSignals(True)
        self.details.setChecked(unfolded)
        self.details.blockSignals(blocked)
        self._fold()

    def set_slim(self, slim: bool) -> None:
        super().set_slim(slim)
        self._slim = slim
        self._name()
        if not slim:
            self._fold()
            self.warning.setVisible(bool(self.warning.text))

    def _name(self) -> None:
        number = self._place[0] + 1
        self.title.setText(str(number) if self._slim else f"Layer {number}")

    def set_short(self, short: bool) -> None:
        """Take less height, where there is little; unfolded, all is shown as ever."""
        self._short = short
        self._fold()

    def _fold(self) -> None:
        unfolded = self.details.isChecked()
        if self.layer is None or self._slim:
            return
        short = self._short and not unfolded
        self.set_width(SHORT_WIDTH if short else CARD_WIDTH)
        self.details.setVisible(not short)
        for name in ("units", "activation"):
            self.form.set_label_visible(name, not short)
        for name in FOLDED:
            self.form.set_row_visible(name, unfolded)
        for name in ("activation", "initializer"):
            self.form.set_nested_visible(name, unfolded)

    def set_palette_colours(self, colours: Colours) -> None:
        super().set_palette_colours(colours)
        self.form.set_palette_colours(colours)
        self.warning.set_palette_colours(colours)
        icons = ("left", "right", "duplicate", "remove")
        buttons = (self.left, self.right, self.duplicate, self.remove)
        for button, name in zip(buttons, icons, strict=True):
            button.setIcon(icon(name, colours.text))
        self._colour()

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        buttons = (self.left, self.right, self.duplicate, self.remove)
        return [self, *buttons, *self.form.focus_widgets(), self.details]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        key = event.key()
        if not self.hasFocus():
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
        elif control and key == Qt.Key.Key_D:
            self.duplicate_requested.emit()
        elif control and key == Qt.Key.Key_Left:
            self._move_left()
        elif control and key == Qt.Key.Key_Right:
            self._move_right()
        elif key == Qt.Key.Key_Escape:
            self.title.cancel_drag()
            self.drag_cancelled.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _button(self, name: str, help: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setFixedWidth(BUTTON_WIDTH)
        button.setAccessibleName(name)
        button.setToolTip(help)
        self.header.addWidget(button)
        return button

    def _move_left(self) -> None:
        if self.left.isEnabled():
            self.move_requested.emit(-1)

    def _move_right(self) -> None:
        if self.right.isEnabled():
            self.move_requested.emit(1)

    def _colour(self) -> None:
        index, count = self._place
        if index >= 0:
            self.set_hue(layer_colour(index, count + 1, self._colours))  # the output is the last


def summary(layer: Layer) -> str:
    """What is folded away, in a line: ``He, BN before, drop 0.2``."""
    parts = [initializers[layer.initializer.name].label.split(" (")[0].split()[0]]
    if layer.batch_norm != "none":
        parts.append(f"BN {layer.batch_norm}")
    if layer.dropout:
        parts.append(f"drop {format_number(layer.dropout)}")
    return ", ".join(parts)
