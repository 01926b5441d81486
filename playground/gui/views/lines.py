"""The curves and bands of a chart, and how the layers of a network are named in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from playground.exchange.drawing.scales import Array, Scale
from playground.gui.views.plot_layers import Band, Curve

MOST_ENTRIES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A curve of a chart.

    Attributes:
        name: What it is.
        entry: Its text in the legend; curves may share one.
    """

    name: str
    entry: str


def layer_lines(hidden: int, output: bool) -> list[Line]:
    """A line for each hidden layer and perhaps the output; deep networks share legend entries."""
    size = max(-(-hidden // MOST_ENTRIES), 1)
    lines = []
    for index in range(hidden):
        first = index // size * size + 1
        last = min(first + size - 1, hidden)
        entry = str(first) if first == last else f"{first}–{last}"
        if first == 1:
            entry = f"layer {entry}" if first == last else f"layers {entry}"
        lines.append(Line(f"layer {index + 1}", entry))
    return [*lines, Line("output", "output")] if output else lines


def entries(lines: Sequence[Line]) -> dict[str, str]:
    """The legend's entries, and what each stands for."""
    names: dict[str, str] = {}
    for line in lines:
        together = line.entry in names  # only layers are
        names[line.entry] = f"layers {line.entry.split()[-1]}" if together else line.name
    return names


def zeros(lines: Sequence[Line], values: Array) -> dict[str, bool]:
    """For each of the legend's entries, whether all of its values (lines,) are exactly 0."""
    found: dict[str, bool] = {}
    for line, value in zip(lines, values, strict=False):
        found[line.entry] = found.get(line.entry, True) and bool(value == 0)
    return found


def curves(
    epochs: Array, values: Array, y: Scale, colours: Mapping[int, str], faint: bool = False
) -> list[Curve]:
    """The curves of values (rows, lines) where they are finite, of the lines that have a colour."""
    heights, finite = y.project(values), np.isfinite(values)
    whole, found = finite.all(), []
    for index, colour in colours.items():
        rows = slice(None) if whole else finite[:, index]
        found.append(Curve(epochs[rows], heights[rows, index], colour, faint))
    return found


def bands(
    epochs: Array,
    values: Array,
    spreads: Sequence[tuple[Array, Array]],
    y: Scale,
    colours: Mapping[int, str],
) -> list[Band]:
    """The bands behind them, cut at the scale's end; the edges are laid out like the values."""
    if not spreads:
        return []
    finite, top = np.isfinite(values), y.limits()[1]
    edges = [tuple(np.minimum(y.project(edge), top) for edge in pair) for pair in spreads]
    found = []
    for index, colour in colours.items():
        rows = finite[:, index]
        for low, high in edges:
            found.append(Band(epochs[rows], low[rows, index], high[rows, index], colour))
    return found
