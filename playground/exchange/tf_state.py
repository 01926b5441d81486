"""The links of TensorFlow Playground, as text and as the settings that they hold.

Its page keeps its settings behind the ``#`` of its address, as ``key=value`` pairs (``state.ts``
there). A pair is read as the page reads it: the last of a key counts, an unknown name of a list
falls back to the default, any value but ``false`` is true, and a value that is empty is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from playground.core.errors import PlaygroundError, shown
from playground.core.limits import MAX_LAYERS, MAX_LINK, MAX_UNITS

HOST = "playground.tensorflow.org"
ADDRESS = f"https://{HOST}/"
HIDE = "_hide"
LISTS = {
    "activation": ("relu", "tanh", "sigmoid", "linear"),
    "regularization": ("none", "L1", "L2"),
    "dataset": ("circle", "xor", "gauss", "spiral"),
    "regDataset": ("reg-plane", "reg-gauss"),
    "problem": ("classification", "regression"),
}
NUMBERS = ("batchSize", "learningRate", "regularizationRate", "noise", "percTrainData")
FEATURES = ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY")
"""In the order of the inputs of the network there."""
SWITCHES = ("showTestData", "discretize")
"""What the plane shows, as :class:`Switches` has it."""
IDLE_FLAGS = ("cosX", "cosY", "collectStats")
"""Keys that have no effect there."""
KEYS = (
    "activation", "regularization", "batchSize", "dataset", "regDataset", "learningRate",
    "regularizationRate", "noise", "networkShape", "seed", "showTestData", "discretize",
    "percTrainData", "x", "y", "xTimesY", "xSquared", "ySquared", "cosX", "sinX", "cosY", "sinY",
    "collectStats", "tutorial", "problem", "initZero", "hideText",
)  # fmt: skip
"""All of them, in the order in which the page writes them."""

_LINK = re.compile(
    rf"(?:https?://)?(?:www\.)?{re.escape(HOST)}(?::\d+)?(?:[/?][^#\s]*)?(?:#\S*)?", re.IGNORECASE
)
_FRAGMENT = re.compile(r"#([A-Za-z]+)=\S*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
REFUSED = "the link cannot be opened: "
"""How the refusal of a link begins."""
EXAMPLE = f"{ADDRESS}#activation=tanh&networkShape=4,2"


@dataclass(frozen=True, slots=True)
class Switches:
    """What the page shows on its plane.

    Attributes:
        test_points: Points that are kept out of training.
        discrete: Which class is answered, and not how surely.
    """

    test_points: bool = False
    discrete: bool = False

    @property
    def names(self) -> str:
        """The keys of those that are on."""
        given = zip(SWITCHES, (self.test_points, self.discrete), strict=True)
        return ", ".join(key for key, on in given if on)


NOTHING = Switches()


@dataclass(slots=True)
class State:
    """The settings of the page that have a meaning here; the defaults are its own.

    Attributes:
        switches: What the plane shows; nothing else here makes no difference to training.
        features: Those of :data:`FEATURES` that are on.
        seed: As it stands in the link; None where a page that opens takes a random one.
    """

    activation: str = "tanh"
    regularization: str = "none"
    dataset: str = "circle"
    reg_dataset: str = "reg-plane"
    problem: str = "classification"
    batch_size: float = 10
    learning_rate: float = 0.03
    regularization_rate: float = 0
    noise: float = 0
    perc_train_data: float = 50
    network_shape: tuple[int, ...] = (4, 2)
    features: tuple[str, ...] = ("x", "y")
    init_zero: bool = False
    seed: str | None = None
    switches: Switches = NOTHING


def name_of(key: str) -> str:
    """The attribute of a :class:`State` for a key: ``batch_size`` for ``batchSize``."""
    return re.sub("([A-Z])", r"_\1", key).lower()


def is_link(text: str) -> bool:
    """Whether a text is meant as such a link, well-formed or not, or as what follows its ``#``."""
    text = _bare(text[: MAX_LINK + 1])
    if _LINK.fullmatch(text):
        return True
    fragment = _FRAGMENT.fullmatch(text)
    return fragment is not None and fragment[1] in KEYS


def parse(text: str) -> tuple[State, tuple[str, ...]]:
    """Read a link.

    Returns:
        What it holds, and sentences on what of it was not taken as it stands.

    Raises:
        PlaygroundError: It is no such link, or a value of it has no meaning.
    """
    if len(text) > MAX_LINK:
        raise PlaygroundError(
            f"the link has {len(text):,} characters, and the most that are read are {MAX_LINK:,}; "
            f"those of TensorFlow Playground look like {EXAMPLE}"
        )
    if not is_link(text):
        raise PlaygroundError(
            f"{shown(_bare(text))} is no link of TensorFlow Playground; those look like {EXAMPLE}"
        )
    return _Reader(dict(_pairs(_bare(text).partition("#")[2]))).state()


