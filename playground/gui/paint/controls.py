"""What is painted with: tool, class or value, the brush's size and how much it holds."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QWidget,
)

from playground.core.limits import MAX_COORDINATE
from playground.gui.paint.sheet import CHIPS
from playground.gui.theme import LIGHT, Colours, class_colours
from playground.gui.views.flow import FlowBox
from playground.gui.widgets.editor import KEYS_ONLY

Tool = Literal["brush", "erase", "move"]
TOOLS: dict[Tool, tuple[str, str]] = {
    "brush": ("Brush", "Paint points of the chosen class. The right button erases."),
    "erase": ("Erase", "Take away the points under the brush."),
    "move": ("Move", "Drag single points to another place."),
}
CHIP = 20
SMALLEST, LARGEST, FIRST_SIZE = 1, 40, 8
"""The brush's diameter, in hundredths of the square's side."""
MOST_PER_DAB, FIRST_PER_DAB = 100, 4


class Chip(QAbstractButton):
    """A class's colour with its number; a ring marks the one that is painted."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number, self._colours = number, LIGHT
        self.setCheckable(True)
        self.setFocusPolicy(KEYS_ONLY)
        self.setAccessibleName(f"Class {number}")
        self.setToolTip(f"Paint points of class {number} (key {number})")

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        self._colours = colours
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(CHIP, CHIP)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = QPainter(self), self._colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        own = QColor(class_colours(CHIPS, colours)[self.number])
        painter.setPen(QPen(QColor(colours.text), 2) if self.isChecked() else Qt.PenStyle.NoPen)
        painter.setBrush(own)
        inset = 1.5 if self.isChecked() else 3.0
        painter.drawEllipse(self.rect().toRectF().adjusted(inset, inset, -inset, -inset))
        painter.setPen(QColor("#000000" if own.lightnessF() > 0.5 else "#ffffff"))
        font = painter.font()
        font.setPointSizeF(0.8 * font.pointSizeF())
        painter.setFont(font)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self.number))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class Controls(FlowBox):
    """Tools, chips and sizes, in as many rows as there is room for.

    Signals:
        changed: The brush is another one.
        take_over_asked: Drawn points are to become own ones.
        clear_asked: All points are to go.

    Attributes:
        tools: By name.
        chips: One for each class that can be painted.
        value: What is painted where targets are numbers.
        size: The brush's diameter, in hundredths of the square's side.
        per_dab: How many points a dab has.
        take_over, clear: The buttons.
    """

    row_gap = 4
    changed = Signal()
    take_over_asked = Signal()
    clear_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools: dict[Tool, QPushButton] = {}
        group = QButtonGroup(self)
        for name, (text, about) in TOOLS.items():
            button = self.tools[name] = _button(text, about)
            button.setCheckable(True)
            group.addButton(button)
        self.tools["brush"].setChecked(True)
        self.chips = [Chip(number) for number in range(CHIPS)]
        classes = QButtonGroup(self)
        for chip in self.chips:
            classes.addButton(chip)
        self.chips[0].setChecked(True)
        self.value = QDoubleSpinBox()
        self.value.setRange(-MAX_COORDINATE, MAX_COORDINATE)
        self.value.setDecimals(3)
        self.value.setSingleStep(0.1)
        self.value.setValue(1.0)
        self.value.setMaximumWidth(110)
        self.value.setAccessibleName("Value of the points that are painted")
        self.value.setToolTip("The target of the points that are painted.")
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setValue(FIRST_SIZE)
        self.size_slider.setFixedWidth(76)
        self.size_slider.setAccessibleName("Size of the brush")
        self.size_slider.setToolTip("The size of the brush, also of what erases.")
        self.per_dab = QSpinBox()
        self.per_dab.setRange(1, MOST_PER_DAB)
        self.per_dab.setValue(FIRST_PER_DAB)
        self.per_dab.setAccessibleName("Points in each dab")
        self.per_dab.setToolTip("How many points each dab of the brush has.")
        self.take_over = _button(
            "Take over", "Make the points of the data set your own, to be changed by hand."
        )
        self.clear = _button("Clear", "Begin with an empty plane.")
        self._chip_row = _row(*self.chips, gap=0)
        self._value_row = _row(QLabel("Value"), self.value)
        rows = (
            _row(*self.tools.values(), gap=2),
            self._chip_row,
            self._value_row,
            _row(QLabel("Size"), self.size_slider),
            _row(QLabel("Points"), self.per_dab),
            _row(self.take_over, self.clear),
        )
        for row in rows:
            row.setParent(self)
        self._value_row.hide()
        group.buttonClicked.connect(self.changed)
        classes.buttonClicked.connect(self.changed)
        self.value.valueChanged.connect(self.changed)
        self.size_slider.valueChanged.connect(self.changed)
        self.take_over.clicked.connect(self.take_over_asked)
        self.clear.clicked.connect(self.clear_asked)

    @property
    def tool(self) -> Tool:
        """The tool that is chosen."""
        return next(name for name, button in self.tools.items() if button.isChecked())

    @property
    def number(self) -> int:
        """The class that is chosen."""
        return next(chip.number for chip in self.chips if chip.isChecked())

    def choose_class(self, number: int) -> None:
        """Paint another class; nothing happens where it has no chip."""
        if number < len(self.chips) and not self._chip_row.isHidden():
            self.chips[number].setChecked(True)
            self.changed.emit()

    def show_values(self, values: bool) -> None:
        """Offer a value to be painted instead of a class."""
        if self._value_row.isHidden() == values:
            self._value_row.setVisible(values)
            self._chip_row.setVisible(not values)
            self.updateGeometry()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme; the tool that is chosen is marked by the accent."""
        for button in self.tools.values():
            button.setStyleSheet(
                f"QPushButton {{ background: {colours.raised}; border: 1px solid {colours.border};"
                f" border-radius: 4px; padding: 3px 0; color: {colours.text}; }}"
                f"QPushButton:checked {{ border: 2px solid {colours.accent}; padding: 2px 0; }}"
                f"QPushButton:hover {{ border-color: {colours.muted}; }}"
                f"QPushButton:focus {{ border-style: dotted; border-color: {colours.text}; }}"
            )
        for chip in self.chips:
            chip.set_palette_colours(colours)


def _button(text: str, about: str) -> QPushButton:
    button = QPushButton(text)
    button.setFocusPolicy(KEYS_ONLY)
    button.setAccessibleName(text)
    button.setToolTip(about)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    button.setFixedWidth(button.fontMetrics().horizontalAdvance(text) + 16)
    return button


def _row(*widgets: QWidget, gap: int = 4) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for widget in widgets:
        layout.addWidget(widget)
    return row
