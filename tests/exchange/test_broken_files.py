"""What is no experiment file, or cannot be read at all, is said in words."""

import copy
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.core.errors import ExperimentError, PlaygroundError
from playground.exchange import files
from playground.exchange.experiment_file import load, loads
from playground.exchange.json_reading import BOUNDS, decode, parse
from tests.exchange.samples import ONE, THREE, message, with_value, without

# --- not JSON, or not ours -----------------------------------------------------------------


def test_the_samples_are_valid() -> None:
    for tree in (ONE, THREE):
        assert loads(json.dumps(tree)).trained is not None
    assert ONE["trained"]["resume"]["position"] == 2
    assert set(ONE["trained"]["resume"]["sums"]) == {"gradient_sum", "weights_before"}


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", "file.json is empty"),
        (" \n\t", "file.json is empty"),
        ("\ufeff", "file.json is empty"),
        ("{", "file.json is not JSON: line 1, column 2: expecting property name"),
        ('{\n "format": 1,,\n}', "file.json is not JSON: line 2, column 14: "),
        ('{"a": 1} 2', "file.json is not JSON: line 1, column 10: extra data"),
        ('{"a": "b\nc"}', "file.json is not JSON: line 1, column 9: invalid control character"),
        (
            '{"a": "b',
            "file.json is not JSON: line 1, column 7: unterminated string; the file is cut off",
        ),
        ("version = 1", "file.json is not JSON: line 1, column 1: expecting value"),
        ("[]", "file.json is not an experiment file: "),
        ("null", "file.json is not an experiment file: "),
        ("{}", "file.json is not an experiment file: "),
        ('{"format": "onnx", "version": 1}', "file.json is not an experiment file: "),
        ('{"format": ["gradient-playground/experiment"]}', "file.json is not an experiment"),
    ],
)
def test_what_is_not_an_experiment_file(text: str, start: str) -> None:
    assert message(text).startswith(start)


def test_a_file_that_is_cut_off_is_called_so() -> None:
    assert message('{"format":').endswith("the file is cut off")


@pytest.mark.parametrize("base", [ONE, THREE], ids=["one", "three"])
def test_truncated_anywhere(base: dict[str, Any]) -> None:
    text = json.dumps(base)
    places = random.Random(0).sample(range(len(text)), 300)
    for end in (*range(40), *places):
        with pytest.raises(ExperimentError, match="file"):
            loads(text[:end], "file")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2, "version: is 2, but this program reads only version 1: file.json was made by a newer"),
        (10**80, "version: is 1000"),
        (0, "version: must be a whole number from 1, but is 0"),
        ("1", "version: must be a whole number from 1, but is '1'"),
        (1.0, "version: must be a whole number from 1, but is 1.0"),
        (True, "version: must be a whole number from 1, but is True"),
        (None, "version: must be a whole number from 1, but is None"),
    ],
)
def test_versions(value: Any, words: str) -> None:
    assert message(with_value("version", value)).startswith(words)


def test_a_newer_file_is_called_newer_whatever_else_it_holds() -> None:
    tree = json.loads(with_value("version", 7))
    tree["network"] = {"graph": "new"}
    assert message(json.dumps(tree)).startswith("version: is 7")


def test_a_version_must_be_there() -> None:
    assert message(without("version")) == "version: is missing; this program reads version 1"


# --- JSON that is read strictly --------------------------------------------------------------


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_no_numbers(literal: str) -> None:
    text = with_value("trained.layers.0.weights.1.2", float(literal.lower()))
    assert literal in text
    assert message(text) == (
        f"trained.layers[0].weights[1][2]: must be a finite number, but is {literal}"
    )
    text = with_value("data.noise", float(literal.lower()))
    assert message(text) == f"data.noise: must be a finite number, but is {literal}"


def test_keys_that_stand_twice() -> None:
    text = json.dumps(ONE).replace('"units": 3', '"units": 3, "dropout": 0, "units": 5', 1)
    assert message(text) == "network.hidden[1].units: stands here twice; keep one of them"


