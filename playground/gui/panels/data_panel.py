"""Where the points come from, and what of them the network sees."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.core.checks import warnings_in
from playground.core.errors import ExperimentError, Problem
from playground.core.experiment import Data, Experiment
from playground.core.families import sources
from playground.core.fields import control_of
from playground.data.checks import warnings_in_points
from playground.data.dataset import Dataset
from playground.gui.data_changes import with_data
from playground.gui.panels.gallery import OWN, Gallery
from playground.gui.theme import LIGHT, Colours
from playground.gui.widgets.count_editors import SeedEditor
from playground.gui.widgets.editor import SPACING, chain
from playground.gui.widgets.feature_toggles import FeatureToggles
from playground.gui.widgets.form import Form
from playground.gui.widgets.section import Section
from playground.gui.widgets.thumbnail import Thumbnail
from playground.gui.widgets.warning_line import WarningLine

FIELDS = (
    "problem",
    "classes",
    "samples",
    "balance",
    "noise",
    "label_noise",
    "test_share",
    "seed",
)
SHIFT = "shift"
SHIFT_TITLE = "Test distribution"


class DataPanel(QWidget):
    """The gallery of data sets, their settings and the features.

    Signals:
        edit_requested: A place in the experiment and what should stand there.
        import_asked: A table is to be taken.
        paint_asked: Points are to be painted.

    Attributes:
        gallery: The data sets.
        form: The settings of the one that is used.
        shift_form: Whether test points come from elsewhere; folded away unless they do.
        features: What the network is given of a point.
        warning: What is odd about the data.
    """

    edit_requested = Signal(tuple, object)
    import_asked = Signal()
    paint_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment: Experiment | None = None
        self._dataset: Dataset | None = None
        self._odd_points: tuple[Data, list[Problem]] | None = None
        self._shifted = False
        self.gallery = Gallery()
        self.caption = QLabel()
        self.caption.setWordWrap(True)
        self.form = Form(("data",), only=FIELDS, editors={"seed": SeedEditor})
        self.shift_form = Form(("data",), only=(SHIFT,))
        self.shift_section = Section(SHIFT_TITLE, self.shift_form, unfolded=False, small=True)
        features = Data.model_fields["features"]
        self.features = FeatureToggles(control_of(features), features.get_default())
        self.features.path = ("data", "features")
        self.warning = WarningLine()
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACING)
        for widget in (
            self.gallery, self.caption, self.form, self.shift_section, self.warning,
        ):  # fmt: skip
            inner.addWidget(widget)
        self.sections = (Section("Data", content), Section("Features", self.features))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACING, SPACING, SPACING, 0)
        layout.setSpacing(SPACING)
        for section in self.sections:
            layout.addWidget(section)
        for part in (self.form, self.shift_form, self.features):
            part.edit_requested.connect(self.edit_requested)
        self.gallery.chosen.connect(self._choose)
        self.gallery.import_asked.connect(self.import_asked)
        self.gallery.paint_asked.connect(self.paint_asked)
        self.set_palette_colours(LIGHT)

    @property
    def thumbnails(self) -> dict[str, Thumbnail]:
        """The picture of each data set."""
        return self.gallery.thumbnails

    def show_experiment(self, experiment: Experiment) -> None:
        """Bring everything to an experiment; nothing is emitted."""
        self._experiment, data = experiment, experiment.data
        self.gallery.show_data(data)
        self.caption.setText(_caption(data))
        rebuilt = self.form.show_model(data)
        rebuilt = self.shift_form.show_model(data) or rebuilt
        reached = self.features.focus_widgets()
        self.features.set_value(data.features)
        rebuilt = rebuilt or reached != self.features.focus_widgets()
        for name in FIELDS:
            self.form.set_row_visible(name, name not in data.unused)
        self._show_shift(data)
        self._warn(experiment)
        if rebuilt:
            chain(self.focus_widgets())

    def show_points(self, experiment: Experiment, dataset: Dataset) -> None:
        """Warn of what is odd about an experiment's points, as they were drawn."""
        if dataset is not self._dataset:
            self._dataset = dataset
            self._odd_points = (experiment.data, warnings_in_points(experiment, dataset))
            if self._experiment is not None:
                self._warn(self._experiment)

    def _show_shift(self, data: Data) -> None:
        """Unfold the test distribution when it becomes another one; its title says which."""
        self.shift_section.setVisible(SHIFT not in data.unused)
        shifted = data.shift.moves
        if shifted and not self._shifted:
            self.shift_section.header.setChecked(True)
        self._shifted = shifted
        title = f"{SHIFT_TITLE}: {data.shift.label.lower()}" if shifted else SHIFT_TITLE
        self.shift_section.header.setText(title)

    def _warn(self, experiment: Experiment) -> None:
        problems = warnings_in(experiment)
        if self._odd_points is not None and self._odd_points[0] == experiment.data:
            problems += self._odd_points[1]
        self.warning.show_problems(problems, ("data",))

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours what is not drawn in the palette's."""
        for part in (self.gallery, self.form, self.shift_form, self.features, self.warning):
            part.set_palette_colours(colours)

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        data, features = self.sections
        return [
            data.header,
            *self.gallery.focus_widgets(),
            *self.form.focus_widgets(),
            self.shift_section.header,
            *self.shift_form.focus_widgets(),
            features.header,
            *self.features.focus_widgets(),
        ]

    def _choose(self, name: str) -> None:
        """Ask for another data set, with what must change along with it."""
        assert self._experiment is not None
        old, own = self._experiment, self.gallery.own
        changes: dict[str, object] = {"source": name}
        if name == OWN and own is not None:
            changes |= {"points": own.points, "problem": own.problem}
        try:
            changed = with_data(old, **changes)
        except ExperimentError:
            self.edit_requested.emit(("data", "source"), name)  # refused with the reason
            return
        only_source = changed.training is old.training and name != OWN and not old.data.points
        if only_source:
            self.edit_requested.emit(("data", "source"), name)
        elif changed != old:
            self.edit_requested.emit((), changed)


def _caption(data: Data) -> str:
    train = f"{data.count - data.test_count:,} training"
    return f"{sources[data.source].label}: {train} and {data.test_count:,} test points"
