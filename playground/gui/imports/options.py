"""How a text is cut into a table, and what is taken of it: a row of boxes for each."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from playground.core.words import shortened
from playground.exchange.table import SEPARATORS, Table
from playground.exchange.table_values import SCALINGS
from playground.gui.imports.reading import Reading, Wish
from playground.gui.widgets.choice_editor import ComboBox
from playground.gui.widgets.editor import SPACING

MOST_NAME = 24
DECIMALS = {".": "point", ",": "comma"}
HEADERS = {True: "names", False: "a point"}
PROBLEMS = {"classification": "classes", "regression": "numbers"}
CUT = (
    ("separator", "Separated by", "What stands between two cells."),
    ("decimal", "Decimals", "Whether a half is written 0.5 or 0,5."),
    ("header", "First row", "Whether the first row holds the names of the columns."),
    ("problem", "Targets are", "Classes are told apart; numbers are estimated."),
)
TAKEN = (
    ("x1", "x1", "The column that goes from left to right."),
    ("x2", "x2", "The column that goes upwards."),
    ("target", "Target", "The column that the network learns to tell."),
    (
        "scaling", "Scale x1, x2",
        "The data sets lie on [-6, 6], where learning is easy; so should these.",
    ),
)  # fmt: skip


class Options(QWidget):
    """Boxes that begin with what was found out, and ask for something else.

    Signals:
        cut_asked: The text is to be cut in another way; the :class:`Wish`.
        choice_asked: A field of the choice, and its new value.

    Attributes:
        boxes: By the field's name.
    """

    cut_asked = Signal(object)
    choice_asked = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, ComboBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING)
        for line, row in enumerate((CUT, TAKEN)):
            for place, (name, title, about) in enumerate(row):
                label, box = QLabel(title), ComboBox()
                label.setBuddy(box)
                for widget in (label, box):
                    widget.setToolTip(about)
                box.setAccessibleName(title)
                box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                box.activated.connect(partial(self._choose, name))
                self.boxes[name] = box
                grid.addWidget(label, line, 2 * place)
                grid.addWidget(box, line, 2 * place + 1)
                grid.setColumnStretch(2 * place + 1, 1)

    def show_reading(self, reading: Reading | None) -> None:
        """Show what was found; None: nothing is known yet, and nothing can be asked for."""
        table = reading.table if reading else None
        for name, box in self.boxes.items():
            box.setEnabled(reading is not None if name in _OF_TEXT else table is not None)
            if table is None and name not in _OF_TEXT:
                box.clear()  # those of the table before say nothing of this one
        if reading is None:
            return
        self._fill_cut(table, reading.wish)
        if table is not None:
            self._fill_taken(table, reading)

    def _fill_cut(self, table: Table | None, wish: Wish) -> None:
        found = ("", "", "")
        if table is not None:
            head = HEADERS[table.has_header]
            found = (SEPARATORS[table.separator], DECIMALS[table.decimal], head)
        boxes = self.boxes
        _fill(boxes["separator"], SEPARATORS.items(), wish.separator, found[0])
        _fill(boxes["decimal"], DECIMALS.items(), wish.decimal, found[1])
        _fill(boxes["header"], HEADERS.items(), wish.has_header, found[2])

    def _fill_taken(self, table: Table, reading: Reading) -> None:
        columns = [(index, shortened(name, MOST_NAME)) for index, name in enumerate(table.names)]
        items: dict[str, Iterable[tuple[object, str]]] = {
            "x1": columns, "x2": columns, "target": columns,
            "problem": PROBLEMS.items(), "scaling": SCALINGS.items(),
        }  # fmt: skip
        choice = reading.choice or reading.wish.choice
        for name, offered in items.items():
            _fill(self.boxes[name], offered, getattr(choice, name) if choice else None)

    def _choose(self, name: str, index: int) -> None:
        if name in _OF_TEXT:
            self.cut_asked.emit(Wish(*(self.boxes[field].currentData() for field in _OF_TEXT)))
        else:
            self.choice_asked.emit(name, self.boxes[name].itemData(index))


_OF_TEXT = ("separator", "decimal", "header")


def _fill(
    box: ComboBox, items: Iterable[tuple[object, str]], chosen: object, found: str | None = None
) -> None:
    """Offer items, after "automatic" with what that has found if it may be found out."""
    box.clear()
    if found is not None:
        box.addItem(f"auto: {found}" if found and chosen is None else "automatic", None)
    for value, label in items:
        box.addItem(label, value)
    at = next((i for i in range(box.count()) if box.itemData(i) == chosen), -1)
    box.setCurrentIndex(at)
