"""A line for a formula of one's own, which says while one types whether it is one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from playground.core.formula import KNOWN, SIGN, FormulaError, parse
from playground.core.formula_text import label_of
from playground.core.limits import MAX_FORMULA_LENGTH
from playground.gui.theme import LIGHT, Colours, colour_text
from playground.gui.widgets.editor import SPACING, rich

EXCERPT = 28
"""Characters of the formula that are shown around a fault."""
HELP = rich(
    "A feature of your own, as in sin(3*x1) or x1^2 + x2^2. Return adds it.",
    f"It may hold numbers, + - * / ^, parentheses, and {', '.join(KNOWN)}.",
)


class FormulaField(QLineEdit):
    """Takes a formula; Escape gives it up.

    Signals:
        given_up: Escape was pressed.
    """

    given_up = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


class FormulaLine(QWidget):
    """A field, a button, and below them what the formula is or where it is wrong.

    Args:
        objection: What speaks against a feature that is a formula, such as that there is one like
            it, as a sentence; empty if nothing does.

    Signals:
        entered: The feature, and the one whose place it takes or an empty text.

    Attributes:
        field: Where it is typed.
        button: Adds it, or changes the one that is edited.
        pointer: The formula with a mark under the wrong character.
        message: The sentence.
    """

    entered = Signal(str, str)

    def __init__(self, objection: Callable[[str, str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._objection, self._edited, self._colours = objection, "", LIGHT
        self._level = "muted"
        self.field = FormulaField()
        self.field.setPlaceholderText("own formula: sin(3*x1)")
        self.field.setMaxLength(MAX_FORMULA_LENGTH + 1)
        self.field.setAccessibleName("Formula of a feature")
        self.field.setToolTip(HELP)
        self.field.setMinimumWidth(60)
        self.field.setAcceptDrops(False)  # a file that is dropped here is meant for the window
        self.button = QPushButton("Add")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setMinimumWidth(48)
        self.pointer, self.message = QLabel(), QLabel()
        self.pointer.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setAccessibleName("About the formula")
        for label in (self.pointer, self.message):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            label.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.field, 0, 0)
        grid.addWidget(self.button, 0, 1)
        grid.addWidget(self.pointer, 1, 0, 1, 2)
        grid.addWidget(self.message, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.field.textEdited.connect(self._judge)
        self.field.returnPressed.connect(self._enter)
        self.field.given_up.connect(self.clear)
        self.button.clicked.connect(self._enter)
        self._name_button()

    @property
    def edited(self) -> str:
        """The feature that is edited; empty while a new one is typed."""
        return self._edited

    def edit(self, feature: str) -> None:
        """Bring a formula into the field, to be changed."""
        self._edited = feature
        self._name_button()
        self.field.setText(feature.removeprefix(SIGN))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._judge()

    def clear(self) -> None:
        """Forget what was typed."""
        self._edited = ""
        self._name_button()
        self.field.clear()
        self._say("", "muted")

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        self._colours = colours
        self._colour()

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        return [self.field, self.button]

    def _name_button(self) -> None:
        self.button.setText("Change" if self._edited else "Add")
        what = "Change the formula" if self._edited else "Add the formula as a feature"
        self.button.setAccessibleName(what)
        self.button.setToolTip(f"{what}. Changing it starts training anew from the same seed.")

    def _feature(self) -> str:
        return SIGN + self.field.text().strip().removeprefix(SIGN).strip()

    def _judge(self) -> FormulaError | None:
        """Say what the text is so far; the fault in it, if it is no formula."""
        feature = self._feature()
        if feature == SIGN:
            self._say("", "muted")
            return None
        try:
            formula = parse(feature.removeprefix(SIGN))
        except FormulaError as error:
            unfinished = error.length == 0  # it may only not be at its end yet
            sentence = str(error).partition(": ")[2]
            text = f"{sentence[:1].upper()}{sentence[1:]}."
            self._say(text, "muted" if unfinished else "amber", _pointed(feature, error))
            return error
        objection = self._objection(feature, self._edited)
        if objection:
            self._say(f"{objection[:1].upper()}{objection[1:]}.", "amber")
        else:
            self._say(f"{label_of(formula)}: Return takes it.", "accent")
        return None

    def _enter(self) -> None:
        error, feature = self._judge(), self._feature()
        if error is not None:
            begin = self.field.text().find(feature.removeprefix(SIGN)) + error.column - 1
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.field.setSelection(begin, max(error.length, 0))
            if not error.length:
                self.field.setCursorPosition(begin)
            self._level = "amber"
            self._colour()
        elif feature != SIGN and not self._objection(feature, self._edited):
            edited = self._edited
            self.clear()
            self.entered.emit(feature, edited)

    def _say(self, sentence: str, level: str, pointer: str = "") -> None:
        self._level = level
        if pointer:  # only now: the system takes its time to find that font
            self.pointer.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        for label, text in ((self.pointer, pointer), (self.message, sentence)):
            label.setText(text)
            label.setVisible(bool(text))
        self._colour()

    def _colour(self) -> None:
        """Mark by colour where it is wrong; words keep the colour in which they are best read."""
        colour_text(self.pointer, getattr(self._colours, self._level))
        words = None if self._level == "amber" else getattr(self._colours, self._level)
        colour_text(self.message, words)


def _pointed(feature: str, error: FormulaError) -> str:
    """The formula around its fault, and below it marks under the characters concerned."""
    text = feature.removeprefix(SIGN)
    at = error.column - 1
    begin = max(min(at - EXCERPT // 2, len(text) - EXCERPT + 1), 0)
    shown = text[begin : begin + EXCERPT]
    marks = "^" * max(min(error.length, EXCERPT - (at - begin)), 1)
    return f"{shown}\n{' ' * (at - begin)}{marks}"
