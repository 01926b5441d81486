"""What can be looked at of the distributions, and the rows that show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from playground.core.experiment import Layer
from playground.exchange.drawing.scales import Array, in_words
from playground.gui.views import distribution_verdicts as verdicts
from playground.gui.views.batch_norm_picture import Units
from playground.gui.views.distribution_pictures import Bars, Course, percent
from playground.gui.views.distribution_rows import Row
from playground.gui.views.value_axes import Span
from playground.training.instruments.distributions import AFTER, BEFORE, Distributions
from playground.training.instruments.histograms import Histograms

BARS_HEIGHT, COURSE_HEIGHT = 16, 42
NO_BATCH_NORM = "No layer has BatchNorm. Choose it on a layer’s card to see what it does."
POINTS, STEP = "points", "step"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that can be looked at.

    Attributes:
        label: In the box.
        keys: Of the instrument's histograms, one or several a layer.
        axis: What the axis of values is called.
        source: Whether it is of training points, of the last step, or neither.
        help: What it is.
        judge: What is said of it.
    """

    label: str
    keys: tuple[str, ...]
    axis: str
    source: str
    help: str
    judge: Callable[[Distributions, Sequence[Layer]], verdicts.Sentence]


SIGNED = "above the line positive, below negative"
QUANTITIES = (
    Quantity(
        "Activations",
        ("activations",),
        "activation (evenly near 0, as a logarithm far out)",
        POINTS,
        "What the units answer to training points; of the output layer its raw sums.",
        verdicts.activations,
    ),
    Quantity(
        "Errors δ",
        ("errors",),
        f"|δ|, {SIGNED}",
        STEP,
        "δ = dL/dz of single samples, propagated back to the layer’s weighted sums.",
        verdicts.errors,
    ),
    Quantity(
        "Weights", ("weights",), f"|w|, {SIGNED}", "", "The weights, without biases.",
        verdicts.weights,
    ),
    Quantity(
        "Gradients",
        ("gradients",),
        f"|dL/dw|, {SIGNED}",
        STEP,
        "The gradient of the weights that the optimizer is given.",
        verdicts.gradients,
    ),
    Quantity(
        "BatchNorm",
        (BEFORE, AFTER),
        "value (evenly near 0, as a logarithm far out)",
        POINTS,
        "What BatchNorm is given and what it makes of that; and each unit’s mean ± std: the pale "
        "bar is the running one, the strong bar that of the last training batch.",
        verdicts.batch_norm,
    ),
)  # fmt: skip


def bars(what: Quantity, reading: Distributions, span: Span) -> list[Row]:
    """What is now: a histogram for each layer and kind, and single units around BatchNorm."""
    found = []
    for index, layer in enumerate(reading.now.seen[what.keys[0]].layers):
        for key in what.keys:
            picture = Bars(reading.now.seen[key], index, span)
            found.append(_row(reading, key, index, picture, BARS_HEIGHT))
        if AFTER in what.keys:
            words = "each unit: running (pale), last batch (strong)"
            name, units = f"layer {layer + 1}, mean ± std", Units(reading.normalised[index])
            layers = len(reading.spreads)
            found.append(Row(name, layer, layers, words, units, BARS_HEIGHT))
    return found


def courses(what: Quantity, reading: Distributions, span: Span, last: Span) -> list[Row]:
    """What was: a picture over time for each layer and kind; ``last`` is the output's range."""
    epochs = np.array([moment.epoch for moment in reading.past])
    past = {key: [moment.seen[key] for moment in reading.past] for key in what.keys}
    found = []
    for index, layer in enumerate(reading.now.seen[what.keys[0]].layers):
        own = last if layer == len(reading.spreads) - 1 else span
        for key in what.keys:
            picture = Course(past[key], index, epochs, own, until(reading))
            found.append(_row(reading, key, index, picture, COURSE_HEIGHT))
    return found


def until(reading: Distributions) -> tuple[float, float]:
    """The epochs that a course goes over; a single moment fills it."""
    first, last = reading.past[0].epoch, reading.now.epoch
    return first, last if last > first else first + 1


def _row(reading: Distributions, key: str, index: int, picture: Bars | Course, height: int) -> Row:
    seen, layers = reading.now.seen[key], len(reading.spreads)
    layer = seen.layers[index]
    name = "output" if layer == layers - 1 else f"layer {layer + 1}"
    if key in (BEFORE, AFTER):
        name += f", {key} BatchNorm"
    spreads = reading.spreads[layer] if key == "activations" else None
    words = _words(seen, index, spreads)
    if isinstance(picture, Course) and seen.zeros[index]:
        words += f"  {percent(float(seen.zeros[index]))} = 0"
    return Row(name, layer, layers, words, picture, height)


def _words(seen: Histograms, index: int, spreads: Array | None) -> str:
    """Std and mean of a layer; of activations also from where to where its units' stds go."""
    words = [f"std {in_words(float(seen.std[index]), 2)}"]
    if spreads is not None and len(spreads) > 1:
        low, high = (in_words(float(end), 1) for end in (spreads.min(), spreads.max()))
        words.append(f"per unit {low}" if low == high else f"per unit {low} – {high}")
    words.append(f"mean {in_words(float(seen.mean[index]), 2)}")
    if seen.broken[index]:
        words.append(f"{100 * seen.broken[index]:.0f} % not finite")
    return "  ".join(words)
