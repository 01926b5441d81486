"""Charts as SVG: axes, curves, bands and marks, coloured by the names of roles in a theme.

Nothing has a colour of its own but a class, such as ``s-train`` for a stroke in the colour of
training; :func:`sheet` says which colours these are. So one drawing is light and dark in a page,
and a file of its own has the colours of one theme. A plotting library would bring its own scales,
ticks and looks; these are those of the window.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import numpy as np

from playground.engine.calls import Array
from playground.exchange.drawing.colours import Colours
from playground.exchange.drawing.scales import Scale

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 66, 14, 58, 44
"""Around a frame, in the drawing's units; above it are the legend and two rows of marks."""
LINE = 15
FONT = "font-family: system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; font-size: 12px"
NAMESPACE = "http://www.w3.org/2000/svg"
NARROW, WIDE = "\N{NO-BREAK SPACE}", "\N{EM SPACE}"
BAND = 0.16
"""How much of its colour a band has; see the window's charts."""
LETTER = 6.6
"""About how wide one is: whether a word has room cannot be measured here."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a legend.

    Attributes:
        symbol: What stands before it, in the role's colour.
        role: The name of a colour.
        text: The word.
    """

    symbol: str
    role: str
    text: str


def palette(colours: Colours, hues: Sequence[str]) -> dict[str, str]:
    """The colour of each role: those of the theme, and ``hue0``, ``hue1``, … of points."""
    roles = {
        entry.name: value
        for entry in dataclasses.fields(colours)
        if isinstance(value := getattr(colours, entry.name), str)
    }
    return roles | {f"hue{index}": hue for index, hue in enumerate(hues)}


def sheet(roles: Mapping[str, str], value: Callable[[str], str]) -> str:
    """The rules of a style sheet; ``value`` gives what stands for the colour of a role."""
    rules = [f"svg.chart text {{ {FONT}; }}", "svg.chart .none { fill: none; }"]
    for role in roles:
        rules.append(f".s-{role} {{ stroke: {value(role)}; }}")
        rules.append(f".f-{role} {{ fill: {value(role)}; }}")
    return "\n".join(rules)


def standalone(root: ET.Element, roles: Mapping[str, str]) -> bytes:
    """A drawing as a file of its own, on the ground of its theme."""
    picture = ET.Element("svg", {"xmlns": NAMESPACE, **root.attrib})
    size = dict(zip(("width", "height"), root.get("viewBox", "").split()[2:], strict=True))
    picture.attrib |= size
    style = ET.SubElement(picture, "style")
    style.text = sheet(roles, lambda role: roles[role])
    ET.SubElement(picture, "rect", {**size, "class": "f-panel"})
    picture.extend(list(root))
    return ET.tostring(picture, encoding="utf-8", xml_declaration=True)


