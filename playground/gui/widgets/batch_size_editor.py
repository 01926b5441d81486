"""The batch size: the three kinds of gradient descent by name, and the size of a mini-batch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.core.fields import Control
from playground.core.limits import MAX_SAMPLES
from playground.gui.widgets.choice_editor import ChoiceEditor, Item
from playground.gui.widgets.editor import Editor
from playground.gui.widgets.number_editor import NumberEditor

FULL, SINGLE, MINI = "full", "single", "mini"
KINDS = (
    Item(FULL, "Full batch", ("All training points make one step: gradient descent.",)),
    Item(SINGLE, "Single sample", ("Each point makes a step: stochastic gradient descent.",)),
    Item(MINI, "Mini-batch", ("A few points make a step: mini-batch gradient descent.",)),
)
SMALLEST_MINI = 2
"""On the slider; 1 has a name of its own, and a drag must not end there."""
LARGEST_FIRST = 512


class BatchSizeEditor(Editor):
    """A choice of the kind, with a slider below it for a mini-batch; the value is "full" or an int.

    The mini-batch that was chosen last comes back with the kind.
    """

    def __init__(
        self,
        control: Control,
        default: Any,
        *,
        live: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(control, default, parent)
        self._mini = default if isinstance(default, int) and default > 1 else 10
        self.kind = ChoiceEditor(control, MINI, KINDS, live=live)
        size = replace(
            control,
            label=f"{control.label}, points",
            minimum=1,
            maximum=MAX_SAMPLES,
            low=SMALLEST_MINI,
            high=LARGEST_FIRST,
            scale="log",
            decimals=0,
        )
        self.size_editor = NumberEditor(size, self._mini, whole=True, live=live)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.kind)
        layout.addWidget(self.size_editor)
        self.kind.value_changed.connect(self._choose)
        self.size_editor.value_changed.connect(self._submit)
        self._refresh()

    def set_most(self, points: int) -> None:
        """Let the slider end at the number of training points."""
        self.size_editor.set_range(SMALLEST_MINI, max(points, SMALLEST_MINI + 1))

    def focus_widgets(self) -> list[QWidget]:
        return [*self.kind.focus_widgets(), *self.size_editor.focus_widgets()]

    def _choose(self, kind: str) -> None:
        self._submit({FULL: "full", SINGLE: 1, MINI: self._mini}[kind])

    def _refresh(self) -> None:
        kind = {"full": FULL, 1: SINGLE}.get(self._value, MINI)
        if kind == MINI:
            self._mini = self._value
            self.size_editor.set_value(self._value)
        self.kind.set_value(kind)
        self.size_editor.setVisible(kind == MINI)
