"""A legend whose entries can be switched off, by click or by keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from playground.gui.theme import LIGHT, Colours
from playground.gui.views.flow import FlowBox

SWATCH, GAP, PADDING = 14, 5, 3


class Chip(QAbstractButton):
    """An entry: a dash of colour and a name; checked while its curves are shown."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colour, self.muted = LIGHT.text, LIGHT.muted
        self.setCheckable(True)
        self.setChecked(True)
        self.setText(text)
        self.setAccessibleName(f"Show {name}")
        self.setToolTip(f"Show or hide {name}.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = 2 * PADDING + SWATCH + GAP + metrics.horizontalAdvance(self.text())
        return QSize(width, self.height_of(self))

    @staticmethod
    def height_of(widget: QWidget) -> int:
        """How high an entry is beside this widget, whose font is the same."""
        return widget.fontMetrics().height() + 2 * PADDING

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(self.muted), 1))
            painter.drawRoundedRect(frame, 4, 4)
        middle = frame.center().y()
        swatch = QRectF(PADDING, middle - 2, SWATCH, 4)
        colour = QColor(self.colour if self.isChecked() else self.muted)
        painter.setPen(QPen(colour, 1))
        painter.setBrush(colour if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(swatch, 2, 2)
        words = QRectF(self.rect()).adjusted(PADDING + SWATCH + GAP, 0, 0, 0)
        role = self.palette().text().color() if self.isChecked() else QColor(self.muted)
        font = self.font()
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        painter.setPen(role)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())


class Legend(FlowBox):
    """A title (any widget) and entries, in as many rows as they need.

    Attributes:
        chips: The entries by their text.

    Signals:
        toggled: An entry was switched on or off.
    """

    toggled = Signal()

    def __init__(self, title: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: dict[str, Chip] = {}
        self._hidden: set[str] = set()
        self._notes: dict[str, str] = {}
        self._has_entries = True
        title.setParent(self)

    def set_entries(self, texts: Sequence[str], names: Sequence[str]) -> None:
        """Show these entries; one that was off before under its text stays off."""
        for chip in self.chips.values():
            chip.hide()
            chip.deleteLater()
        self.chips = {text: Chip(text, name, self) for text, name in zip(texts, names, strict=True)}
        self._notes.clear()
        for text, chip in self.chips.items():
            chip.setChecked(text not in self._hidden)
            chip.toggled.connect(self._remember)
            chip.setVisible(self._has_entries)
        self.updateGeometry()

    def show_entries(self, shown: bool) -> None:
        """Show the entries, or the title alone: what it chooses may be chosen all the same."""
        if shown != self._has_entries:
            self._has_entries = shown
            for chip in self.chips.values():
                chip.setVisible(shown)

    def set_colours(self, colours: Colours, own: Mapping[str, str]) -> None:
        """Follow a change of the theme; ``own`` holds each entry's colour."""
        for text, chip in self.chips.items():
            chip.colour, chip.muted = own[text], colours.muted
            chip.update()

    def note(self, text: str, note: str) -> None:
        """Add a word to an entry."""
        if self._notes.get(text, "") != note:
            self._notes[text] = note
            chip = self.chips[text]
            chip.setText(text + note)
            chip.updateGeometry()

    def is_shown(self, text: str) -> bool:
        """Whether an entry is on."""
        return self.chips[text].isChecked()

    def _remember(self) -> None:
        for text, chip in self.chips.items():
            (self._hidden.discard if chip.isChecked() else self._hidden.add)(text)
        self.toggled.emit()
