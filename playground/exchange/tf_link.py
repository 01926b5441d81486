"""Between links of TensorFlow Playground and experiments.

A link becomes an experiment that trains as the page does (``nn.ts``, ``playground.ts`` there): the
half squared error, of tanh for classes; weights from U(±0.5) and biases of 0.1, the output's as
well; plain SGD on batches in one order; L1 whose weights die; double precision, and no end. The
data sets are the page's own, with its 500 or 1,200 points.

What cannot be the same: the page draws points and weights with a generator of its own, from one
seed. A seed that is a whole number up to 2³² - 1 is taken as it is, and any other text gives the
first four bytes of its SHA-256; both the points and the weights here start from it.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

from playground.core.errors import ExperimentError, PlaygroundError, printable
from playground.core.experiment import Data, Experiment
from playground.core.families import sources
from playground.core.fields import control_of
from playground.core.limits import ENDLESS, LARGEST_SEED, MAX_SAMPLES
from playground.exchange.tf_state import (
    NOTHING,
    REFUSED,
    State,
    Switches,
    in_script,
    is_link,
    name_of,
    parse,
    text_of,
)  # fmt: skip
from playground.exchange.unlike import unlike

__all__ = ["Switches", "experiment_of", "is_link", "link_of", "opened"]

SOURCES = {
    "circle": "circle", "xor": "xor", "gauss": "gauss", "spiral": "spiral",
    "reg-plane": "plane", "reg-gauss": "reg_gauss",
}  # fmt: skip
FEATURES = {
    "x": "x1", "y": "x2", "xSquared": "x1_squared", "ySquared": "x2_squared", "xTimesY": "x1_x2",
    "sinX": "sin_x1", "sinY": "sin_x2",
}  # fmt: skip
REGULARIZERS = {"none": "none", "L1": "l1_dying", "L2": "l2"}
SAMPLES = {"classification": 500, "regression": 1200}
LOSSES = {"classification": "tanh_half_mse", "regression": "half_mse"}
LARGEST_NOISE, NOISE_BEYOND = 80, 50
"""What the page takes at most, and what it takes in place of more."""
LIKE_RELU = ("leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus")
NOT_IN_LINK = (
    "A link holds no name and no weights, and its seed draws other points and weights there: "
    "training starts anew."
)


def opened(link: str) -> tuple[Experiment, Switches, tuple[str, ...]]:
    """What a link stands for.

    Returns:
        The experiment, what is shown of it, and sentences on what is otherwise than in the link.

    Raises:
        PlaygroundError: It is no link of TensorFlow Playground, or a value has no meaning.
    """
    state, notes = parse(link)
    experiment, notes = _Import(state, list(notes)).experiment()
    return experiment, state.switches, notes


def experiment_of(link: str) -> tuple[Experiment, tuple[str, ...]]:
    """The experiment that a link stands for, where nothing is shown.

    Returns:
        It, and sentences on what is otherwise than in the link.

    Raises:
        PlaygroundError: It is no link of TensorFlow Playground, or a value has no meaning.
    """
    experiment, switches, notes = opened(link)
    if switches != NOTHING:
        notes += (f"An experiment does not hold what its plane shows: {switches.names}.",)
    return experiment, notes


def link_of(experiment: Experiment, switches: Switches = NOTHING) -> tuple[str, tuple[str, ...]]:
    """The link that comes nearest to an experiment.

    Returns:
        It, and sentences on what it cannot carry, the most far-reaching first.
    """
    state = _state_of(experiment)
    state.switches = switches
    link = text_of(state)
    there, _, _ = opened(link)
    seed = experiment.training.seed
    notes = unlike(experiment, _with(there, experiment.name, seed))
    if seed != there.training.seed:
        notes += (
            f"A link has one seed: that of the data, {there.data.seed}, and not the network's, "
            f"{seed}.",
        )
    return link, (*notes, NOT_IN_LINK)


def _with(experiment: Experiment, name: str, seed: int) -> Experiment:
    training = experiment.training.model_copy(update={"seed": seed})
    return experiment.model_copy(update={"name": name, "training": training})


def seed_of(text: str | None) -> int:
    """Our seed for one of a link's; 0 where it has none."""
    if text is None:
        return 0
    if text.isascii() and text.isdigit() and len(text) <= 10 and str(int(text)) == text:
        number = int(text)
        if number <= LARGEST_SEED:
            return number
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


