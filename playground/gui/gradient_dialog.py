"""The dialog of the gradient check: a verdict, a table by layer, and how it was done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QPushButton, QTableWidget, QTableWidgetItem, QWidget

from playground.exchange.drawing.scales import in_words
from playground.gui.task_dialog import TaskDialog
from playground.gui.theme import Colours
from playground.runtime.session import Session
from playground.training.comparison import Part
from playground.training.gradient_check import GradientCheck, check_in_pieces
from playground.training.gradient_words import HEADER, as_text, headline, notes, rows

WIDTH, HEIGHT = 940, 560
ROOM = 6
"""Pixels more than a row's or a column's text takes."""
WORKING = "Comparing backpropagation with central differences…"


class GradientDialog(TaskDialog):
    """Checks the gradient of a session's network.

    Attributes:
        check_result: What the last check has found; None before, and while one is under way.
        table: A row for each kind of each layer's parameters.
        copy: The button that copies all of it as text.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "Gradient check", check_in_pieces, WORKING, parent)
        self.check_result: GradientCheck | None = None
        self.table = QTableWidget(0, len(HEADER))
        self.table.setAccessibleName("The gradient by layer")
        self.table.setHorizontalHeaderLabels(HEADER)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)  # Tab goes on to the buttons
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        self.copy = QPushButton("&Copy as text")
        self.copy.setToolTip("Put the verdict and the table on the clipboard.")
        self.copy.clicked.connect(self._copy)
        self.build(self.table, [self.copy])
        self.again.setText("Check &again")
        self.again.setToolTip("Check the gradient at the present weights.")
        self.table.setFocus()
        self.resize(WIDTH, HEIGHT)

    def clear(self) -> None:
        self.check_result = None
        self.copy.setEnabled(False)
        self.table.setRowCount(0)

    def show_result(self, result: GradientCheck) -> None:
        self.check_result = check = result
        wrong = check.not_finite or check.faulty_layer is not None
        level = "red" if wrong else "accent" if check.worst else "amber"
        self.say(headline(check, in_words), level)
        self.copy.setEnabled(True)
        self.table.setRowCount(len(check.parts))
        for row, texts in enumerate(rows(check, in_words)):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text[:1].upper() + text[1:] if column == 0 else text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self._colour_table()
        self._fit_table()
        self.notes.setText("\n".join(notes(check, in_words)))

    def _fit_table(self) -> None:
        table = self.table
        table.resizeColumnsToContents()
        for column in range(len(HEADER) - 1):
            table.setColumnWidth(column, table.columnWidth(column) + 2 * ROOM)
        table.resizeRowsToContents()
        for row in range(table.rowCount()):
            table.setRowHeight(row, table.rowHeight(row) + ROOM)

    def _copy(self) -> None:
        if self.check_result is not None:
            QGuiApplication.clipboard().setText(as_text(self.check_result))

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        super().set_palette_colours(colours)
        self._colour_table()

    def _colour_table(self) -> None:
        parts = self.check_result.parts if self.check_result is not None else ()
        for row, part in enumerate(parts):
            colour = QColor(self._colour(part))
            for column in (HEADER.index("Worst relative error"), HEADER.index("Verdict")):
                item = self.table.item(row, column)
                assert item is not None
                item.setForeground(colour)

    def _colour(self, part: Part) -> str:
        if part.differing:
            return self.colours.red
        return self.colours.text if part.compared else self.colours.amber

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A verdict takes as many lines as its column leaves it."""
        super().resizeEvent(event)
        self._fit_table()