def text_of(state: State) -> str:
    """The link of a state, with its keys in the page's own order."""
    values = {
        **{key: getattr(state, name_of(key)) for key in LISTS},
        **{key: in_script(getattr(state, name_of(key))) for key in NUMBERS},
        "networkShape": ",".join(map(str, state.network_shape)),
        **{key: _flag(key in state.features) for key in FEATURES},
        "initZero": _flag(state.init_zero),
        "showTestData": _flag(state.switches.test_points),
        "discretize": _flag(state.switches.discrete),
        **dict.fromkeys(("hideText", *IDLE_FLAGS), "false"),
    }
    if state.seed is not None:
        values["seed"] = state.seed
    if state.regularization == "none":  # the page leaves out what is null
        del values["regularization"]
    return f"{ADDRESS}#" + "&".join(f"{key}={values[key]}" for key in KEYS if key in values)


def in_script(value: float) -> str:
    """A number as JavaScript writes it where that is short: without a point where it is whole."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


class _Reader:
    """Reads the pairs of one link; notes gather on the way."""

    def __init__(self, pairs: dict[str, str]) -> None:
        self._given = {key: value for key, value in pairs.items() if value or key == "networkShape"}
        self._unknown = [key for key in pairs if key not in KEYS and not key.endswith(HIDE)]
        self._notes: list[str] = []

    def state(self) -> tuple[State, tuple[str, ...]]:
        state = State()
        for key in LISTS:
            setattr(state, name_of(key), self._one_of(key, getattr(state, name_of(key))))
        for key in NUMBERS:
            setattr(state, name_of(key), self._number(key, getattr(state, name_of(key))))
        state.network_shape = self._shape(state.network_shape)
        state.features = self._features()
        state.init_zero = self._is_on("initZero", False)
        state.switches = Switches(*(self._is_on(key, False) for key in SWITCHES))
        state.seed = self._given.get("seed")
        self._note_the_rest()
        return state, tuple(self._notes)

    def _one_of(self, key: str, default: str) -> str:
        value = self._given.get(key, default)
        if value in LISTS[key]:
            return value
        self._notes.append(
            f"{key}={_short(value)} is not known: {default} was taken, as TensorFlow Playground "
            f"does. It knows {', '.join(LISTS[key])}."
        )
        return default

    def _number(self, key: str, default: float) -> float:
        text = self._given.get(key)
        if text is None:
            return default
        value = float(text) if _NUMBER.fullmatch(text) else float("nan")
        if not abs(value) < float("inf"):
            raise PlaygroundError(f"{REFUSED}{key} must be a finite number, but is {_short(text)}")
        return value

    def _shape(self, default: tuple[int, ...]) -> tuple[int, ...]:
        text = self._given.get("networkShape")
        if text is None:
            return default
        parts = text.split(",") if text else []
        if len(parts) > MAX_LAYERS:
            raise PlaygroundError(
                f"{REFUSED}networkShape has {len(parts):,} hidden layers, and "
                f"at most {MAX_LAYERS} are allowed"
            )
        for part in parts:
            number = float(part) if _NUMBER.fullmatch(part) else 0.0
            if not (1 <= number <= MAX_UNITS and number == int(number)):
                raise PlaygroundError(
                    f"{REFUSED}networkShape must list whole numbers of units "
                    f"from 1 to {MAX_UNITS}, as in 4,2, but has {_short(part)}"
                )
        return tuple(int(float(part)) for part in parts)

    def _is_on(self, key: str, default: bool) -> bool:
        value = self._given.get(key)
        return default if value is None else value != "false"

    def _features(self) -> tuple[str, ...]:
        """Those that are on; a hidden one is none of the network's inputs there."""
        on = [key for key in FEATURES if self._is_on(key, key in ("x", "y"))]
        hidden = [key for key in on if self._given.get(key + HIDE) == "true"]
        found = tuple(key for key in on if key not in hidden)
        if not found:
            self._notes.append(
                "The link has no features, so that its network answers the same everywhere; x₁ "
                "and x₂ were taken in their place."
            )
            return ("x", "y")
        if hidden:
            self._notes.append(f"Hidden features are off, as there: {', '.join(hidden)}.")
        return found

    def _note_the_rest(self) -> None:
        looks = ["hideText"] if self._is_on("hideText", False) else []
        looks += [key for key in ("tutorial",) if key in self._given]
        looks += [
            key
            for key, value in self._given.items()
            if key.endswith(HIDE) and value == "true" and key.removesuffix(HIDE) not in FEATURES
        ]
        if looks:
            self._notes.append(f"What only changes how the page looks was left: {_some(looks)}.")
        idle = [key for key in IDLE_FLAGS if self._is_on(key, False)]
        if idle:
            self._notes.append(f"Without effect there and here: {', '.join(idle)}.")
        if self._unknown:
            self._notes.append(f"Unknown keys were left: {_some([*map(_short, self._unknown)])}.")


def _pairs(fragment: str) -> Iterator[tuple[str, str]]:
    """Keys and values; a pair without ``=`` has an empty value, what follows a second is lost."""
    for pair in fragment.split("&"):
        name, *values = pair.split("=")
        if name:
            yield unquote(name).strip(), unquote(values[0] if values else "").strip()


def _bare(text: str) -> str:
    """Without what surrounds an address in a text."""
    return text.strip().removeprefix("<").removesuffix(">").strip("\"'")


def _short(value: str) -> str:
    return value if len(value) <= 24 and value.isprintable() and value else shown(value)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more


def _flag(on: bool) -> str:
    return "true" if on else "false"
