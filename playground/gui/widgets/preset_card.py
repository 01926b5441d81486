"""A button that shows a preset: its picture, its title and its two sentences."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QWidget

from playground.exchange.presets import Preset
from playground.gui.theme import LIGHT, Colours, blend

PICTURE = QSize(192, 120)
MARGIN, GAP, ROUND = 10, 12, 6
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PresetCard(QAbstractButton):
    """A card; its picture is read from its file when it is first seen.

    Signals:
        reached: This card, which has got the focus.
        moved: This card, and the arrow key that was pressed on it.
    """

    reached = Signal(object)
    moved = Signal(object, int)

    def __init__(self, preset: Preset, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = preset
        self._colours = LIGHT
        self._picture: QPixmap | None = None
        self._title, self._shows = QLabel(preset.title, self), QLabel(preset.shows, self)
        self._to_try = QLabel(f"Try: {preset.to_try}", self)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        for label in self._labels:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(preset.title)
        self.setAccessibleDescription(f"{preset.shows} Try: {preset.to_try}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def _labels(self) -> tuple[QLabel, QLabel, QLabel]:
        return self._title, self._shows, self._to_try

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours."""
        self._colours = colours
        self._to_try.setStyleSheet(f"color: {colours.muted}")
        self.update()

    # --- places ------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(self._places(width)[-1].bottom() + 1, MARGIN + PICTURE.height()) + MARGIN

    def sizeHint(self) -> QSize:
        width = 2 * PICTURE.width() + 2 * MARGIN + GAP
        return QSize(width, self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        for label, place in zip(self._labels, self._places(self.width()), strict=True):
            label.setGeometry(place)

    def _places(self, width: int) -> list[QRect]:
        """Where the title and the sentences stand, beside the picture and below each other."""
        left, y = MARGIN + PICTURE.width() + GAP, MARGIN - 2
        places = []
        for label in self._labels:
            room = max(width - left - MARGIN, 1)
            places.append(QRect(left, y, room, label.heightForWidth(room)))
            y = places[-1].bottom() + 1 + MARGIN // 2
        return places

    # --- keys and looks ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses as Space does; an arrow key asks for the neighbour."""
        key = Qt.Key(event.key())
        if key in RETURNS and not event.isAutoRepeat():
            self.click()
        elif key in ARROWS:
            self.moved.emit(self, key.value)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.reached.emit(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = QPixmap(str(self.preset.picture))
        colours = self._colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        marked = self.hasFocus() or self.underMouse() or self.isDown()
        ground = blend(colours.panel, colours.accent, 0.1) if marked else colours.panel
        edge = colours.accent if marked else colours.border
        painter.setPen(QPen(QColor(edge), 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), ROUND, ROUND)
        place = QRect(MARGIN, MARGIN, PICTURE.width(), PICTURE.height())
        painter.drawPixmap(place, self._picture)
        painter.end()
