"""What is seen on the plane that is painted on: the network's answer, the points, the brush."""

from __future__ import annotations

import numpy as np

from playground.core.experiment import Data
from playground.data.dataset import Dataset
from playground.exchange.drawing.field import Meaning, colours_of, meaning_of, scores
from playground.exchange.drawing.scales import Plane
from playground.gui.paint.sheet import Sheet, dataset_of, meaning_of_targets
from playground.gui.paint.surface import Brush, FaintField, Surface
from playground.gui.theme import LIGHT, Colours
from playground.gui.views.points import Points
from playground.runtime.field import Extent
from playground.runtime.snapshot import Snapshot

GRASP = 12.0
"""Pixels from which a point can be dragged."""


class Picture:
    """Fills a surface.

    Attributes:
        field: The network's answer.
        base, fresh: The points, and those of the present stroke.
        brush: Its outline.
        snapshot: The moment that the field shows; None before there is one.
    """

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._colours: Colours = LIGHT
        self._says: tuple[tuple[Dataset, str, str, int], Meaning] | None = None
        self.snapshot: Snapshot | None = None
        self.field, self.brush = FaintField(), Brush()
        surface.add(self.field)
        self.base, self.fresh = Points(surface), Points(surface)
        surface.add(self.brush)

    def show_answer(self, snapshot: Snapshot) -> None:
        """Draw what the network answers."""
        self.snapshot = snapshot
        loss, dataset = snapshot.experiment.training.loss, snapshot.dataset
        key = (dataset, loss, snapshot.says, snapshot.replicas)
        if self._says is None or self._says[0] != key:
            meaning = meaning_of(loss, dataset.task, dataset, snapshot.says, snapshot.replicas)
            self._says = (key, meaning)
        found = scores(snapshot.field, snapshot.says)
        pixels = colours_of(self._says[1], found, self._colours, False)
        self.field.set_field(pixels, (np.empty(0), np.empty(0)), snapshot.extent)
        self._surface.redraw()

    def show_points(self, sheet: Sheet, data: Data, value: float) -> None:
        """Draw all points; ``value`` is what is painted where targets are numbers."""
        self._show(self.base, sheet.rows, sheet, data, value)
        self.show_fresh(sheet, data, value)

    def show_fresh(self, sheet: Sheet, data: Data, value: float) -> None:
        """Draw those of the present stroke."""
        self._show(self.fresh, sheet.fresh, sheet, data, value)
        self.fresh.drawn = max(self.base.drawn, self.fresh.drawn)  # so that they are as large

    def show_square(self, square: Extent) -> None:
        """Show another part of the plane, with the cursor in it."""
        surface = self._surface
        low1, high1, low2, high2 = square
        if (surface.x_range, surface.y_range) != ((low1, high1), (low2, high2)):
            surface.set_scales(Plane(low1, high1), Plane(low2, high2))
        x1, x2 = surface.cursor_at
        if not (low1 <= x1 <= high1 and low2 <= x2 <= high2):
            surface.cursor_at = ((low1 + high1) / 2, (low2 + high2) / 2)

    def show_brush(self, at: tuple[float, float] | None, by_key: bool = False) -> None:
        """Show where the brush would paint; None: nowhere."""
        self.brush.at, self.brush.cross = at, by_key
        self._surface.redraw()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme; the points are to be shown again."""
        self._colours = colours
        self._surface.set_palette_colours(colours)
        if self.snapshot is not None:
            self.show_answer(self.snapshot)

    @property
    def side(self) -> float:
        """Of the square, in the plane's units."""
        low, high = self._surface.x_range
        return high - low

    @property
    def grasp(self) -> float:
        """How near to a point one must be to drag it."""
        return GRASP / self._surface.frame.width() * self.side

    def _show(
        self, marks: Points, rows: np.ndarray, sheet: Sheet, data: Data, value: float
    ) -> None:
        marks.show(
            dataset_of(rows, data), meaning_of_targets(data, sheet.rows, value), self._colours
        )
