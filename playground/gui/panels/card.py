"""The cards of the network: a frame with a title in a layer's hue."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground.gui.theme import LIGHT, Colours
from playground.gui.widgets.editor import SPACING

CARD_WIDTH, SLIM_WIDTH = 146, 24
STRIP = 4
TITLE_HEIGHT = 24
RADIUS = 6


class Card(QFrame):
    """A title over a column of widgets.

    Attributes:
        header: The line of the title; buttons may follow it.
        body: The column below.
    """

    def __init__(self, title: str, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width, self._is_slim = width, False
        self.setFixedWidth(width)
        self._colours, self._hue = LIGHT, LIGHT.border
        self.title = CardTitle(title)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.title.setMinimumHeight(TITLE_HEIGHT)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(0, 0, 0, 0)
        self.header.setSpacing(0)
        self.header.addWidget(self.title, 1)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SPACING // 2)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(SPACING, SPACING + STRIP, SPACING, SPACING)
        layout.setSpacing(SPACING // 2)
        layout.addLayout(self.header)
        layout.addLayout(self.body)
        layout.addStretch(1)

    def set_width(self, width: int) -> None:
        """Be so wide, unless it is slim; then as soon as it is not."""
        self._width = width
        if not self._is_slim:
            self.setFixedWidth(width)

    def set_slim(self, slim: bool) -> None:
        """Be as narrow as a number, with nothing but the title; or be as before."""
        self._is_slim = slim
        self.setFixedWidth(SLIM_WIDTH if slim else self._width)
        for layout in (self.header, self.body):
            for index in range(layout.count()):
                item = layout.itemAt(index)
                widget = item.widget() if item is not None else None
                if widget is not None and widget is not self.title:
                    widget.setVisible(not slim)
        side = 0 if slim else SPACING
        self._column.setContentsMargins(side, SPACING + STRIP, side, SPACING)
        centre = Qt.AlignmentFlag.AlignCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.title.setAlignment(centre if slim else left)

    def set_hue(self, hue: str) -> None:
        """Draw the strip above the title in a colour."""
        if hue != self._hue:
            self._hue = hue
            self.update()

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        self._colours = colours
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        edge = self._colours.accent if focused else self._colours.border
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        path = QPainterPath()
        path.addRoundedRect(frame, RADIUS, RADIUS)
        painter.fillPath(path, QColor(self._colours.raised))
        painter.setClipPath(path)
        painter.fillRect(QRectF(0, 0, self.width(), STRIP + 1), QColor(self._hue))
        painter.setClipping(False)
        painter.strokePath(path, QPen(QColor(edge), 2.0 if focused else 1.0))
        painter.end()


class CardTitle(QLabel):
    """A title by which a card can be dragged, once that is allowed.

    Signals:
        clicked: Pressed and let go, without being dragged.
        dragged: To where on the screen, while the mouse moves.
        dropped: Where on the screen.
    """

    clicked = Signal()
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._draggable = False
        self._pressed: QPoint | None = None
        self._dragging = False

    def allow_drag(self) -> None:
        """Let the mouse take hold of the title."""
        self._draggable = True
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def cancel_drag(self) -> None:
        """Let go without a drop."""
        self._pressed, self._dragging = None, False
        if self._draggable:
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._draggable and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition().toPoint()
        super().mousePressEvent(event)
        event.setAccepted(self._draggable)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        place = event.globalPosition().toPoint()
        if not self._dragging:
            far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if not far:
                return
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.dragged.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragging, pressed = self._dragging, self._pressed is not None
        self.cancel_drag()
        if pressed and not dragging:
            self.clicked.emit()
        if dragging:
            self.dropped.emit(event.globalPosition().toPoint())
