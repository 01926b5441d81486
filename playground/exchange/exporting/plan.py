"""One network as a plain list of steps with their numbers: what every format of models writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from playground import __version__
from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment, Layer
from playground.core.expressions import Node
from playground.core.families import Task
from playground.core.formula import formula_of, is_formula, parse
from playground.core.words import in_words
from playground.data.features import feature
from playground.engine.activations import ActivationFunction
from playground.engine.calls import Array
from playground.engine.losses import LossFunction
from playground.engine.network import Network
from playground.exchange import experiment_file
from playground.exchange.document import Document, by_layer, layout_of
from playground.exchange.exporting.registry import Subject
from playground.training.stopping import DIVERGED
from playground.training.trainer import INITIALISE, streams

PROGRAM = f"Gradient Playground {__version__}"


@dataclass(frozen=True, slots=True)
class Column:
    """An input of the network.

    Attributes:
        name: As in the experiment.
        label: For people.
        node: What it is of ``x1``, ``x2`` and ``r``.
        own: Whether it is a formula of one's own: 0 where that has no value (``data.formula``).
    """

    name: str
    label: str
    node: Node
    own: bool


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """``x @ weights + biases``: (in, out) and (out,)."""

    name: str
    weights: Array
    biases: Array


@dataclass(frozen=True, slots=True, eq=False)
class Norm:
    """BatchNorm with running statistics, (units,) each; epsilon is ``engine.batch_norm``'s."""

    name: str
    gamma: Array
    beta: Array
    mean: Array
    variance: Array


@dataclass(frozen=True, slots=True)
class Activate:
    """An activation function."""

    name: str
    activation: ActivationFunction


@dataclass(frozen=True, slots=True)
class Drop:
    """Dropout, which does nothing but in training."""

    name: str
    rate: float
    units: int


