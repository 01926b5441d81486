"""A small window on one weight: set it, freeze it, or cut it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from playground.exchange.drawing.scales import in_words
from playground.gui.widgets.number_editor import NumberEditor
from playground.training.frozen import WEIGHT
from playground.training.instruments.wiring import Links

WIDTH = 240


class WeightBox(QFrame):
    """Closes when something else is clicked, or by Escape.

    Signals:
        value_set: The weight's new value.
        hold_set: Whether training is to leave it as it is.
        cut_asked: It is to be 0 and to stay so.
    """

    value_set = Signal(object)
    hold_set = Signal(bool)
    cut_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Weight")
        self.link = (0, 0, 0)
        self._name, self._gradient = QLabel(), QLabel()
        bold = self._name.font()
        bold.setBold(True)
        self._name.setFont(bold)
        self._name.setWordWrap(True)
        self.value = NumberEditor(WEIGHT, 0.0, stacked=True)
        self.hold, self.cut = QCheckBox("Frozen"), QPushButton("Cut")
        self.hold.setToolTip("Training leaves it as it is.")
        self.cut.setToolTip("Set it to 0 and freeze it: the link is gone until it is let go.")
        row = QHBoxLayout()
        row.addWidget(self.hold, 1)
        row.addWidget(self.cut)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        for widget in (self._name, self.value, self._gradient):
            layout.addWidget(widget)
        layout.addLayout(row)
        self.setFixedWidth(WIDTH)
        self.value.value_changed.connect(self.value_set)
        self.hold.clicked.connect(self.hold_set)
        self.cut.clicked.connect(self.cut_asked)

    def open_on(self, link: tuple[int, int, int], name: str, links: Links, at: QPoint) -> None:
        """Show a weight at a point of the screen."""
        self.link = link
        self._name.setText(name)
        self.value.field.clearFocus()
        self.show_links(links)
        self.adjustSize()
        self.move(at + QPoint(8, 8))
        self.show()
        self.value.field.setFocus()
        self.value.field.selectAll()

    def show_links(self, links: Links) -> None:
        """Follow the weight while training moves it."""
        _, row, unit = self.link
        if links.weights is None or links.frozen is None:
            return
        if row >= links.weights.shape[0] or unit >= links.weights.shape[1]:
            self.close()  # the network has become smaller meanwhile
            return
        now = float(links.weights[row, unit])
        # Who types or drags must not be overtaken by training; the line below follows it.
        if not (self.value.field.hasFocus() or self.value.slider.isSliderDown()):
            self.value.set_value(now)
        self.hold.setChecked(bool(links.frozen[row, unit]))
        gradient = "no step yet"
        if links.gradient is not None:
            gradient = in_words(float(links.gradient[row, unit]), 3)
        self._gradient.setText(f"now {in_words(now, 4)}, dL/dw: {gradient}")
