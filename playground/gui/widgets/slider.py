"""A slider that goes where it is clicked, and says what its keys ask for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QStylePainter, QWidget

STEP_KEYS = {
    Qt.Key.Key_Up: (1, False),
    Qt.Key.Key_Right: (1, False),
    Qt.Key.Key_Down: (-1, False),
    Qt.Key.Key_Left: (-1, False),
    Qt.Key.Key_PageUp: (1, True),
    Qt.Key.Key_PageDown: (-1, True),
}


class Slider(QSlider):
    """A horizontal slider; the handle is hidden while there is no value.

    Signals:
        stepped: A key or the wheel: (1 or -1, whether it was a page key).
        double_clicked: With the left button.
    """

    stepped = Signal(int, bool)
    double_clicked = Signal()

    def __init__(self, last: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, last)
        self.setMinimumWidth(48)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._empty = False
        self._wheel = 0

    def show_position(self, position: int | None) -> None:
        """Go to a position without emitting; None hides the handle."""
        empty = position is None
        if empty != self._empty:
            self._empty = empty
            self.update()
        blocked = self.blockSignals(True)
        self.setValue(position or 0)
        self.blockSignals(blocked)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._on_handle(event.position()):
            before, was_empty = self.value(), self._empty
            self.setValue(self._position_at(event.position()))
            if was_empty and self.value() == before:
                self.valueChanged.emit(before)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            self.double_clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEP_KEYS.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.stepped.emit(*step)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step by notches, but leave the wheel to the panel unless the slider has the focus."""
        if not self.hasFocus():
            event.ignore()
            return
        event.accept()
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / 120)
        self._wheel -= 120 * notches
        for _ in range(abs(notches)):
            self.stepped.emit(1 if notches > 0 else -1, False)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._empty:
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), self._option()
        option.subControls = QStyle.SubControl.SC_SliderGroove
        painter.drawComplexControl(QStyle.ComplexControl.CC_Slider, option)

    def _option(self) -> QStyleOptionSlider:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return option

    def _on_handle(self, point: QPointF) -> bool:
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider,
            self._option(),
            QStyle.SubControl.SC_SliderHandle,
            self,
        )
        return not self._empty and handle.contains(point.toPoint())

    def _position_at(self, point: QPointF) -> int:
        option = self._option()
        length = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self)
        return QStyle.sliderValueFromPosition(
            self.minimum(),
            self.maximum(),
            round(point.x() - length / 2),
            self.width() - length,
            option.upsideDown,
        )
