"""Going from one part of the window to the next by one key, where Tab would take dozens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def go_to_area(areas: Sequence[QWidget], step: int) -> None:
    """Give the focus to the first control of the next part that has one.

    Args:
        areas: The parts that can be seen, in their order; after the last comes the first.
        step: 1 for the next one, -1 for the one before.
    """
    focused = QApplication.focusWidget()
    present = [i for i, area in enumerate(areas) if focused and area.isAncestorOf(focused)]
    start = present[0] if present else (-1 if step > 0 else 0)
    for distance in range(1, len(areas) + 1):
        first = next(_controls(areas[(start + step * distance) % len(areas)]), None)
        if first is not None:
            back, forth = Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.TabFocusReason
            first.setFocus(forth if step > 0 else back)
            return


def _controls(area: QWidget) -> Iterator[QWidget]:
    """What Tab reaches inside a part, in its order."""
    widget = area.nextInFocusChain()
    while widget is not None and widget is not area:
        tabs = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
        if tabs and area.isAncestorOf(widget) and widget.isVisible() and widget.isEnabled():
            yield widget
        widget = widget.nextInFocusChain()