class Chart:
    """A frame with axes, on which things are drawn in the scales' coordinates.

    Attributes:
        root: The element ``svg``.
    """

    def __init__(
        self,
        title: str,
        x: Scale,
        y: Scale,
        names: tuple[str, str],
        size: tuple[int, int] = (WIDTH, HEIGHT),
        top: int = TOP,
    ) -> None:
        """``names``: of both axes; ``top``: the room above the frame."""
        width, height = size
        self._x, self._y, self._top = x.limits(), y.limits(), top
        self._width, self._height = width - LEFT - RIGHT, height - top - BOTTOM
        self._rows = 0
        self.root = ET.Element(
            "svg",
            {"viewBox": f"0 0 {width} {height}", "class": "chart", "role": "img"},
        )
        ET.SubElement(self.root, "title").text = title
        self._axes(x, y, names)

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the frame."""
        return LEFT, self._top, self._width, self._height

    def at(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Where points of the scales' coordinates are."""
        (low, high), (bottom, top) = self._x, self._y
        across = LEFT + (x - low) / (high - low) * self._width
        return across, self._top + (top - y) / (top - bottom) * self._height

    def legend(self, entries: Sequence[Entry]) -> None:
        """Write what the colours are, above the frame."""
        place = {"x": str(LEFT), "y": str(LINE), "xml:space": "preserve"}
        line = ET.SubElement(self.root, "text", {"class": "f-text", **place})
        for entry in entries:
            symbol = ET.SubElement(line, "tspan", {"class": f"f-{entry.role}"})
            symbol.text = entry.symbol
            # Spaces of a width of their own: not every reader follows shifts.
            ET.SubElement(line, "tspan").text = f"{NARROW}{entry.text}{WIDE}"

    def curve(self, x: Array, y: Array, role: str) -> None:
        """Draw a curve through the points that are finite, with a dot at its end."""
        there = np.isfinite(y)
        across, down = self.at(x[there], y[there])
        if not len(across):
            return
        line = {"points": _pairs(across, down), "stroke-width": "2", "stroke-linejoin": "round"}
        ET.SubElement(self.root, "polyline", {"class": f"none s-{role}", **line})
        end = {"cx": f"{across[-1]:.1f}", "cy": f"{down[-1]:.1f}", "r": "3"}
        ET.SubElement(self.root, "circle", {"class": f"f-{role}", **end})

    def dots(self, x: Array, y: Array, role: str) -> None:
        """Draw a dot at each of the points that are finite."""
        there = np.isfinite(y)
        for across, down in zip(*self.at(x[there], y[there]), strict=True):
            place = {"cx": f"{across:.1f}", "cy": f"{down:.1f}", "r": "3.5"}
            ET.SubElement(self.root, "circle", {"class": f"f-{role}", **place})

    def band(self, x: Array, low: Array, high: Array, role: str) -> None:
        """Fill what lies between two curves, cut at the frame."""
        there = np.isfinite(low) & np.isfinite(high)
        bottom, top = self._y
        edges = np.concatenate((high[there], low[there][::-1])).clip(bottom, top)
        across, down = self.at(np.concatenate((x[there], x[there][::-1])), edges)
        if len(across):
            shape = {"points": _pairs(across, down), "fill-opacity": str(BAND)}
            ET.SubElement(self.root, "polygon", {"class": f"f-{role}", **shape})

    def mark(self, x: float, text: str, role: str, *, dashed: bool = False) -> None:
        """Draw a vertical line with a word above it; the second mark's word is below the first."""
        across = float(self.at(np.array(x), np.array(0.0))[0])
        line = {"x1": across, "x2": across, "y1": self._top, "y2": self._top + self._height}
        drawn = ET.SubElement(self.root, "line", {"class": f"s-{role}", **_numbers(line)})
        if dashed:
            drawn.set("stroke-dasharray", "5 4")
        right, width = LEFT + self._width + RIGHT, LETTER * len(text)
        left = across + width <= right
        end = max(across + 2, LEFT + width)  # or as far to the right as the word needs
        place = {
            "x": across - 2 if left else min(end, right),
            "y": self._top - 6 - LINE * (1 - self._rows),
        }
        self._rows = 1
        word = ET.SubElement(self.root, "text", {"class": f"f-{role}", **_numbers(place)})
        word.set("text-anchor", "start" if left else "end")
        word.text = text

    def _axes(self, x: Scale, y: Scale, names: tuple[str, str]) -> None:
        left, top, width, height = self.frame
        bottom = top + height
        grid, words = ET.SubElement(self.root, "g", {"class": "s-grid"}), []
        for place, text in y.ticks(max(int(height / 28), 2)):
            at = float(self.at(np.array(0.0), np.array(place))[1])
            line = {"x1": left, "x2": left + width, "y1": at, "y2": at}
            ET.SubElement(grid, "line", _numbers(line))
            words.append((left - 6.0, at + 4, "end", text))
        for place, text in x.ticks(int(width / 50)):
            at = float(self.at(np.array(place), np.array(0.0))[0])
            line = {"x1": at, "x2": at, "y1": top, "y2": bottom}
            ET.SubElement(grid, "line", _numbers(line))
            words.append((at, bottom + 16, "middle", text))
        line = {"x1": left, "x2": left + width, "y1": bottom, "y2": bottom}
        ET.SubElement(self.root, "line", {"class": "s-border", **_numbers(line)})
        words.append((left + width / 2, bottom + 34, "middle", names[0]))
        labels = ET.SubElement(self.root, "g", {"class": "f-muted"})
        for across, down, anchor, text in words:
            place_of = {"text-anchor": anchor, **_numbers({"x": across, "y": down})}
            ET.SubElement(labels, "text", place_of).text = text
        turned = f"translate(13 {top + height / 2:.1f}) rotate(-90)"
        name = ET.SubElement(labels, "text", {"transform": turned, "text-anchor": "middle"})
        name.text = names[1]


def _pairs(across: Array, down: Array) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))


def _numbers(values: Mapping[str, float]) -> dict[str, str]:
    return {name: f"{value:.1f}" for name, value in values.items()}
