"""Where the plane stands, and what belongs to it: above and below, or beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from playground.gui.views.plane import Square

BESIDE = 1.6
"""A view that is so many times wider than high has the rest beside the plane."""
BESIDE_WIDTH = 170
MOST = 16777215
"""Qt's word for no limit of a width."""


class PlaneLayout(QGridLayout):
    """A square, something above it, and something below with a line of text at its end."""

    def __init__(
        self, view: QWidget, square: Square, above: QWidget, below: QWidget, text: QLabel
    ) -> None:
        super().__init__(view)
        self.setContentsMargins(8, 2, 8, 4)
        self.setSpacing(4)
        self._square, self._above, self._below, self._text = square, above, below, text
        self._beside: bool | None = None
        self.arrange(view.width(), view.height())

    def arrange(self, width: int, height: int) -> None:
        """Put the parts where they leave the plane larger, in a view of this size."""
        beside = width > BESIDE * height
        if beside == self._beside:
            return
        self._beside = beside
        parts = (self._square, self._above, self._below)
        for part in parts:
            self.removeWidget(part)
        if beside:
            cells = ((0, 0, 4, 1), (0, 1, 1, 1), (1, 1, 1, 1))
        else:
            cells = ((1, 0, 1, 1), (0, 0, 1, 1), (2, 0, 1, 1))
        for part, cell in zip(parts, cells, strict=True):
            self.addWidget(part, *cell)
        self.setRowStretch(3, 1)
        self.setColumnStretch(0, 1)
        for part in (self._above, self._below):
            part.setMinimumWidth(BESIDE_WIDTH if beside else 0)
            part.setMaximumWidth(BESIDE_WIDTH if beside else MOST)
        lines = 4 if beside else 2
        self._text.setFixedHeight(lines * self._text.fontMetrics().height())

    def spare_height(self, width: int, height: int) -> int:
        """Pixels that are left below in a room of this size, since the plane is a square."""
        if width > BESIDE * height:
            return 0
        margins, gap = self.contentsMargins(), self.spacing()
        parts = [self._below.sizeHint().height()]
        parts.append(self._square.heightForWidth(width - margins.left() - margins.right()))
        if not self._above.isHidden():
            parts.append(self._above.sizeHint().height())
        return height - sum(parts) - gap * (len(parts) + 1) - margins.top() - margins.bottom()
