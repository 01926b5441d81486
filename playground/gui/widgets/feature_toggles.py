"""The features as buttons that stay pressed."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from playground.core.families import features
from playground.core.fields import Control
from playground.core.formula import is_formula
from playground.core.words import shortened
from playground.data.features import feature
from playground.gui.theme import Colours
from playground.gui.widgets.editor import KEYS_ONLY, SPACING, Editor, complain, rich

COLUMNS = 4
LABEL_CHARACTERS = 32
"""Of a formula on its button."""


class FeatureToggles(Editor):
    """A button for each registered feature, and one for each formula that is in use.

    The value is a tuple of features, never empty.
    """

    def __init__(
        self, control: Control, default: Any, *, live: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(control, default, parent)
        self.buttons: dict[str, QPushButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACING)
        for index, name in enumerate(features):
            self._grid.addWidget(self._button(name), *divmod(index, COLUMNS))
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._refresh()

    def set_palette_colours(self, colours: Colours) -> None:
        """Show what is pressed in the accent."""
        self.setStyleSheet(
            f"QPushButton {{ background: {colours.raised}; border: 1px solid {colours.border};"
            f" border-radius: 4px; padding: 4px 0; color: {colours.muted}; }}"
            f"QPushButton:hover {{ border-color: {colours.muted}; }}"
            f"QPushButton:checked {{ background: {colours.panel}; color: {colours.text};"
            f" border: 2px solid {colours.accent}; padding: 3px 0; }}"
            f"QPushButton:focus {{ border-style: dotted; border-color: {colours.text}; }}"
        )

    def focus_widgets(self) -> list[QWidget]:
        return list(self.buttons.values())

    def _button(self, name: str) -> QPushButton:
        about = feature(name)
        button = QPushButton(shortened(about.label, LABEL_CHARACTERS))
        button.setCheckable(True)
        button.setFocusPolicy(KEYS_ONLY)
        button.setAccessibleName(f"Feature {about.label}")
        what = f"{about.label} = {about.formula}." if about.formula != about.label else about.label
        press = "Press to leave it out." if is_formula(name) else "Press to add or to leave out."
        button.setToolTip(rich(what, f"{self.control.help} {press}"))
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(48)
        button.clicked.connect(self._toggle)
        self.buttons[name] = button
        return button

    def _toggle(self) -> None:
        chosen = tuple(name for name, button in self.buttons.items() if button.isChecked())
        if chosen:
            self._submit(chosen)
            return
        complain(self, "At least one feature must stay on.")
        self._refresh()

    def _refresh(self) -> None:
        formulas = [name for name in self._value if is_formula(name)]
        if formulas != [name for name in self.buttons if is_formula(name)]:
            self._show_formulas(formulas)
        for name, button in self.buttons.items():
            button.setChecked(name in self._value)

    def _show_formulas(self, formulas: list[str]) -> None:
        """Give each formula a line of its own below the registered features, in their order."""
        for name in [name for name in self.buttons if is_formula(name)]:
            button = self.buttons.pop(name)
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        first = -(-len(features) // COLUMNS)
        for line, name in enumerate(formulas, first):
            self._grid.addWidget(self._button(name), line, 0, 1, COLUMNS)
