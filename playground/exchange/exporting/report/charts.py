"""The charts of a report: losses, accuracies, the gradient by layer, the output over the plane."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import numpy as np

from playground.core.families import loss_for
from playground.core.words import in_words
from playground.engine.calls import Array
from playground.exchange.drawing.colours import DARK, LIGHT, Colours
from playground.exchange.drawing.field import (
    Meaning,
    boundary,
    colours_of,
    hues_of,
    in_plane,
    meaning_of,
    scores,
    which_hue,
)
from playground.exchange.drawing.layers import Layers, trouble
from playground.exchange.drawing.scales import (
    FIRST_EPOCHS,
    SMALLEST_TOP,
    Linear,
    Log,
    Plane,
    Scale,
    thinned,
)
from playground.exchange.exporting.report.contents import GRID, Contents
from playground.exchange.exporting.report.png import png
from playground.exchange.exporting.report.svg import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Chart,
    Entry,
    palette,
)
from playground.training.instruments.answers import some_rows
from playground.training.spread import counted, quantiles
from playground.training.stopping import DIVERGED

DECADES = 100.0
"""Losses that span more than this have a log scale."""
PLANE_TOP, PLANE_BOTTOM = 26, 44
LARGE_POINT, SMALL_POINT, FEW = 3.6, 2.6, 300
REACH = 2.0
"""Times the highest median: what replicas do beyond it is cut."""
HELD = ("train", "test")


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart.

    Attributes:
        name: For the name of a file.
        title: What it shows.
        caption: A sentence below it; may be empty.
        root: The element ``svg``.
    """

    name: str
    title: str
    caption: str
    root: ET.Element


def pictures_of(contents: Contents, *themes: str) -> list[Picture]:
    """All charts that there is something to be drawn for.

    Args:
        contents: What the report says.
        themes: "light", "dark" or both: of which the output's field is painted.
    """
    found = []
    if len(contents.history["epoch"]) > 1:
        found.append(_loss(contents))
        if np.isfinite(contents.history["train_accuracy"]).any():
            found.append(_accuracy(contents))
    if contents.sizes is not None:
        found.append(_gradients(contents))
    found.append(_output(contents, themes))
    return found


def roles_of(contents: Contents, colours: Colours) -> dict[str, str]:
    """The colours of all that is drawn, by role."""
    return palette(colours, hues_of(_meaning(contents), colours))


# --- over the epochs -----------------------------------------------------------------------------


def _loss(contents: Contents) -> Picture:
    label = loss_for(contents.experiment.training.loss, contents.experiment.data.task).label
    rows = _rows(contents, "loss")
    middles = np.concatenate([middle for _, middle, _ in rows])
    seen = middles[np.isfinite(middles) & (middles > 0)]
    wide = len(seen) > 0 and float(seen.max() / seen.min()) > DECADES
    scale: Scale = Log() if wide else Linear(SMALLEST_TOP)
    name = "Loss (log scale)" if wide else "Loss"
    chart = _over_epochs(contents, f"{label} over the epochs", scale, name, rows)
    return Picture("loss", f"Loss: {label}", _spread_words(contents), chart.root)


def _accuracy(contents: Contents) -> Picture:
    rows = _rows(contents, "accuracy")
    scale = Linear(1.0, percent=True)
    chart = _over_epochs(contents, "Accuracy over the epochs", scale, "Accuracy", rows)
    return Picture("accuracy", "Accuracy", _spread_words(contents), chart.root)


Row = tuple[str, Array, tuple[Array, Array] | None]


def _rows(contents: Contents, kind: str) -> list[Row]:
    """Role, middle and range of each curve."""
    found: list[Row] = []
    rows = thinned(len(contents.history["epoch"]))
    there = counted(contents.diverged)
    for name in HELD:
        values = contents.history[f"{name}_{kind}"][rows]
        if not np.isfinite(values).any():
            continue
        if contents.replicas == 1:
            found.append((name, values[:, 0], None))
        else:
            low, middle, high = quantiles(values[:, there], (0.0, 0.5, 1.0))
            found.append((name, middle, (low, high)))
    return found


def _over_epochs(contents: Contents, title: str, scale: Scale, name: str, rows: list[Row]) -> Chart:
    epochs = contents.history["epoch"][:, 0]
    epochs = epochs[thinned(len(epochs))]
    x = Linear(FIRST_EPOCHS, whole=True)
    x.cover(epochs)
    middles = np.concatenate([middle for _, middle, _ in rows])
    top = REACH * float(np.nanmax(middles))
    for _, middle, span in rows:
        for edge in (middle, *(span or ())):
            there = np.isfinite(edge)
            scale.cover(np.minimum(edge[there], top))
    chart = Chart(title, x, scale, ("Epoch", name))
    for role, _, span in rows:
        if span is not None:
            low, high = (scale.project(edge) for edge in span)
            chart.band(epochs, low, high, role)
    for role, middle, _ in rows:
        there = np.isfinite(middle)
        chart.curve(epochs[there], scale.project(middle[there]), role)
    chart.legend([Entry("▬", role, role) for role, _, _ in rows])
    if contents.best_epoch:
        best = contents.best_epoch
        chart.mark(best, f"best {best:,}", "muted", dashed=True)
    stop = contents.stop
    if stop is not None:
        role = "amber" if stop.stuck else "text"
        role = "red" if stop.name == DIVERGED else role
        chart.mark(stop.epoch, f"stop {stop.epoch:,}: {stop.headline}", role)
    return chart


def _spread_words(contents: Contents) -> str:
    if contents.replicas == 1:
        return ""
    count = int(counted(contents.diverged).sum())
    return f"The line is the median of {count} replicas, the band holds all of them."


