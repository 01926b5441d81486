"""A field for one number, which takes what people type or gives a reason."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from playground.core.fields import Control
from playground.gui.widgets.editor import complain
from playground.gui.widgets.number_text import format_number, out_of_bounds, parse_number

STEP_KEYS = {
    Qt.Key.Key_Up: (1, False),
    Qt.Key.Key_Down: (-1, False),
    Qt.Key.Key_PageUp: (1, True),
    Qt.Key.Key_PageDown: (-1, True),
}

MARGINS = 12
"""Pixels that a line edit's frame and inner margins take, with one to spare for the cursor."""


class NumberField(QLineEdit):
    """A line for a number within hard bounds.

    What is typed counts when Return is pressed or the focus goes; Escape drops it.

    Signals:
        entered: The number that was typed, or None where that is allowed.
        stepped: An arrow or page key: (1 or -1, whether it was a page key).
    """

    entered = Signal(object)
    stepped = Signal(int, bool)

    def __init__(
        self,
        control: Control,
        *,
        whole: bool,
        optional: bool = False,
        widest: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._control, self._whole, self._optional = control, whole, optional
        self._shown = ""
        self.setAcceptDrops(False)  # a file that is dropped here is meant for the window
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if optional:
            self.setPlaceholderText(control.none_label)
        texts = (widest, control.none_label)
        text_width = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        self.setFixedWidth(text_width + MARGINS)
        self.editingFinished.connect(self._take)

    def show_number(self, value: float | None) -> None:
        """Show a number, in place of anything half typed."""
        self._shown = "" if value is None else format_number(value)
        if self.text() != self._shown or self.isModified():
            self.setText(self._shown)  # which also marks it as not modified
            self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEP_KEYS.get(Qt.Key(event.key()))
        if step is not None:
            self._take()  # so that the step starts from what is typed
            self.stepped.emit(*step)
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setText(self._shown)
            self.selectAll()
        elif event.key() == Qt.Key.Key_Space and not self.isModified():
            event.ignore()  # no number begins with it, and the window runs or pauses
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def _take(self) -> None:
        if not self.isModified():
            return  # so that a number of many digits does not shrink to those that are shown
        text = self.text().strip()
        if self._optional and text.lower() in ("", self._control.none_label):
            self._enter(None)
            return
        try:
            value = parse_number(text, whole=self._whole)
        except ValueError as error:
            self._refuse(str(error))
            return
        sentence = out_of_bounds(value, self._control.minimum, self._control.maximum)
        if sentence:
            self._refuse(sentence)
        else:
            self._enter(value)

    def _enter(self, value: float | None) -> None:
        self.setModified(False)
        self.entered.emit(value)

    def _refuse(self, sentence: str) -> None:
        complain(self, sentence)
        self.setText(self._shown)
        self.selectAll()
