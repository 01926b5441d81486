"""Yes or no: a check box."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from playground.core.fields import Control
from playground.gui.widgets.editor import KEYS_ONLY, Editor, tooltip


class FlagEditor(Editor):
    """A check box that carries the field's label itself."""

    def __init__(
        self, control: Control, default: bool, *, live: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(control, default, parent)
        self.box = QCheckBox(control.label)
        self.box.setFocusPolicy(KEYS_ONLY)
        self.box.setAccessibleName(control.label)
        self.box.setToolTip(tooltip(control, live=live))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addStretch(1)
        self.box.clicked.connect(self._submit)  # not emitted by the program
        self._refresh()

    def focus_widgets(self) -> list[QWidget]:
        return [self.box]

    def _refresh(self) -> None:
        self.box.setChecked(self._value)
