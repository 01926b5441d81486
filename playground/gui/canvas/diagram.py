"""The drawn network: live, and open to the mouse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.core.experiment import Experiment
from playground.gui.canvas.geometry import Picture, lay_out
from playground.gui.canvas.links import Drawn, drawn_links
from playground.gui.canvas.painting import AROUND, Painter, State, bias_spot
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.neuron_cells import MOSTLY
from playground.gui.views.plot_layers import is_vector
from playground.gui.views.verdict import Level
from playground.runtime.snapshot import Snapshot
from playground.training.diagnostics import LAST_ROWS
from playground.training.doctor.gradients import Vanishing
from playground.training.frozen import Place
from playground.training.instruments.wiring import Sight, Wiring
from playground.training.spread import median_of_all

GRIDS = (8, 12, 16, 24, 32, 48)
"""Cells along each side of the neurons' maps."""
MARGIN = AROUND + 4
LEAST_HEIGHT = 96
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Diagram(QWidget):
    """Neurons and links below the cards of their layers.

    Signals:
        sight_changed: The :class:`Sight` that is now needed.
        neuron_hovered: The column and unit under the mouse and its rectangle here, or None.
        link_hovered: The layer, row and unit of a link and where the mouse is, or None.
        weight_chosen: The layer, row and unit of a link or bias that was clicked, and where.
        neuron_chosen: The column and unit of a neuron that was clicked.
    """

    sight_changed = Signal(object)
    neuron_hovered = Signal(object, object)
    link_hovered = Signal(object, object)
    weight_chosen = Signal(object, object)
    neuron_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("The network as it is drawn")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.zoom = 1.0
        self.picture: Picture | None = None
        self.drawn: Drawn | None = None
        self.state = State()
        self._room = LEAST_HEIGHT
        self._centres: tuple[float, ...] = ()
        self._experiment: Experiment | None = None
        self._snapshot: Snapshot | None = None
        self._wiring: Wiring | None = None
        self._sight: Sight | None = None
        self._visible = (0.0, 1e9)
        self._painter = Painter(LIGHT)

    @property
    def wiring(self) -> Wiring | None:
        """What is drawn."""
        return self._wiring

    @property
    def experiment(self) -> Experiment | None:
        """Whose network is drawn."""
        return self._experiment

    # --- what is drawn -----------------------------------------------------------------------

    def show_experiment(self, experiment: Experiment, centres: Sequence[float], room: int) -> None:
        """Place the neurons of a network below the middles of its cards.

        Args:
            experiment: Whose network.
            centres: The middle of each column, in pixels.
            room: The height that can be seen.
        """
        old = self._experiment
        same = old is not None and (old.network, old.sizes, old.data.features) == (
            experiment.network,
            experiment.sizes,
            experiment.data.features,
        )
        if same and (self._centres, self._room) == (tuple(centres), room):
            self._experiment = experiment  # such as a learning rate that is dragged
            return
        if self._experiment is not None and self._experiment.sizes != experiment.sizes:
            self._wiring = self.drawn = None
            self._set_hover(None, None)
        self._experiment, self._centres, self._room = experiment, tuple(centres), room
        self._place()

    def set_zoom(self, zoom: float) -> None:
        """Draw larger or smaller than fits."""
        if zoom != self.zoom:
            self.zoom = zoom
            self._place()

    @property
    def visible_part(self) -> tuple[float, float]:
        """Between which pixels it is looked at."""
        return self._visible

    def set_visible_part(self, left: float, right: float) -> None:
        """Only columns between these are seen."""
        if (left, right) != self._visible:
            self._visible = (left, right)
            self._want()

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment, if its reading is of this network."""
        if snapshot is self._snapshot:
            return
        self._snapshot = snapshot
        wiring = snapshot.readings.get("wiring")
        if wiring is None or self._experiment is None or self.picture is None:
            return
        if snapshot.experiment.sizes != self._experiment.sizes:
            return  # the next one is of the network that is drawn
        self._wiring = wiring
        self._painter.use_maps(wiring)
        self.drawn = drawn_links(wiring.links, self.picture)
        self._note_state(snapshot)
        self.update()

    def _note_state(self, snapshot: Snapshot) -> None:
        replica = snapshot.shown or 0
        state = self.state
        state.levels = levels_of(snapshot)
        state.dead = [flags[replica] for flags in snapshot.dead]
        state.saturated = [
            np.nan_to_num(layer.saturated) > MOSTLY
            for layer in snapshot.readings.get("neurons") or ()
        ]
        state.shows_masks = not snapshot.running and snapshot.moment is None
        if state.link is not None and self.drawn is not None and state.link >= len(self.drawn):
            state.link = None

    def _place(self) -> None:
        experiment = self._experiment
        if experiment is None or len(self._centres) != len(experiment.sizes):
            return
        room = max(self._room, LEAST_HEIGHT)
        self.picture = lay_out(experiment.sizes, self._centres, room, self.zoom, MARGIN)
        self.setMinimumHeight(round(self.picture.height))
        if self._wiring is not None:
            self.drawn = drawn_links(self._wiring.links, self.picture)
        self._want()
        self.update()

    def _want(self) -> None:
        """Say which maps are needed, and how fine."""
        if self.picture is None:
            return
        left, right = self._visible
        seen = frozenset(
            index
            for index, column in enumerate(self.picture.columns)
            if column.x + column.width / 2 >= left and column.x - column.width / 2 <= right
        )
        side = max((self.picture.columns[index].side for index in seen), default=1.0)
        grid = next((grid for grid in GRIDS if grid >= 0.8 * side), GRIDS[-1])
        sight = Sight(grid, seen, self.state.neuron)
        if sight != self._sight:
            self._sight = sight
            self.sight_changed.emit(sight)

    # --- the mouse ---------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.NoButton:
            self._look_at(event.position())
        event.ignore()  # dragging the ground moves what is around

    def _look_at(self, at: QPointF) -> None:
        """Find what is at a point."""
        if self.picture is not None:
            neuron = self.picture.at(at.x(), at.y())
            link = None
            if neuron is None and self.drawn is not None:
                link = self.drawn.nearest(at.x(), at.y())
            self._set_hover(neuron, link, at)

    def leaveEvent(self, event: object) -> None:
        self._set_hover(None, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.button() != Qt.MouseButton.LeftButton or self.picture is None:
            event.ignore()
            return
        self._look_at(at)
        bias = self._bias_at(at)
        if bias is not None:
            self.weight_chosen.emit(bias, at)
        elif self.state.neuron is not None:
            self.neuron_chosen.emit(*self.state.neuron)
        elif self.state.link is not None and self.drawn is not None:
            self.weight_chosen.emit(self._link(self.state.link), at)
        else:
            event.ignore()

    def _bias_at(self, at: QPointF) -> tuple[int, int, int] | None:
        assert self.picture is not None
        if self._wiring is None:
            return None
        for layer, column in enumerate(self.picture.columns[1:]):
            if column.is_block:
                continue
            for unit, spot in enumerate(column.spots()):
                if bias_spot(spot).holds(at.x(), at.y()):
                    return layer, self.picture.columns[layer].count, unit
        return None

    def _link(self, index: int) -> tuple[int, int, int]:
        drawn = self.drawn
        assert drawn is not None
        return int(drawn.layer[index]), int(drawn.row[index]), int(drawn.unit[index])

    def _set_hover(
        self, neuron: tuple[int, int] | None, link: int | None, at: QPointF | None = None
    ) -> None:
        state = self.state
        if (neuron, link) == (state.neuron, state.link):
            return
        state.neuron, state.link = neuron, link
        spot = None
        if neuron is not None and self.picture is not None:
            spot = QRectF(*self.picture.columns[neuron[0]].spot(neuron[1])[:2], 0, 0)
            side = self.picture.columns[neuron[0]].side
            spot.setSize(QRectF(0, 0, side, side).size())
        self.neuron_hovered.emit(neuron, spot)
        self.link_hovered.emit(None if link is None else self._link(link), at)
        self.setCursor(
            Qt.CursorShape.ArrowCursor
            if neuron is None and link is None
            else Qt.CursorShape.PointingHandCursor
        )
        self._want()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go from neuron to neuron, Return opens its bias."""
        step = ARROWS.get(Qt.Key(event.key()))
        if self.picture is None or (step is None and event.key() not in ENTER):
            super().keyPressEvent(event)
        elif step is not None:
            column, unit = self.state.neuron or (1, -1)
            column = min(max(column + step[0], 0), len(self.picture.columns) - 1)
            unit = min(max(unit + step[1], 0), self.picture.columns[column].count - 1)
            self._set_hover((column, unit), None)
        elif self.state.neuron is not None and self.state.neuron[0] > 0:
            column, unit = self.state.neuron
            below = QPointF(*self.picture.columns[column].spot(unit).centre)
            self.weight_chosen.emit(
                (column - 1, self.picture.columns[column - 1].count, unit), below
            )

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._set_hover(None, None)
        super().focusOutEvent(event)

    # --- looks -------------------------------------------------------------------------------

    def place_of(self, link: tuple[int, int, int]) -> Place:
        """The weight of the replica that is looked at."""
        replica = self._snapshot.shown if self._snapshot is not None else 0
        return Place(replica or 0, *link)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._painter = Painter(colours)
        if self._wiring is not None:
            self._painter.use_maps(self._wiring)
        self.update()

    @property
    def painter(self) -> Painter:
        """What paints, and colours maps."""
        return self._painter

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._experiment is None or self.picture is None:
            QPainter(self).fillRect(event.rect(), self.palette().window())
            return
        painter = QPainter(self)
        if is_vector(painter):
            painter.fillRect(self.rect(), self.palette().window())
            self._paint(painter)
            painter.end()
            return
        painter.end()
        # Straight onto the window, what lies over it would cut the drawing into many clips.
        part, ratio = event.rect(), self.devicePixelRatioF()
        sheet = QPixmap(part.size() * ratio)
        sheet.setDevicePixelRatio(ratio)
        sheet.fill(self.palette().window().color())
        painter = QPainter(sheet)
        painter.translate(-part.topLeft())
        self._paint(painter)
        painter.end()
        painter = QPainter(self)
        painter.drawPixmap(part.topLeft(), sheet)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        experiment, picture, wiring = self._experiment, self.picture, self._wiring
        assert experiment is not None
        assert picture is not None
        paint = self._painter
        paint.layers(painter, picture, experiment, self.state)
        if wiring is not None and self.drawn is not None:
            paint.together(painter, picture, wiring)
            paint.links(painter, picture, self.drawn, wiring, self.state)
            paint.neurons(painter, picture, wiring, self.state)

    def sizeHint(self) -> QSize:
        return QSize(400, 260)


def levels_of(snapshot: Snapshot) -> list[Level]:
    """How each hidden layer's gradient fares beside the last one's, of late."""
    health = snapshot.health
    rows = snapshot.until_now(health["epoch"][:, 0], health["weights"])[-LAST_ROWS:]
    hidden = rows.shape[1] - 1
    if hidden < 2 or not len(rows):
        return ["muted"] * hidden
    with np.errstate(all="ignore"):
        late = median_of_all(rows, axis=0)
        shares = late[:-1] / late[-2]
    levels: list[Level] = []
    for share in shares.tolist():
        if not share < Vanishing.amber:  # NaN is no verdict
            levels.append("muted")
        else:
            levels.append("red" if share < Vanishing.red else "amber")
    return levels
