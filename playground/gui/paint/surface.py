"""The plane as something that is painted on: by mouse and by keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from playground.gui.views.plane import FieldItem
from playground.gui.views.plot import Plot

FAINT = 0.4
"""How much of the network's answer is seen behind the points."""
STEP, LARGE_STEP = 1 / 40, 1 / 8
"""Of the keyboard's cursor, in sides of the square."""
CROSS = 5.0
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
DABS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ERASES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class FaintField(FieldItem):
    """The network's answer, so pale that points on it can be painted."""

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        painter.setOpacity(FAINT)
        super().paint(painter, place)
        painter.setOpacity(1.0)


class Brush:
    """The brush's outline where it would paint.

    Attributes:
        at: Its middle; None while it is nowhere.
        radius: In the plane's units.
        colour: Of the outline.
        cross: Whether the middle is marked, as it is while keys move it.
    """

    def __init__(self) -> None:
        self.at: tuple[float, float] | None = None
        self.radius, self.colour, self.cross = 0.5, "#000000", False

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint; ``place`` gives the pixel of a point of the plane."""
        if self.at is None:
            return
        x1, x2 = self.at
        middle = place(x1, x2)
        reach = place(x1 + self.radius, x2).x() - middle.x()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.colour), 1.5))
        painter.drawEllipse(middle, reach, reach)
        if self.cross:
            for offset in (QPointF(CROSS, 0), QPointF(0, CROSS)):
                painter.drawLine(middle - offset, middle + offset)


class Surface(Plot):
    """A plot that tells where one presses, draws and lets go, and takes keys while it has focus.

    Signals:
        pressed: A button went down at a point of the plane; whether it was the right one.
        dragged: The mouse is at another point while a button is down.
        released: The button is up.
        cursor_moved: An arrow key has moved the cursor to a point.
        dab_asked: Return: paint at the cursor.
        erase_asked: Delete: erase at the cursor.
        digit_typed: A class was chosen.
        focus_changed: Whether keys come here now.

    Attributes:
        cursor_at: Where the cursor is, be it the mouse's or the keyboard's.
    """

    pressed = Signal(float, float, bool)
    dragged = Signal(float, float)
    released = Signal()
    cursor_moved = Signal(float, float)
    dab_asked = Signal()
    erase_asked = Signal()
    digit_typed = Signal(int)
    focus_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("x1", "x2", words=False, parent=parent)
        self.cursor_at = (0.0, 0.0)
        self._down = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)  # that button erases

    def mousePressEvent(self, event: QMouseEvent) -> None:
        right = event.button() == Qt.MouseButton.RightButton
        inside = self.frame.contains(event.position())
        if self._down or not inside or not (right or event.button() == Qt.MouseButton.LeftButton):
            event.ignore()
            return
        self._down = True
        self.cursor_at = self._plane_point(event.position())
        self.pressed.emit(*self.cursor_at, right)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._down:
            self.cursor_at = self._plane_point(event.position())
            self.dragged.emit(*self.cursor_at)
        else:
            if self.frame.contains(event.position()):
                self.cursor_at = self._plane_point(event.position())
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._down and not event.buttons():
            self._down = False
            self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is not meant for painting, such as Space, is left to the window."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        plain = not modifiers & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if self._down or not plain:
            event.ignore()
        elif key in ARROWS:
            self._go(*ARROWS[key], bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        elif key in DABS:
            self.dab_asked.emit()
        elif key in ERASES:
            self.erase_asked.emit()
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self.digit_typed.emit(key - Qt.Key.Key_0)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def _go(self, across: int, up: int, far: bool) -> None:
        (low1, high1), (low2, high2) = self.x_range, self.y_range
        share = LARGE_STEP if far else STEP
        x1 = self.cursor_at[0] + across * share * (high1 - low1)
        x2 = self.cursor_at[1] + up * share * (high2 - low2)
        self.cursor_at = (min(max(x1, low1), high1), min(max(x2, low2), high2))
        self.cursor_moved.emit(*self.cursor_at)

    def _plane_point(self, at: QPointF) -> tuple[float, float]:
        """The point of the plane at a pixel, or the nearest one that is shown."""
        (low1, high1), (low2, high2), frame = self.x_range, self.y_range, self.frame
        across = (at.x() - frame.left()) / frame.width()
        up = (frame.bottom() - at.y()) / frame.height()
        x1 = low1 + min(max(across, 0.0), 1.0) * (high1 - low1)
        return x1, low2 + min(max(up, 0.0), 1.0) * (high2 - low2)
