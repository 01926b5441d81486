"""The first rows of a table, with what is taken of them and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QWidget

from playground.core.words import shortened
from playground.exchange.table import Table
from playground.exchange.table_points import BadRow, Choice
from playground.gui.imports.reading import bad_cells
from playground.gui.theme import LIGHT, Colours, blend

ROWS = 50
MOST_CHARACTERS = 40
"""Of a cell; the tooltip has more."""
NARROWEST, WIDEST = 72, 180
"""Pixels of a column."""
ROOM = 14
ROLES = ("x1", "x2", "target")


class Preview(QTableWidget):
    """The table as it was understood; each row has the number of its line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Table | None, Choice | None, Sequence[BadRow]] = (None, None, ())
        self._colours = LIGHT
        self.setAccessibleName("The first rows of the table")
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(NARROWEST)
        header.setMaximumSectionSize(WIDEST)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)

    def show_table(
        self, table: Table | None, choice: Choice | None, bad_rows: Sequence[BadRow] = ()
    ) -> None:
        """Show a table; columns that are taken say what for, and bad cells are marked."""
        self._shown = (table, choice, bad_rows)
        if table is None:
            self.setRowCount(0)
            self.setColumnCount(0)
            return
        rows = table.rows[:ROWS]
        width = max(len(table.names), *map(len, rows))
        self.setColumnCount(width)
        self.setRowCount(len(rows))
        self.setVerticalHeaderLabels([f"{line:,}" for line in table.lines[:ROWS]])
        roles = _roles(choice)
        for column in range(width):
            name = table.names[column] if column < len(table.names) else ""
            header = shortened(name, MOST_CHARACTERS)
            if column in roles:
                header = f"{roles[column]} = {header}"
            item = QTableWidgetItem(header)
            font = item.font()
            font.setBold(column in roles)
            item.setFont(font)
            self.setHorizontalHeaderItem(column, item)
        colours = self._colours
        wrong = QColor(blend(colours.field, colours.amber, 0.45))
        used = QColor(blend(colours.field, colours.accent, 0.14))
        reasons = {row.line: row.reason for row in bad_rows[:ROWS]}
        for line, row in enumerate(rows):
            reason = reasons.get(table.lines[line], "")
            bad = bad_cells(table, choice, row)
            for column in range(width):
                cell = row[column] if column < len(row) else ""
                item = QTableWidgetItem(shortened(cell, MOST_CHARACTERS))
                if column in bad:
                    item.setBackground(wrong)
                    item.setToolTip(f"This row is no point: {reason}" if reason else "No point")
                elif column in roles:
                    item.setBackground(used)
                self.setItem(line, column, item)
        self.resizeColumnsToContents()
        for column in range(width):  # a name in bold takes more than Qt thinks
            self.setColumnWidth(column, self.columnWidth(column) + ROOM)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.show_table(*self._shown)


def _roles(choice: Choice | None) -> dict[int, str]:
    if choice is None:
        return {}
    return dict(zip((choice.x1, choice.x2, choice.target), ROLES, strict=True))
