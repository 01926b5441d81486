"""Where the points come from, and what of them the network sees."""

from __future__ import annotations

from pydantic import ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QVBoxLayout, QWidget

from playground.core.checks import warnings_in
from playground.core.errors import ExperimentError, Path, Problem
from playground.core.experiment import Data, Experiment
from playground.core.families import losses, sources
from playground.core.fields import control_of
from playground.core.points import NO_POINTS, Points
from playground.data.checks import warnings_in_points
from playground.data.dataset import Dataset, prepare
from playground.gui.theme import LIGHT, Colours
from playground.gui.widgets.count_editors import SeedEditor
from playground.gui.widgets.editor import SPACING, chain, rich
from playground.gui.widgets.feature_toggles import FeatureToggles
from playground.gui.widgets.form import Form
from playground.gui.widgets.section import Section
from playground.gui.widgets.thumbnail import MOST_POINTS, Thumbnail
from playground.gui.widgets.warning_line import WarningLine

COLUMNS = 4
THUMBNAIL_SAMPLES = 100
OWN = "points"
FIELDS = (
    "problem",
    "classes",
    "samples",
    "balance",
    "noise",
    "label_noise",
    "test_share",
    "shift",
    "seed",
)


class DataPanel(QWidget):
    """The gallery of data sets, their settings and the features.

    Signals:
        edit_requested: A place in the experiment and what should stand there.
    """

    edit_requested = Signal(tuple, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment: Experiment | None = None
        self._shown: Data | None = None
        self._dataset: Dataset | None = None
        self._odd_points: tuple[Data, list[Problem]] | None = None
        self._drawn: dict[str, Data] = {}
        self.thumbnails: dict[str, Thumbnail] = {}
        self._group = QButtonGroup(self)
        self.caption = QLabel()
        self.caption.setWordWrap(True)
        self.form = Form(("data",), only=FIELDS, editors={"seed": SeedEditor})
        features = Data.model_fields["features"]
        self.features = FeatureToggles(control_of(features), features.get_default())
        self.features.path = ("data", "features")
        self.warning = WarningLine()
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACING)
        for widget in (self._gallery(), self.caption, self.form, self.warning):
            inner.addWidget(widget)
        self.sections = (Section("Data", content), Section("Features", self.features))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACING, SPACING, SPACING, 0)
        layout.setSpacing(SPACING)
        for section in self.sections:
            layout.addWidget(section)
        self.form.edit_requested.connect(self.edit_requested)
        self.features.edit_requested.connect(self.edit_requested)
        self._group.buttonClicked.connect(self._choose)
        self.set_palette_colours(LIGHT)

    def show_experiment(self, experiment: Experiment) -> None:
        """Bring everything to an experiment; nothing is emitted."""
        self._experiment, data = experiment, experiment.data
        self._draw(data)
        self.thumbnails[data.source].setChecked(True)
        self.caption.setText(_caption(data))
        rebuilt = self.form.show_model(data)
        reached = self.features.focus_widgets()
        self.features.set_value(data.features)
        rebuilt = rebuilt or reached != self.features.focus_widgets()
        for name in FIELDS:
            self.form.set_row_visible(name, name not in data.unused)
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

    def _warn(self, experiment: Experiment) -> None:
        problems = warnings_in(experiment)
        if self._odd_points is not None and self._odd_points[0] == experiment.data:
            problems += self._odd_points[1]
        self.warning.show_problems(problems, ("data",))

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours what is not drawn in the palette's."""
        for thumbnail in self.thumbnails.values():
            thumbnail.set_palette_colours(colours)
        for part in (self.form, self.features, self.warning):
            part.set_palette_colours(colours)

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        data, features = self.sections
        return [
            data.header,
            *self.thumbnails.values(),
            *self.form.focus_widgets(),
            features.header,
            *self.features.focus_widgets(),
        ]

    def _gallery(self) -> QWidget:
        gallery = QWidget()
        grid = QGridLayout(gallery)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACING)
        for index, (name, source) in enumerate(sources.items()):
            thumbnail = Thumbnail(name)
            thumbnail.setAccessibleName(f"Data set {source.label}")
            origin = f"Source: {source.reference}." if source.reference else ""
            thumbnail.setToolTip(rich(source.label, f"{source.formula}.", origin))
            self._group.addButton(thumbnail)
            grid.addWidget(thumbnail, *divmod(index, COLUMNS))
            self.thumbnails[name] = thumbnail
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.thumbnails[OWN].hide()
        return gallery

    def _draw(self, data: Data) -> None:
        """Draw the thumbnails with the noise and the seed, where these have changed."""
        if data is self._shown:
            return
        self._shown = data
        self.thumbnails[OWN].setVisible(bool(data.points))
        for name, thumbnail in self.thumbnails.items():
            if name != OWN:
                wanted = Data(
                    source=name,
                    samples=THUMBNAIL_SAMPLES,
                    classes=data.classes,
                    balance=data.balance,
                    noise=data.noise,
                    label_noise=data.label_noise,
                    seed=data.seed,
                    test_share=0,
                )
            elif data.points:
                some = data.points[:: max(1, len(data.points) // MOST_POINTS)]
                wanted = Data(source=OWN, points=Points(some), problem=data.problem, test_share=0)
            else:
                continue
            if self._drawn.get(name) != wanted:
                self._drawn[name] = wanted
                thumbnail.show_points(prepare(wanted))

    def _choose(self, thumbnail: Thumbnail) -> None:
        """Ask for another data set, with what must change along with it.

        One's own points go, for they belong to no other data set; a loss that does not fit the new
        task becomes the automatic one.
        """
        assert self._experiment is not None
        old = self._experiment
        path: Path = ("data", "source")
        value: object = thumbnail.name
        task = sources[thumbnail.name].task_for(old.data.classes)
        loss_fits = old.training.loss == "auto" or (
            task is not None and losses[old.training.loss].fits(task)
        )
        try:
            if thumbnail.name != OWN and (old.data.points or not loss_fits):
                data = Data(**{**dict(old.data), "source": thumbnail.name, "points": NO_POINTS})
                training = old.training
                if not loss_fits:
                    training = type(training)(**{**dict(training), "loss": "auto"})
                path = ()
                value = Experiment(**{**dict(old), "data": data, "training": training})
        except (ValidationError, ExperimentError):
            path, value = ("data", "source"), thumbnail.name  # refused with the reason
        self.edit_requested.emit(path, value)


def _caption(data: Data) -> str:
    train = f"{data.count - data.test_count:,} training"
    return f"{sources[data.source].label}: {train} and {data.test_count:,} test points"
