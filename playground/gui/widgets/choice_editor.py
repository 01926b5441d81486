"""One of a few: a combo box whose items explain themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from playground.core.choice import Registry
from playground.core.fields import Control
from playground.gui.widgets.editor import KEYS_ONLY, CalmWheel, Editor, rich, tooltip

ASIDE = re.compile(r" \([^)]*\)")


class Item(NamedTuple):
    """One of the few.

    Attributes:
        value: What is chosen.
        label: What the list shows; where that is too long, the closed box leaves out
            what stands in brackets.
        help: Paragraphs of its tooltip.
    """

    value: str
    label: str
    help: tuple[str, ...] = ()


def items_of(source: Registry[Any] | Mapping[str, str]) -> list[Item]:
    """All entries of a registry, with formula and reference, or the options of a control."""
    if isinstance(source, Registry):
        return [
            Item(name, entry.label, (entry.formula, entry.reference))
            for name, entry in source.items()
        ]
    return [Item(value, label) for value, label in source.items()]


class ComboBox(CalmWheel, QComboBox):
    """A combo box as wide as there is room, whose list is as wide as its longest item."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(KEYS_ONLY)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)

    def showPopup(self) -> None:  # noqa: N802  # Qt calls it by this name
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 8)
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        room = (
            self.style()
            .subControlRect(
                QStyle.ComplexControl.CC_ComboBox,
                option,
                QStyle.SubControl.SC_ComboBoxEditField,
                self,
            )
            .width()
        )
        if option.fontMetrics.horizontalAdvance(option.currentText) > room - 2:
            option.currentText = ASIDE.sub("", option.currentText)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class ChoiceEditor(Editor):
    """A combo box of items."""

    def __init__(
        self,
        control: Control,
        default: str,
        items: Sequence[Item],
        *,
        live: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(control, default, parent)
        self._live = live
        self._items: tuple[Item, ...] = ()
        self.box = ComboBox()
        self.box.setAccessibleName(control.label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        self.box.activated.connect(self._choose)
        self.set_items(items)

    @property
    def items(self) -> tuple[Item, ...]:
        """What there is to choose from."""
        return self._items

    def set_items(self, items: Sequence[Item]) -> None:
        """Offer other items; the value stays."""
        if tuple(items) == self._items:
            return
        self._items = tuple(items)
        self.box.clear()
        for index, item in enumerate(self._items):
            self.box.addItem(item.label, item.value)
            self.box.setItemData(index, rich(*item.help), Qt.ItemDataRole.ToolTipRole)
        self._refresh()

    def focus_widgets(self) -> list[QWidget]:
        return [self.box]

    def _choose(self, index: int) -> None:
        self._submit(self.box.itemData(index))

    def _refresh(self) -> None:
        index = self.box.findData(self._value)
        self.box.setCurrentIndex(index)  # its signal is not used
        item = self._items[index] if index >= 0 else None
        about = f"{item.label}: {item.help[0]}" if item and any(item.help) else ""
        self.box.setToolTip(tooltip(self.control, live=self._live, more=about))
