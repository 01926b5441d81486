"""What the network answers over the plane, the boundary between classes, and the points."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.gui.theme import LIGHT, Colours
from playground.gui.views.colour_scale import ColourScale
from playground.gui.views.field import Meaning, answer, boundary, colours_of, meaning_of, scores
from playground.gui.views.marks import short_reason
from playground.gui.views.picture import PictureMenu
from playground.gui.views.plane import FieldItem, Square
from playground.gui.views.plot import Plot
from playground.gui.views.points import Points
from playground.gui.views.replicas import ReplicaBox
from playground.gui.views.scales import Array, Plane, in_words
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.field import Extent, Says
from playground.runtime.snapshot import Snapshot
from playground.training.stopping import DIVERGED

BESIDE = 1.6
"""A view that is so many times wider than high has its controls beside the plane."""
BESIDE_WIDTH = 170
MOST = 16777215
"""Qt's word for no limit of a width."""
HINT = "Point at the plane to read the answer there."


class BoundaryView(QWidget):
    """The plane: field, boundary, points and a probe under the cursor.

    Attributes:
        plot: The surface.
        field: The image and the boundary.
        points: Training and test points.
        scale: What the colours mean.
        test_box: Whether test points are shown.
        discrete_box: Whether only classes, or bands of values, are told apart.
        replica_box: Which of several replicas is shown, or all together.
        probe: The line of text.
        picture: Its context menu.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Decision boundary")
        self._snapshot: Snapshot | None = None
        self._meaning: Meaning | None = None
        self._scores: Array = np.empty((0, 0, 0))
        self._colours: Colours = LIGHT
        self._cursor: tuple[float, float] | None = None
        self._beside: bool | None = None
        self.plot = Plot("x1", "x2", words=False)
        self.field = FieldItem()
        self.plot.add(self.field)
        self.points = Points(self.plot)
        self.scale, self.probe = ColourScale(), QLabel(HINT)
        self.test_box = _check_box(
            "Test points",
            "Show the points kept out of training: as rings, or as squares if they have values.",
            True,
        )
        self.discrete_box = _check_box(
            "Discretise", "Show only which class is answered, or bands of values.", False
        )
        self.replica_box = ReplicaBox()
        self._build()
        self.picture = PictureMenu(self, "decision boundary")
        self.test_box.toggled.connect(self.points.show_test)
        self.discrete_box.toggled.connect(self._redraw)
        self.plot.hovered.connect(self._hover)
        self.plot.left.connect(self._leave)
        self.set_palette_colours(LIGHT)

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
        if fresh:
            assert self._meaning is not None
            self.test_box.setEnabled(len(dataset.test) > 0)
            self.points.show(dataset, self._meaning, self._colours)
        if old is None or old.extent != snapshot.extent:
            low1, high1, low2, high2 = snapshot.extent
            self.plot.set_scales(Plane(low1, high1), Plane(low2, high2))
        self._draw()

    def _redraw(self) -> None:
        if self._snapshot is not None:
            self._draw()

    def _draw(self) -> None:
        snapshot, meaning = self._snapshot, self._meaning
        assert snapshot is not None
        assert meaning is not None
        self._scores = scores(snapshot.field, snapshot.says)
        discrete = self.discrete_box.isChecked()
        pixels = colours_of(meaning, self._scores, self._colours, discrete)
        self.field.set_field(pixels, self._boundary(snapshot, meaning), snapshot.extent)
        self.plot.redraw()
        self._show_probe()

    def _boundary(self, snapshot: Snapshot, meaning: Meaning) -> tuple[Array, Array]:
        if meaning.kind == "values":
            return np.empty(0), np.empty(0)
        low1, high1, low2, high2 = snapshot.extent
        across, up = boundary(self._scores)
        cells = self._scores.shape[-1]
        return (
            low1 + (across + 0.5) * ((high1 - low1) / cells),
            low2 + (up + 0.5) * ((high2 - low2) / cells),
        )

    # --- the probe ---------------------------------------------------------------------------

    def _hover(self, x1: float, x2: float) -> None:
        self._cursor = (x1, x2)
        self._show_probe()

    def _leave(self) -> None:
        self._cursor = None
        self._show_probe()

    def _show_probe(self) -> None:
        text = self._resting_text() if self._cursor is None else self._reading(*self._cursor)
        if text != self.probe.text():
            self.probe.setText(text)

    def _resting_text(self) -> str:
        snapshot = self._snapshot
        if snapshot is None:
            return HINT
        texts = []
        if self.points.drawn < self.points.total:
            texts.append(f"{self.points.drawn:,} of {self.points.total:,} points drawn.")
        shown = snapshot.shown
        if shown is not None and snapshot.replicas > 1:
            stop = snapshot.stops[shown]
            if stop is not None and stop.name == DIVERGED:
                when = f"Replica {shown + 1} diverged in epoch {stop.epoch:,}"
                return f"{when}; this is what it last answered."
            if stop is not None:
                return f"Replica {shown + 1} has stopped: {short_reason(stop)}. {HINT}"
        return " ".join([*texts, HINT])

    def _reading(self, x1: float, x2: float) -> str:
        """What the network says at a point, from the field's nearest values."""
        snapshot, meaning = self._snapshot, self._meaning
        if snapshot is None or meaning is None:
            return HINT
        place = f"x1 {x1:.2f}, x2 {x2:.2f}: ".replace("-", "−")
        find = _nearest if meaning.kind == "votes" else _between
        score = find(self._scores, x1, x2, snapshot.extent)
        said = answer(meaning, score)
        if meaning.kind == "votes":
            return place + _votes(said, meaning.together)
        if meaning.kind == "values":
            caption = "median output" if meaning.together > 1 else "output"
            return f"{place}{caption} {in_words(float(said[0]))}"
        if meaning.kind == "classes":
            best = int(said.argmax())
            return f"{place}class {best}, P(class {best}) = {said[best]:.3f}"
        likely = int(score[0] > 0)
        if meaning.kind == "margin":
            return f"{place}class {likely}, margin {in_words(float(said[0]))}"
        return f"{place}class {likely}, P(class 1) = {said[0]:.3f}"

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.plot.set_palette_colours(colours)
        self.scale.set_palette_colours(colours)
        self.field.line_colour = colours.text
        if self._snapshot is not None and self._meaning is not None:
            self.points.show(self._snapshot.dataset, self._meaning, colours)
            self._draw()

    def _build(self) -> None:
        self._square = Square(self.plot)
        self._top, self._bottom = QWidget(), QWidget()
        top = QVBoxLayout(self._top)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(4)
        top.addWidget(self.replica_box)
        self._boxes = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._boxes.setSpacing(12)
        top.addLayout(self._boxes)
        self._boxes.addWidget(self.test_box)
        self._boxes.addWidget(self.discrete_box)
        self._boxes.addStretch(1)
        below = QVBoxLayout(self._bottom)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        below.addWidget(self.scale)
        below.addWidget(self.probe)
        self.probe.setWordWrap(True)
        self.probe.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.probe.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 6, 8, 4)
        self._grid.setSpacing(4)
        self._arrange()

    def _arrange(self) -> None:
        """Controls beside the plane, or above and below it: what leaves it larger."""
        beside = self.width() > BESIDE * self.height()
        if beside == self._beside:
            return
        self._beside = beside
        grid, parts = self._grid, (self._square, self._top, self._bottom)
        for part in parts:
            grid.removeWidget(part)
        if beside:
            cells = ((0, 0, 4, 1), (0, 1, 1, 1), (1, 1, 1, 1))
            self._boxes.setDirection(QBoxLayout.Direction.TopToBottom)
        else:
            cells = ((1, 0, 1, 1), (0, 0, 1, 1), (2, 0, 1, 1))
            self._boxes.setDirection(QBoxLayout.Direction.LeftToRight)
        for part, cell in zip(parts, cells, strict=True):
            grid.addWidget(part, *cell)
        grid.setRowStretch(3, 1)
        grid.setColumnStretch(0, 1)
        for part in (self._top, self._bottom):
            part.setMinimumWidth(BESIDE_WIDTH if beside else 0)
            part.setMaximumWidth(BESIDE_WIDTH if beside else MOST)
        self.probe.setFixedHeight((4 if beside else 2) * self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(372, 460)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 200)


