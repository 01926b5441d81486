"""A widget that puts its children side by side and goes on in a new row when one is full."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QChildEvent, QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

SPACING = 6


class FlowBox(QWidget):
    """Rows of visible children in their preferred sizes, centred in their row.

    Attributes:
        row_gap: Pixels between two rows.

    Its methods need nothing but Qt's own list of children: Qt also calls them while Python takes
    a discarded window apart and has emptied its objects already.
    """

    row_gap: ClassVar[int] = 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max((place.bottom() + 1 for _, place in self._places(width)), default=0)

    def sizeHint(self) -> QSize:
        return QSize(self.width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        widest = max((child.sizeHint().width() for child in self._shown()), default=0)
        return QSize(widest, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # layouts remember the height that it asked for before

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
            self.updateGeometry()
        return super().event(event)

    def _arrange(self) -> None:
        for child, place in self._places(self.width()):
            child.setGeometry(place)

    def _shown(self) -> list[QWidget]:
        found = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [child for child in found if not child.isHidden()]

    def _places(self, width: int) -> list[tuple[QWidget, QRect]]:
        rows: list[list[tuple[QWidget, QSize]]] = [[]]
        x = 0
        for child in self._shown():
            size = child.sizeHint()
            if rows[-1] and x + size.width() > width:
                rows.append([])
                x = 0
            rows[-1].append((child, size))
            x += size.width() + SPACING
        places, y = [], 0
        for row in rows:
            x, height = 0, max((size.height() for _, size in row), default=0)
            for child, size in row:
                lower = (height - size.height()) // 2
                places.append((child, QRect(x, y + lower, size.width(), size.height())))
                x += size.width() + SPACING
            y += height + self.row_gap
        return places
