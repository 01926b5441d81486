"""In what two experiments are unlike, in sentences: what a poorer format cannot carry."""

from __future__ import annotations

from typing import Any

from playground.core.choice import Choice
from playground.core.editing import control_at, differences, value_at
from playground.core.errors import Path
from playground.core.experiment import Experiment
from playground.core.families import features, loss_for, losses, sources
from playground.core.limits import ENDLESS
from playground.core.words import in_words, listed

MOST_NAMED = 4
"""Entries of a list that a sentence names."""


def unlike(here: Experiment, there: Experiment) -> tuple[str, ...]:
    """Sentences on the settings that have another value in ``there``, and matter.

    Left out is what comes to the same: fields without effect, features in another order, the usual
    loss by its name, a batch of all points. Both must have as many layers.
    """
    found: dict[tuple[str, str, str], list[int]] = {}
    here, there = _plain(here), _plain(there)
    if here.training.stop != there.training.stop or here.training.max_epochs < (
        there.training.max_epochs
    ):
        found["Most epochs and stop rules", _end(here), _end(there)] = []
    for path in differences(here, there):
        if path[:2] in (("training", "stop"), ("training", "max_epochs")):
            continue
        layers = found.setdefault(_values(here, there, path), [])
        if path[:2] == ("network", "hidden"):
            layers.append(int(path[2]) + 1)
    return tuple(
        f"{_subject(label, layers)}: {mine} here, {theirs} there."
        for (label, mine, theirs), layers in found.items()
    )


def _plain(experiment: Experiment) -> Experiment:
    """The same with what comes to the same written alike."""
    data, training = experiment.data, experiment.training
    default = type(data)()
    same: dict[str, Any] = {name: getattr(default, name) for name in data.unused}
    same["features"] = tuple(sorted(data.features))
    count = data.count - data.test_count
    size = count if training.batch_size == "full" else min(training.batch_size, count)
    shuffle = training.shuffle or size == count  # all points at once have no order
    loss = loss_for(training.loss, data.task).name
    return experiment.model_copy(
        update={
            "data": data.model_copy(update=same),
            "training": training.model_copy(
                update={"batch_size": size, "loss": loss, "shuffle": shuffle}
            ),
        }
    )


def _values(here: Experiment, there: Experiment, path: Path) -> tuple[str, str, str]:
    """The label of a place, and what stands there in both."""
    mine, theirs = (_text(value_at(tree, path), tree, path) for tree in (here, there))
    labels = ["Output layer"] if path[:2] == ("network", "output") else []
    start = 4 if path[:2] == ("network", "hidden") else 1
    for end in range(start, len(path) + 1):
        control = control_at(value_at(here, path[: end - 1]), str(path[end - 1]))
        if control is not None:
            labels.append(control.label)
    return ", ".join([labels[0], *map(_lower, labels[1:])]), mine, theirs


def _lower(label: str) -> str:
    """A label within a sentence; names such as BatchNorm keep their letters."""
    return label if label[1:] != label[1:].lower() else label.lower()


def _subject(label: str, layers: list[int]) -> str:
    """What a sentence is about: a setting, perhaps of some layers."""
    if not layers:
        return label
    if len(layers) > 2 and layers[-1] - layers[0] == len(layers) - 1:
        numbers = f"{layers[0]} to {layers[-1]}"
    else:
        numbers = listed(layers)
    return f"{'Layers' if len(layers) > 1 else 'Layer'} {numbers}, {_lower(label)}"


def _text(value: Any, tree: Experiment, path: Path) -> str:
    """A value as people read it."""
    if isinstance(value, Choice):
        return value.label
    if isinstance(value, bool):
        return "on" if value else "off"
    control = control_at(value_at(tree, path[:-1]), str(path[-1]))
    if value is None:
        return control.none_label if control and control.none_label else "none"
    if isinstance(value, str):
        if path == ("data", "source"):
            return sources[value].label
        if path == ("training", "loss"):
            return losses[value].label
        return control.options.get(value, value) if control else value
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return in_words(value)
    if path == ("data", "features"):
        labels = [features[name].label if name in features else name for name in value]
        more = len(labels) - MOST_NAMED
        return listed([*labels[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])])
    return f"{len(value):,}"


def _end(experiment: Experiment) -> str:
    training = experiment.training
    rules = [rule.label.lower() for rule in training.stop]
    limit = [] if training.max_epochs >= ENDLESS else [f"{training.max_epochs:,} epochs"]
    return listed([*limit, *rules]) or "none"
