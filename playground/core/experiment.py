"""The experiment: everything that a person can choose, as one frozen tree.

It is at once the schema of the file, its validation, and the source of every control: bounds,
defaults, labels and help stand on the fields here and nowhere else.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializeAsAny,
    model_validator,
)

from playground.core.checks import errors_in
from playground.core.choice import Model, Part, parse
from playground.core.data import Data as Data
from playground.core.errors import Problem, fail, shown
from playground.core.families import (
    Activation,
    Clipping,
    Initializer,
    Optimizer,
    Regularizer,
    Schedule,
    StopRule,
    activations,
    clippings,
    initializers,
    loss_for,
    optimizers,
    regularizers,
    schedules,
    stop_rules,
)
from playground.core.fields import integer, number, other
from playground.core.limits import (
    ENDLESS,
    LARGEST_SEED,
    MAX_LAYERS,
    MAX_REPLICAS,
    MAX_SAMPLES,
    MAX_UNITS,
)

BATCH_NORM_PLACES = {"none": "none", "before": "before activation", "after": "after activation"}

ChosenActivation = Annotated[
    SerializeAsAny[Activation], BeforeValidator(partial(parse, activations)), activations
]
ChosenInitializer = Annotated[
    SerializeAsAny[Initializer], BeforeValidator(partial(parse, initializers)), initializers
]
ChosenOptimizer = Annotated[
    SerializeAsAny[Optimizer], BeforeValidator(partial(parse, optimizers)), optimizers
]
ChosenSchedule = Annotated[
    SerializeAsAny[Schedule], BeforeValidator(partial(parse, schedules)), schedules
]
ChosenClipping = Annotated[
    SerializeAsAny[Clipping], BeforeValidator(partial(parse, clippings)), clippings
]
ChosenRegularizer = Annotated[
    SerializeAsAny[Regularizer], BeforeValidator(partial(parse, regularizers)), regularizers
]
ChosenStopRule = Annotated[
    SerializeAsAny[StopRule], BeforeValidator(partial(parse, stop_rules)), stop_rules
]


def _list_to_tuple(given: object) -> object:
    return tuple(given) if isinstance(given, list) else given


def _batch_size(given: object) -> object:
    # By itself pydantic would report once for each side of "a number or the word".
    number = isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= MAX_SAMPLES
    if not number and given != "full":
        wanted = f'must be a whole number from 1 to {MAX_SAMPLES:,}, or "full"'
        fail([Problem((), f"{wanted}, but is {shown(given)}")])
    return given


class Layer(Model):
    """A hidden layer: weighted sums, perhaps BatchNorm, an activation, perhaps dropout."""

    units: int = integer(
        8,
        "Units",
        "How many neurons the layer has.",
        minimum=1,
        maximum=MAX_UNITS,
        slider=(1, 32),
    )
    activation: ChosenActivation = other(
        lambda: activations["relu"](), "Activation", "The function applied to each weighted sum."
    )
    initializer: ChosenInitializer = other(
        lambda: initializers["he_normal"](), "Initialiser", "How weights and biases start."
    )
    batch_norm: Literal["none", "before", "after"] = other(
        "none",
        "BatchNorm",
        "Normalise over the batch: not at all, or before or after the activation.",
        options=BATCH_NORM_PLACES,
    )
    dropout: float = number(
        0.0,
        "Dropout rate",
        "The share of the layer's outputs that is zeroed at random in each training step; the rest "
        "is scaled by 1/(1 - rate). Nothing is dropped when the network is judged.",
        minimum=0,
        maximum=1,
        slider=(0, 0.9),
        below_maximum=True,
        decimals=2,
        live=True,
    )


class Output(Model):
    """The output layer: linear, with as many units as the loss needs."""

    initializer: ChosenInitializer = other(
        lambda: initializers["xavier_uniform"](), "Initialiser", "How weights and biases start."
    )


def _three_layers() -> tuple[Layer, ...]:
    return (Layer(), Layer(), Layer())


class Network(Model):
    """The layers between the features and the answer."""

    hidden: Annotated[tuple[Layer, ...], BeforeValidator(_list_to_tuple)] = other(
        _three_layers, "Hidden layers", "From the input to the output.", max_length=MAX_LAYERS
    )
    output: Output = Field(default_factory=Output)


def _default_stop() -> tuple[StopRule, ...]:
    return (stop_rules["test_loss_plateau"](),)


class Training(Part):
    """How the network is trained, and when that ends."""

    loss: str = other(
        "auto",
        "Loss",
        "What training makes small. Automatic: cross-entropy for classes, mean squared error for "
        "numbers.",
    )
    optimizer: ChosenOptimizer = other(
        lambda: optimizers["adam"](),
        "Optimizer",
        "How a step is made from the gradient. Changing it during a run keeps the weights.",
        live=True,
    )
    schedule: ChosenSchedule = other(
        lambda: schedules["constant"](),
        "Schedule",
        "How the learning rate changes as training goes on: each step takes the optimizer's rate "
        "times a factor. t counts epochs, in fractions within one.",
        live=True,
    )
    clipping: ChosenClipping = other(
        lambda: clippings["none"](),
        "Clipping",
        "A bound on the gradient of the loss, so that a single steep place does not throw the "
        "weights far away. What regularisation adds comes after it.",
        live=True,
    )
    regularizer: ChosenRegularizer = other(
        lambda: regularizers["none"](), "Regularisation", "A pull of the weights to 0.", live=True
    )
    batch_size: Annotated[int | Literal["full"], BeforeValidator(_batch_size)] = other(
        10,
        "Batch size",
        'How many points make one step: "full" is full gradient descent, 1 is stochastic descent, '
        "what lies between is mini-batch descent.",
        live=True,
    )
    shuffle: bool = other(
        True,
        "Shuffle",
        "Whether each epoch puts the points in a new order. Without it all epochs have the batches "
        "of the first; the points were mixed once, when they were drawn.",
        live=True,
        quiet=True,
    )
    max_epochs: int = integer(
        1000,
        "Most epochs",
        "Training ends after this many passes over the training points.",
        minimum=1,
        maximum=ENDLESS,
        slider=(10, 100_000),
        scale="log",
        live=True,
    )
    stop: Annotated[tuple[ChosenStopRule, ...], BeforeValidator(_list_to_tuple)] = other(
        _default_stop, "Stop when", "Rules that end the run; the first that holds does.", live=True
    )
    seed: int = integer(
        0,
        "Seed",
        "The start of the random numbers for weights, batches and dropout. Reset keeps it.",
        minimum=0,
        maximum=LARGEST_SEED,
        slider=(0, 100),
    )
    replicas: int = integer(
        1,
        "Replicas",
        "How many networks train at once, with seeds that count up from the one above. The first "
        "is the network of that seed, whatever their number; the charts show how far they differ.",
        minimum=1,
        maximum=MAX_REPLICAS,
        scale="log",
    )
    precision: Literal["float32", "float64"] = other(
        "float32",
        "Precision",
        "The numbers that the network computes with.",
        options={"float32": "single (float32)", "float64": "double (float64)"},
    )

    @property
    def unused(self) -> frozenset[str]:
        """The fields that have no effect with these settings; they may have any value."""
        return frozenset({"shuffle"} if self.batch_size == "full" else ())


class Experiment(Model):
    """Data, network and training: all that defines a run, and nothing that comes of it."""

    name: str = other(
        "Untitled",
        "Name",
        "What the experiment is called, for people.",
        live=True,
        max_length=200,
    )
    data: Data = Field(default_factory=Data)
    network: Network = Field(default_factory=Network)
    training: Training = Field(default_factory=Training)

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Experiment:
        problems = errors_in(self)
        if problems:
            fail(problems)
        return self

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, from the features to the output."""
        task = self.data.task
        outputs = loss_for(self.training.loss, task).outputs(task)
        hidden = tuple(layer.units for layer in self.network.hidden)
        return (len(self.data.features), *hidden, outputs)

    @property
    def weights(self) -> int:
        """How many weights and biases there are in all replicas."""
        return self.training.replicas * sum((a + 1) * b for a, b in pairwise(self.sizes))
