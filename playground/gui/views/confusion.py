"""Which classes are taken for which: the confusion matrix of a set of points."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.core.words import accuracy_text
from playground.gui.theme import LIGHT, Colours, blend, class_colours
from playground.training.instruments.errors import PartErrors

STRENGTH, FAINTEST = 0.6, 0.12
"""How far a cell goes from the ground to its colour: of all points of its class, and of one."""
LARGEST_ROW = 3.2
"""The height of a row at most, in lines of text."""
SMALL = 0.85


class ConfusionMatrix(QWidget):
    """A row for each class, a column for each answer; in a cell how many and their share of a row.

    What is right has its class's colour, what is wrong is red.

    Attributes:
        errors: What is shown, or None.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """``name``: of the points, such as "Training points"."""
        super().__init__(parent)
        self.errors: PartErrors | None = None
        self._name, self._colours = name, LIGHT
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(f"Confusion matrix, {name.lower()}")

    def show_errors(self, errors: PartErrors) -> None:
        """Show other numbers, of classes."""
        if errors is not self.errors:
            self.errors = errors
            self.setAccessibleDescription(self.title)
            self.update()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.update()

    @property
    def title(self) -> str:
        """What stands above it."""
        errors = self.errors
        if errors is None or errors.confusion is None or not errors.count:
            return f"{self._name}: none"
        right = int(np.trace(errors.confusion))
        share = accuracy_text(errors.accuracy)
        return f"{self._name}: {share} right, {right:,} of {errors.count:,}"

    def words(self, row: int, column: int) -> str:
        """A cell in words."""
        errors = self.errors
        assert errors is not None
        assert errors.confusion is not None
        count, total = int(errors.confusion[row, column]), int(errors.confusion[row].sum())
        said = "rightly" if row == column else "wrongly"
        return f"{count:,} of {total:,} points of class {row} are {said} answered class {column}."

    # --- where things are ----------------------------------------------------------------------

    @property
    def _line(self) -> float:
        return QFontMetricsF(self.font()).height()

    def _cells(self) -> QRectF:
        """Where the cells are: right of the rows' names, below the columns'."""
        errors = self.errors
        assert errors is not None
        assert errors.confusion is not None
        count = len(errors.confusion)
        metrics, line = QFontMetricsF(self.font()), self._line
        left = max(metrics.horizontalAdvance(f"class {count - 1}"), 1.0) + line + 8
        top = 3 * line + 4
        height = min(self.height() - top - 2, LARGEST_ROW * line * count)
        return QRectF(left, top, max(self.width() - left - 2, 1), max(height, 1))

    def _cell(self, row: int, column: int) -> QRectF:
        cells, count = self._cells(), len(self._confusion)
        width, height = cells.width() / count, cells.height() / count
        return QRectF(
            cells.left() + column * width, cells.top() + row * height, width, height
        ).adjusted(1, 1, -1, -1)

    @property
    def _confusion(self) -> np.ndarray:
        assert self.errors is not None
        assert self.errors.confusion is not None
        return self.errors.confusion

    # --- Qt's events ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours, line = self._colours, self._line
        painter.setPen(QColor(colours.text))
        top = QRectF(0, 0, self.width(), line)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        metrics = QFontMetricsF(self.font())
        title = metrics.elidedText(self.title, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(top, left, title)
        errors = self.errors
        if errors is not None and errors.confusion is not None and errors.count:
            self._paint_names(painter, line)
            for row in range(len(errors.confusion)):
                for column in range(len(errors.confusion)):
                    self._paint_cell(painter, row, column)
        painter.end()

    def _paint_names(self, painter: QPainter, line: float) -> None:
        cells, count, centre = self._cells(), len(self._confusion), Qt.AlignmentFlag.AlignCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._colours.muted))
        painter.drawText(QRectF(cells.left(), line, cells.width(), line), centre, "answered")
        painter.save()
        painter.translate(0, cells.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-cells.height() / 2, 0, cells.height(), line), centre, "true")
        painter.restore()
        painter.setPen(QColor(self._colours.text))
        metrics = QFontMetricsF(self.font())
        wide = metrics.horizontalAdvance(f"class {count - 1}") < cells.width() / count - 4
        for index in range(count):
            cell, name = self._cell(index, index), f"class {index}" if wide else str(index)
            above = QRectF(cell.left(), 2 * line, cell.width(), line)
            painter.drawText(above, centre, name)
            beside = QRectF(0, cell.top(), cells.left() - 4, cell.height())
            painter.drawText(beside, right, f"class {index}")

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        colours, cell = self._colours, self._cell(row, column)
        count, total = int(self._confusion[row, column]), int(self._confusion[row].sum())
        share = count / total if total else 0.0
        hue = class_colours(len(self._confusion), colours)[row] if row == column else colours.red
        strength = FAINTEST + (STRENGTH - FAINTEST) * share if count else 0.0
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(QColor(blend(colours.panel, hue, strength)))
        painter.drawRect(cell)
        painter.setPen(QColor(colours.text if count else colours.muted))
        number, percent = f"{count:,}", accuracy_text(share)
        small = QFont(self.font())
        small.setPointSizeF(SMALL * small.pointSizeF())
        metrics, below = QFontMetricsF(self.font()), QFontMetricsF(small)
        centre = Qt.AlignmentFlag.AlignCenter
        two_lines = cell.height() >= metrics.height() + below.height()
        fits = below.horizontalAdvance(percent) <= cell.width() - 2
        if metrics.horizontalAdvance(number) > cell.width() - 2:
            return  # the tooltip says it
        if total and fits and two_lines:
            upper = cell.adjusted(0, 0, 0, -below.height())
            lower = cell.adjusted(0, metrics.height(), 0, 0)
            shift = (cell.height() - metrics.height() - below.height()) / 2
            painter.drawText(upper.adjusted(0, shift, 0, -shift), centre, number)
            painter.setFont(small)
            painter.drawText(lower.adjusted(0, shift, 0, -shift), centre, percent)
            painter.setFont(self.font())
        elif total and metrics.horizontalAdvance(f"{number}  {percent}") <= cell.width() - 4:
            painter.drawText(cell, centre, f"{number}  {percent}")
        else:
            painter.drawText(cell, centre, number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        text, errors = "", self.errors
        if errors is not None and errors.confusion is not None and errors.count:
            cells, count = self._cells(), len(errors.confusion)
            at = event.position()
            if cells.contains(at):
                row = int((at.y() - cells.top()) / cells.height() * count)
                column = int((at.x() - cells.left()) / cells.width() * count)
                text = self.words(min(row, count - 1), min(column, count - 1))
        if text != self.toolTip():
            self.setToolTip(text)

    def leaveEvent(self, event: QEvent) -> None:
        self.setToolTip("")
        super().leaveEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(260, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 80)
