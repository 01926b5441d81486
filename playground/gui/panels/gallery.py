"""The gallery: a picture of every data set, those of one's own, and the ways to get some."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from playground.core.experiment import Data
from playground.core.families import sources
from playground.core.points import Points
from playground.data.dataset import prepare
from playground.gui.theme import Colours
from playground.gui.widgets.editor import KEYS_ONLY, rich
from playground.gui.widgets.thumbnail import MOST_POINTS, Thumbnail

COLUMNS = 5
GAP = 4
THUMBNAIL_SAMPLES = 100
OWN = "points"
GROUPS = (("Classes", "classification"), ("Numbers", "regression"))
"""What is to be learned: the heading of a group, and the kind of its tasks."""


class Gallery(QWidget):
    """Thumbnails in groups, with the present noise, classes and seed.

    Signals:
        chosen: The name of a data set.
        import_asked: A table is to be taken.
        paint_asked: Points are to be painted.

    Attributes:
        thumbnails: One for each data set. That of one's own points shows those there were last.
        own: The data part of the experiment that had own points last; None if none had.
        import_button, paint_button: The ways to points of one's own.
    """

    chosen = Signal(str)
    import_asked = Signal()
    paint_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails: dict[str, Thumbnail] = {}
        self.own: Data | None = None
        self._shown: Data | None = None
        self._drawn: dict[str, Data] = {}
        self._headings: list[QLabel] = []
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(lambda thumbnail: self.chosen.emit(thumbnail.name))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        line = 0
        for title, kind in GROUPS:
            heading = QLabel(title)
            self._headings.append(heading)
            self._grid.addWidget(heading, line, 0, 1, COLUMNS)
            line += 1
            names = [
                name for name, known in sources.items() if known.task and known.task.kind == kind
            ]
            for index, name in enumerate(names):
                row, column = divmod(index, COLUMNS)
                self._grid.addWidget(self._thumbnail(name), line + row, column)
            line += -(-len(names) // COLUMNS)
        self.import_button = _button(
            "Import…", "Take points from a table: CSV, TSV or pasted cells."
        )
        self.paint_button = _button(
            "Paint…", "Paint points of your own, or change the present ones."
        )
        self._grid.addWidget(self.import_button, line, 0, 1, 2)
        self._grid.addWidget(self.paint_button, line, 2, 1, 2)
        self._grid.addWidget(self._thumbnail(OWN), line, 4)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self.thumbnails[OWN].hide()
        self.import_button.clicked.connect(self.import_asked)
        self.paint_button.clicked.connect(self.paint_asked)

    def show_data(self, data: Data) -> None:
        """Check the data set that is used, and draw anew what looks otherwise now."""
        if data is not self._shown:
            self._shown = data
            if data.source == OWN:
                self.own = data
            self.thumbnails[OWN].setVisible(self.own is not None)
            for name, thumbnail in self.thumbnails.items():
                wanted = self._wanted(name, data)
                if wanted is not None and self._drawn.get(name) != wanted:
                    self._drawn[name] = wanted
                    thumbnail.show_points(prepare(wanted))
        self.thumbnails[data.source].setChecked(True)

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours what is not drawn in the palette's."""
        for thumbnail in self.thumbnails.values():
            thumbnail.set_palette_colours(colours)
        for heading in self._headings:
            heading.setStyleSheet(f"color: {colours.muted}")

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        own = self.thumbnails[OWN]
        generated = [thumbnail for thumbnail in self.thumbnails.values() if thumbnail is not own]
        return [*generated, self.import_button, self.paint_button, own]

    def _thumbnail(self, name: str) -> Thumbnail:
        source = sources[name]
        thumbnail = self.thumbnails[name] = Thumbnail(name)
        thumbnail.setAccessibleName(f"Data set {source.label}")
        origin = f"Source: {source.reference}." if source.reference else ""
        thumbnail.setToolTip(rich(source.label, f"{source.formula}.", origin))
        self._group.addButton(thumbnail)
        return thumbnail

    def _wanted(self, name: str, data: Data) -> Data | None:
        """What a thumbnail is to show; None while there is nothing."""
        if name != OWN:
            return Data(
                source=name,
                samples=THUMBNAIL_SAMPLES,
                classes=data.classes,
                balance=data.balance,
                noise=data.noise,
                label_noise=data.label_noise,
                seed=data.seed,
                test_share=0,
            )
        if self.own is None:
            return None
        some = self.own.points[:: max(1, len(self.own.points) // MOST_POINTS)]
        return Data(source=OWN, points=Points(some), problem=self.own.problem, test_share=0)


def _button(text: str, help: str) -> QPushButton:
    button = QPushButton(text)
    button.setFocusPolicy(KEYS_ONLY)
    button.setAccessibleName(text.removesuffix("…"))
    button.setToolTip(help)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return button
