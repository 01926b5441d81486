"""What a gradient check has found, in words: a verdict for each part, one for all, and a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from playground.core.experiment import Layer
from playground.data.features import feature
from playground.engine.regularizers import Penalty
from playground.training.comparison import BOUND, STEP, Part
from playground.training.gradient_check import GradientCheck

KINDS = {"weights": "weights", "biases": "biases", "gamma": "γ", "beta": "β"}
HEADER = ("Layer", "Parameters", "Compared", "Worst relative error", "Where", "Verdict")
NOT_FINITE = {
    "weights": "The network holds weights that are infinite or not a number: it has diverged.",
    "loss": "The loss or its gradient is infinite or not a number at these weights.",
}
INEXACT = "differences are not exact enough"

Number = Callable[[float, int], str]
"""Writes a number with so many digits."""


def plain(value: float, digits: int) -> str:
    """A number as programs write it: ``1.5e-08``."""
    return f"{value:.{digits}g}"


def layer_name(check: GradientCheck, layer: int) -> str:
    """``layer 2``, or ``output``."""
    return f"layer {layer + 1}" if layer < len(_hidden(check)) else "output"


def kind_name(part: Part) -> str:
    """``weights``, ``biases``, ``γ`` or ``β``."""
    return KINDS[part.kind]


def counted(part: Part) -> str:
    """How many parameters were compared, of how many."""
    return f"{part.compared:,} of {part.total:,}"


def where(check: GradientCheck, part: Part) -> str:
    """The parameter with the worst error, such as ``unit 3 → unit 1``; empty if there is none."""
    if part.worst is None:
        return ""
    *source, unit = part.worst.where
    name = f"unit {unit + 1}" if part.layer < len(_hidden(check)) else f"output {unit + 1}"
    if not source:
        return name
    if part.layer == 0:
        return f"{feature(check.experiment.data.features[source[0]]).label} → {name}"
    return f"unit {source[0] + 1} → {name}"


def verdict(check: GradientCheck, part: Part, number: Number = plain) -> str:
    """What is to be said of a part, as a sentence without its full stop."""
    left_out = []
    if part.cornered:
        left_out.append(f"{_all_or(part.cornered, part)} at {_corners(part)}")
    if part.unresolved:
        left_out.append(f"{_all_or(part.unresolved, part)} because {INEXACT}")
    if not part.compared:
        return f"Not judged: {' and '.join(left_out)}"
    if part.differing:
        assert part.worst is not None
        said = (
            f"{_all_or(part.differing, part)} differ; the worst is "
            f"{number(part.worst.backward, 6)}, by differences {number(part.worst.difference, 6)}"
        )
        said = said[:1].upper() + said[1:]
    elif part.kind == "biases" and _normalised_before(check, part.layer):
        said = "Agree: 0, since BatchNorm takes away what they add"
    elif part.largest == 0:
        said = "Agree: all are 0"
    else:
        said = "Agree"
    return f"{said}; left out: {' and '.join(left_out)}" if left_out else said


def headline(check: GradientCheck, number: Number = plain) -> str:
    """The verdict on the whole network, in one or two sentences."""
    if check.not_finite:
        return (
            f"{NOT_FINITE[check.not_finite]} There is nothing to compare. Start again with Reset, "
            "and take a smaller learning rate or smaller weights."
        )
    compared = sum(part.compared for part in check.parts)
    worst = check.worst
    if worst is None or worst.worst is None:
        return "Nothing could be judged; the table says why."
    error = number(worst.worst.error, 2)
    fault = check.faulty_layer
    if fault is None:
        return (
            f"Backpropagation agrees with central differences in all {compared:,} parameters that "
            f"were compared: the worst relative error is {error}; up to {number(BOUND, 1)} is "
            f"right.{_left_out(check)}"
        )
    layer = layer_name(check, fault)
    if fault < len(_hidden(check)):
        layer += f" ({_hidden(check)[fault].activation.label})"
    rest = " What lies before it gets its gradient through it." if fault else ""
    wrong = sum(part.differing for part in check.parts)
    return (
        f"Backpropagation is wrong in {layer}: {wrong:,} of {compared:,} parameters "
        f"differ from central differences, with a relative error of up to {error}.{rest}"
    )


def notes(check: GradientCheck, number: Number = plain) -> tuple[str, ...]:
    """What was compared, and how, each as a sentence."""
    training, hidden = check.experiment.training, _hidden(check)
    found = [
        f"Central differences with a step of {number(STEP, 1)} in float64, at the weights of epoch "
        f"{check.epoch:,}, step {check.step:,}, on a batch of {check.points:,} training points.",
        "Relative error: |a - n| / max(|a|, |n|, g/1000) with a from backpropagation, n from "
        "differences, g the largest gradient in the layer.",
    ]
    if check.diverged:
        found.append("The run has diverged; these are its last finite weights.")
    if training.replicas > 1:
        found.append(f"Of the {training.replicas} replicas the first one is checked.")
    if any(layer.batch_norm != "none" for layer in hidden):
        found.append("BatchNorm works as in training, with the statistics of these points.")
    if any(layer.dropout for layer in hidden):
        found.append("Dropout works as in training, with one mask for all evaluations.")
    penalty = cast(Penalty, training.regularizer)
    if penalty.decoupled:
        found.append(f"{penalty.label}: that pull follows the step and is no part of the gradient.")
    elif penalty.name != "none":
        found.append(f"The regulariser is part of the loss: {penalty.label}.")
    if any(part.drawn < part.total for part in check.parts):
        found.append(
            f"Up to {check.per_part:,} parameters of a kind are drawn at random, always the same."
        )
    return tuple(found)


def rows(check: GradientCheck, number: Number = plain) -> list[tuple[str, ...]]:
    """The table below :data:`HEADER`, as texts."""
    return [
        (
            layer_name(check, part.layer),
            kind_name(part),
            counted(part),
            "" if part.worst is None else number(part.worst.error, 2),
            where(check, part),
            verdict(check, part, number),
        )
        for part in check.parts
    ]


def as_text(check: GradientCheck) -> str:
    """All of it as plain text, the table in columns."""
    parts = [check.experiment.name, headline(check)]
    if check.parts:
        table = [HEADER, *rows(check)]
        widths = [max(len(row[column]) for row in table) for column in range(len(HEADER))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        ]
        parts.append("\n".join(lines))
    parts.append("\n".join(notes(check)))
    return "\n\n".join(parts) + "\n"


def _left_out(check: GradientCheck) -> str:
    count = sum(part.cornered + part.unresolved for part in check.parts)
    return f" {count:,} more could not be judged; the table says why." if count else ""


def _hidden(check: GradientCheck) -> tuple[Layer, ...]:
    return check.experiment.network.hidden


def _normalised_before(check: GradientCheck, layer: int) -> bool:
    return layer < len(_hidden(check)) and _hidden(check)[layer].batch_norm == "before"


def _corners(part: Part) -> str:
    said = [f"the {corner.kind} of {name} at {corner.where}" for name, corner in part.corners]
    return " or ".join(said)


def _all_or(count: int, part: Part) -> str:
    """A count, or ``all`` of those that were looked at."""
    return f"all {count:,}" if count == part.drawn else f"{count:,}"
