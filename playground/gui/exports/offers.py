"""The list of what can be exported: each format, and a picture of each view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QListWidgetItem, QWidget

from playground.core.words import sentence
from playground.exchange.exporting.registry import Exporter

OFFER = Qt.ItemDataRole.UserRole
ROOM = 6
"""Pixels more than the height of a line."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to export.

    Attributes:
        label: What it is called.
        help: A sentence on it.
        exporter: Of a format.
        title: Of a view whose picture is meant.
    """

    label: str
    help: str
    exporter: Exporter | None = None
    title: str = ""


def offers_of(exporters: Iterable[Exporter], titles: Iterable[str]) -> dict[str, list[Offer]]:
    """All offers under their headings."""
    formats = [Offer(each.label, sentence(each.help), exporter=each) for each in exporters]
    pictures = [
        Offer(title, "As the window shows it, in the present theme: SVG or PNG.", title=title)
        for title in titles
    ]
    return {"Formats": formats, "Picture of": pictures}


class OfferList(QListWidget):
    """Lists the offers; what is chosen can be dragged out of it.

    Signals:
        chosen: Another :class:`Offer` is.
        drag_asked: The chosen one is being dragged.
    """

    chosen = Signal(object)
    drag_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What can be exported")
        self.setDragEnabled(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._choose)

    def show_offers(self, offers: dict[str, list[Offer]]) -> None:
        """List them; the first one is chosen."""
        for heading, entries in offers.items():
            item = self._add(heading)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            font = QFont(self.font())
            font.setBold(True)
            item.setFont(font)
            for offer in entries:
                self._add(offer.label).setData(OFFER, offer)
        self.setCurrentRow(1)

    @property
    def offer(self) -> Offer | None:
        """What is chosen."""
        item = self.currentItem()
        return None if item is None else item.data(OFFER)

    def choose(self, label: str) -> None:
        """Choose the offer that is called so."""
        for item in self.findItems(label, Qt.MatchFlag.MatchExactly):
            if item.data(OFFER) is not None:
                self.setCurrentItem(item)

    def _add(self, text: str) -> QListWidgetItem:
        item = QListWidgetItem(text, self)
        item.setSizeHint(QSize(1, self.fontMetrics().height() + ROOM))  # as wide as the list is
        return item

    def _choose(self) -> None:
        if self.offer is not None:
            self.chosen.emit(self.offer)

    def moveCursor(
        self, action: QListWidget.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where a key leads: by itself Qt stays where it is if that would be a heading."""
        found = super().moveCursor(action, modifiers)
        if found.isValid() and not found.flags() & Qt.ItemFlag.ItemIsEnabled:
            return found.siblingAtRow(found.row() + 1)
        return found

    def startDrag(self, actions: Qt.DropAction) -> None:
        self.drag_asked.emit()


class DragHandle(QLabel):
    """Is taken hold of to drag the export to another program.

    Signals:
        drag_asked: The mouse has gone far enough.
    """

    drag_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("⠿ Drag out", parent)
        self.setToolTip(
            "Drag this, or the entry in the list, to a folder or into another program; by key, "
            "Copy puts it on the clipboard."
        )
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._pressed: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        way = event.position().toPoint() - self._pressed
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.drag_asked.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
