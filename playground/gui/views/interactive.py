"""A plot by pyqtgraph that the mouse zooms and moves, in the window's colours.

It is loaded when the first such plot is seen: that takes a moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QWidget

from playground.exchange.drawing.scales import Array, in_words
from playground.gui.theme import LIGHT, Colours

DOT = 5.0
"""Pixels, the diameter of a point."""


class Axis(pg.AxisItem):
    """An axis whose numbers are written as in all other charts."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [in_words(round(value * scale, 12)) for value in values]


class InteractivePlot(pg.PlotWidget):
    """Curves and points; the wheel zooms, dragging moves, a double click shows all.

    Curves are one pixel wide, and what is drawn is kept and given other numbers: so a new moment
    costs little. Values that are not finite are left out.

    Attributes:
        colours: The theme.
    """

    def __init__(self, x_name: str, y_name: str, parent: QWidget | None = None) -> None:
        axes = {side: Axis(side) for side in ("left", "bottom")}
        super().__init__(parent=parent, background=LIGHT.panel, axisItems=axes)
        self.colours: Colours = LIGHT
        self._names = (x_name, y_name)
        self._items: dict[str, Any] = {}
        self._looks: dict[str, tuple[str, bool]] = {}
        self.setAntialiasing(False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setFrameShape(self.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the view above has one
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(80, 60)
        for side in ("left", "bottom"):
            self.getAxis(side).enableAutoSIPrefix(False)
        self.set_palette_colours(LIGHT)

    def show_curve(self, name: str, x: Array, y: Array, colour: str, dashed: bool = False) -> None:
        """Draw a line through points; under its name it was drawn before, or is new."""
        if name not in self._items:
            self._items[name] = self.plot([], [], connect="all")
        self._use_pen(name, colour, dashed)
        keep = np.isfinite(x) & np.isfinite(y)
        self._items[name].setData(np.asarray(x)[keep], np.asarray(y)[keep])

    def show_points(self, name: str, x: Array, y: Array, colour: str, hollow: bool = False) -> None:
        """Draw points, as discs or as rings."""
        if name not in self._items:
            item = pg.ScatterPlotItem(size=DOT, pxMode=True, antialias=True)
            self._items[name] = item
            self.addItem(item)
        item, looks = self._items[name], (colour, hollow)
        if self._looks.get(name) != looks:
            self._looks[name] = looks
            item.setPen(pg.mkPen(colour if hollow else None, width=1))
            item.setBrush(pg.mkBrush(None if hollow else colour))
        keep = np.isfinite(x) & np.isfinite(y)
        item.setData(np.asarray(x)[keep], np.asarray(y)[keep])

    def show_line(self, name: str, colour: str, x: float | None = None, y: float | None = None
                  ) -> None:  # fmt: skip
        """Draw a line across the whole plot, at an x or at a y; at neither it is hidden."""
        if name not in self._items:
            self._items[name] = pg.InfiniteLine(angle=90 if y is None else 0)
            self.addItem(self._items[name], ignoreBounds=x is not None)
        item, at = self._items[name], y if x is None else x
        item.setVisible(at is not None)
        if at is not None:
            self._use_pen(name, colour, True)
            item.setAngle(90 if y is None else 0)
            item.setValue(at)

    def keep_only(self, *names: str) -> None:
        """Take everything away but what has these names."""
        for name in [name for name in self._items if name not in names]:
            self.removeItem(self._items.pop(name))
            self._looks.pop(name, None)

    def names_axes(self, x_name: str, y_name: str) -> None:
        """Write other names at the axes."""
        if (x_name, y_name) != self._names:
            self._names = (x_name, y_name)
            self._write_names()

    def show_all(self) -> None:
        """Show everything again, and go on doing so as it grows."""
        self.enableAutoRange()

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme; the one who draws gives the colours of what is drawn."""
        self.colours = colours
        self.setBackground(colours.panel)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(colours.border, width=1))
            axis.setTextPen(pg.mkPen(colours.muted))
            axis.setTickFont(self.font())
        self._write_names()

    def _write_names(self) -> None:
        font = f"{self.font().pointSizeF():g}pt"
        for side, name in zip(("bottom", "left"), self._names, strict=True):
            self.setLabel(side, name, color=self.colours.muted, **{"font-size": font})

    def _use_pen(self, name: str, colour: str, dashed: bool) -> None:
        if self._looks.get(name) != (colour, dashed):
            self._looks[name] = (colour, dashed)
            style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
            self._items[name].setPen(pg.mkPen(QColor(colour), width=1, style=style))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_all()
        event.accept()
