"""The reasons of a finding: three sentences and a formula, in a window beside the work."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QVBoxLayout, QWidget

from playground.gui.doctor.words import colour_of
from playground.gui.theme import Colours
from playground.training.doctor import Finding, rules

WIDTH, AWAY = 440, 12


class WhyPanel(QDialog):
    """Explains one finding at a time; it blocks nothing and stays until it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Why?")
        self._finding: Finding | None = None
        self._colours: Colours | None = None
        self._title, self._what, self._why, self._formula = (QLabel() for _ in range(4))
        title = self._title.font()
        title.setBold(True)
        title.setPointSizeF(1.15 * title.pointSizeF())
        self._title.setFont(title)
        self._formula.setFrameShape(QFrame.Shape.StyledPanel)
        self._formula.setMargin(8)
        names = ("Trouble", "What was found", "Why", "Formula")
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(10)
        for label, name in zip(self._labels, names, strict=True):
            label.setWordWrap(True)
            label.setAccessibleName(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(label)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setFixedWidth(WIDTH)

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join(label.text() for label in self._labels)

    @property
    def _labels(self) -> tuple[QLabel, ...]:
        return self._title, self._what, self._why, self._formula

    def explain(self, finding: Finding, above: QWidget) -> None:
        """Show the reasons of a finding, above a widget if there is room."""
        rule = rules[finding.rule]
        self._finding = finding
        self._title.setText(rule.label)
        self._what.setText(finding.sentence)
        self._why.setText(rule.why)
        self._formula.setText(rule.formula)
        self._colour()
        self.setFixedHeight(self._layout.heightForWidth(WIDTH))
        if not self.isVisible():
            corner = above.mapToGlobal(QPoint(above.width(), 0))
            self.move(corner.x() - WIDTH - AWAY, max(corner.y() - self.height() - 4 * AWAY, 0))
        self.show()
        self.raise_()
        self.activateWindow()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self._colour()

    def _colour(self) -> None:
        if self._colours is not None and self._finding is not None:
            self._title.setStyleSheet(f"color: {colour_of(self._finding, self._colours)}")
