"""What distributions tell, in a sentence, and how serious it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.core.experiment import Layer
from playground.exchange.drawing.scales import in_words
from playground.gui.views import gradient_chart, saturation
from playground.gui.views.verdict import Level
from playground.training.doctor.gradients import Vanishing
from playground.training.instruments.distributions import Distributions, UnitStatistics
from playground.training.instruments.histograms import Histograms

Sentence = tuple[str, Level]
Indices = NDArray[np.signedinteger]

LONGEST = "Layer 10 has collapsed: its units answer almost the same to every point (spread 10⁻⁷)."
AMBER_SPREAD, RED_SPREAD = 1e-2, 1e-3
"""The largest spread of a unit in a layer, as a share of the size of the layer's answers."""
SHRUNK = 0.1
"""Last activation std as a share of the first one's."""
GROWN = 1e2
SURE_SHIFT, LEAST_SHIFT = 3.0, 0.5
"""Times what chance makes of a batch, and running stds."""
FAR_VARIANCE = 2.0
LATE = 5
"""Moments whose median is judged: a single batch says little."""


def activations(reading: Distributions, hidden: Sequence[Layer]) -> Sentence:
    """On the answers of the hidden layers."""
    seen = reading.now.seen["activations"]
    broken = _broken(seen, "activations")
    if broken is not None:
        return broken
    count = len(hidden)
    if not count:
        return "There is no hidden layer; these are the network’s raw outputs.", "muted"
    size = np.hypot(seen.mean, seen.std)[:count]
    silent = np.flatnonzero(size == 0)
    if len(silent):
        return f"{_layers(silent)} 0 to every point: nothing passes.", "red"
    if reading.points < 2:
        return (
            "A single training point cannot show whether units tell points apart.",
            "muted",
        )
    widest = np.array([spreads.max() for spreads in reading.spreads[:count]])
    collapsed = np.flatnonzero(widest < AMBER_SPREAD * size)
    if len(collapsed):
        worst = int(collapsed[np.argmin((widest / size)[collapsed])])
        level: Level = "red" if widest[worst] < RED_SPREAD * size[worst] else "amber"
        answer = "its units answer" if hidden[worst].units > 1 else "its only unit answers"
        return (
            f"Layer {worst + 1} has collapsed: {answer} almost the same to every point "
            f"(spread {in_words(float(widest[worst]), 1)}).",
            level,
        )
    if np.nanmax(reading.saturated, initial=0.0) >= saturation.AMBER_SHARE:
        return saturation.judged(reading.saturated.tolist())
    first, last = float(seen.std[0]), float(seen.std[count - 1])
    stds = f"std {in_words(first, 2)} in layer 1, {in_words(last, 2)} in layer {count}"
    if count > 1 and last < SHRUNK * first:
        return f"Activations shrink from layer to layer: {stds}.", "amber"
    if count > 1 and last > GROWN * first:
        return f"Activations grow from layer to layer: {stds}.", "amber"
    return (
        "Every layer has units that tell points apart: the largest spread is "
        f"{in_words(float(widest.min()), 2)} or more.",
        "muted",
    )


def errors(reading: Distributions, hidden: Sequence[Layer]) -> Sentence:
    """On the back-propagated errors: how they change on their way to the first layer."""
    seen = reading.now.seen["errors"]
    broken = _broken(seen, "errors")
    if broken is not None:
        return broken
    count = len(hidden)
    silent = _late_zeros(reading, "errors")
    silent = silent[silent < count]
    if len(silent):
        return f"δ is exactly 0 in {_named(silent)}: no error arrives there.", "red"
    if count < 2:
        return "With two hidden layers or more it is judged here whether δ vanishes.", "muted"
    share = _late_share(reading, "errors", count)
    factor = in_words(share ** (1 / (count - 1)), 2)
    level: Level = "muted"
    if share < Vanishing.amber:
        level = "red" if share < Vanishing.red else "amber"
    elif share > GROWN:
        level = "amber"
    part = in_words(share, 1, least_plain=-1) + (" times" if share >= 1 else " of")
    return (
        f"Each layer back multiplies δ by {factor}: layer 1 gets {part} the last hidden layer’s.",
        level,
    )


def gradients(reading: Distributions, hidden: Sequence[Layer]) -> Sentence:
    """On the weights' gradients, by the measure of the gradient chart."""
    seen = reading.now.seen["gradients"]
    broken = _broken(seen, "gradients")
    if broken is not None:
        return broken
    silent = _late_zeros(reading, "gradients")
    if len(silent):
        return f"The gradient is exactly 0 in {_named(silent, len(hidden))}.", "red"
    if len(hidden) < 2:
        return gradient_chart.judged(None)
    return gradient_chart.judged(_late_share(reading, "gradients", len(hidden)))


