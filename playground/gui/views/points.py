"""The training and test points over a field, drawn once for each data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from playground.data.dataset import Dataset
from playground.gui.theme import Colours, blend, class_colours
from playground.gui.views.field import Meaning, shade
from playground.gui.views.plot import Plot
from playground.gui.views.scales import Array

MOST_POINTS = 1500
VALUE_SHADES = 24
"""Colours of points that have values; more are not told apart, and cost."""
FEW, MANY = 300, 900
SIZES = (9.5, 8.0, 6.5)
"""Diameters in pixels, up to FEW points, up to MANY and beyond, on a plane of USUAL_SIDE."""
USUAL_SIDE = 330.0
SMALLEST_SHARE, LARGEST_SHARE = 0.55, 1.4


class Points:
    """Training points as discs, test points as rings; as squares where points have values.

    Attributes:
        train, test: pyqtgraph's items.
        drawn, total: How many points are drawn, and there are.
    """

    def __init__(self, plot: Plot) -> None:
        self.train, self.test = (pg.ScatterPlotItem(pxMode=True) for _ in range(2))
        for item in (self.train, self.test):
            plot.add(item)
        self.drawn = self.total = 0
        self._plot, self._size = plot, 0.0

    def show(self, dataset: Dataset, meaning: Meaning, colours: Colours) -> None:
        """Draw the points of a data set."""
        parts = (dataset.train, dataset.test)
        self.total = sum(len(part) for part in parts)
        chosen = [_chosen(len(part), self.total) for part in parts]
        self.drawn = sum(len(rows) for rows in chosen)
        self._size = self._fitting_size()
        discs, squares_or_rings = self._looks(meaning, colours)
        for item, part, rows, looks in zip(
            (self.train, self.test), parts, chosen, (discs, squares_or_rings), strict=True
        ):
            which = _which(part.targets[rows], meaning)
            styles = {
                name: look[which] if isinstance(look, np.ndarray) else look
                for name, look in looks.items()
            }
            item.setData(x=part.points[rows, 0], y=part.points[rows, 1], size=self._size, **styles)

    def fit(self) -> None:
        """Follow a change of the plane's size."""
        size = self._fitting_size()
        if size != self._size:
            self._size = size
            for item in (self.train, self.test):
                item.setSize(size)

    def _fitting_size(self) -> float:
        share = min(max(self._plot.frame.width() / USUAL_SIDE, SMALLEST_SHARE), LARGEST_SHARE)
        return round(2 * share * SIZES[(self.drawn > FEW) + (self.drawn > MANY)]) / 2

    @staticmethod
    def _looks(meaning: Meaning, colours: Colours) -> tuple[dict[str, Any], dict[str, Any]]:
        """Symbol, pen and brush of training and of test points; arrays hold one for each hue."""
        hues = _hues(meaning, colours)
        brushes = np.array([pg.mkBrush(hue) for hue in hues], dtype=object)
        if meaning.kind == "values":
            # A value near the middle has the colour of the field: only its outline is seen.
            quiet = blend(colours.muted, colours.panel, 0.35)
            look = {"pen": pg.mkPen(quiet, width=1), "brush": brushes}
            return {"symbol": "o", **look}, {"symbol": "s", **look}
        outline, inside = pg.mkPen(colours.panel, width=1), pg.mkBrush(colours.panel)
        pens = np.array([pg.mkPen(hue, width=2) for hue in hues], dtype=object)
        return (
            {"symbol": "o", "pen": outline, "brush": brushes},
            {"symbol": "o", "pen": pens, "brush": inside},
        )


def _chosen(count: int, total: int) -> NDArray[np.intp]:
    """The rows that are drawn, in proportion; points are in random order, so any will do."""
    if total <= MOST_POINTS:
        return np.arange(count)
    share = round(MOST_POINTS * count / total)
    return np.linspace(0, count - 1, max(share, 1)).astype(np.intp) if count else np.arange(0)


def _hues(meaning: Meaning, colours: Colours) -> Sequence[str]:
    """The colours that points can have."""
    if meaning.kind != "values":
        return class_colours(meaning.classes, colours)
    table = shade(np.linspace(-1, 1, VALUE_SHADES), colours)
    return [f"#{int(entry) & 0xFFFFFF:06x}" for entry in table]


def _which(targets: Array, meaning: Meaning) -> NDArray[np.intp]:
    """Which of the colours each point has."""
    if meaning.kind != "values":
        return targets.astype(np.intp)
    share = (targets - meaning.low) / (meaning.high - meaning.low)
    return np.rint(np.clip(share, 0, 1) * (VALUE_SHADES - 1)).astype(np.intp)
