"""A number: a slider for the range that makes sense, and a field for all that is allowed."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from playground.core.fields import Control
from playground.gui.widgets.editor import SPACING, Editor, FieldLabel, tooltip
from playground.gui.widgets.number_field import NumberField
from playground.gui.widgets.scale import SliderScale
from playground.gui.widgets.slider import Slider

WIDEST = "3.16e-05"
"""What a field must have room for where there is room."""


class NumberEditor(Editor):
    """A slider with a number field beside it, or, ``stacked``, below its label and field.

    Args:
        whole: Whether the value is an int.
        optional: Whether it may be None; the control says in a word what that means.
        live: Whether a change acts on the running network.
        stacked: The label is a part of the editor, and the slider has a line of its own.
    """

    def __init__(
        self,
        control: Control,
        default: Any,
        *,
        whole: bool = False,
        optional: bool = False,
        live: bool = True,
        stacked: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(control, default, parent)
        self.scale = SliderScale.of(control, whole=whole)
        self.slider = Slider(self.scale.last)
        self.field = NumberField(
            control,
            whole=whole,
            optional=optional,
            widest=f"{0:.{max(control.decimals, 2)}f}" if stacked else WIDEST,
        )
        self.slider.setAccessibleName(control.label)
        self.field.setAccessibleName(f"{control.label}, number")
        self.setToolTip(tooltip(control, default, live=live))
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(SPACING)
        layout.setVerticalSpacing(0)
        if stacked:
            label = FieldLabel(control.label)
            label.setBuddy(self.field)
            label.setWordWrap(True)
            label.double_clicked.connect(self.restore_default)
            layout.addWidget(label, 0, 0)
            layout.addWidget(self.field, 0, 1)
            layout.addWidget(self.slider, 1, 0, 1, 2)
            layout.setColumnStretch(0, 1)
        else:
            layout.addWidget(self.slider, 0, 0)
            layout.addWidget(self.field, 0, 1)
        self.slider.valueChanged.connect(self._drag)
        self.slider.stepped.connect(self._step)
        self.slider.double_clicked.connect(self.restore_default)
        self.field.stepped.connect(self._step)
        self.field.entered.connect(self._submit)
        self._refresh()

    def focus_widgets(self) -> list[QWidget]:
        return [self.slider, self.field]

    def set_range(self, low: float, high: float) -> None:
        """Let the slider run through another range; the value stays."""
        scale = self.scale
        if (low, high) != (scale.low, scale.high):
            self.scale = SliderScale(low, high, scale.log, scale.whole, scale.decimals)
            blocked = self.slider.blockSignals(True)
            self.slider.setRange(0, self.scale.last)
            self.slider.blockSignals(blocked)
            self._refresh()

    def _drag(self, position: int) -> None:
        self._submit(self.scale.value(position))

    def _step(self, direction: int, page: bool) -> None:
        scale = self.scale
        if self._value is None:
            self._submit(scale.value(scale.last // 2))
            return
        value = scale.stepped(self._value, direction, page=page)
        # Keys stay on the slider's range, and do not jump back into it from outside.
        value = min(max(value, min(scale.low, self._value)), max(scale.high, self._value))
        self._submit(value)

    def _refresh(self) -> None:
        self.field.show_number(self._value)
        position = None if self._value is None else self.scale.position(self._value)
        self.slider.show_position(position)
