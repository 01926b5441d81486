"""The dialog of an import: the table as it is understood, what is taken of it, what is wrong."""

from __future__ import annotations

import html
import logging
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.core.errors import ExperimentError, PlaygroundError
from playground.core.experiment import Experiment
from playground.core.families import Task
from playground.core.words import shortened
from playground.data.dataset import Dataset, Part
from playground.exchange.table_points import Choice, Taken
from playground.gui.data_changes import with_data
from playground.gui.imports.options import Options
from playground.gui.imports.preview import Preview
from playground.gui.imports.reading import Anew, Origin, Reading, Wish, read
from playground.gui.theme import LIGHT, Colours, class_colours, colour_text
from playground.gui.widgets.editor import SPACING
from playground.gui.widgets.thumbnail import Thumbnail
from playground.runtime.background import Background
from playground.runtime.session import Session

WIDTH, HEIGHT = 920, 600
PICTURE = 150
MOST_LISTED = 500
MOST_NAME = 24
ANEW: dict[str, Anew] = {"x1": "scaling", "x2": "scaling", "target": "problem"}
"""What is to be guessed again when a column is another one."""

log = logging.getLogger(__name__)


class ImportDialog(QDialog):
    """Reads a table beside the window, shows it, and makes own points of it in one step of undo.

    Signals:
        imported: A sentence that says what was taken.

    Attributes:
        reading: What is shown; None until there is something.
        options: How the text is cut, and what is taken of it.
        preview: The first rows.
        picture: The points.
        bad_list: The faulty rows and why.
        leave_out: Whether these are left out; without it they keep the rest from being taken.
        message: Why it cannot be taken, or what is worth a word.
    """

    imported = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import points")
        self._session, self._colours, self._level = session, LIGHT, "muted"
        self._origin = Origin("")
        self._wish = Wish()
        self.reading: Reading | None = None
        self._background = Background(self)
        self._background.finished.connect(self._show)
        self._background.failed.connect(self._fail)
        self._build()

    def begin(self, origin: Origin) -> None:
        """Open on another table."""
        self._origin, self._wish, self.reading = origin, Wish(), None
        self.headline.setText(f"Reading {origin.name}…")
        self.leave_out.setChecked(False)
        self._clear()
        self._ask()
        self.open()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.preview.set_palette_colours(colours)
        self.picture.set_palette_colours(colours)
        colour_text(self.message, getattr(colours, self._level))
        if self.reading is not None:
            self._show_classes(self.reading.taken)

    def accept(self) -> None:
        """Make the points the experiment's, if that is possible; otherwise say why not."""
        reading = self.reading
        if not self.ok.isEnabled() or reading is None or reading.choice is None:
            return
        try:
            changed = self._changed(self._session.experiment, reading)
        except ExperimentError as error:
            self._say(f"{error.problems[0]}.", "red")
            return
        self._session.change(changed)
        left_out = len(reading.taken.bad) if reading.taken else 0
        rows = f", {left_out:,} faulty rows left out" if left_out else ""
        taken = f"Took {len(reading.points):,} points from {self._origin.name}{rows}."
        self.imported.emit(f"{taken} Ctrl+Z takes it back.")
        super().accept()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody waits for is not read, and what was read is not kept."""
        self._background.forget()
        self.reading = None
        super().hideEvent(event)

    # --- reading -----------------------------------------------------------------------------

    def _ask(self) -> None:
        self._background.do(partial(read, self._origin, self._wish, self.reading))
        self.progress.show()
        self.ok.setEnabled(False)

    def _fail(self, error: Exception) -> None:
        self.progress.hide()
        self.headline.setText(f"{self._origin.name} cannot be read.")
        if isinstance(error, PlaygroundError):
            self._say(f"{error}.", "red")
        else:
            log.error("a table could not be read", exc_info=error)
            self._say(f"It could not be read: {error}.", "red")

    def _show(self, reading: Reading) -> None:
        self.reading, self._wish = reading, reading.wish
        self.progress.hide()
        table, choice, taken = reading.table, reading.choice, reading.taken
        name = self._origin.name
        self.headline.setText(f"{name}: {table.sentence()}" if table else f"{name} is no table.")
        self.options.show_reading(reading)
        self.preview.show_table(table, choice, taken.bad if taken else ())
        self._show_picture(taken)
        self._show_classes(taken)
        self._show_bad(taken)
        if reading.error:
            self._say(reading.error, "red")
        else:
            self._say(" ".join(taken.notes) if taken else "", "muted")
        self._enable()

    def _enable(self) -> None:
        taken = self.reading.taken if self.reading else None
        fine = taken is not None and (not taken.bad or self.leave_out.isChecked())
        self.ok.setEnabled(fine and not self._background.is_busy)
        count = len(self.reading.points) if self.reading else 0
        self.ok.setText(f"Import {count:,} points" if count else "Import")

    @staticmethod
    def _changed(experiment: Experiment, reading: Reading) -> Experiment:
        assert reading.choice is not None
        given = {"points": reading.points, "problem": reading.choice.problem}
        return with_data(experiment, source="points", **given)

    # --- what is shown -----------------------------------------------------------------------

    def _clear(self) -> None:
        self.preview.show_table(None, None)
        self.options.show_reading(None)
        self._show_picture(None)
        self._show_classes(None)
        self._show_bad(None)
        self._say("", "muted")

    def _show_picture(self, taken: Taken | None) -> None:
        self.picture.setVisible(taken is not None)
        if taken is None:
            return
        every = max(len(taken.values) // 400, 1)
        values = taken.values[::every]
        task = _task(taken)
        empty = Part(np.empty((0, 2)), np.empty(0), np.empty((0, 0)))
        part = Part(values[:, :2], values[:, 2], np.empty((0, len(values))))
        self.picture.show_points(Dataset(task, part, empty))

    def _show_classes(self, taken: Taken | None) -> None:
        names = taken.classes if taken else ()
        hues = class_colours(len(names), self._colours)
        lines = [
            f'<span style="color:{hue}">●</span> {html.escape(shortened(name, MOST_NAME))}'
            f" → class {index}"
            for index, (name, hue) in enumerate(zip(names, hues, strict=True))
        ]
        self.classes.setText("<br>".join(lines))

    def _show_bad(self, taken: Taken | None) -> None:
        bad = taken.bad if taken else ()
        self.bad_list.clear()
        self.bad_list.addItems([str(row) for row in bad[:MOST_LISTED]])
        if len(bad) > MOST_LISTED:
            self.bad_list.addItem(f"… and {len(bad) - MOST_LISTED:,} more")
        rows = "the faulty row" if len(bad) == 1 else f"the {len(bad):,} faulty rows"
        self.leave_out.setText(f"Leave {rows} out")
        for widget in (self.bad_list, self.leave_out):
            widget.setVisible(bool(bad))

    def _say(self, sentence: str, level: str) -> None:
        self._level = level
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))
        colour_text(self.message, getattr(self._colours, level))

    # --- wishes ------------------------------------------------------------------------------

    def _cut_anew(self, wish: Wish) -> None:
        """The text is cut in another way: columns are other ones then."""
        self._wish = wish
        self.leave_out.setChecked(False)
        self._ask()

    def _choose(self, field: str, value: Any) -> None:
        old = (self.reading.choice if self.reading else None) or self._wish.choice
        choice = replace(old or Choice(-1, -1, -1), **{field: value})
        anew = ANEW.get(field, "nothing")
        self._wish = replace(self._wish, choice=choice, anew=anew)
        self.leave_out.setChecked(False)
        self._ask()

    # --- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        self.headline, self.message, self.classes = QLabel(), QLabel(), QLabel()
        for label, name in ((self.headline, "The table"), (self.message, "What is to be said")):
            label.setAccessibleName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.classes.setAccessibleName("Classes and their numbers")
        self.classes.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.options = Options()
        self.options.cut_asked.connect(self._cut_anew)
        self.options.choice_asked.connect(self._choose)
        self.preview, self.picture = Preview(), Thumbnail("points")
        self.picture.setAccessibleName("Picture of the points")
        self.picture.setFixedSize(PICTURE, PICTURE)
        self.picture.setEnabled(False)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bad_list = QListWidget()
        self.bad_list.setAccessibleName("Faulty rows")
        self.bad_list.setMaximumHeight(5 * self.fontMetrics().height())
        self.leave_out = QCheckBox()
        self.leave_out.setAccessibleName("Leave the faulty rows out")
        self.leave_out.toggled.connect(self._enable)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("The table is being read")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        for button in buttons.buttons():
            button.setIcon(QIcon())
            button.setAutoDefault(False)  # type: ignore[attr-defined]  # all are push buttons
        self.ok.setDefault(True)  # Return never cancels, wherever the focus is
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACING)
        layout.addWidget(self.headline)
        layout.addWidget(self.options)
        layout.addWidget(self.progress)
        middle = QHBoxLayout()
        middle.addWidget(self.preview, 1)
        side = QVBoxLayout()
        side.addWidget(self.picture)
        side.addWidget(self.classes, 1)
        middle.addLayout(side)
        layout.addLayout(middle, 1)
        for widget in (self.bad_list, self.leave_out, self.message, buttons):
            layout.addWidget(widget)
        self._clear()
        self.resize(WIDTH, HEIGHT)


def _task(taken: Taken) -> Task:
    if taken.choice.problem == "regression":
        return Task("regression", 0)
    return Task("classification", max(len(taken.classes), 2))
