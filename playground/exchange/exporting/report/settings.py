"""The configuration in words, from the labels that stand on the experiment's fields."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from playground.core.choice import Choice
from playground.core.experiment import Experiment, Layer
from playground.core.families import loss_for, sources
from playground.core.fields import Control, control_of
from playground.core.points import Points
from playground.core.words import in_words, listed
from playground.data.features import feature

DIGITS = 6
NONE = "none"
MANY_ALIKE = 9
"""Layers in a row of as many units that are counted, not named one by one."""
TEXT_FIELDS = ("source", "loss", "features", "points")
"""Fields whose values are names of something else, said by :func:`_data` and :func:`_training`."""
LAYER_HEADER = ("Layer", "Units", "Activation", "Initialiser", "BatchNorm", "Dropout")


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the configuration.

    Attributes:
        title: What it is called.
        rows: Labels and values.
    """

    title: str
    rows: tuple[tuple[str, str], ...]


def groups_of(experiment: Experiment) -> tuple[Group, ...]:
    """Data and training; what has no effect, or is quietly at its default, is left out."""
    return (
        Group("Data", tuple(_data(experiment))),
        Group("Training", tuple(_training(experiment))),
    )


def layer_rows(experiment: Experiment) -> list[tuple[str, ...]]:
    """The table of layers below :data:`LAYER_HEADER`, the output last; equal ones share a row."""
    rows: list[tuple[str, ...]] = []
    first = 1
    for layer, same in groupby(experiment.network.hidden):
        last = first + len(list(same)) - 1
        rows.append((
            str(first) if first == last else f"{first}–{last}",
            f"{layer.units:,}",
            choice_words(layer.activation),
            choice_words(layer.initializer),
            value_words(_control(layer, "batch_norm"), layer.batch_norm),
            in_words(layer.dropout, DIGITS) if layer.dropout else NONE,
        ))  # fmt: skip
        first = last + 1
    initializer = choice_words(experiment.network.output.initializer)
    rows.append(("output", f"{experiment.sizes[-1]:,}", "linear", initializer, NONE, NONE))
    return rows


def network_line(experiment: Experiment) -> str:
    """The network in a line: ``2-8-8-1, ReLU, BatchNorm before activation, dropout 0.2``.

    Many equal layers are counted: ``2-30×64-1``.
    """
    hidden = experiment.network.hidden
    parts = ["-".join(_runs(experiment.sizes))]
    parts += _unique([choice_words(layer.activation) for layer in hidden])
    places = [
        f"BatchNorm {value_words(_control(layer, 'batch_norm'), layer.batch_norm)}"
        for layer in hidden
        if layer.batch_norm != "none"
    ]
    parts += _partly(places, hidden)
    parts += _partly(
        [f"dropout {in_words(layer.dropout, DIGITS)}" for layer in hidden if layer.dropout], hidden
    )
    return ", ".join(parts)


def choice_words(choice: Choice, *, whole: bool = False) -> str:
    """A choice and its parameters: ``Leaky ReLU (negative slope a 0.1)``.

    Args:
        choice: Of any family.
        whole: Whether parameters are named that have their defaults too.
    """
    parameters = []
    for name, info in type(choice).model_fields.items():
        value, default = getattr(choice, name), info.get_default(call_default_factory=True)
        if whole or value != default:
            control = control_of(info)
            label = control.label[:1].lower() + control.label[1:]
            parameters.append(f"{label} {value_words(control, value)}")
    if not parameters:
        return choice.label
    label, words = choice.label, ", ".join(parameters)
    return f"{label[:-1]}; {words})" if label.endswith(")") else f"{label} ({words})"


def value_words(control: Control, value: Any) -> str:
    """A value as the window's controls show it."""
    if value is None:
        return control.none_label or NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Choice):
        return choice_words(value, whole=True)
    if isinstance(value, int):
        # A seed is a name, not a count.
        text = str(value) if "seed" in control.label.lower() else f"{value:,}"
        return f"{text} {control.unit}".rstrip()
    if isinstance(value, float):
        return f"{in_words(value, DIGITS)} {control.unit}".rstrip()
    return control.options.get(str(value), str(value))


def _data(experiment: Experiment) -> list[tuple[str, str]]:
    data = experiment.data
    rows = [(_control(data, "source").label, sources[data.source].label)]
    if data.source == "points":
        rows.append((_control(data, "points").label, _points(data.points)))
    rows += _rows(data, skip=(*TEXT_FIELDS, *data.unused))
    train = data.count - data.test_count
    rows.append(("Points", f"{train:,} train, {data.test_count:,} test"))
    labels = [feature(name).label for name in data.features]
    rows.append((_control(data, "features").label, ", ".join(labels)))
    return rows


def _training(experiment: Experiment) -> list[tuple[str, str]]:
    training = experiment.training
    loss = loss_for(training.loss, experiment.data.task)
    rows = [(_control(training, "loss").label, loss.label)]
    rows += _rows(training, skip=(*TEXT_FIELDS, *training.unused))
    return rows


def _rows(model: BaseModel, skip: Collection[str]) -> list[tuple[str, str]]:
    found = []
    for name, info in type(model).model_fields.items():
        control, value = control_of(info), getattr(model, name)
        default = info.get_default(call_default_factory=True)
        if name in skip or (control.quiet and value == default):
            continue
        if isinstance(value, Choice) and value.name in ("none", "constant") and value == default:
            continue  # no clipping, no schedule, no regulariser
        if isinstance(value, tuple):
            words = [choice_words(entry, whole=True) for entry in value] or [NONE]
            found += [(control.label, text) for text in words]
        else:
            found.append((control.label, value_words(control, value)))
    return found


def _points(points: Points) -> str:
    return f"{len(points):,} of one's own"


def _runs(sizes: Sequence[int]) -> Iterator[str]:
    for units, same in groupby(sizes):
        count = len(list(same))
        yield from [str(units)] * count if count < MANY_ALIKE else [f"{count}×{units}"]


def _unique(words: Sequence[str]) -> list[str]:
    return [listed(list(dict.fromkeys(words)))] if words else []


def _partly(words: list[str], hidden: Sequence[Layer]) -> list[str]:
    """What some layers have, with how many, or all."""
    if not words:
        return []
    some = "" if len(words) == len(hidden) else f" in {len(words)} of {len(hidden)} layers"
    return [_unique(words)[0] + some]


def _control(model: BaseModel, name: str) -> Control:
    return control_of(type(model).model_fields[name])
