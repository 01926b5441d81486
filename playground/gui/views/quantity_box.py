"""The box in which one chooses what a view shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from playground.gui.widgets.editor import KEYS_ONLY

Option = tuple[Any, str, str]
"""What is chosen, its label in the box, and what it is."""


class QuantityBox(QComboBox):
    """One of some quantities; the tooltip says what each of them is."""

    def __init__(self, name: str, options: Sequence[Option], parent: QWidget | None = None) -> None:
        """``name``: what is chosen, for those who cannot see the box."""
        super().__init__(parent)
        self.setFocusPolicy(KEYS_ONLY)
        self.setAccessibleName(name)
        for value, label, _ in options:
            self.addItem(label, value)
        self.setToolTip("\n".join(f"{label}: {text}" for _, label, text in options))
