"""Whole numbers without a slider: a seed beside a die, a small count between minus and plus."""

from __future__ import annotations

import random
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from playground.core.fields import Control
from playground.gui.icons import icon
from playground.gui.theme import LIGHT, Colours
from playground.gui.widgets.editor import Editor, rich, tooltip
from playground.gui.widgets.number_field import NumberField

LARGEST_THROW = 999
"""Seeds that are thrown are short enough to be read out."""
PAGE = 10


class CountEditor(Editor):
    """A number field in a row, whose arrow keys count.

    Args:
        widest: The widest text that the field should have room for.
    """

    def __init__(
        self, control: Control, default: Any, widest: str, live: bool, parent: QWidget | None
    ) -> None:
        super().__init__(control, default, parent)
        self.field = NumberField(control, whole=True, widest=widest)
        self.field.setAccessibleName(control.label)
        self.setToolTip(tooltip(control, default, live=live))
        self.field.entered.connect(self._submit)
        self.field.stepped.connect(self._step)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._row.addStretch(1)

    def _step(self, direction: int, page: bool) -> None:
        low, high = self.control.minimum, self.control.maximum
        assert low is not None
        assert high is not None
        value = self._value + direction * (PAGE if page else 1)
        self._submit(int(min(max(value, low), high)))

    def _refresh(self) -> None:
        self.field.show_number(self._value)


class SeedEditor(CountEditor):
    """A field for any seed, and a die that throws another one."""

    def __init__(
        self, control: Control, default: int, *, live: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(control, default, f"{control.maximum:.0f}", live, parent)
        self.die = QToolButton()
        self.die.setAutoRaise(True)
        self.die.setAccessibleName(f"{control.label}: throw another")
        self.die.setToolTip(rich("Take another seed by chance."))
        self.die.clicked.connect(self._throw)
        self._row.addWidget(self.die)
        self._row.addWidget(self.field)
        self.set_palette_colours(LIGHT)
        self._refresh()

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw the die in a theme's colour."""
        self.die.setIcon(icon("new_seed", colours.text))

    def focus_widgets(self) -> list[QWidget]:
        return [self.die, self.field]

    def _throw(self) -> None:
        others = [seed for seed in range(LARGEST_THROW + 1) if seed != self._value]
        self._submit(random.choice(others))


class StepperEditor(CountEditor):
    """Buttons that count, and repeat while they are held; typing reaches every number at once."""

    def __init__(
        self, control: Control, default: int, *, live: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(control, default, "0000", live, parent)
        self.minus, self.plus = QToolButton(), QToolButton()
        for widget in (self.minus, self.field, self.plus):
            self._row.addWidget(widget)
        for button, word in ((self.minus, "fewer"), (self.plus, "more")):
            button.setAutoRepeat(True)
            button.setAccessibleName(f"{control.label}: {word}")
        self.minus.clicked.connect(self._count_down)
        self.plus.clicked.connect(self._count_up)
        self.set_palette_colours(LIGHT)
        self._refresh()

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw minus and plus in a theme's colour."""
        self.minus.setIcon(icon("subtract", colours.text))
        self.plus.setIcon(icon("add", colours.text))

    def focus_widgets(self) -> list[QWidget]:
        return [self.minus, self.field, self.plus]

    def _count_down(self) -> None:
        self._step(-1, False)

    def _count_up(self) -> None:
        self._step(1, False)

    def _refresh(self) -> None:
        super()._refresh()
        self.minus.setEnabled(self._value != self.control.minimum)
        self.plus.setEnabled(self._value != self.control.maximum)
