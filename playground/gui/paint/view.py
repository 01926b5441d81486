"""The view in which points are painted: each stroke is one change of the experiment."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from playground.core.errors import ExperimentError
from playground.core.experiment import Experiment
from playground.core.families import sources
from playground.core.limits import MAX_SAMPLES
from playground.gui.data_changes import with_data
from playground.gui.paint.controls import Controls, Tool
from playground.gui.paint.picture import Picture
from playground.gui.paint.sheet import Sheet, along, sheet_of, square_for
from playground.gui.paint.surface import Surface
from playground.gui.theme import LIGHT, Colours, class_colours
from playground.gui.views.plane import Square
from playground.gui.views.view import View
from playground.runtime.field import Extent
from playground.runtime.session import Session
from playground.runtime.snapshot import Snapshot

BESIDE = 1.3
"""A view that is so many times wider than high has its controls beside the plane."""
BESIDE_WIDTH = 176
MOST = 16777215
"""Qt's word for no limit of a width."""
ENOUGH, MARGIN = 260, 16
"""The side of a plane on which one paints well; what is around and between it and its controls."""
CLOSEST = 1 / 48
"""Least way between two dabs, in sides of the square, however small the brush is."""
OWN = "points"
EMPTY = "The plane is empty. Paint on it: until then the network keeps the points it has."
FULL = f"There are {MAX_SAMPLES:,} points, and no more are allowed: erase some first."

Place = tuple[float, float]