def _together(snapshot: Snapshot) -> tuple[Says, int]:
    return snapshot.says, snapshot.replicas


def _votes(shares: Array, replicas: int) -> str:
    """The class with most votes and how many there are, from shares (1,) or (classes,)."""
    of_each = np.array([1 - shares[0], shares[0]]) if len(shares) == 1 else shares
    best = int(of_each.argmax())
    return f"class {best}, {round(float(of_each[best]) * replicas)} of {replicas} votes"


def _check_box(text: str, help: str, checked: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setFocusPolicy(KEYS_ONLY)
    box.setAccessibleName(text)
    box.setToolTip(help)
    box.setChecked(checked)
    return box


def _between(field: Array, x1: float, x2: float, extent: Extent) -> Array:
    """The values (outputs,) at a point, linear between the four nearest of the field."""
    low1, high1, low2, high2 = extent
    size = field.shape[-1]
    column = np.clip((x1 - low1) / (high1 - low1) * size - 0.5, 0, size - 1.001)
    row = np.clip((x2 - low2) / (high2 - low2) * size - 0.5, 0, size - 1.001)
    left, low = int(column), int(row)
    right_share, upper_share = column - left, row - low
    lower = field[:, low, left] * (1 - right_share) + field[:, low, left + 1] * right_share
    upper = field[:, low + 1, left] * (1 - right_share) + field[:, low + 1, left + 1] * right_share
    return lower * (1 - upper_share) + upper * upper_share


def _nearest(field: Array, x1: float, x2: float, extent: Extent) -> Array:
    """The values (outputs,) of the cell that a point lies in."""
    low1, high1, low2, high2 = extent
    size = field.shape[-1]
    column = int(np.clip((x1 - low1) / (high1 - low1) * size, 0, size - 1))
    row = int(np.clip((x2 - low2) / (high2 - low2) * size, 0, size - 1))
    return field[:, row, column]
