"""What is wrong within a file is said with its place; nothing but our own errors gets out."""

import copy
import json
import random
from typing import Any

import pytest

from playground.core.errors import ExperimentError
from playground.exchange.experiment_file import loads
from playground.exchange.json_reading import decode
from tests.exchange.samples import ONE, THREE, message, with_value, without

# --- the experiment --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (with_value("traned", {}), "traned: unknown field; did you mean 'trained'?"),
        (with_value("network.hidden.1.units", "4"), "network.hidden[1].units: must be a whole"),
        (with_value("network.hidden.1.units", 10**9), "network.hidden[1].units: must be at most"),
        (with_value("network.hidden.0.activation.name", "relo"), "network.hidden[0].activation"),
        (with_value("data.samples", 1e308), "data.samples: must be a whole number"),
        (with_value("data", []), "data: must be an object with named fields"),
        (with_value("network", None), "network: must be an object with named fields"),
        (with_value("training.stop.0.patience", -1), "training.stop[0].patience: must be at"),
    ],
)
def test_a_wrong_experiment(text: str, words: str) -> None:
    assert message(text).startswith(words)


# --- the trained section ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("trained", 5, "trained: must be an object with named fields"),
        ("trained.epoch", -1, "trained.epoch: must be at least 0"),
        ("trained.epoch", 1.5, "trained.epoch: must be a whole number"),
        ("trained.step", 10**40, "trained.step: must be at most"),
        ("trained.epochs", 3, "trained.epochs: unknown field; did you mean 'epoch'?"),
        ("trained.train_loss", "low", "trained.train_loss: must be a number"),
        ("trained.test_accuracy", 1.01, "trained.test_accuracy: must be at most 1"),
        ("trained.versions", ["1"], "trained.versions: must be an object"),
        ("trained.versions.numpy", 2, "trained.versions.numpy: must be a text"),
        ("trained.stopped", {"name": "bored"}, "trained.stopped.name: must be one of test_loss_"),
        ("trained.stopped", "max_epochs", "trained.stopped: must be an object"),
        ("trained.layers", {}, "trained.layers: must be a list of 3 layers"),
        ("trained.layers", None, "trained.layers: is missing"),
        ("trained.layers.1", [], "trained.layers[1]: must be an object with the fields weights"),
        ("trained.layers.0.gamma", [1], "trained.layers[0].gamma: unknown field"),
        (
            "trained.layers.1.weights",
            [[0.5] * 5] * 4,
            "trained.layers[1].weights: must be 4 × 3 (a list of 4 rows, one for each input), but "
            "is 4 × 5",
        ),
        ("trained.layers.1.weights", [[1] * 3] * 3, "trained.layers[1].weights: must be 4 × 3"),
        ("trained.layers.1.weights", [], "trained.layers[1].weights: must be 4 × 3"),
        ("trained.layers.1.weights", [1, 2, 3, 4], "trained.layers[1].weights[0]: must be a list"),
        ("trained.layers.1.weights", "AAAA", "trained.layers[1].weights: must be 4 × 3"),
        ("trained.layers.1.weights.2", [1, 2], "trained.layers[1].weights[2]: must be of length 3"),
        ("trained.layers.1.weights.2.0", None, "trained.layers[1].weights[2][0]: must be a number"),
        ("trained.layers.1.weights.2.0", True, "trained.layers[1].weights[2][0]: must be a number"),
        ("trained.layers.1.weights.2.0", [], "trained.layers[1].weights[2][0]: must be a number"),
        ("trained.layers.2.biases", 0.5, "trained.layers[2].biases: must be a list of 1 numbers"),
        ("trained.layers.1.biases.1", 1e39, "trained.layers[1].biases[1]: must be a finite number"),
        (
            "trained.layers.1.biases.1",
            10**99,
            "trained.layers[1].biases[1]: must be a finite number of float32",
        ),
        (
            "trained.layers.1.running_variance.2",
            -1e-9,
            "trained.layers[1].running_variance[2]: must be at least 0",
        ),
        ("trained.replicas", [], "trained.replicas: is for several replicas"),
    ],
)
def test_a_wrong_trained_section(path: str, value: Any, words: str) -> None:
    assert message(with_value(path, value)).startswith(words)


@pytest.mark.parametrize("name", ["weights", "biases", "gamma", "running_variance"])
def test_a_layer_lacks_something(name: str) -> None:
    words = f"trained.layers[1].{name}: is missing; the fields of this layer are weights, biases"
    assert message(without(f"trained.layers.1.{name}")).startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (with_value("trained.layers", [], THREE), "trained.layers: is for one replica"),
        (without("trained.replicas.2", THREE), "trained.replicas: must have 3 entries, but has 2"),
        (
            with_value("trained.replicas.1.layers.0.biases.0", "x", THREE),
            "trained.replicas[1].layers[0].biases[0]: must be a number, but is 'x'",
        ),
        (
            with_value("trained.replicas.2.stopped", {"name": "bored"}, THREE),
            "trained.replicas[2].stopped.name: must be one of",
        ),
        (
            with_value("trained.stopped", {"name": "max_epochs"}, THREE),
            "trained.stopped: says that the run has stopped, but not all replicas have",
        ),
        (with_value("training.replicas", 1, THREE), "trained.replicas: is for several replicas"),
    ],
)
def test_a_wrong_section_of_several_replicas(text: str, words: str) -> None:
    assert message(text).startswith(words)


