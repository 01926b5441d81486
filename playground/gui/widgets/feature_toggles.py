"""The features as buttons that stay pressed."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from playground.core.families import features
from playground.core.fields import Control
from playground.gui.theme import Colours
from playground.gui.widgets.editor import KEYS_ONLY, SPACING, Editor, complain, rich

COLUMNS = 4


class FeatureToggles(Editor):
    """A button for each registered feature; the value is a tuple of names, never empty."""

    def __init__(
        self, control: Control, default: Any, *, live: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(control, default, parent)
        self.buttons: dict[str, QPushButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING)
        for index, (name, feature) in enumerate(features.items()):
            button = QPushButton(feature.label)
            button.setCheckable(True)
            button.setFocusPolicy(KEYS_ONLY)
            button.setAccessibleName(f"Feature {feature.label}")
            button.setToolTip(rich(f"{control.help} Press to add or to leave out."))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(48)
            button.clicked.connect(self._toggle)
            grid.addWidget(button, *divmod(index, COLUMNS))
            self.buttons[name] = button
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
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

    def _toggle(self) -> None:
        chosen = tuple(name for name, button in self.buttons.items() if button.isChecked())
        if chosen:
            self._submit(chosen)
            return
        complain(self, "At least one feature must stay on.")
        self._refresh()

    def _refresh(self) -> None:
        for name, button in self.buttons.items():
            button.setChecked(name in self._value)
