"""A part of a panel that folds away under its title."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.gui.widgets.editor import KEYS_ONLY, SPACING


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
        self.header = QToolButton()
        self.header.setText(title)
        self.header.setAccessibleName(title)
        self.header.setToolTip("Show or hide what is below.")
        self.header.setCheckable(True)
        self.header.setIconSize(QSize(12, 12))
        self.header.setAutoRaise(True)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setFocusPolicy(KEYS_ONLY)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        font = self.header.font()
        font.setBold(not small)
        self.header.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0 if small else SPACING // 2)
        layout.addWidget(self.header)
        layout.addWidget(content)
        self.header.toggled.connect(self._fold)
        self.header.setChecked(unfolded)
        self._fold(unfolded)

    def _fold(self, unfolded: bool) -> None:
        self.header.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self.content.setVisible(unfolded)
