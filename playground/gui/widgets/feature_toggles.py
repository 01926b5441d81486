"""The features as buttons that stay pressed, and a line for formulas of one's own."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from playground.core.editing import replace
from playground.core.errors import ExperimentError
from playground.core.experiment import Experiment
from playground.core.families import features
from playground.core.fields import Control
from playground.core.formula import is_formula
from playground.core.words import shortened
from playground.data.features import feature
from playground.gui.theme import Colours
from playground.gui.widgets.editor import KEYS_ONLY, SPACING, Editor, complain, rich
from playground.gui.widgets.formula_line import FormulaLine

COLUMNS = 4
LABEL_CHARACTERS = 32
"""Of a formula on its button."""
FIRST_LINE = 100
"""Of the grid, for the line of formulas: below however many features there may be."""


class FeatureToggles(Editor):
    """A button for each registered feature, and a line for each formula that is in use.

    The value is a tuple of features, never empty. A press on a formula edits it; the button beside
    it leaves it out.

    Attributes:
        buttons: Of each feature.
        removers: Of each formula, what leaves it out.
        line: Where formulas are typed.
    """

    def __init__(
        self, control: Control, default: Any, *, live: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(control, default, parent)
        self.buttons: dict[str, QPushButton] = {}
        self.removers: dict[str, QPushButton] = {}
        self.line = FormulaLine(self._objection)
        self.line.entered.connect(self._take)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACING)
        for index, name in enumerate(features):
            self._grid.addWidget(self._button(name), *divmod(index, COLUMNS))
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._grid.addWidget(self.line, FIRST_LINE, 0, 1, COLUMNS)
        self._refresh()

    def set_palette_colours(self, colours: Colours) -> None:
        """Show what is pressed in the accent."""
        self.line.set_palette_colours(colours)
        self.setStyleSheet(
            f"QPushButton {{ background: {colours.raised}; border: 1px solid {colours.border};"
            f" border-radius: 4px; padding: 4px 0; color: {colours.muted}; }}"
            f"QPushButton:hover {{ border-color: {colours.muted}; }}"
            f"QPushButton:checked {{ background: {colours.panel}; color: {colours.text};"
            f" border: 2px solid {colours.accent}; padding: 3px 0; }}"
            f"QPushButton:focus {{ border-style: dotted; border-color: {colours.text}; }}"
        )

    def focus_widgets(self) -> list[QWidget]:
        registered = [button for name, button in self.buttons.items() if not is_formula(name)]
        formulas: list[QWidget] = []
        for name, remover in self.removers.items():
            formulas += [self.buttons[name], remover]
        return [*registered, *formulas, *self.line.focus_widgets()]

    def _button(self, name: str) -> QPushButton:
        about = feature(name)
        button = QPushButton(shortened(about.label, LABEL_CHARACTERS))
        button.setCheckable(True)
        button.setFocusPolicy(KEYS_ONLY)
        button.setAccessibleName(f"Feature {about.label}")
        what = f"{about.label} = {about.formula}." if about.formula != about.label else about.label
        press = "Press to edit it." if is_formula(name) else "Press to add or to leave out."
        button.setToolTip(rich(what, f"{self.control.help} {press}"))
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(48)
        button.clicked.connect(partial(self._edit, name) if is_formula(name) else self._toggle)
        self.buttons[name] = button
        return button

    def _toggle(self) -> None:
        chosen = tuple(name for name, button in self.buttons.items() if button.isChecked())
        if chosen:
            self._submit(chosen)
            return
        complain(self, "At least one feature must stay on.")
        self._refresh()

    def _edit(self, name: str) -> None:
        self.buttons[name].setChecked(True)  # it stays in use meanwhile
        self.line.edit(name)

    def _remove(self, name: str) -> None:
        left = tuple(feature for feature in self._value if feature != name)
        if left:
            self._submit(left)
        else:
            complain(self.removers[name], "At least one feature must stay on.")

    def _take(self, feature: str, edited: str) -> None:
        self._submit(self._with(feature, edited))

    def _with(self, feature: str, edited: str) -> tuple[str, ...]:
        """The value with one feature more, or in the place of one that was edited."""
        if edited in self._value:
            return tuple(feature if name == edited else name for name in self._value)
        return (*self._value, feature)

    def _objection(self, feature: str, edited: str) -> str:
        """What speaks against a formula beside the other features; empty if nothing does."""
        try:
            replace(Experiment(), ("data", "features"), self._with(feature, edited))
        except ExperimentError as error:
            return error.problems[0].message
        return ""

    def _refresh(self) -> None:
        formulas = [name for name in self._value if is_formula(name)]
        if formulas != [name for name in self.buttons if is_formula(name)]:
            self._show_formulas(formulas)
        for name, button in self.buttons.items():
            button.setChecked(name in self._value)

    def _show_formulas(self, formulas: list[str]) -> None:
        """Give each formula a line of its own below the registered features, in their order."""
        for name in [name for name in self.buttons if is_formula(name)]:
            for button in (self.buttons.pop(name), self.removers.pop(name)):
                self._grid.removeWidget(button)
                button.hide()
                button.deleteLater()
        if self.line.edited and self.line.edited not in formulas:
            self.line.clear()
        first = -(-len(features) // COLUMNS)
        for line, name in enumerate(formulas, first):
            self._grid.addWidget(self._button(name), line, 0, 1, COLUMNS - 1)
            remover = self.removers[name] = QPushButton("×")
            remover.setFocusPolicy(KEYS_ONLY)
            label = feature(name).label
            remover.setAccessibleName(f"Leave out {label}")
            remover.setToolTip(rich(f"Leave out {label}."))
            remover.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            remover.clicked.connect(partial(self._remove, name))
            self._grid.addWidget(remover, line, COLUMNS - 1)