REMEDY = '; remove the section "resume" to train on with a fresh memory'


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("", [], ": must be an object with named fields"),
        ("position", 3, ".position: must be less than the 3 steps of an epoch, but is 3" + REMEDY),
        ("position", -1, ".position: must be at least 0"),
        ("epoch_limit", 0, ".epoch_limit: must be at least 1"),
        ("optimizer.name", "sgd", ".optimizer.name: must be 'adam' like the experiment's, but is"),
        ("optimizer.step", 0.5, ".optimizer.step: must be a whole number"),
        ("optimizer.momentum_product", 2, ".optimizer.momentum_product: must be at most 1"),
        ("optimizer.slots", {}, ".optimizer.slots: must hold first_moment, second_moment, but"),
        ("optimizer.slots.first_moment", "AAAA", ".optimizer.slots.first_moment: must hold 37 num"),
        ("optimizer.slots.first_moment", "é", ".optimizer.slots.first_moment: must be a text in B"),
        ("optimizer.slots.first_moment", "A", ".optimizer.slots.first_moment: must be a text in B"),
        ("optimizer.slots.first_moment", 1, ".optimizer.slots.first_moment: must be a text in B"),
        ("random.shuffle", [], ".random.shuffle: must have 1 states, one for each replica, but"),
        ("random.order_start", [], ".random.order_start: must have 1 states"),
        ("random.dropout.0.state.state", 2**128, ".random.dropout[0].state.state: must be less"),
        ("random.dropout.0.bit_generator", "MT19937", ".random.dropout[0].bit_generator: must be"),
        ("random.dropout.0.has_uint32", 2, ".random.dropout[0].has_uint32: must be at most 1"),
        ("random.dropout.0.uinteger", 2**32, ".random.dropout[0].uinteger: must be less than"),
        ("rules", [], ".rules: must be those of the experiment in its order (test_loss_plateau,"),
        ("rules.0.best", [1, 2], ".rules[0].best: must be a list of 1 entries"),
        ("rules.0.best", ["low"], ".rules[0].best[0]: must be a number or null"),
        ("rules.0.best_epoch", [None], ".rules[0].best_epoch[0]: must be a whole number from 0"),
        ("rules.0.waited", [2**70], ".rules[0].waited[0]: must be a whole number from 0"),
        ("rules.0.more", [], ".rules[0]: must have the fields name, best, best_epoch, waited"),
        ("best", None, ".best: is missing: a rule may bring it back"),
        ("best.running", "", ".best.running: must hold 6 numbers of float32, 24 bytes, but holds"),
        (
            "best.running",
            "AADAfwAAwH8AAMB/AADAfwAAwH8AAMB/",  # six times NaN
            ".best.running: must hold finite numbers only",
        ),
        ("finite.slots", {}, ".finite.slots: must hold first_moment, second_moment"),
        ("sums", {}, ".sums: must hold gradient_sum, weights_before, but holds nothing"),
        ("dead", "AAAA", ".dead: must hold 37 numbers of uint8, 37 bytes, but holds 3 bytes"),
        ("dead", "A" * 48 + "AA==", ".dead: must hold no dead weights with the regulariser none"),
    ],
)
def test_a_wrong_resume_section(path: str, value: Any, words: str) -> None:
    text = with_value(f"trained.resume.{path}".rstrip("."), value)
    assert message(text).startswith("trained.resume" + words)


def test_a_resume_section_of_another_optimizer_can_be_left_out() -> None:
    text = with_value("training.optimizer", {"name": "sgd"})
    assert message(text).endswith(REMEDY)
    tree = json.loads(text)
    del tree["trained"]["resume"]
    assert loads(json.dumps(tree)).trained is not None


# --- anything at all -------------------------------------------------------------------------

VALUES = (
    None, True, 0, -1, 10**9, 10**30, 1e308, 1e-320, "", "none", "adam", [], {}, [[]], [1],
    [[1, 2]], {"name": "sgd"}, "\ud800", "a" * 300, float("nan"), 3.5e38, 2**127,
)  # fmt: skip


def damaged(tree: Any, rng: random.Random) -> Any:
    """A copy in which one place, any place, is replaced or removed."""
    tree = copy.deepcopy(tree)
    node = tree
    while True:
        key = rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
        if isinstance(node[key], (dict, list)) and node[key] and rng.random() < 0.9:
            node = node[key]
            continue
        if rng.random() < 0.2:
            del node[key]
        else:
            node[key] = copy.deepcopy(rng.choice(VALUES))
        return tree


@pytest.mark.parametrize("base", [ONE, THREE], ids=["one", "three"])
def test_damaged_files_are_read_or_refused(base: dict[str, Any]) -> None:
    rng, refused, longest = random.Random(1), 0, 0
    for _ in range(400):
        try:
            loads(json.dumps(damaged(base, rng)))
        except ExperimentError as error:
            refused += 1
            longest = max(longest, len(str(error)))
    assert refused > 200
    assert longest < 5000


@pytest.mark.parametrize("base", [ONE, THREE], ids=["one", "three"])
def test_files_with_changed_bytes_are_read_or_refused(base: dict[str, Any]) -> None:
    rng, content, refused = random.Random(2), json.dumps(base).encode(), 0
    for _ in range(200):
        changed = bytearray(content)
        for _ in range(rng.choice([1, 2, 8])):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        try:
            loads(decode(bytes(changed), "file"))
        except ExperimentError:
            refused += 1
    assert refused > 100
