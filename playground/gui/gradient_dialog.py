"""The dialog of the gradient check: a verdict, a table by layer, and how it was done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.gui.theme import LIGHT, Colours
from playground.gui.views.scales import in_words
from playground.runtime.session import Session
from playground.runtime.task import Task
from playground.training.comparison import Part
from playground.training.gradient_check import GradientCheck, check_in_pieces
from playground.training.gradient_words import HEADER, as_text, headline, notes, rows

WIDTH, HEIGHT = 940, 560
ROOM = 6
"""Pixels more than a row's or a column's text takes."""
WORKING = "Comparing backpropagation with central differences…"


class GradientDialog(QDialog):
    """Checks the gradient of a session's network; not modal, so that training can be watched.

    Attributes:
        check_result: What the last check has found; None before, and while one is under way.
        headline: The verdict on the whole.
        table: A row for each kind of each layer's parameters.
        notes: What was compared, and how.
        again, copy: Its buttons.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Gradient check")
        self._session, self._colours = session, LIGHT
        self._task: Task[GradientCheck] | None = None
        self._level = "muted"
        self.check_result: GradientCheck | None = None
        self._build()
        session.advanced.connect(self._follow)
        session.failed.connect(self._fail)

    def _build(self) -> None:
        self._dot, self.headline, self.notes = QLabel("●"), QLabel(), QLabel()
        for label, name in ((self.headline, "Verdict"), (self.notes, "How it was done")):
            label.setAccessibleName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.headline.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("How much has been compared")
        self.progress.setTextVisible(False)
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
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.again = QPushButton("Check &again")
        self.again.setToolTip("Check the gradient at the present weights.")
        self.again.clicked.connect(self.check)
        self.copy = QPushButton("&Copy as text")
        self.copy.setToolTip("Put the verdict and the table on the clipboard.")
        self.copy.clicked.connect(self._copy)
        close = QPushButton("Close")
        for button, its_role in (
            (self.again, role.ActionRole),
            (self.copy, role.ActionRole),
            (close, role.RejectRole),
        ):
            button.setAutoDefault(False)  # Enter closes, wherever the focus is
            buttons.addButton(button, its_role)
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        top = QHBoxLayout()
        top.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.headline, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.notes)
        layout.addWidget(buttons)
        self.table.setFocus()
        self.resize(WIDTH, HEIGHT)

    # --- checking ----------------------------------------------------------------------------

    @Slot()
    def check(self) -> None:
        """Check the network as it is now, beside its training."""
        self._stop()
        self.check_result = None
        self._task = Task(check_in_pieces)
        self._session.begin(self._task)
        self.table.setRowCount(0)
        self.notes.clear()
        self._say(WORKING, "muted")
        self._show_progress(0.0)

    @Slot(object)
    def _follow(self, task: Task[GradientCheck]) -> None:
        if task is not self._task:
            return
        if not task.is_over:
            self._show_progress(task.share)
        elif task.result is not None:
            self._task = None
            self._show(task.result)
        else:
            self._fail(f"The check has ended by an error: {task.error}")

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        if self._task is not None:
            self._task = None
            self._say(sentence, "red")
            self._show_progress(None)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    # --- showing -----------------------------------------------------------------------------

    def _show(self, check: GradientCheck) -> None:
        self.check_result = check
        wrong = check.not_finite or check.faulty_layer is not None
        level = "red" if wrong else "accent" if check.worst else "amber"
        self._say(headline(check, in_words), level)
        self._show_progress(None)
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

    def _show_progress(self, share: float | None) -> None:
        """None: nothing is under way."""
        self.progress.setVisible(share is not None)
        self.progress.setValue(round(100 * (share or 0.0)))
        self.again.setEnabled(share is None)
        self.copy.setEnabled(self.check_result is not None)

    def _say(self, sentence: str, level: str) -> None:
        self.headline.setText(sentence)
        self._level = level
        self._dot.setStyleSheet(f"color: {getattr(self._colours, level)}")

    def _copy(self) -> None:
        if self.check_result is not None:
            QGuiApplication.clipboard().setText(as_text(self.check_result))

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self._dot.setStyleSheet(f"color: {getattr(colours, self._level)}")
        self.notes.setStyleSheet(f"color: {colours.muted}")
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
            return self._colours.red
        return self._colours.text if part.compared else self._colours.amber

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A verdict takes as many lines as its column leaves it."""
        super().resizeEvent(event)
        self._fit_table()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody looks at is not worked on."""
        self._stop()
        super().hideEvent(event)
