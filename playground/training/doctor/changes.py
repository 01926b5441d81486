"""Changes of an experiment that rules propose, each built with ``core.editing.replace``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from playground.core.editing import replace
from playground.core.errors import ExperimentError, Path
from playground.core.experiment import Experiment, Layer
from playground.core.families import activations, initializers, optimizers
from playground.core.words import in_words
from playground.training.doctor.base import Proposal

SQUEEZING = ("sigmoid", "tanh")
SMALLEST_RATE = 1e-6


def tried(label: str, experiment: Experiment, *changes: tuple[Path, Any]) -> list[Proposal]:
    """The experiment with these changes; nothing where they change nothing or do not fit."""
    changed = experiment
    try:
        for path, value in changes:
            changed = replace(changed, path, value)
    except ExperimentError:
        return []
    return [(label, changed)] if changed != experiment else []


def with_layers(
    label: str, experiment: Experiment, where: Iterable[int], **fields: Any
) -> list[Proposal]:
    """The experiment in which these hidden layers have other values."""
    hidden = list(experiment.network.hidden)
    for index in where:
        old = {name: getattr(hidden[index], name) for name in type(hidden[index]).model_fields}
        hidden[index] = Layer(**{**old, **fields})
    return tried(label, experiment, (("network", "hidden"), tuple(hidden)))


def everywhere(experiment: Experiment) -> range:
    """All hidden layers."""
    return range(len(experiment.network.hidden))


def relu_and_he(experiment: Experiment) -> list[Proposal]:
    """Every hidden layer with ReLU and He's initialiser, its biases starting at 0."""
    return with_layers(
        "ReLU + He",
        experiment,
        everywhere(experiment),
        activation=activations["relu"](),
        initializer=initializers["he_normal"](),
    )


def fitting_start(experiment: Experiment, where: Iterable[int]) -> list[Proposal]:
    """He's initialiser for what lets through, Xavier's for what squeezes."""
    hidden, where = list(experiment.network.hidden), tuple(where)
    kinds = set()
    for index in where:
        squeezes = hidden[index].activation.name in SQUEEZING
        kind = "xavier_normal" if squeezes else "he_normal"
        kinds.add("Xavier" if squeezes else "He")
        hidden[index] = replace(hidden[index], ("initializer",), initializers[kind]())
    label = " and ".join(sorted(kinds)) + " initialiser"
    return tried(label, experiment, (("network", "hidden"), tuple(hidden)))


def batch_norm(experiment: Experiment, where: Iterable[int]) -> list[Proposal]:
    """BatchNorm before the activation of these layers."""
    return with_layers("BatchNorm", experiment, where, batch_norm="before")


def leaky_relu(experiment: Experiment, where: Iterable[int]) -> list[Proposal]:
    """A ReLU with a slope of 0.1 below 0 in these layers."""
    leaky = activations["leaky_relu"].model_validate({"negative_slope": 0.1})
    return with_layers("leaky ReLU", experiment, where, activation=leaky)


def learning_rate(experiment: Experiment, rate: float) -> list[Proposal]:
    """Another learning rate."""
    rate = float(f"{max(rate, SMALLEST_RATE):.1g}")
    path = ("training", "optimizer", "learning_rate")
    return tried(f"learning rate {in_words(rate)}", experiment, (path, rate))


def smaller_rate(experiment: Experiment, rate: float | None = None) -> list[Proposal]:
    """The optimizer's usual learning rate where it is smaller, else a tenth of the present one."""
    optimizer = experiment.training.optimizer
    usual = type(optimizer)().learning_rate
    present = optimizer.learning_rate if rate is None else rate
    return learning_rate(experiment, usual if usual < 0.9 * present else present / 10)


def adam(experiment: Experiment) -> list[Proposal]:
    """The optimizer Adam with its usual learning rate."""
    return tried("Adam", experiment, (("training", "optimizer"), optimizers["adam"]()))
