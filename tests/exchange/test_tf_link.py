"""Links of TensorFlow Playground: read, written, and back."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.errors import PlaygroundError
from playground.core.experiment import Data, Experiment
from playground.core.limits import LARGEST_SEED, MAX_LINK
from playground.exchange.presets import presets
from playground.exchange.tf_link import NOT_IN_LINK, experiment_of, is_link, link_of, seed_of
from playground.exchange.tf_state import (
    ADDRESS,
    FEATURES,
    KEYS,
    LISTS,
    State,
    name_of,
    parse,
    text_of,
)
from playground.exchange.unlike import unlike
from tests.strategies import experiments

WHOLE = (
    "https://playground.tensorflow.org/#activation=relu&regularization=L1&batchSize=25"
    "&dataset=xor&regDataset=reg-gauss&learningRate=0.003&regularizationRate=0.01&noise=15"
    "&networkShape=8,6,1&seed=0.59704&showTestData=false&discretize=false&percTrainData=80&x=true"
    "&y=false&xTimesY=true&xSquared=false&ySquared=true&cosX=false&sinX=true&cosY=false&sinY=false"
    "&collectStats=false&problem=classification&initZero=false&hideText=false"
)


def tree_of(link: str) -> dict[str, Any]:
    return experiment_of(link)[0].model_dump()


def test_a_whole_link() -> None:
    experiment, notes = experiment_of(WHOLE)
    data, training = experiment.data, experiment.training
    assert (data.source, data.samples, data.noise, data.test_share) == ("xor", 500, 0.15, 0.2)
    assert data.features == ("x1", "x2_squared", "x1_x2", "sin_x1")
    assert [layer.units for layer in experiment.network.hidden] == [8, 6, 1]
    for layer in experiment.network.hidden:
        assert layer.activation.name == "relu"
    for part in (*experiment.network.hidden, experiment.network.output):
        assert part.initializer.model_dump() == {"name": "uniform", "limit": 0.5, "bias": 0.1}
    assert training.optimizer.model_dump() == {"name": "sgd", "learning_rate": 0.003}
    assert training.regularizer.model_dump() == {"name": "l1_dying", "rate": 0.01}
    assert (training.batch_size, training.shuffle, training.stop) == (25, False, ())
    assert (training.loss, training.precision) == ("tanh_half_mse", "float64")
    assert data.seed == training.seed == seed_of("0.59704") == 48626974
    assert notes == (
        "The seed 0.59704 is 48626974 here; it draws other points and weights than there, of the "
        "same distributions.",
    )


def test_the_defaults_are_the_pages() -> None:
    for bare in ("https://playground.tensorflow.org", "playground.tensorflow.org/#", "#x=true"):
        experiment, notes = experiment_of(bare)
        assert notes == ()
        assert experiment.data.features == ("x1", "x2")
        assert [layer.units for layer in experiment.network.hidden] == [4, 2]
        assert experiment.training.optimizer.learning_rate == 0.03
        assert (experiment.data.source, experiment.training.batch_size) == ("circle", 10)


def test_regression_has_its_own_data_count_and_loss() -> None:
    experiment, _ = experiment_of("#problem=regression&regDataset=reg-gauss&percTrainData=35")
    data = experiment.data
    assert (data.source, data.samples, data.count - data.test_count) == ("reg_gauss", 1200, 420)
    assert experiment.training.loss == "half_mse"


@pytest.mark.parametrize(
    "text",
    [
        "http://playground.tensorflow.org/#networkShape=3",
        "https://www.playground.tensorflow.org/#networkShape=3",
        "HTTPS://Playground.TensorFlow.org/#networkShape=3",
        "https://playground.tensorflow.org#networkShape=3",
        "https://playground.tensorflow.org/?hl=de#networkShape=3",
        "playground.tensorflow.org/#networkShape=3",
        "#networkShape=3",
        "  <https://playground.tensorflow.org/#networkShape=3>\n",
        "https://playground.tensorflow.org/#network%53hape=%33",
        "https://playground.tensorflow.org/#networkShape=4,2&networkShape=3",
        "https://playground.tensorflow.org/#networkShape=3=7",
    ],
)
def test_forms_of_an_address(text: str) -> None:
    assert is_link(text)
    assert [layer.units for layer in experiment_of(text)[0].network.hidden] == [3]


@pytest.mark.parametrize(
    "text",
    [
        "", "#", "x1,x2,target\n1,2,0", "https://example.org/#networkShape=3", "#section=2",
        "https://playground.tensorflow.org.example.org/#x=true", "# x=true",
        "see https://playground.tensorflow.org/#x=true", "/home/me/file.json",
        "javascript:playground.tensorflow.org", "\0",
    ],
)  # fmt: skip
def test_what_is_no_link(text: str) -> None:
    assert not is_link(text)
    with pytest.raises(PlaygroundError, match="is no link of TensorFlow Playground; those look"):
        experiment_of(text)


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("learningRate=abc", "learningRate must be a finite number, but is abc"),
        ("learningRate=NaN", "learningRate must be a finite number, but is NaN"),
        ("noise=Infinity", "noise must be a finite number"),
        ("noise=1e999", "noise must be a finite number"),
        ("noise=1_0", "noise must be a finite number"),
        ("networkShape=1000000000", "from 1 to 512, as in 4,2, but has 1000000000"),
        ("networkShape=4,,2", "whole numbers of units"),
        ("networkShape=4,-2", "but has -2"),
        ("networkShape=4,2.5", "but has 2.5"),
        ("networkShape=NaN", "but has NaN"),
        ("networkShape=" + "1," * 400 + "1", "401 hidden layers, and at most 32"),
        ("percTrainData=%00", "percTrainData must be a finite number"),
    ],
)
def test_values_without_meaning_are_refused(fragment: str, words: str) -> None:
    with pytest.raises(PlaygroundError) as caught:
        experiment_of(f"#{fragment}&x=true" if fragment[0] != "n" else f"{ADDRESS}#{fragment}")
    assert str(caught.value).startswith("the link cannot be opened: ")
    assert words in str(caught.value)


VALUES = st.text(max_size=12) | st.sampled_from(
    ["", "-0", "1e308", "-1e-308", "9" * 400, "0x10", "4,2", ",", "%", "%ff%fe", "true", "NaN", "="]
)


@given(
    pairs=st.lists(st.tuples(st.sampled_from([*KEYS, "x_hide", "", "é"]) | st.text(), VALUES)),
    start=st.sampled_from([ADDRESS + "#", "#", "playground.tensorflow.org?#x=1&", ""]),
)
def test_anything_is_opened_or_refused_in_a_sentence(
    pairs: list[tuple[str, str]], start: str
) -> None:
    text = start + "&".join(f"{key}={value}" for key, value in pairs)
    refusal, notes = "", ()
    try:
        experiment, notes = experiment_of(text)
    except PlaygroundError as error:
        refusal = str(error)
    else:
        assert is_link(text)
        assert experiment_of(link_of(experiment)[0])[0] == experiment
    assert all(note.endswith(".") and len(note) < 500 for note in notes)
    assert len(refusal) < 500


def test_ten_megabytes_are_refused_at_once() -> None:
    start = time.process_time()
    for text in (f"{ADDRESS}#" + "x=true&" * 1_500_000, "x,y\n" * 2_500_000):
        with pytest.raises(PlaygroundError) as caught:
            experiment_of(text)
        assert f"the most that are read are {MAX_LINK:,}" in str(caught.value)
        assert len(str(caught.value)) < 400
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("fragment", "path", "value", "words"),
    [
        ("activation=swish", ("network", "hidden", 0, "activation", "name"), "tanh",
         "activation=swish is not known: tanh was taken, as TensorFlow Playground does."),
        ("dataset=moons", ("data", "source"), "circle", "It knows circle, xor, gauss, spiral."),
        ("noise=90", ("data", "noise"), 0.5, "noise=90 became 50, as TensorFlow Playground does."),
        ("noise=-3", ("data", "noise"), 0.0, "noise=-3 became 0"),
        ("batchSize=0", ("training", "batch_size"), 1, "batchSize=0 became 1, the nearest"),
        ("batchSize=9.6", ("training", "batch_size"), 10, "a batch is a whole number of points"),
        ("batchSize=300", ("training", "batch_size"), 250, "then makes no step at all"),
        ("batchSize=30", ("training", "batch_size"), 30, "the last 10 make a smaller step here"),
        ("percTrainData=5", ("data", "test_share"), 0.9, "percTrainData=5 became 10: here a tenth"),
        ("learningRate=-1", ("training", "optimizer", "learning_rate"), 0.0, "became 0, the near"),
        ("x=false&y=false", ("data", "features"), ("x1", "x2"), "The link has no features"),
        ("x_hide=true", ("data", "features"), ("x2",), "Hidden features are off, as there: x."),
        ("showTestData=true&discretize=1", ("data", "seed"), 0,
         "An experiment does not hold what its plane shows: showTestData, discretize."),
        ("stepButton_hide=true&tutorial=a", ("data", "seed"), 0, "tutorial, stepButton_hide."),
        ("cosX=true&collectStats=1", ("data", "seed"), 0, "Without effect there and here: cosX, c"),
        ("momentum=0.9", ("data", "seed"), 0, "Unknown keys were left: momentum."),
        ("foo2&x=true&bar=", ("data", "seed"), 0, "Unknown keys were left: foo2, bar."),
    ],
)  # fmt: skip
def test_what_is_otherwise_is_said(
    fragment: str, path: tuple[str | int, ...], value: object, words: str
) -> None:
    experiment, notes = experiment_of(f"{ADDRESS}#{fragment}")
    found: Any = experiment.model_dump()
    for part in path:
        found = found[part]
    assert found == value
    assert len(notes) == 1
    assert words in notes[0]


@pytest.mark.parametrize(
    "fragment",
    ["percTrainData=100", "noise=80", "noise=63", "initZero=yes", "x=&y=&seed=", "seed=12",
     "x_hide=false", "networkShape="],
)  # fmt: skip
def test_what_is_taken_as_it_is_needs_no_words(fragment: str) -> None:
    experiment, notes = experiment_of(f"{ADDRESS}#{fragment}")
    assert notes == ()
    if fragment == "networkShape=":
        assert experiment.network.hidden == ()
    if fragment == "initZero=yes":
        assert experiment.network.output.initializer.model_dump() == {"name": "zeros", "bias": 0.0}


def test_seeds() -> None:
    assert seed_of(None) == 0
    assert seed_of("17") == 17
    assert seed_of(str(LARGEST_SEED)) == LARGEST_SEED
    texts = ["0.59704", "0.5970", "017", "-1", str(LARGEST_SEED + 1), "١٢", "Zürich", " "]
    found = [seed_of(text) for text in texts]
    assert len(set(found)) == len(texts)
    assert all(0 <= seed <= LARGEST_SEED for seed in found)
    assert found[0] == 48626974, "the same in every version: people exchange links"


# --- there and back ------------------------------------------------------------------------------


@st.composite
def states(draw: st.DrawFn) -> State:
    """Settings of the page that mean something; most within what its controls reach."""
    state = State(**{name_of(key): draw(st.sampled_from(LISTS[key])) for key in LISTS})
    state.batch_size = draw(st.integers(1, 30) | st.integers(1, 2000))
    state.learning_rate = draw(st.sampled_from([1e-05, 0.03, 10]) | st.floats(0, 1e3))
    state.regularization_rate = draw(st.sampled_from([0, 0.001, 10]) | st.floats(0, 1e3))
    state.noise = draw(st.integers(0, 50) | st.floats(-10, 200))
    state.perc_train_data = draw(st.integers(10, 90) | st.floats(-10, 200))
    state.network_shape = tuple(draw(st.lists(st.integers(1, 8) | st.integers(1, 40), max_size=6)))
    state.features = tuple(draw(st.lists(st.sampled_from(FEATURES), unique=True)))
    state.init_zero = draw(st.booleans())
    state.seed = draw(st.none() | st.text(st.characters(blacklist_characters="&=#%"), min_size=1))
    return state


@given(state=states())
def test_a_link_comes_back_and_nothing_is_lost_twice(state: State) -> None:
    # Seeds are percent-encoded on the way, as browsers do.
    if state.seed is not None:
        state.seed = quote(state.seed.strip() or "1")
    first, _ = experiment_of(text_of(state))
    link, notes = link_of(first)
    assert notes == (NOT_IN_LINK,), "an imported link can be carried by one"
    second, more = experiment_of(link)
    assert second == first
    assert link_of(second) == (link, notes)
    assert not [note for note in more if "became" in note]


@given(state=states())
def test_what_the_controls_reach_comes_back_as_it_was(state: State) -> None:
    state.batch_size = min(state.batch_size, 30)
    state.noise = round(min(max(state.noise, 0), 50))
    state.perc_train_data = round(min(max(state.perc_train_data, 10), 90))
    state.seed = "5"
    state.features = tuple(key for key in FEATURES if key in state.features) or ("x", "y")
    other = "reg_dataset" if state.problem == "classification" else "dataset"
    setattr(state, other, getattr(State(), other))  # only the one in use is carried
    if not state.network_shape:
        state.activation = "tanh"
    if state.regularization == "none":
        state.regularization_rate = 0
    back, notes = parse(link_of(experiment_of(text_of(state))[0])[0])
    assert back == state
    assert notes == ()


@given(drawn=experiments())
def test_every_experiment_becomes_a_link_that_opens(drawn: Experiment) -> None:
    link, notes = link_of(drawn)
    assert len(link) < MAX_LINK
    again, _ = experiment_of(link)
    assert [layer.units for layer in again.network.hidden] == [
        layer.units for layer in drawn.network.hidden
    ]
    assert link_of(again)[0] == link
    assert notes[-1] == NOT_IN_LINK
    assert all(note.endswith(".") and "None" not in note for note in notes)
    keys = [pair.split("=")[0] for pair in link.partition("#")[2].split("&")]
    assert keys == [key for key in KEYS if key in keys], "each once, in the page's order"


def test_every_preset_says_what_its_link_cannot_carry() -> None:
    notes = {preset.name: link_of(preset.document().experiment)[1] for preset in presets()}
    assert "Layers 1 to 3, activation: Leaky ReLU here, ReLU there." in notes["welcome"]
    assert "Optimizer: Adam here, Gradient descent (SGD) there." in notes["welcome"]
    assert "Data set: Pinwheel here, Circle there." in notes["three_classes"]
    assert "Replicas: 10 here, 1 there." in notes["ten_votes"]
    assert any("BatchNorm: before activation here, none there" in n for n in notes["batch_norm"])


def test_what_comes_to_the_same_is_not_named() -> None:
    one = Experiment.model_validate(
        {"data": {"features": ["x2", "x1"]}, "training": {"batch_size": "full", "loss": "auto"}}
    )
    other = Experiment.model_validate(
        {"training": {"batch_size": 250, "loss": "binary_cross_entropy"}}
    )
    assert unlike(one, other) == ()
    own = one.model_copy(update={"data": Data(source="points", points=((1, 2, 0), (2, 1, 1)))})
    assert "Data set: Your own points here, Circle there." in unlike(own, other)
    assert "Points: 2 here, 0 there." in unlike(own, other)


def test_the_order_of_a_full_batch_is_no_difference() -> None:
    first, _ = experiment_of(ADDRESS)
    full = first.training.model_copy(update={"batch_size": "full", "shuffle": True})
    _, notes = link_of(first.model_copy(update={"training": full}))
    assert notes == (NOT_IN_LINK,)