# --- at this moment ------------------------------------------------------------------------------


def _gradients(contents: Contents) -> Picture:
    assert contents.sizes is not None
    weights = contents.sizes.weights[contents.replica]
    errors = contents.sizes.errors[contents.replica]
    x, y = Layers(len(weights) - 1), Log()
    seen = np.concatenate((weights, errors))
    y.cover(seen[np.isfinite(seen)])
    size = (WIDTH, HEIGHT + 40)
    chart = Chart("Gradient by layer", x, y, ("Layer", "Size (log scale)"), size, top=34)
    ends = np.array([0.5, len(weights) - 0.5])
    bands = trouble(weights, y.limits()[0])
    for low, high, role in bands:
        chart.band(ends, np.full(2, low), np.full(2, high), role)
    places = np.arange(1.0, len(weights) + 1)
    for values, role in ((errors, "muted"), (weights, "accent")):
        heights = np.where(np.isfinite(values), y.project(values), np.nan)
        chart.curve(places, heights, role)
        chart.dots(places, heights, role)
    chart.legend([Entry("▬", "accent", "mean |dW|"), Entry("▬", "muted", "RMS δ")])
    caption = "Of one batch, at these weights."
    if bands:
        caption += " Amber and red: less than 1/100 and 1/1000 of the last hidden layer’s |dW|."
    return Picture("gradients", "Gradient by layer", caption, chart.root)


def _meaning(contents: Contents) -> Meaning:
    experiment = contents.experiment
    return meaning_of(experiment.training.loss, experiment.data.task, contents.dataset)


def _output(contents: Contents, themes: tuple[str, ...]) -> Picture:
    meaning, score = _meaning(contents), scores(contents.field)
    low1, high1, low2, high2 = contents.extent
    side = HEIGHT + 40
    width = side - PLANE_TOP - PLANE_BOTTOM + LEFT + RIGHT
    chart = Chart(
        "Output over the plane", Plane(low1, high1), Plane(low2, high2), ("x₁", "x₂"),
        size=(width, side), top=PLANE_TOP,
    )  # fmt: skip
    _paint_field(chart, meaning, score, themes)
    if meaning.classes:
        _draw_boundary(chart, score, contents)
    _draw_points(chart, meaning, contents)
    drawn = sum(len(rows) for rows in some_rows(contents.dataset))
    total = len(contents.dataset.train) + len(contents.dataset.test)
    caption = "Discs are training points" if meaning.classes else "Training points are discs"
    if len(contents.dataset.test):
        caption += ", rings test points" if meaning.classes else ", test points squares"
    caption += "." if drawn == total else f"; {drawn:,} of {total:,} are drawn."
    return Picture("output", "Output", caption, chart.root)


def _paint_field(chart: Chart, meaning: Meaning, score: Array, themes: tuple[str, ...]) -> None:
    left, top, width, height = chart.frame
    for theme in themes:
        colours = DARK if theme == "dark" else LIGHT
        content = png(colours_of(meaning, score, colours, discrete=False)[::-1])
        ET.SubElement(
            chart.root,
            "image",
            {
                "class": theme,
                "x": f"{left:g}", "y": f"{top:g}", "width": f"{width:g}", "height": f"{height:g}",
                "preserveAspectRatio": "none",
                "href": "data:image/png;base64," + base64.b64encode(content).decode(),
            },
        )  # fmt: skip


def _draw_boundary(chart: Chart, score: Array, contents: Contents) -> None:
    across, down = chart.at(*in_plane(boundary(score), GRID, contents.extent))
    ends = [f"{x:.1f} {y:.1f}" for x, y in zip(across, down, strict=True)]
    path = "".join(f"M{one}L{other}" for one, other in zip(ends[::2], ends[1::2], strict=True))
    if path:
        line = {"class": "none s-text", "d": path, "stroke-width": "2", "stroke-linecap": "round"}
        ET.SubElement(chart.root, "path", line)


def _draw_points(chart: Chart, meaning: Meaning, contents: Contents) -> None:
    dataset, chosen = contents.dataset, some_rows(contents.dataset)
    radius = LARGE_POINT if sum(map(len, chosen)) <= FEW else SMALL_POINT
    used: set[int] = set()
    for part, rows, test in zip((dataset.train, dataset.test), chosen, (False, True), strict=True):
        across, down = chart.at(part.points[rows, 0], part.points[rows, 1])
        hues = which_hue(part.targets[rows], meaning).tolist()
        used.update(hues)
        width = "1.6" if test and meaning.classes else "0.8"
        group = ET.SubElement(chart.root, "g", {"stroke-width": width})
        for x, y, hue in zip(across, down, hues, strict=True):
            if not meaning.classes:
                looks = f"f-hue{hue} s-muted"
            else:
                looks = f"f-panel s-hue{hue}" if test else f"f-hue{hue} s-panel"
            if test and not meaning.classes:
                box = {"x": x - radius, "y": y - radius, "width": 2 * radius, "height": 2 * radius}
                place = {name: f"{value:.1f}" for name, value in box.items()}
                ET.SubElement(group, "rect", {"class": looks, **place})
            else:
                place = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{radius:g}"}
                ET.SubElement(group, "circle", {"class": looks, **place})
    if meaning.classes:
        chart.legend([Entry("●", f"hue{index}", _class(index, meaning)) for index in sorted(used)])
    else:
        last = len(hues_of(meaning, LIGHT)) - 1
        ends = ((0, meaning.low), (last, meaning.high))
        chart.legend([Entry("■", f"hue{index}", in_words(value)) for index, value in ends])


def _class(index: int, meaning: Meaning) -> str:
    return f"class {index}" if meaning.classes <= 4 else str(index)
