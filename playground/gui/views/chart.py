"""What all charts over epochs have in common: a chart says what to draw, this draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.exchange.drawing.scales import FIRST_EPOCHS, Array, Linear, Scale, in_words, thinned
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.cursor_box import CursorBox, Reading
from playground.gui.views.legend import Chip, Legend
from playground.gui.views.lines import Line, bands, curves, entries, zeros
from playground.gui.views.marks import marks_of
from playground.gui.views.picture import PictureMenu
from playground.gui.views.plot import Plot
from playground.gui.views.plot_layers import Curve, Dot
from playground.gui.views.replicas import whose
from playground.gui.views.verdict import Verdict
from playground.gui.views.view import View
from playground.runtime.snapshot import Snapshot

BEFORE = "before"
"""The legend's entry of the run behind."""


class Chart(View):
    """A chart over epochs: legend, verdict, plot, cursor with values, marks of best and stop.

    Attributes:
        legend: Title and entries.
        whose: Of several replicas, whose values are drawn.
        plot: The surface.
        verdict: The sentence above the plot, where there is one.
        box: The values at the cursor.
        picture: Its context menu.
    """

    def __init__(
        self,
        name: str,
        title: QWidget,
        options: QWidget | None = None,
        verdict: Verdict | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._snapshot: Snapshot | None = None
        self._colours: Colours = LIGHT
        self._lines: Sequence[Line] = ()
        self._epochs: Array = np.empty(0)
        self._values: Array = np.empty((0, 0))
        self._behind: tuple[Array, Array] | None = None
        self._cursor: float | None = None
        self._x: Scale = Linear(FIRST_EPOCHS, whole=True)
        self._y: Scale = self.new_scale()
        self.legend, self.verdict = Legend(title), verdict
        self.whose = QLabel(self.legend)
        self.whose.hide()
        self.plot = Plot("Epoch")
        self._apology = QLabel()
        self._build(options)
        self.picture = PictureMenu(self, name.lower())
        self.legend.toggled.connect(self.rescale)
        self.plot.hovered.connect(self._hover)
        self.plot.left.connect(self._leave)
        self.plot.set_scales(self._x, self._y)
        self.set_palette_colours(LIGHT)

    # --- what a chart says -------------------------------------------------------------------

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        """The curves that there are."""
        raise NotImplementedError

    def epochs(self, snapshot: Snapshot) -> Array:
        """When the rows were taken (rows,)."""
        raise NotImplementedError

    def values(self, snapshot: Snapshot, rows: np.ndarray) -> Array:
        """The values of these rows (rows, lines); what is not finite is left out."""
        raise NotImplementedError

    def colour(self, index: int, count: int, colours: Colours) -> str:
        """The colour of a curve."""
        raise NotImplementedError

    def new_scale(self) -> Scale:
        """The vertical scale before there are values."""
        raise NotImplementedError

    def comment(self, snapshot: Snapshot) -> None:
        """Bring title and verdict up to date."""

    def whose_values(self, snapshot: Snapshot) -> str:
        """Whose values are drawn, or empty where that goes without saying."""
        return whose(snapshot)

    def population(self, snapshot: Snapshot) -> object:
        """What, when it changes, makes other curves of the same run, to be fitted anew."""
        return snapshot.shown

    def spreads(self) -> Sequence[tuple[Array, Array]]:
        """Bands behind the curves, from (rows, lines) to (rows, lines), the widest first.

        They are those of the values asked for last, and finite where these are.
        """
        return ()

    def reach(self, values: Array, spreads: Sequence[tuple[Array, Array]]) -> Array:
        """What of values and bands the vertical range must hold; what lies beyond is cut."""
        return np.concatenate([values, *(edge for pair in spreads for edge in pair)])

    def behind(self, snapshot: Snapshot) -> tuple[Array, Array] | None:
        """The run that this one is compared with: its epochs (rows,) and values (rows, lines)."""
        return None

    def guides(self) -> Sequence[float]:
        """Values at which a horizontal line says what would be usual."""
        return ()

    def apology(self, snapshot: Snapshot) -> str:
        """Why there is nothing to draw, or empty."""
        return ""

    def value_text(self, value: float) -> str:
        """A value beside the cursor."""
        return in_words(value)

    def detail(self, row: int, index: int) -> str:
        """A word more on a line's value at the cursor, at one of the rows drawn last."""
        return ""

    # --- drawing -----------------------------------------------------------------------------

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment, if it is seen and not drawn already."""
        if not self.isVisible() or snapshot is self._snapshot:
            return
        old, self._snapshot = self._snapshot, snapshot
        lines, was_behind = self.lines(snapshot), self._behind is not None
        self._behind = self.behind(snapshot)
        if lines != self._lines or was_behind != (self._behind is not None):
            self._lines = lines
            self._renew_legend()
        if old is None or old.run != snapshot.run or len(lines) != self._values.shape[1]:
            self._x = Linear(FIRST_EPOCHS, whole=True)
            self.rescale()
        elif self.population(old) != self.population(snapshot):
            self.rescale()
        else:
            self._draw(fresh=False)

    def rescale(self) -> None:
        """Fit the vertical range to what is shown now, and draw."""
        self._y = self.new_scale()
        self._draw(fresh=True)

    def _draw(self, fresh: bool) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        self._show_apology(self.apology(snapshot))
        self.comment(snapshot)
        self._say_whose(self.whose_values(snapshot))
        epochs = self.epochs(snapshot)
        rows = thinned(len(epochs))
        self._epochs, self._values = epochs[rows], self.values(snapshot, rows)
        finite, spreads = np.isfinite(self._values), self.spreads()
        shown = [self._is_shown(index) for index in range(len(self._lines))]
        there = finite[:, shown]
        seen = self._values[:, shown][there]
        if spreads:
            inner = [(low[:, shown][there], high[:, shown][there]) for low, high in spreads]
            seen = self.reach(seen, inner)
        reached = [float(snapshot.present)]
        behind = self._behind if self._behind and self.legend.is_shown(BEFORE) else None
        if behind is not None:
            reached.append(float(behind[0].max()))
            # It must not squeeze this run's curves: what is higher than these is cut.
            before = np.minimum(behind[1][:, shown], seen.max(initial=0.0))
            seen = np.concatenate((seen, before[np.isfinite(before)]))
        grown = self._x.cover(np.append(self._epochs[-1:], reached))
        if self._y.cover(seen) or grown or fresh:
            self.plot.set_scales(self._x, self._y)
        colours = {index: self._line_colour(index) for index, on in enumerate(shown) if on}
        drawn = curves(self._epochs, self._values, self._y, colours)
        if behind is not None:
            drawn = [*self._faint(*behind, colours), *drawn]
        self.plot.curves = drawn
        self.plot.bands = bands(self._epochs, self._values, spreads, self._y, colours)
        self.plot.guides = [float(y) for y in self._y.project(np.array(self.guides()))]
        self.plot.marks = marks_of(snapshot, self._colours)
        self._note_zeros()
        self._show_cursor()
        self.plot.redraw()

    def _faint(self, epochs: Array, values: Array, colours: dict[int, str]) -> list[Curve]:
        """The curves of the run behind, cut at the top of the scale."""
        top = self._y.limits()[1]
        return [
            replace(curve, y=np.minimum(curve.y, top))
            for curve in curves(epochs, values, self._y, colours, faint=True)
        ]

    def _renew_legend(self) -> None:
        names = entries(self._lines)
        if self._behind is not None:
            names[BEFORE] = "the run before"
        self.legend.set_entries(list(names), list(names.values()))
        self._colour_lines()

    def _is_shown(self, index: int) -> bool:
        return self.legend.is_shown(self._lines[index].entry)

    def _note_zeros(self) -> None:
        """Say in the legend which curves are exactly 0 now: a log scale has no such place."""
        if len(self._values):
            for entry, is_zero in zeros(self._lines, self._values[-1]).items():
                self.legend.note(entry, " = 0" if is_zero and self.notes_zeros else "")

    @property
    def notes_zeros(self) -> bool:
        """Whether the legend says which curves are exactly 0."""
        return False

    # --- the cursor --------------------------------------------------------------------------

    def _hover(self, x: float, y: float) -> None:
        self._cursor = x
        self._show_cursor()
        self.plot.redraw()

    def _leave(self) -> None:
        if self._cursor is not None:
            self._cursor = None
            self._show_cursor()
            self.plot.redraw()

    def _show_cursor(self) -> None:
        plot = self.plot
        if self._cursor is None or not len(self._epochs):
            plot.cursor_x, plot.cursor_dots = None, ()
            self.box.hide()
            return
        row = int(np.abs(self._epochs - self._cursor).argmin())
        plot.cursor_x = float(self._epochs[row])
        shown = [index for index in range(len(self._lines)) if self._is_shown(index)]
        values = self._values[row]
        heights = self._y.project(values)
        plot.cursor_dots = [
            Dot(plot.cursor_x, float(heights[index]), self._line_colour(index))
            for index in shown
            if np.isfinite(values[index])
        ]
        readings = [
            Reading(
                self._lines[index].name,
                self.value_text(float(values[index])),
                self._line_colour(index),
                self.detail(row, index),
            )
            for index in shown
        ]
        self.box.show_epoch(plot.cursor_x, readings)
        self.box.stand_beside(plot, plot.cursor_x)

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        self.plot.set_palette_colours(colours)
        if self.verdict is not None:
            self.verdict.set_palette_colours(colours)
        self.box.set_palette_colours(colours)
        for label in (self._apology, self.whose):
            label.setStyleSheet(f"color: {colours.muted}")
        self._colour_lines()
        self._draw(fresh=False)

    def _line_colour(self, index: int) -> str:
        return self.colour(index, len(self._lines), self._colours)

    def _colour_lines(self) -> None:
        own: dict[str, str] = {}
        for index, line in enumerate(self._lines):
            own.setdefault(line.entry, self._line_colour(index))
        own[BEFORE] = self._colours.muted
        self.legend.set_colours(self._colours, own)

    def _build(self, options: QWidget | None) -> None:
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self.legend, 1)
        if options is not None:
            options.setFixedHeight(Chip.height_of(options))
            header.addWidget(options, 0, Qt.AlignmentFlag.AlignTop)
        self._apology.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._apology.setWordWrap(True)
        self._apology.setMargin(16)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.plot)
        self._stack.addWidget(self._apology)
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(header)
        if self.verdict is not None:
            layout.addWidget(self.verdict)
        layout.addWidget(self._stack, 1)
        self.box = CursorBox(self)

    def _say_whose(self, text: str) -> None:
        if text != self.whose.text():
            self.whose.setText(text)
            self.whose.setVisible(bool(text))

    def _show_apology(self, text: str) -> None:
        if text != self._apology.text():
            self._apology.setText(text)
        self.legend.show_entries(not text)
        if self.verdict is not None:
            self.verdict.setVisible(not text)
        self._stack.setCurrentIndex(int(bool(text)))
