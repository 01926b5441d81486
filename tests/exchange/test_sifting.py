"""A large file is read as a small one would be: the same numbers, and the same faults."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.core.errors import ExperimentError
from playground.core.experiment import Data, Experiment, Layer, Network, Training
from playground.core.families import optimizers
from playground.core.limits import MAX_BYTES, MAX_PARAMETERS
from playground.exchange import incoming, numbers_reading, sifted, sifting
from playground.exchange.experiment_file import dumps, load, loads
from playground.exchange.sifted import line_and_column
from playground.exchange.trained import capture
from playground.training.trainer import Trainer
from tests.exchange.samples import ALLOWED_MB, ONE, THREE, advance, all_rules, refused_apart

HEAD = 2500
"""Bytes before the section ``trained`` at most."""


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """All is long that may be."""
    for module in (sifting, sifted):
        monkeypatch.setattr(module, "PIECE", 64)
    monkeypatch.setattr(numbers_reading, "PIECE", 64)
    monkeypatch.setattr(incoming, "MAX_EXPERIMENT_BYTES", HEAD)
    monkeypatch.setattr(sifting, "LONG_LIST", 1)
    monkeypatch.setattr(sifting, "LONG_TEXT", 100)


def said(path: Path) -> str:
    with pytest.raises(ExperimentError) as caught:
        load(path)
    return str(caught.value)


def both(path: Path, text: str) -> tuple[str, str]:
    """What is wrong with a text, in a file that is sifted, and in one that is not."""
    path.write_text(text, "utf-8")
    with pytest.raises(ExperimentError) as caught:
        loads(text, path.name)
    return said(path), str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.json"


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("tree", [ONE, THREE], ids=["one", "three"])
@pytest.mark.parametrize("indent", [None, 1, 4])
def test_the_same_numbers_to_the_last_bit(
    tree: dict[str, Any], indent: int | None, path: Path
) -> None:
    path.write_text(json.dumps(tree, indent=indent))
    assert json.loads(dumps(load(path))) == tree


FAULTS: dict[str, Any] = {
    "text": "much",
    "true": True,
    "null": None,
    "list": [0.5],
    "object": {"a": 1},
    "nan": float("nan"),
    "minus": float("-inf"),
    "single": 1e39,
}


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("field", ["weights", "biases", "running_variance"])
def test_a_fault_among_numbers_is_found_where_it_is(field: str, fault: str, path: Path) -> None:
    tree = copy.deepcopy(ONE)
    row = tree["trained"]["layers"][1][field]
    row = row[2] if field == "weights" else row
    row[1] = FAULTS[fault]
    there, here = both(path, json.dumps(tree))
    assert there == here
    assert here.startswith(f"trained.layers[1].{field}[")


@pytest.mark.usefixtures("small_pieces")
def test_a_number_beyond_all_is_found_where_it_is(path: Path) -> None:
    tree = copy.deepcopy(ONE)
    tree["trained"]["layers"][2]["weights"][1][0] = "@"
    there, here = both(path, json.dumps(tree).replace('"@"', "1e999"))
    assert (
        there
        == here
        == ("trained.layers[2].weights[1][0]: must be a finite number of float32, but is inf")
    )


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize(
    "change",
    [
        lambda layer: layer["weights"].pop(),
        lambda layer: layer["weights"][1].pop(),
        lambda layer: [row.pop() for row in layer["weights"]],
        lambda layer: layer["biases"].append(0.5),
        lambda layer: layer["weights"].append([0.5] * 3),
        lambda layer: layer.update(weights=layer["biases"]),
        lambda layer: layer.update(biases=layer["weights"]),
        lambda layer: layer.update(weights=[layer["weights"]]),
        lambda layer: layer.update(gamma=[]),
        lambda layer: layer["running_variance"].__setitem__(2, -1.0),
    ],
)
def test_a_wrong_shape_is_said_in_the_same_words(change: Any, path: Path) -> None:
    tree = copy.deepcopy(ONE)
    change(tree["trained"]["layers"][1])
    there, here = both(path, json.dumps(tree, indent=1))
    assert there == here
    assert here.startswith("trained.layers[1].")


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("field", ["weights", "biases", "gamma"])
@pytest.mark.parametrize("place", ["versions", "resume", "history", "stopped", "epoch", "rules"])
def test_a_list_where_none_belongs_is_refused_in_words(place: str, field: str, path: Path) -> None:
    tree = copy.deepcopy(ONE)
    numbers = {field: [[0.25] * 4] * 3}
    if place == "rules":
        tree["trained"]["resume"]["rules"][0] |= numbers
    else:
        tree["trained"][place] = numbers
    path.write_text(json.dumps(tree))
    message = said(path)
    assert message.startswith("trained."), message
    assert message == both(path, json.dumps(tree))[1]


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"biases": [', '"biases": [['),
        ('"biases": [', '"biases" ['),
        ('"biases": [', '"biases": ,['),
        ('"biases": [', '"biases": [,'),
        ('"biases": [', '"biases": [0.1 '),
        ('"biases": [', '"biases": [.'),
        ('"layers": [', '"layers": [}'),
        ('"step": ', '"step"; '),
        ('"optimizer": {"name"', '"optimizer": {"näme" 1'),
        ('"rules": [', '"rules": [\n\n ä'),
    ],
)
def test_what_is_no_json_is_placed_where_it_is(old: str, new: str, path: Path) -> None:
    head, tail = json.dumps(ONE).split('"trained"')
    there, here = both(path, f'{head}"trained"{tail.replace(old, new, 1)}')
    assert here.startswith("a.json is not JSON: line ")
    assert there.split(":")[:2] == here.split(":")[:2]


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("end", [*range(-400, -1, 7), -600, -900, -1200, -1500])
def test_a_file_that_is_cut_off_is_said_to_be(end: int, path: Path) -> None:
    path.write_text(json.dumps(ONE)[:end])
    message = said(path)
    assert message.startswith("a.json is not JSON: line 1, column ")
    assert message.endswith("; the file is cut off")


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("change", ["*", "ä", "=", "", "==", '\\"', "\\\\", "\n"])
@pytest.mark.parametrize("at", [0, 63, 64, 90, -5])
def test_a_text_that_is_no_base64_is_refused_where_it_begins(
    at: int, change: str, path: Path
) -> None:
    tree = copy.deepcopy(ONE)
    slots = tree["trained"]["resume"]["optimizer"]["slots"]
    name, whole = next(iter(slots.items()))
    assert len(whole) > 100
    slots[name] = f"{whole[:at]}@{whole[at:][1:]}"
    text = json.dumps(tree)
    path.write_text(text.replace("@", change), "utf-8")
    message = said(path)
    column = text.index(f'"{slots[name]}"') + 1
    assert message in (
        f"a.json: line 1, column {column:,}: here begins {sifting.NO_BASE64}",
        f"trained.resume.optimizer.slots.{name}: must be a text in Base64, but is not: "
        "incorrect padding",
    )


@pytest.mark.usefixtures("small_pieces")
def test_a_state_of_another_length_is_said_in_the_same_words(path: Path) -> None:
    tree = copy.deepcopy(ONE)
    slots = tree["trained"]["resume"]["optimizer"]["slots"]
    slots["second_moment"] = slots["second_moment"][:-8]
    there, here = both(path, json.dumps(tree))
    assert there == here
    assert "bytes, but holds" in here


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("what", ["name of a field", "text", "spaces", "list", "texts"])
def test_what_is_longer_than_any_is_refused_where_it_begins(
    what: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifting, "MAX_EXPERIMENT_BYTES", 15_000)
    monkeypatch.setattr(sifting, "BYTES_OF_A_NUMBER", 20)
    tree = copy.deepcopy(ONE)
    tree["trained"] = {"@": 0} | tree["trained"]
    new, begins, words = {
        "name of a field": (f'"{"A" * 400}": 0', 0, sifting.NO_BASE64),
        "text": (f'"text": "{"é" * 400}"', 8, sifting.NO_BASE64),
        "spaces": (f'"text": {" " * 4000} 0', 6, "a list longer than any that this network has"),
        "list": (f'"text": [{"1, " * 2000} 0]', 6, "a list longer than any that this network has"),
        "texts": ('"text": [' + '"", ' * 3000 + "0]", 0, "a text more than the file can have"),
    }[what]
    head, tail = json.dumps(tree).split('"@": 0', 1)
    path.write_text(head + new + tail, "utf-8")
    message = said(path)
    assert f": here begins {words}" in message
    if begins or what == "name of a field":
        assert message.startswith(f"a.json: line 1, column {len(head) + begins + 1:,}: ")


@pytest.mark.parametrize("place", [0, 1, 3, 4, 5, 8, 9, 12])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("piece", [1, 2, 5, 100])
def test_line_and_column(
    place: int, mark: bytes, piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sifted, "PIECE", max(piece, 3 if mark else 1))
    text = "aé\nb😀c\n\n\nd"
    content = text.encode()
    known = content[:place].decode(errors="ignore")
    path = tmp_path / "a"
    path.write_bytes(mark + content)
    with path.open("rb") as file:
        line, column = line_and_column(file, len(mark) + len(known.encode()))
    assert line == known.count("\n") + 1
    assert column == len(known.rpartition("\n")[2]) + 1


def test_all_that_training_makes_of_the_largest_network_fits_into_a_file() -> None:
    decimals, packed, arrays = 26, 8 * 4 / 3, 8  # of a number of double precision
    dead = 4 / 3
    needed = MAX_PARAMETERS * (decimals + packed * arrays + dead)
    rest = incoming.MAX_EXPERIMENT_BYTES / 2 + incoming.MAX_HISTORY_VALUES * packed
    assert needed + rest < MAX_BYTES


@pytest.fixture(scope="module")
def largest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of some 200 MB: two million numbers in double precision, in the middle of an epoch."""
    hidden = tuple(Layer(units=512) for _ in range(8))
    training = Training(
        optimizer=optimizers["adam"](), batch_size=10, precision="float64", stop=all_rules()
    )
    described = Experiment(data=Data(samples=40), network=Network(hidden=hidden), training=training)
    path = tmp_path_factory.mktemp("large") / "a.json"
    path.write_text(dumps(capture(advance(Trainer(described), 7))))
    return path


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory in kB")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"weights": [', b'"weights": [NaN, ', "must be"),
        (b'"resume":', b'"resume"', "not JSON"),
        (b"AAAA", b"AA*A", "no Base64"),
        (b"AAAA", b"", "bytes"),
        (b"}", b', "late": 1}', "late: unknown field"),
    ],
    ids=["number", "syntax", "text", "length", "field"],
)
def test_a_late_fault_costs_little_memory(
    old: bytes, new: bytes, words: str, largest: Path, tmp_path: Path
) -> None:
    before, after = largest.read_bytes().rsplit(old, 1)
    path = tmp_path / "a.json"
    path.write_bytes(before + new + after)
    message, more = refused_apart(path)
    assert words in message
    assert more < ALLOWED_MB


@pytest.mark.slow
def test_a_large_file_comes_back_to_the_last_bit(largest: Path) -> None:
    document = load(largest)
    assert np.isfinite(document.trained.parameters).all()
    assert dumps(document) == largest.read_text(encoding="utf-8")
