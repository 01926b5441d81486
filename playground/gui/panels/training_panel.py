"""How the network is trained, and when that ends."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.core.checks import warnings_in
from playground.core.experiment import Experiment
from playground.core.families import Task, loss_for, losses
from playground.core.fields import Control
from playground.gui.theme import LIGHT, Colours
from playground.gui.widgets.choice_editor import ChoiceEditor, Item
from playground.gui.widgets.count_editors import SeedEditor
from playground.gui.widgets.editor import SPACING, chain
from playground.gui.widgets.form import Form
from playground.gui.widgets.section import Section
from playground.gui.widgets.stop_rules import StopRules
from playground.gui.widgets.warning_line import WarningLine

AUTO = "auto"


class TrainingPanel(QWidget):
    """Optimizer, schedule, clipping, batches, regularisation, loss; when to stop; seed, replicas.

    Signals:
        edit_requested: A place in the experiment and what should stand there.
    """

    edit_requested = Signal(tuple, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        path = ("training",)
        self.form = Form(
            path,
            only=(
                "optimizer",
                "schedule",
                "clipping",
                "batch_size",
                "shuffle",
                "regularizer",
                "loss",
            ),
            editors={"loss": _loss_editor},
        )
        self.limit_form = Form(path, only=("max_epochs",))
        self.rules = StopRules((*path, "stop"))
        self.numbers_form = Form(
            path, only=("seed", "replicas", "precision"), editors={"seed": SeedEditor}
        )
        self.warning = WarningLine()
        self._forms = (self.form, self.limit_form, self.numbers_form)
        self.sections = (
            Section("Training", _column(self.form, self.warning)),
            Section("Stop when", _column(self.limit_form, self.rules)),
            Section("Seed, replicas, precision", self.numbers_form),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        layout.setSpacing(SPACING)
        for section in self.sections:
            layout.addWidget(section)
        for part in (*self._forms, self.rules):
            part.edit_requested.connect(self.edit_requested)
        self.set_palette_colours(LIGHT)

    def show_experiment(self, experiment: Experiment) -> None:
        """Bring everything to an experiment; nothing is emitted."""
        training, data = experiment.training, experiment.data
        rebuilt = [form.show_model(training) for form in self._forms]
        self.form.editor("loss").set_items(_losses(data.task))
        self.form.editor("batch_size").set_most(data.count - data.test_count)
        self.form.set_row_visible("shuffle", "shuffle" not in training.unused)
        self.rules.show_rules(training.stop)
        self.warning.show_problems(warnings_in(experiment), ("training",))
        if any(rebuilt):
            chain(self.focus_widgets())

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours what is not drawn in the palette's."""
        for part in (*self._forms, self.rules, self.warning):
            part.set_palette_colours(colours)

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        training, stop, numbers = (section.header for section in self.sections)
        return [
            training,
            *self.form.focus_widgets(),
            stop,
            *self.limit_form.focus_widgets(),
            *self.rules.focus_widgets(),
            numbers,
            *self.numbers_form.focus_widgets(),
        ]


def _loss_editor(control: Control, default: Any, *, live: bool) -> ChoiceEditor:
    """Without items yet: which losses fit depends on the data."""
    return ChoiceEditor(control, default, (), live=live)


def _losses(task: Task) -> list[Item]:
    usual = loss_for(AUTO, task)
    automatic = Item(AUTO, f"Automatic ({usual.label.lower()})", (usual.formula, usual.reference))
    fitting = [
        Item(name, loss.label, (loss.formula, loss.reference))
        for name, loss in losses.items()
        if loss.fits(task)
    ]
    return [automatic, *fitting]


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACING // 2)
    for widget in widgets:
        layout.addWidget(widget)
    return column
