"""The experiment: everything that a person can choose, as one frozen tree.

It is at once the schema of the file, its validation, and the source of every control: bounds,
defaults, labels and help stand on the fields here and nowhere else.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from playground.core.checks import errors_in
from playground.core.choice import Model, parse
from playground.core.errors import Problem, fail, shown
from playground.core.families import (
    Activation,
    Clipping,
    Initializer,
    Optimizer,
    Regularizer,
    Schedule,
    Shift,
    StopRule,
    Task,
    activations,
    clippings,
    initializers,
    loss_for,
    optimizers,
    regularizers,
    schedules,
    shifts,
    sources,
    stop_rules,
)
from playground.core.fields import control_of, integer, number, other
from playground.core.limits import (
    LARGEST_SEED,
    MAX_FEATURES,
    MAX_LAYERS,
    MAX_REPLICAS,
    MAX_SAMPLES,
    MAX_UNITS,
)
from playground.core.points import NO_POINTS, Points

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
ChosenShift = Annotated[SerializeAsAny[Shift], BeforeValidator(partial(parse, shifts)), shifts]
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


class Data(Model):
    """Where the points come from, and what of them the network sees."""

    source: str = other("circle", "Data set", "The shape of the data.")
    samples: int = integer(
        500,
        "Samples",
        "How many points there are, for training and test together.",
        minimum=1,
        maximum=MAX_SAMPLES,
        slider=(20, 5000),
        scale="log",
    )
    classes: int = integer(
        3,
        "Classes",
        "How many classes there are, for data sets that can have any number of them.",
        minimum=2,
        maximum=8,
        quiet=True,
    )
    balance: float | None = number(
        None,
        "Share of class 0",
        "How many of the points are of class 0; the other classes share the rest evenly. With a "
        "rare class a high accuracy says little: 0.95 is reached by never answering it.",
        minimum=0.01,
        maximum=0.99,
        decimals=2,
        none_label="equal",
        live=True,
        quiet=True,
    )
    noise: float = number(
        0.1,
        "Noise",
        "How far points stray from their shape, from 0 (clean) to 1. Changing it during a run "
        "draws new points and keeps the network.",
        minimum=0,
        maximum=1,
        decimals=2,
        live=True,
    )
    label_noise: float = number(
        0.0,
        "Label noise",
        "The share of training points whose label is exchanged for another class; for numbers, the "
        "standard deviation of what is added to the training targets, in units of their own. Test "
        "labels stay as they are, so the test loss shows what was learned of the truth.",
        minimum=0,
        maximum=1,
        slider=(0, 0.5),
        decimals=2,
        live=True,
        quiet=True,
    )
    test_share: float = number(
        0.5,
        "Test share",
        "The share of the points that is kept out of training to judge it. At 0 all points train.",
        minimum=0,
        maximum=0.9,
        decimals=2,
    )
    seed: int = integer(
        7,
        "Data seed",
        "The start of the random numbers that draw the points and split them.",
        minimum=0,
        maximum=LARGEST_SEED,
        slider=(0, 100),
    )
    shift: ChosenShift = other(
        lambda: shifts["none"](),
        "Test shift",
        "Whether the test points come from elsewhere than the training points. Training does not "
        "see it: only the test loss and accuracy do.",
        live=True,
        quiet=True,
    )
    features: tuple[str, ...] = other(
        ("x1", "x2"),
        "Features",
        "What the network is given of a point: named features, or formulas of x1 and x2 that begin "
        'with "=".',
        min_length=1,
        max_length=MAX_FEATURES,
    )
    points: Points = other(
        NO_POINTS,
        "Points",
        'Your own points as [x1, x2, target], used when the data set is "points".',
    )
    problem: Literal["classification", "regression"] = other(
        "classification",
        "Problem",
        "Whether the targets of your own points are classes 0, 1, … or any numbers.",
        options={"classification": "classes", "regression": "numbers"},
    )

    @model_serializer(mode="wrap")
    def _without_what_is_quiet(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = dump(self)
        for name, info in type(self).model_fields.items():
            default = info.get_default(call_default_factory=True)
            if control_of(info).quiet and getattr(self, name) == default:
                del written[name]
        return written

    @property
    def task(self) -> Task:
        """What is to be learned: for one's own points the number of classes is read off them."""
        known = sources[self.source].task_for(self.classes)
        if known is not None:
            return known
        if self.problem == "regression":
            return Task("regression", 0)
        return Task("classification", max(2, 1 + int(self.points.largest_target)))

    @property
    def unused(self) -> frozenset[str]:
        """The fields that have no effect with this data set; they may have any value."""
        source = sources[self.source]
        found = {"samples", "noise", "balance"} if source.name == "points" else {"problem"}
        if not source.many:
            found.add("classes")
        if self.task.kind == "regression":
            found.add("balance")
        if self.test_count == 0:
            found.add("shift")
        return frozenset(found)

    @property
    def count(self) -> int:
        """How many points there are in all."""
        return len(self.points) if self.source == "points" else self.samples

    @property
    def test_count(self) -> int:
        """How many points are kept for the test: at least one when there is to be a test set."""
        if self.test_share == 0 or self.count < 2:
            return 0
        return min(max(1, round(self.count * self.test_share)), self.count - 1)


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


class Training(Model):
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
    max_epochs: int = integer(
        1000,
        "Most epochs",
        "Training ends after this many passes over the training points.",
        minimum=1,
        maximum=1_000_000_000,
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
