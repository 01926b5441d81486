"""A hidden layer as a card."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from playground.core.errors import Problem
from playground.core.experiment import Layer
from playground.gui.icons import icon
from playground.gui.panels.card import CARD_WIDTH, Card
from playground.gui.theme import LIGHT, Colours, layer_colour
from playground.gui.widgets.count_editors import StepperEditor
from playground.gui.widgets.form import Form, Style
from playground.gui.widgets.warning_line import WarningLine

FIRST = ("units", "activation", "batch_norm", "dropout", "initializer")


class LayerCard(Card):
    """The settings of one hidden layer, which can be moved and removed.

    Signals:
        edit_requested: A place in the experiment and what should stand there.
        remove_requested: The card wants to go.
        move_requested: By how many places, -1 or 1.
        dragged, dropped: The mouse holds it, or lets it go, at a point of the screen.
        drag_cancelled: Escape was pressed meanwhile.
    """

    edit_requested = Signal(tuple, object)
    remove_requested = Signal()
    move_requested = Signal(int)
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)
    drag_cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", CARD_WIDTH, parent)
        self.layer: Layer | None = None
        self._place = (-1, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.form = Form(
            first=FIRST,
            editors={"units": StepperEditor},
            style=Style(stacked=True, folded=("initializer",)),
        )
        self.warning = WarningLine()
        self.left = self._button("Move left", "Move towards the input (Ctrl+Left)")
        self.right = self._button("Move right", "Move towards the output (Ctrl+Right)")
        self.remove = self._button("Remove", "Remove this layer (Del)")
        self.body.addWidget(self.form)
        self.body.addWidget(self.warning)
        self.title.allow_drag()
        self.title.setToolTip("Drag to another place.")
        self.left.clicked.connect(self._move_left)
        self.right.clicked.connect(self._move_right)
        self.remove.clicked.connect(self.remove_requested)
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
            self.title.setText(name)
            self.setAccessibleName(name)
            for button, word in ((self.left, "move left"), (self.right, "move right")):
                button.setAccessibleName(f"{name}: {word}")
            self.remove.setAccessibleName(f"{name}: remove")
            self.left.setEnabled(index > 0)
            self.right.setEnabled(index < count - 1)
            self.form.set_path(path)
            self._colour()
        self.warning.show_problems(problems, path)
        return self.form.show_model(layer)

    def set_palette_colours(self, colours: Colours) -> None:
        super().set_palette_colours(colours)
        self.form.set_palette_colours(colours)
        self.warning.set_palette_colours(colours)
        for button, name in ((self.left, "left"), (self.right, "right"), (self.remove, "remove")):
            button.setIcon(icon(name, colours.text))
        self._colour()

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        return [self, self.left, self.right, self.remove, *self.form.focus_widgets()]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        key = event.key()
        if not self.hasFocus():
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
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