def weights(reading: Distributions, hidden: Sequence[Layer]) -> Sentence:
    """On the weights themselves."""
    seen = reading.now.seen["weights"]
    broken = _broken(seen, "weights")
    if broken is not None:
        return broken
    silent = np.flatnonzero(seen.size == 0)
    if len(silent):
        return f"All weights are 0 in {_named(silent, len(hidden))}: nothing passes.", "red"
    alike = [
        index
        for index, layer in enumerate(hidden)
        if layer.units > 1 and seen.std[index] <= 1e-6 * seen.size[index]
    ]
    if alike:
        many = f"All weights are equal in {_named(np.array(alike), len(hidden))}"
        return f"{many}: the units there are copies of each other.", "amber"
    largest = int(np.argmax(seen.size))
    return (
        f"Mean size of a weight: {in_words(float(seen.size.min()), 2)} to "
        f"{in_words(float(seen.size[largest]), 2)}, largest in {_name(largest, len(hidden))}.",
        "muted",
    )


def batch_norm(reading: Distributions, hidden: Sequence[Layer]) -> Sentence:
    """On how far a layer's running statistics are from what it is given."""
    if not reading.now.step:
        return (
            "Before the first step the running statistics are 0 ± 1: BatchNorm changes nothing "
            "yet when it is judged.",
            "muted",
        )
    chance = 1 / np.sqrt(reading.batch)
    shifts = np.array([_shift(units) for units in reading.normalised])
    ratios = np.array([_variance_ratio(units) for units in reading.normalised])
    if not (np.isfinite(shifts).all() and np.isfinite(ratios).all()):
        return "What BatchNorm is given is not finite.", "red"
    far = int(np.argmax(np.abs(np.log(np.maximum(ratios, 1e-12)))))
    if not 1 / FAR_VARIANCE <= ratios[far] <= FAR_VARIANCE:
        layer = reading.normalised[far].layer
        dropped = any(part.dropout for part in hidden[: layer + 1])
        why = ": dropout adds noise" if dropped and ratios[far] > 1 else ""
        return (
            f"Layer {layer + 1}’s running variance is {in_words(float(ratios[far]), 2)} times that "
            f"of the points in evaluation{why}.",
            "amber",
        )
    most = int(np.argmax(shifts))
    layer, shift = reading.normalised[most].layer, float(shifts[most])
    words = (
        f"Batch means lie up to {in_words(shift, 2)} stds off the running ones (layer {layer + 1})"
    )
    if shift > max(SURE_SHIFT * chance, LEAST_SHIFT):
        return f"{words}: what it is given is shifting.", "amber"
    return f"{words}; chance makes about {in_words(float(chance), 2)}.", "muted"


def _late_zeros(reading: Distributions, key: str) -> Indices:
    """The layers in which all is 0 in all late moments; one small batch may miss every unit."""
    return np.flatnonzero(sum(moment.seen[key].size for moment in reading.past[-LATE:]) == 0)


def _late_share(reading: Distributions, key: str, hidden: int) -> float:
    """The first layer's size as a share of the last hidden one's: the median of late moments."""
    shares = []
    for moment in reading.past[-LATE:]:
        seen = moment.seen[key]
        size = np.hypot(seen.mean, seen.std) if key == "errors" else seen.size
        with np.errstate(all="ignore"):
            shares.append(float(size[0] / size[hidden - 1]))
    return float(np.nanmedian(shares))


def _shift(units: UnitStatistics) -> float:
    """How far the batch's means are off the running ones, in running stds, rms over the units."""
    with np.errstate(all="ignore"):
        away = (units.batch_mean - units.running_mean) / np.maximum(units.running_std, 1e-12)
        return float(np.sqrt(np.mean(np.square(away, dtype=np.float64))))


def _variance_ratio(units: UnitStatistics) -> float:
    """The running variance over the true one in evaluation: the median of the units that vary."""
    with np.errstate(all="ignore"):
        varied = units.points_std > 1e-6
        if not varied.any():
            return 1.0
        return float(np.median(np.square(units.running_std[varied] / units.points_std[varied])))


def _broken(seen: Histograms, what: str) -> Sentence | None:
    hidden = len(seen.layers) - 1
    worst = int(np.argmax(seen.broken))
    if seen.broken[worst]:
        share = f"{max(round(100 * seen.broken[worst]), 1)} %"
        return f"{share} of the {what} of {_name(worst, hidden)} are not finite.", "red"
    endless = ~np.isfinite(seen.std)  # squares end before the numbers themselves do
    if endless.any():
        where = _name(int(np.argmax(endless)), hidden)
        return f"The {what} of {where} are too large to be measured.", "red"
    return None


def _name(index: int, hidden: int) -> str:
    return f"layer {index + 1}" if index < hidden else "the output"


def _named(indices: Indices, hidden: int | None = None) -> str:
    """Such as "layers 1, 2 and 3" or "the output"."""
    numbers = [str(index + 1) for index in indices if hidden is None or index < hidden]
    parts = []
    if len(numbers) > 4:
        parts.append(f"{len(numbers)} layers from layer {numbers[0]} on")
    elif numbers:
        parts.append(("layers " if len(numbers) > 1 else "layer ") + _joined(numbers))
    if len(numbers) < len(indices):
        parts.append("the output")
    return " and ".join(parts)


def _joined(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]


def _layers(indices: Indices) -> str:
    """Such as "Layer 3 answers" or "Layers 3 and 4 answer"."""
    words = _named(indices)
    return words[0].upper() + words[1:] + (" answers" if len(indices) == 1 else " answer")
