"""The plane's surface: the wheel and keys zoom it, dragging moves it, a click chooses a place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from playground.gui.views.plot import Plot

NOTCH, ZOOM = 120, 1.25
"""Units of a wheel's step, and how much closer one comes by it."""
KEY_STEP = 0.1
"""The share of what is seen by which an arrow key moves it."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
ZOOM_KEYS = {
    Qt.Key.Key_Plus: 1 / ZOOM,
    Qt.Key.Key_Equal: 1 / ZOOM,  # plus without Shift
    Qt.Key.Key_Minus: ZOOM,
}


class PlanePlot(Plot):
    """A plot of x1 and x2 that asks to be zoomed and moved; it does nothing by itself.

    Signals:
        zoom_asked: For so many times as much along a side, about a place: factor, x1, x2.
        move_asked: To the right and up, in the plane's units.
        all_asked: For the whole plane.
        clicked: A place, x1 and x2.
        clicked_twice: After :attr:`clicked`, where that was the first of two.
        chosen: By the keyboard: what lies nearest to the middle.
        let_go: By the keyboard.
    """

    zoom_asked = Signal(float, float, float)
    move_asked = Signal(float, float)
    all_asked = Signal()
    clicked = Signal(float, float)
    clicked_twice = Signal()
    chosen = Signal(float, float)
    let_go = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("x1", "x2", words=False, parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Plane of x1 and x2")
        self.setAccessibleDescription(
            "Plus and minus zoom, arrow keys move, 0 shows all; Enter pins the point nearest to "
            "the middle, Escape lets it go."
        )
        self._pressed: QPointF | None = None
        self._dragging = False

    @property
    def middle(self) -> tuple[float, float]:
        """The place in the middle of what is seen."""
        return sum(self.x_range) / 2, sum(self.y_range) / 2

    def to_plane(self, at: QPointF) -> tuple[float, float]:
        """The place of a pixel."""
        frame, (low, high), (bottom, top) = self.frame, self.x_range, self.y_range
        return (
            low + (at.x() - frame.left()) / frame.width() * (high - low),
            bottom + (frame.bottom() - at.y()) / frame.height() * (top - bottom),
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y()
        if turn and self.frame.contains(event.position()):
            self.zoom_asked.emit(ZOOM ** (-turn / NOTCH), *self.to_plane(event.position()))
        event.accept()  # what lies around is not to be scrolled instead

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.frame.contains(event.position()):
            self._pressed, self._dragging = event.position(), False
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pressed, at = self._pressed, event.position()
        if pressed is not None:
            far = (at - pressed).manhattanLength() >= QApplication.startDragDistance()
            if far and not self._dragging:
                self._dragging = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            if self._dragging:
                (x1, x2), (from1, from2) = self.to_plane(at), self.to_plane(pressed)
                self._pressed = at
                self.move_asked.emit(from1 - x1, from2 - x2)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif self._dragging:
            self._dragging = False
            self.unsetCursor()
        else:
            self.clicked.emit(*self.to_plane(pressed))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked_twice.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that mean nothing here go on to the window."""
        key = Qt.Key(event.key())
        held = event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if held:
            super().keyPressEvent(event)
        elif key in ARROWS:
            across, up = ARROWS[key]
            step = KEY_STEP * (self.x_range[1] - self.x_range[0])
            self.move_asked.emit(across * step, up * step)
        elif key in ZOOM_KEYS:
            self.zoom_asked.emit(ZOOM_KEYS[key], *self.middle)
        elif key == Qt.Key.Key_0:
            self.all_asked.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(*self.middle)
        elif key == Qt.Key.Key_Escape:
            self.let_go.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        if self._pressed is None:
            super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(QColor(self.colours.accent), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.frame.adjusted(-1, -1, 1, 1))
            painter.end()
