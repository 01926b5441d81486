"""A part of a panel that folds away under its title."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyleOption,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.widgets.editor import KEYS_ONLY, SPACING

ARROW = 12


class Heading(QToolButton):
    """A line of text behind an arrow that points down while it is checked; no frame around it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(KEYS_ONLY)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOption()
        option.initFrom(self)
        option.rect = QRect(0, (self.height() - ARROW) // 2, ARROW, ARROW)
        arrow = QStyle.PrimitiveElement
        painter.drawPrimitive(
            arrow.PE_IndicatorArrowDown if self.isChecked() else arrow.PE_IndicatorArrowRight,
            option,
        )
        role = QPalette.ColorRole
        marked = self.hasFocus() or self.underMouse()
        painter.setPen(self.palette().color(role.Highlight if marked else role.WindowText))
        place = self.rect().adjusted(ARROW + SPACING // 2, 0, 0, 0)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, middle, self.text())


class Section(QWidget):
    """A title with an arrow, and the content below it while it is open.

    Args:
        small: A plain line inside something else, instead of a bold heading.
    """

    def __init__(
        self,
        title: str,
        content: QWidget,
        *,
        unfolded: bool = True,
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.content = content
        self.header = Heading(title)
        self.header.setAccessibleName(title)
        self.header.setToolTip("Show or hide what is below.")
        font = self.header.font()
        font.setBold(not small)
        self.header.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0 if small else SPACING // 2)
        layout.addWidget(self.header)
        layout.addWidget(content)
        self.header.toggled.connect(content.setVisible)
        self.header.setChecked(unfolded)
        content.setVisible(unfolded)
