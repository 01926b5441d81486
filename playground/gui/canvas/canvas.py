"""The drawn network with what opens over it: a neuron's box, a weight's window, the zoom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QToolButton, QWidget

from playground.core.experiment import Experiment
from playground.gui.canvas.diagram import Diagram
from playground.gui.canvas.neuron_box import NeuronBox
from playground.gui.canvas.weight_box import WeightBox
from playground.gui.canvas.words import link_name, number
from playground.gui.icons import icon
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.picture import PictureMenu
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.snapshot import Snapshot

ZOOM_STEP, SMALLEST_ZOOM, LARGEST_ZOOM = 1.25, 0.4, 8.0
NOTCH = 120
TOOLS = (
    ("overview", "Overview: the whole network side by side. A click on a number leaves it."),
    ("subtract", "Zoom out: Ctrl and the wheel do so too."),
    ("fit", "Fit: all neurons of a column within the height."),
    ("add", "Zoom in: Ctrl and the wheel do so too."),
)
"""Icon, name and help of the buttons."""


class Canvas(QObject):
    """Neurons, links, and what can be done with them.

    Attributes:
        diagram: What is painted; it stands below the cards.
        tools: The buttons of the zoom.
        picture: The context menu of the diagram.

    Signals:
        sight_changed: What the network must be looked at for.
        neuron_chosen: The column, 0 for the features, and the unit that was clicked.
        weight_set: A weight, its value or None, and whether it is to be held or None.
        overview_asked: The whole network is to be seen side by side, or no longer.
        zoom_changed: How many times larger than fits it is drawn.
    """

    sight_changed = Signal(object)
    neuron_chosen = Signal(int, int)
    weight_set = Signal(object, object, object)
    overview_asked = Signal(bool)
    zoom_changed = Signal(float)

    instruments = ("wiring", "neurons")

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self.diagram = Diagram()
        self.picture = PictureMenu(self.diagram, "network")
        self._box, self.weight = NeuronBox(panel), WeightBox(panel)
        self._hint = QLabel(panel)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint.setAutoFillBackground(True)
        self._hint.setMargin(4)
        self._hint.hide()
        self._neuron_at: QRectF | None = None
        self._area: QScrollArea | None = None
        self._dragged_from: QPoint | None = None
        self.tools = [QToolButton(panel) for _ in range(4)]
        for tool, (name, text) in zip(
            self.tools,
            TOOLS,
            strict=True,
        ):
            tool.setAccessibleName(text.split(":")[0])
            tool.setToolTip(text)
            tool.setFocusPolicy(KEYS_ONLY)
            tool.setObjectName(name)
            tool.setAutoFillBackground(True)
        overview, smaller, fit, larger = self.tools
        overview.setCheckable(True)
        overview.toggled.connect(self.overview_asked)
        smaller.clicked.connect(self.zoom_out)
        fit.clicked.connect(self.fit)
        larger.clicked.connect(self.zoom_in)
        diagram = self.diagram
        diagram.sight_changed.connect(self.sight_changed)
        diagram.neuron_hovered.connect(self._show_neuron)
        diagram.link_hovered.connect(self._show_link)
        diagram.neuron_chosen.connect(self.neuron_chosen)
        diagram.weight_chosen.connect(self._open_weight)
        self.weight.value_set.connect(self._set_value)
        self.weight.hold_set.connect(self._hold)
        self.weight.cut_asked.connect(self._cut)
        self.set_palette_colours(LIGHT)

    def show_overview(self, overview: bool) -> None:
        """Follow what the panel shows."""
        with QSignalBlocker(self.tools[0]):
            self.tools[0].setChecked(overview)

    def stand_in(self, area: QScrollArea) -> None:
        """Move with the area that the diagram is scrolled in; dragging its ground scrolls it."""
        self._area = area
        area.viewport().installEventFilter(self)
        self.diagram.installEventFilter(self)

    def place(self, experiment: Experiment, centres: Sequence[float], room: int) -> None:
        """Draw a network below the middles of its cards, in a height."""
        self.diagram.show_experiment(experiment, centres, room)
        area = self._area
        if area is None:
            return
        x = area.width() - 4
        bottom = area.viewport().height() - 4
        for tool in reversed(self.tools):
            size = tool.sizeHint()
            x -= size.width()
            tool.move(x, bottom - size.height())
            tool.resize(size)
            tool.raise_()

    def render(self, snapshot: Snapshot) -> None:
        """Draw a moment, and bring up to date what is open."""
        if not self.diagram.isVisible():
            return
        self.diagram.render(snapshot)
        wiring = self.diagram.wiring
        if wiring is None:
            return
        if self._box.isVisible() and self.diagram.state.neuron is not None:
            self._describe()
        if self.weight.isVisible() and self.weight.link[0] < len(wiring.links):
            self.weight.show_links(wiring.links[self.weight.link[0]])

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self.diagram.set_palette_colours(colours)
        self._box.set_palette_colours(colours)
        for tool in self.tools:
            tool.setIcon(icon(tool.objectName(), colours.text))

    # --- hovering ----------------------------------------------------------------------------

    def _show_neuron(self, neuron: tuple[int, int] | None, spot: QRectF | None) -> None:
        self._neuron_at = spot
        if neuron is None or self.diagram.wiring is None:
            self._box.hide()
        else:
            self._describe()

    def _describe(self) -> None:
        diagram, spot = self.diagram, self._neuron_at
        neuron, experiment, wiring = diagram.state.neuron, diagram.experiment, diagram.wiring
        if neuron is None or spot is None or experiment is None or wiring is None:
            return
        self._box.show_neuron(experiment, wiring, neuron, diagram.painter)
        corner = self._in_panel(spot.topLeft())
        self._box.stand_beside(QRect(corner, spot.size().toSize()))

    def _show_link(self, link: tuple[int, int, int] | None, at: QPointF | None) -> None:
        wiring, experiment = self.diagram.wiring, self.diagram.experiment
        if link is None or at is None or wiring is None or experiment is None:
            self._hint.hide()
            return
        links = wiring.links[link[0]]
        assert links.weights is not None
        _, row, unit = link
        text = f"{link_name(experiment, *link)}\nweight {number(float(links.weights[row, unit]))}"
        if links.gradient is not None:
            text += f", gradient {number(float(links.gradient[row, unit]))}"
        if links.frozen is not None and links.frozen[row, unit]:
            text += ", frozen" if links.weights[row, unit] else ", cut"
        self._hint.setText(text)
        self._hint.adjustSize()
        corner = self._in_panel(at) + QPoint(12, 12)
        panel = self._panel
        corner.setX(min(corner.x(), panel.width() - self._hint.width()))
        corner.setY(min(corner.y(), panel.height() - self._hint.height()))
        self._hint.move(corner)
        self._hint.show()
        self._hint.raise_()

    # --- weights -----------------------------------------------------------------------------

    def _open_weight(self, link: tuple[int, int, int], at: QPointF) -> None:
        wiring, experiment = self.diagram.wiring, self.diagram.experiment
        if wiring is None or experiment is None:
            return
        self._hint.hide()
        self._box.hide()
        place = self.diagram.mapToGlobal(at.toPoint())
        self.weight.open_on(link, link_name(experiment, *link), wiring.links[link[0]], place)

    def _set_value(self, value: float) -> None:
        self.weight_set.emit(self.diagram.place_of(self.weight.link), value, None)

    def _hold(self, held: bool) -> None:
        self.weight_set.emit(self.diagram.place_of(self.weight.link), None, held)

    def _cut(self) -> None:
        self.weight_set.emit(self.diagram.place_of(self.weight.link), 0.0, True)
        self.weight.close()

    # --- zoom and pan ------------------------------------------------------------------------

    def zoom_in(self) -> None:
        """Draw larger."""
        self._zoom(self.diagram.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """Draw smaller."""
        self._zoom(self.diagram.zoom / ZOOM_STEP)

    def fit(self) -> None:
        """Draw so that all neurons of a column fit into the height."""
        self._zoom(1.0)

    def _zoom(self, zoom: float) -> None:
        zoom = min(max(zoom, SMALLEST_ZOOM), LARGEST_ZOOM)
        if abs(zoom - 1) < 0.02:
            zoom = 1.0
        self.diagram.set_zoom(zoom)
        self.zoom_changed.emit(zoom)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Zoom by Ctrl and the wheel; scroll by dragging the ground."""
        if isinstance(event, QWheelEvent):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                turned = event.angleDelta().y() / NOTCH
                self._zoom(self.diagram.zoom * ZOOM_STEP**turned)
                return True
        elif isinstance(event, QMouseEvent) and watched is self.diagram:
            self._drag(event)
        return False

    def _drag(self, event: QMouseEvent) -> None:
        area, kind = self._area, event.type()
        if area is None:
            return
        place = event.globalPosition().toPoint()
        if kind == QEvent.Type.MouseButtonPress:
            state = self.diagram.state
            on_ground = state.neuron is None and state.link is None
            self._dragged_from = place if on_ground else None
        elif kind == QEvent.Type.MouseButtonRelease:
            self._dragged_from = None
        elif kind == QEvent.Type.MouseMove and self._dragged_from is not None:
            by, self._dragged_from = place - self._dragged_from, place
            for bar, moved in (
                (area.horizontalScrollBar(), by.x()),
                (area.verticalScrollBar(), by.y()),
            ):
                bar.setValue(bar.value() - moved)

    @property
    def _panel(self) -> QWidget:
        panel = self.parent()
        assert isinstance(panel, QWidget)
        return panel

    def _in_panel(self, at: QPointF) -> QPoint:
        return self.diagram.mapTo(self._panel, at.toPoint())
