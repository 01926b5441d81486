"""What the network answers over the plane, the boundary between classes, and the points."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.data.dataset import extent
from playground.exchange.drawing.field import (
    Meaning,
    boundary,
    colours_of,
    in_plane,
    meaning_of,
    scores,
)
from playground.exchange.drawing.scales import Array, Plane, in_words
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.colour_scale import ColourScale
from playground.gui.views.contour_item import Contours
from playground.gui.views.options import AllButton, Options
from playground.gui.views.picture import PictureMenu
from playground.gui.views.plane import FieldItem, Square
from playground.gui.views.plane_layout import PlaneLayout
from playground.gui.views.plane_plot import PlanePlot
from playground.gui.views.plane_words import HINT, below_plane
from playground.gui.views.points import Points
from playground.gui.views.probe import Point, ProbeBox, chances, nearest, rows_of, said_at, sentence
from playground.gui.views.replicas import ReplicaBox
from playground.gui.views.rings import PinMark, Rings
from playground.gui.views.sight import Sight
from playground.gui.views.view import View
from playground.runtime.field import Says
from playground.runtime.snapshot import Snapshot
from playground.training.instruments.answers import AnswersReading

NEAR = 6.0
"""Pixels beyond a point's edge at which a click still means it."""


class BoundaryView(View):
    """The plane: field, boundary, contours, points and a probe under the cursor.

    Attributes:
        plot: The surface.
        sight: Which part of the plane it shows.
        field: The image and the boundary.
        contours: Lines of equal height.
        points: Training and test points.
        rings: Around the points that are answered wrongly.
        pin: The point that is followed, or None.
        history: Where its history is shown, in words.
        scale: What the colours mean.
        options: The menu of what is shown, to be placed by who shows the view.
        all_button: Sees all of the plane; likewise.
        probe: The line of text below.
        probe_box: What the network says under the cursor.
        picture: Its context menu.

    Signals:
        sight_changed: Another part of the plane is seen.
        pinned: A point is followed, or none.
        instruments_changed: Others are to be read.
    """

    sight_changed = Signal()
    pinned = Signal()
    instruments_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Decision boundary")
        self._snapshot: Snapshot | None = None
        self._meaning: Meaning | None = None
        self._scores: Array = np.empty((0, 0, 0))
        self._answers: AnswersReading | None = None
        self._colours: Colours = LIGHT
        self._cursor: tuple[float, float] | None = None
        self._pin_before: Point | None = None
        self.pin: Point | None = None
        self.history = "on the page Point"
        self.sight, self.plot = Sight(), PlanePlot()
        self.field, self.contours = FieldItem(), Contours(self.plot)
        self.plot.add(self.field)
        self.plot.add(self.contours)
        self.points = Points(self.plot)
        self.rings, self._pin_mark = Rings(self.points), PinMark(self.points)
        for item in (self.rings, self._pin_mark, self.contours.words):
            self.plot.add(item)
        self.scale, self.probe = ColourScale(), QLabel(HINT)
        self.options, self.all_button = Options(), AllButton()
        self.replica_box = ReplicaBox()
        self._build()
        self.probe_box = ProbeBox(self)
        self.picture = PictureMenu(self, "decision boundary")
        self._connect()
        self.set_palette_colours(LIGHT)

    @property
    def instruments(self) -> tuple[str, ...]:
        errors = self.options.errors
        return ("answers",) if errors.isChecked() and errors.isEnabled() else ()

    def spare_height(self, width: int, height: int) -> int:
        """Pixels that are left below in a room of this size, since the plane is a square."""
        return self._parts.spare_height(width, height)

    def follow_pin(self, snapshot: Snapshot) -> None:
        """Let the pinned point go if a snapshot's data do not have it any more."""
        if self.pin is not None and not self.pin.is_in(snapshot.dataset):
            self._set_pin(None)

    # --- drawing -----------------------------------------------------------------------------

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment, if it is seen and not drawn already."""
        if not self.isVisible() or snapshot is self._snapshot:
            return
        old, self._snapshot = self._snapshot, snapshot
        loss, dataset = snapshot.experiment.training.loss, snapshot.dataset
        self.replica_box.follow(snapshot)
        fresh = old is None or old.dataset is not dataset or old.experiment.training.loss != loss
        if old is None or fresh or _together(old) != _together(snapshot):
            self._meaning = meaning_of(loss, dataset.task, dataset, *_together(snapshot))
            self.scale.show_meaning(self._meaning)
        if old is None or old.dataset is not dataset:
            self._follow_data(snapshot)
        if fresh:
            assert self._meaning is not None
            self.points.show(dataset, self._meaning, self._colours)
        self._draw()

    def _follow_data(self, snapshot: Snapshot) -> None:
        dataset = snapshot.dataset
        self.options.test.setEnabled(len(dataset.test) > 0)
        classes = dataset.task.kind == "classification"
        if classes != self.options.errors.isEnabled():
            self.options.errors.setEnabled(classes)
            self.instruments_changed.emit()
        if self.sight.use(extent(dataset)):
            self._see()
        self.follow_pin(snapshot)

    def _redraw(self) -> None:
        if self._snapshot is not None:
            self._draw()

    def _draw(self) -> None:
        snapshot, meaning = self._snapshot, self._meaning
        assert snapshot is not None
        assert meaning is not None
        self._scores = scores(snapshot.field, snapshot.says)
        discrete = self.options.discrete.isChecked()
        pixels = colours_of(meaning, self._scores, self._colours, discrete)
        line: tuple[Array, Array] = (np.empty(0), np.empty(0))
        if meaning.kind != "values":
            cells = self._scores.shape[-1]
            line = in_plane(boundary(self._scores), cells, snapshot.extent)
        self.field.set_field(pixels, line, snapshot.extent)
        if self.contours.shown:
            self.contours.set_field(meaning, self._scores, snapshot.extent)
        if self.rings.shown:
            self._show_answers(snapshot)
        self.plot.redraw()
        self._show_probe()

    def _show_answers(self, snapshot: Snapshot) -> None:
        reading = snapshot.readings.get("answers")
        if reading is None or reading.dataset is not snapshot.dataset:
            reading = None  # it was read before the data changed, or is still to come
        self._answers = reading
        self.rings.show_answers(reading)

    # --- what is shown, and which part ---------------------------------------------------------

    def _show_errors(self, shown: bool) -> None:
        self.rings.shown = shown
        self._redraw()
        self.instruments_changed.emit()

    def _show_contours(self, shown: bool) -> None:
        self.contours.shown = shown
        self._redraw()

    def _zoom(self, factor: float, x1: float, x2: float) -> None:
        self.sight.zoom(factor, x1, x2)
        self._see()

    def _move(self, across: float, up: float) -> None:
        self.sight.move(across, up)
        self._see()

    def _show_all(self) -> None:
        self.sight.show_all()
        self._see()

    def _click_twice(self) -> None:
        if self.pin != self._pin_before:
            self._set_pin(self._pin_before)  # the first click of the two meant no point
        self._show_all()

    def _see(self) -> None:
        low1, high1, low2, high2 = self.sight.seen
        self.plot.set_scales(Plane(low1, high1), Plane(low2, high2))
        self.all_button.setEnabled(self.sight.is_part)
        if self.plot.underMouse() and self._cursor is not None:
            at = self.plot.mapFromGlobal(QCursor.pos()).toPointF()
            self._cursor = self.plot.to_plane(at) if self.plot.frame.contains(at) else None
        self._show_probe()
        self.sight_changed.emit()

    # --- the pinned point ----------------------------------------------------------------------

    def _click(self, x1: float, x2: float) -> None:
        self._pin_before = self.pin
        found = self._nearest(x1, x2)
        if found is None:
            return
        point, _, _ = found
        at, there = self.plot.to_pixels(x1, x2), self.plot.to_pixels(*point.place)
        reach = self.points.size / 2 + NEAR
        if np.hypot(at.x() - there.x(), at.y() - there.y()) <= reach:
            self._set_pin(None if point == self.pin else point)

    def _choose(self, x1: float, x2: float) -> None:
        found = self._nearest(x1, x2)
        if found is not None:
            self._set_pin(None if found[0] == self.pin else found[0])

    def let_go(self) -> None:
        """Follow no point any more."""
        if self.pin is not None:
            self._set_pin(None)

    def _set_pin(self, point: Point | None) -> None:
        self.pin = point
        self._pin_mark.place = None if point is None else point.place
        self.plot.redraw()
        self._show_probe()
        self.pinned.emit()

    def _nearest(self, x1: float, x2: float) -> tuple[Point, int, float] | None:
        if self._snapshot is None:
            return None
        return nearest(self.points, self._snapshot.dataset, x1, x2)

    # --- the probe ---------------------------------------------------------------------------

    def _hover(self, x1: float, x2: float) -> None:
        self._cursor = (x1, x2)
        self._show_probe()

    def _leave(self) -> None:
        self._cursor = None
        self._show_probe()

    def _show_probe(self) -> None:
        ringed = self.rings.shown and self.options.errors.isEnabled()
        text = below_plane(self._snapshot, self.points, ringed, self.pin, self.history)
        if text != self.probe.text():
            self.probe.setText(text)
        if self._cursor is None or self._snapshot is None or not self._scores.size:
            self.probe_box.hide()
            return
        self._say(*self._cursor)
        at = self.plot.to_pixels(*self._cursor).toPoint()
        self.probe_box.stand_at(self.plot.mapTo(self, QPoint(at)))

    def _say(self, x1: float, x2: float) -> None:
        snapshot, meaning = self._snapshot, self._meaning
        assert snapshot is not None
        assert meaning is not None
        outputs, score, said = said_at(
            meaning, snapshot.field, self._scores, x1, x2, snapshot.extent
        )
        names = snapshot.experiment.data.features
        rows = rows_of(meaning, names, outputs, x1, x2)
        found, last = self._nearest(x1, x2), ""
        if found is not None:
            point, index, distance = found
            words = point.words(meaning.kind == "values")
            last = f"nearest: {words}, {in_words(distance, 2)} away"
            if self._answers is not None and self.rings.shown:
                part = self._answers.test if point.is_test else self._answers.train
                last += f", answered class {int(part.predicted[index])}"
        title = sentence(meaning, said, score, x1, x2)
        self.probe_box.say_more(title, rows, chances(meaning, said, self._colours), last)

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        for part in (self.plot, self.scale, self.all_button, self.probe_box):
            part.set_palette_colours(colours)
        self.field.line_colour = colours.text
        for item in (self.contours, self.rings, self._pin_mark):
            item.colours = colours
        if self._snapshot is not None and self._meaning is not None:
            self.points.show(self._snapshot.dataset, self._meaning, colours)
            self._draw()

    def _connect(self) -> None:
        plot, options = self.plot, self.options
        options.test.toggled.connect(self.points.show_test)
        options.discrete.toggled.connect(self._redraw)
        options.errors.toggled.connect(self._show_errors)
        options.contours.toggled.connect(self._show_contours)
        self.all_button.clicked.connect(self._show_all)
        plot.hovered.connect(self._hover)
        plot.left.connect(self._leave)
        plot.zoom_asked.connect(self._zoom)
        plot.move_asked.connect(self._move)
        plot.all_asked.connect(self._show_all)
        plot.clicked.connect(self._click)
        plot.clicked_twice.connect(self._click_twice)
        plot.chosen.connect(self._choose)
        plot.let_go.connect(self.let_go)

    def _build(self) -> None:
        self._square = Square(self.plot)
        self._bottom = QWidget()
        below = QVBoxLayout(self._bottom)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        below.addWidget(self.scale)
        below.addWidget(self.probe)
        self.probe.setWordWrap(True)
        self.probe.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.probe.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._parts = PlaneLayout(self, self._square, self.replica_box, self._bottom, self.probe)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._parts.arrange(self.width(), self.height())
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(372, 430)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 180)


def _together(snapshot: Snapshot) -> tuple[Says, int]:
    return snapshot.says, snapshot.replicas
