"""What all editors have in common."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QToolTip, QWidget

from playground.core.errors import Path
from playground.core.fields import Control
from playground.gui.theme import Colours
from playground.gui.widgets.number_text import format_number

SPACING = 8
"""Pixels of the grid that everything stands on."""
KEYS_ONLY = Qt.FocusPolicy.TabFocus
"""Of what Space acts on: a click does not take the focus, so that Space goes on to run or pause."""
REBUILDS = "Changing it starts training anew from the same seed."


@runtime_checkable
class Coloured(Protocol):
    """What draws in colours of the theme that are not in the palette."""

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""


class Editor(QWidget):
    """A widget for one field of the experiment.

    It shows what it was given last, or what the user has made of that since.

    Signals:
        value_changed: The user's new value; never emitted by :meth:`set_value`.
        edit_requested: The same with :attr:`path` before it.

    Attributes:
        control: How the field was declared.
        default: What a double click brings back.
        path: Where the field stands.
    """

    value_changed = Signal(object)
    edit_requested = Signal(tuple, object)

    def __init__(self, control: Control, default: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control, self.default = control, default
        self.path: Path = ()
        self._value = default

    @property
    def value(self) -> Any:
        """What is shown."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show a value; nothing is emitted, and text that is being typed stays as it is."""
        if value != self._value:
            self._value = value
            self._refresh()

    def restore_default(self) -> None:
        """Bring the default back, as if the user had entered it."""
        self._submit(self.default)

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        raise NotImplementedError

    def _submit(self, value: Any) -> None:
        """Take a value from the user."""
        if value == self._value:
            self._refresh()
            return
        self._value = value
        self._refresh()
        self.value_changed.emit(value)
        self.edit_requested.emit(self.path, value)

    def _refresh(self) -> None:
        """Bring the widgets to the value, without emitting."""
        raise NotImplementedError


class FieldLabel(QLabel):
    """The name of a field; a double click restores its default."""

    double_clicked = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()


class CalmWheel:
    """Mixed into a widget, lets the wheel scroll the panel unless the widget has the focus."""

    def wheelEvent(self: Any, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)  # type: ignore[misc]  # of the widget it is mixed into
        else:
            event.ignore()


def tooltip(control: Control, default: Any = None, *, live: bool = True, more: str = "") -> str:
    """The help of a control with its range and default, as text that wraps.

    Args:
        control: What is explained.
        default: What a double click restores, if that can be said in a word.
        live: Whether a change acts on the running network.
        more: Another paragraph.
    """
    facts = []
    bounds, slider = (control.minimum, control.maximum), (control.low, control.high)
    if None not in bounds:
        if None not in slider and slider != bounds:
            facts.append(f"Slider: {_range(*slider)}{_unit(control)}. Typing: {_range(*bounds)}.")
        else:
            facts.append(f"From {_range(*bounds)}{_unit(control)}.")
    if default is not None:
        facts.append(f"Default: {shown(default)}; a double click restores it.")
    elif control.none_label:
        facts.append(f"Default: {control.none_label}; a double click restores it.")
    paragraphs = [control.help, " ".join(facts), more, "" if live else REBUILDS]
    return rich(*paragraphs)


def _range(low: float | None, high: float | None) -> str:
    return " to ".join(format_number(end) for end in (low, high) if end is not None)


def _unit(control: Control) -> str:
    return f" {control.unit}" if control.unit else ""


def rich(*paragraphs: str) -> str:
    """Plain paragraphs as rich text, which a tooltip wraps; empty ones are left out."""
    return "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs if text)


def shown(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return format_number(value) if isinstance(value, int | float) else str(value)


def chain(widgets: Sequence[QWidget]) -> None:
    """Let the tab key go through widgets in this order; what follows the last one stays behind."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


def complain(widget: QWidget, sentence: str) -> None:
    """Say at a widget why what was entered there was not taken."""
    QToolTip.showText(widget.mapToGlobal(QPoint(0, widget.height())), sentence, widget)