def test_numbers_of_many_digits() -> None:
    text = json.dumps(ONE).replace('"samples": 40', f'"samples": {"9" * 5000}')
    assert message(text) == ("data.samples: is a number of 5,000 digits; at most 100 are allowed")


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"format": "x", "name": ['])
@pytest.mark.parametrize("depth", [33, 900, 100_000])
def test_depth_bombs(opening: str, depth: int) -> None:
    closing = "".join({"[": "]", "{": "}"}.get(c, "") for c in reversed(opening))
    text = opening * depth + "1" + closing * depth
    assert "nested more than" in message(text)


def test_depth_within_a_file_is_said_with_its_place() -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    assert message(with_value("data.points", deep)) == (
        "data.points[0]: is nested more than 32 levels deep"
    )


@pytest.mark.parametrize("path", ["name", "data.features", "trained.layers.0.weights"])
def test_lists_without_end(path: str) -> None:
    words = "has 200,000 entries; at most 1,000 are allowed"
    assert message(with_value(path, [0] * 200_000)).endswith(words)
    fields = {str(number): 0 for number in range(200_000)}
    assert message(with_value(path, fields)).endswith(words)


def test_points_and_held_weights_may_be_more() -> None:
    words = "has 200,000 entries; at most 100,000 are allowed"
    for path in ("data.points", "trained.frozen"):
        assert message(with_value(path, [0] * 200_000)).endswith(words)


@pytest.mark.parametrize(("sign", "most", "what"), BOUNDS)
def test_what_is_counted_before_it_is_parsed(sign: str, most: int, what: str) -> None:
    assert message(sign * (most + 1)) == (
        f"file.json holds more than the {most:,} {what} that the largest experiment has"
    )


def test_halves_of_characters() -> None:
    assert message(with_value("name", "a\ud800")) == "name: holds half of a character: a\\ud800"
    assert message(with_value("data.\udfff", 1)) == (
        "data: has a field with half of a character: \\udfff"
    )


def test_several_faults_are_all_said_in_order() -> None:
    tree = copy.deepcopy(ONE)
    tree["data"]["noise"] = float("nan")
    tree["network"]["hidden"][1]["dropout"] = float("inf")
    places = [problem.split(":")[0] for problem in message(json.dumps(tree)).splitlines()]
    assert places == ["data.noise", "network.hidden[1].dropout"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1}'.encode("utf-16"), "f is encoded as UTF-16; save it as UTF-8"),
        ('{"a": "é"}'.encode("latin-1"), "f is no text in UTF-8: byte 8 does not belong there"),
        ('{"a": 1}'.encode("utf-32"), "f is encoded as UTF-32; save it as UTF-8"),
        ('{"a": 1}'.encode("utf-16-be"), "f is no text in UTF-8: it holds bytes of 0."),
        (b"\xef\xbb\xbf{\xff}", "f is no text in UTF-8: byte 5 does not belong there"),
        (b"\x89PNG\r\n\x1a\n", "f is not an experiment file but a picture (PNG); open the"),
    ],
)
def test_other_encodings(content: bytes, words: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        decode(content, "f")
    assert str(caught.value).startswith(words)


def test_what_is_read_strictly_is_otherwise_plain_json() -> None:
    text = '{"a": [1, -2.5e3, true, null, "\\u00e9\\ud83d\\ude00"], "b": {}}'
    assert parse(text, "f") == {"a": [1, -2500.0, True, None, "é😀"], "b": {}}


# --- files that cannot be read ---------------------------------------------------------------


def complaint(path: Path) -> str:
    with pytest.raises(PlaygroundError) as caught:
        load(path)
    return str(caught.value)


def test_there_is_no_such_file(tmp_path: Path) -> None:
    assert complaint(tmp_path / "none.json") == f"{tmp_path / 'none.json'} does not exist"
    assert "cannot be the name of a file" in complaint(Path("a\0b"))


def test_a_folder(tmp_path: Path) -> None:
    assert complaint(tmp_path) == f"{tmp_path} is a folder, not a file"


def failing(error: OSError) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "cannot be read: the permission is missing"),
        (OSError(5, "Input/output error"), "cannot be read: Input/output error"),
    ],
)
def test_a_file_that_may_not_be_read(
    error: OSError, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")
    monkeypatch.setattr(Path, "open", failing(error))
    assert complaint(path) == f"{path} {words}"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)  # takes no space on the disk
    assert complaint(path) == f"{path} is larger than the 400 MB that are allowed"


@pytest.mark.skipif(os.name != "posix", reason="pipes, devices and links as POSIX has them")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe, broken, circle = (tmp_path / name for name in ("pipe", "broken", "circle"))
    os.mkfifo(pipe)  # opening it would wait for someone who writes
    broken.symlink_to(tmp_path / "gone.json")
    circle.symlink_to(circle)
    assert complaint(pipe) == f"{pipe} is a pipe, not a file"
    assert complaint(Path("/dev/zero")) == "/dev/zero is a device, not a file"
    assert complaint(broken) == f"{broken} is a link to a file that does not exist"
    assert complaint(circle).startswith(f"{circle} cannot be read: ")
    assert complaint(tmp_path / ("a" * 300)).endswith(" cannot be read: the name is too long")
