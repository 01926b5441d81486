"""The curves of a chart, and how the layers of a network are named in one."""

from __future__ import annotations

from dataclasses import dataclass

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
