"""The numbers of a run, large enough for the back row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from playground.core.words import NOTHING, accuracy_text, in_words, loss_text
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.replicas import whose
from playground.runtime.snapshot import Snapshot

SMALL, LARGE = 0.9, 1.6
"""Times the font's size: captions and numbers."""
FIGURES = (
    ("epoch", "Epoch", "100,000", "text"),
    ("step", "Steps", "10,000,000", "text"),
    ("steps_per_second", "Steps a second", "100,000", "text"),
    ("train_loss", "Train loss", "0.0000", "train"),
    ("test_loss", "Test loss", "0.0000", "test"),
    ("train_accuracy", "Train accuracy", "100.0 %", "train"),
    ("test_accuracy", "Test accuracy", "100.0 %", "test"),
    ("learning_rate", "Learning rate", "9.99·10⁻⁹", "text"),
)
"""The snapshot's name, the caption, a text for which there is always room, the theme's colour."""
OF_REPLICAS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


class Figure(QWidget):
    """A caption and a number below it, in digits of one width.

    Attributes:
        name: What the number is.
        caption: The same, and perhaps whose it is.
        value: The number as text.
    """

    def __init__(self, caption: str, widest: str, role: str, parent: QWidget) -> None:
        """``widest``: a text for which there is always room; ``role``: the theme's colour."""
        super().__init__(parent)
        self.name = self.caption = caption
        self.value = NOTHING
        self._widest, self._role = widest, role
        self._colours: Colours = LIGHT
        self._use_fonts()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(caption)

    def set_value(self, text: str) -> None:
        """Show another number."""
        if text != self.value:
            self.value = text
            self.setAccessibleDescription(text)
            self.update()

    def set_whose(self, whose: str) -> None:
        """Say whose number it is; empty where that goes without saying."""
        caption = f"{self.name}, {whose}" if whose else self.name
        if caption != self.caption:
            self.caption = caption
            self.setAccessibleName(caption)
            self.updateGeometry()
            self.update()

    def set_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.update()

    def _use_fonts(self) -> None:
        self._small, self._big = QFont(self.font()), QFont(self.font())
        self._small.setPointSizeF(SMALL * self.font().pointSizeF())
        self._big.setPointSizeF(LARGE * self.font().pointSizeF())
        self._big.setWeight(QFont.Weight.DemiBold)
        self._big.setFeature(QFont.Tag("tnum"), 1)

    def sizeHint(self) -> QSize:
        small, big = QFontMetrics(self._small), QFontMetrics(self._big)
        width = max(small.horizontalAdvance(self.caption), big.horizontalAdvance(self._widest))
        return QSize(width + 4, small.height() + big.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        small, big = QFontMetrics(self._small), QFontMetrics(self._big)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._small)
        painter.setPen(QColor(self._colours.muted))
        painter.drawText(QRectF(0, 0, self.width(), small.height()), left, self.caption)
        painter.setFont(self._big)
        role = "muted" if self.value == NOTHING else self._role
        painter.setPen(QColor(getattr(self._colours, role)))
        painter.drawText(QRectF(0, small.height(), self.width(), big.height()), left, self.value)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._use_fonts()
            self.updateGeometry()
        super().changeEvent(event)


class Readout(QWidget):
    """In a line: epoch, steps and their rate, loss and accuracy on training and test points.

    The learning rate comes last, and only where a schedule changes it; its place is kept.

    Attributes:
        figures: The numbers by the snapshot's name for them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Numbers of the run")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 2, 10, 2)
        layout.setSpacing(16)
        self.figures: dict[str, Figure] = {}
        for name, caption, widest, role in FIGURES:
            self.figures[name] = figure = Figure(caption, widest, role, self)
            layout.addWidget(figure, 1)
        rate = self.figures["learning_rate"]
        policy = rate.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        rate.setSizePolicy(policy)
        rate.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Show the numbers of a moment, if they are seen."""
        if not self.isVisible():
            return
        figures = self.figures
        figures["epoch"].set_value(_count(snapshot.epoch))
        figures["step"].set_value(_count(snapshot.step))
        rate = snapshot.steps_per_second
        figures["steps_per_second"].set_value(_count(round(rate)) if rate else NOTHING)
        for name in ("train_loss", "test_loss"):
            figures[name].set_value(loss_text(getattr(snapshot, name)))
        for name in ("train_accuracy", "test_accuracy"):
            figures[name].set_value(accuracy_text(getattr(snapshot, name)))
        for name in OF_REPLICAS:
            figures[name].set_whose(whose(snapshot))
        figures["learning_rate"].set_value(in_words(snapshot.learning_rate))
        figures["learning_rate"].setVisible(snapshot.experiment.training.schedule.changes)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        for figure in self.figures.values():
            figure.set_colours(colours)


def _count(number: int) -> str:
    return f"{number:,}" if number < 100_000_000 else in_words(float(number))