class PaintView(View):
    """The points of the experiment, to be changed by hand; drawn ones become own ones by that.

    What cannot be trained on yet, such as an empty plane, stays here until it can: the experiment
    keeps its points meanwhile, and undo brings them back.

    Signals:
        unfinished_changed: Whether there is such a change.

    Attributes:
        sheet: The points, with those of the present stroke.
        surface: The plane.
        picture: What is on it.
        controls: Tools, class or value, sizes.
        hint: What there is, or why it is not taken.
        unfinished: Whether what is seen is not what is trained on.
    """

    unfinished_changed = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Paint points")
        self._session, self._data = session, session.experiment.data
        self._colours: Colours = LIGHT
        self._rng = np.random.default_rng()
        self._stale, self._committing, self.unfinished = True, False, False
        self._stroke: Tool | None = None
        self._changed = False
        self._last: Place = (0.0, 0.0)
        self._square: Extent | None = None
        self.sheet = Sheet()
        self.surface, self.controls, self.hint = Surface(), Controls(), QLabel()
        self.picture = Picture(self.surface)
        self._build()
        self._connect()
        self._show_square()

    # --- following the experiment --------------------------------------------------------------

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw what the network answers behind the points."""
        if self.isVisible() and snapshot is not self.picture.snapshot:
            self.picture.show_answer(snapshot)

    def take_back(self) -> bool:
        """Drop a change that is not finished and seen; whether there was one."""
        if not (self.unfinished and self.isVisible()):
            return False
        self._take_in()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self._take_in()
        super().showEvent(event)

    def _follow(self, experiment: Experiment) -> None:
        old, self._data = self._data, experiment.data
        if self._data is old or self._committing:
            return
        same = (self._data.source, self._data.problem) == (old.source, old.problem)
        if self.unfinished and same and self._data.points is old.points:
            return
        self._stale = True
        if self.isVisible():
            self._take_in()

    def _take_in(self) -> None:
        """Show the experiment's points."""
        self._stale, self._stroke = False, None
        self.sheet = sheet_of(self._data)
        self._set_unfinished(False)
        self._square = square_for(self.sheet, self._data, None)
        self._show_square()
        self._show_points()
        self._show_hint()

    def _commit(self) -> None:
        """Make what was painted the experiment's, as one step of undo, if it can be trained on."""
        self._stroke = None
        self.sheet.settle()
        try:
            changed = self._with_these_points(self._session.experiment)
        except ExperimentError as error:
            self._set_unfinished(True)
            problem = error.problems[0]
            words = f"Not trained on yet: {problem.message}."
            self._show_points()
            self._show_hint(EMPTY if not len(self.sheet) else words)
            return
        self._committing = True
        try:
            self._session.change(changed)
        finally:
            self._committing = False
        self._set_unfinished(False)
        self._square = square_for(self.sheet, self._data, self._square)
        self._show_square()
        self._show_points()
        self._show_hint()

    def _with_these_points(self, experiment: Experiment) -> Experiment:
        kind = self._data.task.kind
        points = self.sheet.points()
        return with_data(experiment, source=OWN, points=points, problem=kind)

    def _set_unfinished(self, unfinished: bool) -> None:
        if unfinished != self.unfinished:
            self.unfinished = unfinished
            self.unfinished_changed.emit(unfinished)

    # --- strokes -----------------------------------------------------------------------------

    def _press(self, x1: float, x2: float, right: bool) -> None:
        self._stroke = "erase" if right else self.controls.tool
        self._changed, self._last = False, (x1, x2)
        if self._stroke == "move":
            if not self.sheet.lift((x1, x2), self.picture.grasp):
                self._stroke = None
            else:
                self._show_points()
        else:
            self._dab((x1, x2))
        self.picture.show_brush((x1, x2))

    def _drag(self, x1: float, x2: float) -> None:
        if self._stroke is None:
            return
        if self._stroke == "move":
            self.sheet.carry((x1, x2))
            self._changed = True
            self._show_fresh()
        else:
            radius = self.picture.brush.radius
            dense = max(radius, CLOSEST * self.picture.side)
            spacing = radius / 2 if self._stroke == "erase" else dense
            places = along(self._last, (x1, x2), spacing)
            self._last = places[-1] if places else self._last
            self._dab(*places)
        self.picture.show_brush((x1, x2))

    def _release(self) -> None:
        stroke, self._stroke = self._stroke, None
        if stroke is not None and self._changed:
            self._commit()
        elif stroke == "move":  # it was only touched
            self.sheet.settle()
            self._show_points()

    def _dab(self, *places: Place) -> None:
        """Paint or erase at some places, and show it."""
        radius = self.picture.brush.radius
        if self._stroke == "erase":
            if sum([self.sheet.erase(at, radius) for at in places]):
                self._changed = True
                self._show_points()
            return
        target = float(self.controls.number)
        if self._data.task.kind == "regression":
            target = self.controls.value.value()
        count = self.controls.per_dab.value()
        if sum([self.sheet.spray(at, radius, count, target, self._rng) for at in places]):
            self._changed = True
            self._show_fresh()
        elif places:
            self._show_hint(FULL)

    def _dab_by_key(self, tool: Tool) -> None:
        self._stroke, self._changed = tool, False
        self._dab(self.surface.cursor_at)
        self._release()

    def _clear(self) -> None:
        self.sheet = Sheet()
        self._commit()
        self.surface.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what is seen ------------------------------------------------------------------------

    def _show_square(self) -> None:
        if self._square is None:
            self._square = square_for(Sheet(), self._data, None)
        self.picture.show_square(self._square)
        self._size_brush()

    def _show_points(self) -> None:
        self.picture.show_points(self.sheet, self._data, self.controls.value.value())

    def _show_fresh(self) -> None:
        self.picture.show_fresh(self.sheet, self._data, self.controls.value.value())

    def _show_hint(self, sentence: str = "") -> None:
        data, count = self._data, len(self.sheet)
        own = data.source == OWN
        self.controls.show_values(data.task.kind == "regression")
        self.controls.take_over.setEnabled(not own and not self.unfinished)
        self.controls.clear.setEnabled(count > 0)
        if not sentence:
            named = "of your own" if own else f"of {sources[data.source].label}"
            sentence = f"{count:,} points {named}."
            if not own:
                sentence += " A stroke makes them your own."
            elif self.picture.base.drawn < count:
                sentence += f" {self.picture.base.drawn:,} of them are drawn."
        self.hint.setText(sentence)

    def _size_brush(self) -> None:
        brush, tool, picture = self.picture.brush, self.controls.tool, self.picture
        share = self.controls.size_slider.value() / 200
        brush.radius = picture.grasp if tool == "move" else share * picture.side
        brush.colour = self._colours.text
        if tool == "brush" and self._data.task.kind == "classification":
            hues = class_colours(self.controls.number + 1, self._colours)
            brush.colour = hues[self.controls.number]
        self.surface.redraw()

    def _show_focus(self, focused: bool) -> None:
        self.picture.show_brush(self.surface.cursor_at if focused else None, by_key=focused)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.picture.set_palette_colours(colours)
        self.controls.set_palette_colours(colours)
        self._size_brush()
        self._show_points()

    # --- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self._session.experiment_changed.connect(self._follow)
        surface, controls = self.surface, self.controls
        surface.pressed.connect(self._press)
        surface.dragged.connect(self._drag)
        surface.released.connect(self._release)
        show_brush = self.picture.show_brush
        surface.hovered.connect(lambda x1, x2: show_brush((x1, x2)))
        surface.left.connect(lambda: show_brush(None))
        surface.cursor_moved.connect(lambda x1, x2: show_brush((x1, x2), by_key=True))
        surface.dab_asked.connect(lambda: self._dab_by_key("brush"))
        surface.erase_asked.connect(lambda: self._dab_by_key("erase"))
        surface.digit_typed.connect(controls.choose_class)
        surface.focus_changed.connect(self._show_focus)
        controls.changed.connect(self._size_brush)
        controls.take_over_asked.connect(self._commit)
        controls.clear_asked.connect(self._clear)

    def _build(self) -> None:
        self.surface.setAccessibleName("Plane to paint on")
        self.surface.setToolTip(
            "Drag to paint, with the right button to erase. By keys: arrows move (with Shift "
            "faster), Return dabs, Delete erases, a digit chooses the class."
        )
        self.hint.setAccessibleName("About the painted points")
        self.hint.setWordWrap(True)
        # A stroke shortens the sentence; the plane must not move under the brush then.
        self.hint.setMinimumHeight(2 * self.hint.fontMetrics().height())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(4)
        side.addWidget(self.controls)
        side.addWidget(self.hint)
        side.addStretch(1)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(8, 6, 8, 4)
        self._layout.setSpacing(6)
        self._layout.addWidget(self._side)
        self._layout.addWidget(Square(self.surface, modest=True), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Controls beside the plane or above it: what leaves it larger."""
        beside = self.width() > BESIDE * self.height()
        direction = QBoxLayout.Direction
        self._layout.setDirection(direction.RightToLeft if beside else direction.TopToBottom)
        self._side.setFixedWidth(BESIDE_WIDTH) if beside else self._free_side()
        super().resizeEvent(event)

    def room_in(self, height: int) -> int:
        """The width to be had at least.

        A plane that is large enough below the controls stays there; else it goes beside them, where
        it has all of the height.
        """
        below = height - self._side.sizeHint().height()
        return MARGIN + (ENOUGH if below >= ENOUGH else height + BESIDE_WIDTH)

    def _free_side(self) -> None:
        self._side.setMinimumWidth(0)
        self._side.setMaximumWidth(MOST)

    def sizeHint(self) -> QSize:
        return QSize(372, 460)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 200)