Step = Dense | Norm | Activate | Drop


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A network.

    Attributes:
        experiment: What it comes of.
        columns: Its inputs.
        steps: From the inputs to the raw outputs, in the order in which they act.
        dtype: What it computes with; the features are computed in float64.
        loss: What it was trained on.
        steps_done: Optimizer steps.
        about: Sentences for whoever finds the file: what it is and how far it is trained.
        notes: Sentences for whoever exports it.
    """

    experiment: Experiment
    columns: tuple[Column, ...]
    steps: tuple[Step, ...]
    dtype: np.dtype[Any]
    loss: LossFunction
    steps_done: int
    about: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def task(self) -> Task:
        """What was to be learned."""
        return self.experiment.data.task

    @property
    def outputs(self) -> int:
        """How many outputs there are."""
        return self.experiment.sizes[-1]

    @property
    def output_name(self) -> str:
        """What the raw outputs are called."""
        return "logits" if self.task.kind == "classification" else "values"

    @property
    def answer(self) -> str:
        """Sentences: what the raw outputs (n, outputs) mean."""
        if self.task.kind == "regression":
            return "They are the values."
        decided = "The class is the column of the largest."
        if self.outputs == 1:
            decided = "The class is 1 where they are above 0, else 0."
        return " ".join((decided, *_SHOWN.get(self.loss.answer, ())))

    @property
    def takes_points(self) -> bool:
        """Whether the inputs are the coordinates, both and in their order."""
        return [column.name for column in self.columns] == ["x1", "x2"]

    @property
    def all_plain(self) -> bool:
        """Whether all inputs are coordinates as they are."""
        return all(column.name in ("x1", "x2") for column in self.columns)

    @property
    def experiment_text(self) -> str:
        """The experiment without its weights, as JSON on one line."""
        text = experiment_file.dumps(Document(self.experiment))
        return json.dumps(json.loads(text), ensure_ascii=False)


_SHOWN = {
    "sigmoid": ("Their sigmoid is the probability of class 1.",),
    "softmax": ("Their softmax is the probability of each class.",),
    "tanh": ("Their tanh is what was trained to be -1 or 1.",),
}
"""What there is to say of what :attr:`~playground.engine.losses.LossFunction.answer` makes."""


def plan_of(subject: Subject) -> Plan:
    """The network of a subject.

    Raises:
        PlaygroundError: There is no such replica, or a number of it is not finite.
    """
    experiment, trained = subject.document.experiment, subject.document.trained
    count = experiment.training.replicas
    if not 0 <= subject.replica < count:
        raise PlaygroundError(
            f"there is no replica {subject.replica + 1}; the experiment has {count}"
        )
    loss = Network(_alone(experiment)).loss
    parameters, running = _numbers(subject)
    for array in (parameters, running):
        if not np.isfinite(array).all():
            raise PlaygroundError(
                "the network has a weight that is infinite or not a number; train it anew"
            )
    return Plan(
        experiment=experiment,
        columns=tuple(map(_column, experiment.data.features)),
        steps=tuple(_steps(experiment, parameters, running)),
        dtype=np.dtype(experiment.training.precision),
        loss=loss,
        steps_done=trained.step if trained is not None else 0,
        about=tuple(_about(subject, parameters.size)),
        notes=tuple(_notes(subject)),
    )


def native(activation: ActivationFunction, library: Literal["torch", "keras", "onnx"]) -> str:
    """What a library has for an activation, with its parameters filled in; empty if nothing."""
    template: str = getattr(activation, library)
    return template.format(
        **{name: getattr(activation, name) for name in type(activation).model_fields}
    )


def _alone(experiment: Experiment, replica: int = 0) -> Experiment:
    """The same with one replica only."""
    training = experiment.training
    one = training.model_copy(update={"replicas": 1, "seed": training.seed + replica})
    return experiment.model_copy(update={"training": one})


def _numbers(subject: Subject) -> tuple[Array, Array]:
    """Parameters (1, P) and running statistics (1, S)."""
    trained, own = subject.document.trained, slice(subject.replica, subject.replica + 1)
    if trained is not None:
        return trained.parameters[own], trained.running[own]
    experiment = _alone(subject.document.experiment, subject.replica)
    network = Network(experiment, streams(experiment.training.seed, 1, INITIALISE))
    return network.theta, network.running


def _column(name: str) -> Column:
    entry = feature(name)
    node = formula_of(name) if is_formula(name) else parse(entry.expression)
    return Column(name, entry.label, node, is_formula(name))


def _steps(experiment: Experiment, parameters: Array, running: Array) -> Iterator[Step]:
    layout = layout_of(experiment)
    layers = by_layer(layout, parameters, running)
    for number, (layer, views) in enumerate(zip(layout.layers, layers, strict=True), 1):
        weights, biases = views["weights"][0], views["biases"][0]
        if not isinstance(layer, Layer):
            yield Dense("output", weights, biases)
            return
        yield Dense(f"hidden_{number}", weights, biases)
        assert isinstance(layer.activation, ActivationFunction)
        parts: list[Step] = [Activate(f"{layer.activation.name}_{number}", layer.activation)]
        if layer.batch_norm != "none":
            numbers = (views[key][0] for key in _NORM)
            norm = Norm(f"norm_{number}", *numbers)
            parts.insert(0 if layer.batch_norm == "before" else 1, norm)
        yield from parts
        if layer.dropout:
            yield Drop(f"dropout_{number}", layer.dropout, layer.units)


_NORM = ("gamma", "beta", "running_mean", "running_variance")


def _about(subject: Subject, parameters: int) -> Iterator[str]:
    experiment, trained = subject.document.experiment, subject.document.trained
    sizes = "-".join(map(str, experiment.sizes))
    kind, seed = experiment.data.task.kind, experiment.training.seed + subject.replica
    yield (
        f"A network {sizes} for {kind}: {parameters:,} parameters in "
        f"{experiment.training.precision}, seed {seed}."
    )
    if trained is None or not trained.step:
        yield "It is not trained: these are its initial weights."
        return
    scores = {
        "test loss": trained.scores.test_loss,
        "test accuracy": trained.scores.test_accuracy,
    }
    found = [
        f"{name} {in_words(float(values[subject.replica]))}"
        for name, values in scores.items()
        if np.isfinite(values[subject.replica])
    ]
    result = f": {', '.join(found)}" if found else ""
    yield f"It is trained for {trained.epoch:,} epochs, {trained.step:,} steps{result}."


def _notes(subject: Subject) -> Iterator[str]:
    training, trained = subject.document.experiment.training, subject.document.trained
    if training.replicas > 1:
        yield (
            f"Of {training.replicas} replicas this is the network of replica {subject.replica + 1}."
        )
    if trained is None:
        yield "The network is not trained; these are its initial weights."
        return
    stop = trained.stops[subject.replica]
    if stop is not None and stop.name == DIVERGED:
        yield "The network has diverged; these are its last finite weights."