class _Import:
    """Makes the experiment of one state; notes gather on the way."""

    def __init__(self, state: State, notes: list[str]) -> None:
        self._state, self._notes = state, notes
        self._count = SAMPLES[state.problem]

    def experiment(self) -> tuple[Experiment, tuple[str, ...]]:
        state = self._state
        classes = state.problem == "classification"
        source = SOURCES[state.dataset if classes else state.reg_dataset]
        seed = self._seed()
        train = self._train()
        start: dict[str, Any] = {"name": "uniform", "limit": 0.5, "bias": 0.1}
        if state.init_zero:
            start = {"name": "zeros", "bias": 0.0}
        regularizer: dict[str, Any] = {"name": REGULARIZERS[state.regularization]}
        if state.regularization != "none":
            regularizer["rate"] = self._within("regularizationRate", 0, 1e6)
        tree = {
            "name": f"TensorFlow Playground: {sources[source].label.lower()}",
            "data": {
                "source": source,
                "samples": self._count,
                "noise": self._noise(),
                "test_share": (self._count - train) / self._count,
                "seed": seed,
                "features": tuple(FEATURES[key] for key in state.features),
            },
            "network": {
                "hidden": [
                    {
                        "units": units,
                        "activation": {"name": state.activation},
                        "initializer": start,
                    }
                    for units in state.network_shape
                ],
                "output": {"initializer": start},
            },
            "training": {
                "loss": LOSSES[state.problem],
                "optimizer": {
                    "name": "sgd",
                    "learning_rate": self._within("learningRate", 0, 1e9),
                },
                "regularizer": regularizer,
                "batch_size": self._batch_size(train),
                "shuffle": False,
                "max_epochs": ENDLESS,
                "stop": [],
                "seed": seed,
                "precision": "float64",
            },
        }
        try:
            experiment = Experiment.model_validate(tree)
        except ExperimentError as error:
            raise PlaygroundError(f"{REFUSED}{error}") from None
        return experiment, tuple(self._notes)

    def _within(self, key: str, low: float, high: float) -> float:
        """A number of the state, or the nearest that is allowed here."""
        value: float = getattr(self._state, name_of(key))
        taken = min(max(value, low), high)
        if taken != value:
            self._notes.append(
                f"{key}={in_script(value)} became {in_script(taken)}, the nearest that is allowed "
                "here."
            )
        return taken

    def _seed(self) -> int:
        given = self._state.seed
        seed = seed_of(given)
        if given is not None and str(seed) != given:
            text = printable(given if len(given) <= 24 else f"{given[:23]}…")
            self._notes.append(
                f"The seed {text} is {seed} here; it draws other points and weights than there, "
                "of the same distributions."
            )
        return seed

    def _noise(self) -> float:
        value = self._state.noise
        if not 0 <= value <= LARGEST_NOISE:
            taken = 0 if value < 0 else NOISE_BEYOND
            self._notes.append(
                f"noise={in_script(value)} became {taken}, as TensorFlow Playground does."
            )
            value = taken
        return value / 100

    def _train(self) -> int:
        """How many points train there; the others are the test points."""
        percent = self._state.perc_train_data
        train = _train_of(min(max(percent, 0), 100), self._count)
        largest = control_of(Data.model_fields["test_share"]).maximum
        assert largest is not None
        least = self._count - math.floor(self._count * largest)
        if train < least:
            self._notes.append(
                f"percTrainData={in_script(percent)} became "
                f"{in_script(100 * least / self._count)}: here a tenth of the points trains at "
                "least."
            )
            return least
        return train

    def _batch_size(self, train: int) -> int:
        size = round(self._within("batchSize", 1, MAX_SAMPLES))
        if size != self._state.batch_size and 1 <= self._state.batch_size <= MAX_SAMPLES:
            self._notes.append(
                f"batchSize={in_script(self._state.batch_size)} became {size}: a batch is a whole "
                "number of points."
            )
        if size > train:
            self._notes.append(
                f"A batch of {size:,} is more than the {train:,} training points: TensorFlow "
                "Playground then makes no step at all; here each step takes all of them."
            )
            return train
        if train % size:
            self._notes.append(
                f"The {train:,} training points are no multiple of the batch: the last "
                f"{train % size:,} make a smaller step here, and wait for the next epoch there."
            )
        return size


def _state_of(experiment: Experiment) -> State:
    """The settings of the page that come nearest."""
    data, training = experiment.data, experiment.training
    state = State(problem=data.task.kind)
    for key, source in SOURCES.items():
        if source == data.source:
            setattr(state, "reg_dataset" if key.startswith("reg-") else "dataset", key)
    hidden = experiment.network.hidden
    state.network_shape = tuple(layer.units for layer in hidden)
    if hidden:
        name = hidden[0].activation.name
        near = "relu" if name in LIKE_RELU else "tanh"
        state.activation = name if name in ("relu", "tanh", "sigmoid", "linear") else near
    starts = [*(layer.initializer for layer in hidden), experiment.network.output.initializer]
    state.init_zero = all(start.name == "zeros" and start.bias == 0 for start in starts)
    state.features = tuple(key for key, name in FEATURES.items() if name in data.features)
    state.features = state.features or ("x", "y")
    state.noise = 0.0 if "noise" in data.unused else min(_percent(data.noise), LARGEST_NOISE)
    count = SAMPLES[state.problem]
    train = count - round(count * data.test_share)
    state.perc_train_data = round(100 * train / count, 10)
    while _train_of(state.perc_train_data, count) < train:  # it is rounded down
        state.perc_train_data = round(state.perc_train_data + 1e-10, 10)
    size = training.batch_size
    state.batch_size = train if size == "full" else min(size, train)
    state.learning_rate = training.optimizer.learning_rate
    kinds = {"l1": "L1", "l1_dying": "L1", "l2": "L2"}
    state.regularization = kinds.get(training.regularizer.name, "none")
    state.regularization_rate = getattr(training.regularizer, "rate", 0.0)
    state.seed = str(data.seed)
    return state


def _train_of(percent: float, count: int) -> int:
    """How many of the points train there."""
    return math.floor(count * percent / 100)


def _percent(share: float) -> float:
    """A share as a percentage, exactly the one whose hundredth it is, if there is one."""
    found = 100 * share
    near = (round(found, 10), found, math.nextafter(found, 0), math.nextafter(found, 101))
    return next((percent for percent in near if percent / 100 == share), found)
