"""Large files: looked at before they are read, and no larger than their network needs."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.core.errors import ExperimentError
from playground.core.limits import MAX_BYTES
from playground.exchange import incoming, sifting
from playground.exchange.experiment_file import dumps, load
from playground.exchange.foreign import kind_of
from tests.exchange.samples import ALLOWED_MB, ONE, THREE, refused_apart

HEAD = len(json.dumps({key: part for key, part in ONE.items() if key != "trained"}))


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "MAX_EXPERIMENT_BYTES", HEAD + 100)
    monkeypatch.setattr(incoming, "MAX_HISTORY_VALUES", 1000)
    monkeypatch.setattr(sifting, "MAX_EXPERIMENT_BYTES", 50_000)
    monkeypatch.setattr(sifting, "PIECE", 1000)


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(ExperimentError) as caught:
        load(written(tmp_path, content))
    return str(caught.value)


def with_trained(**parts: Any) -> str:
    tree = copy.deepcopy(ONE)
    tree["trained"] |= parts
    return json.dumps(tree)


@pytest.mark.parametrize("tree", [ONE, THREE], ids=["one", "three"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_large_file_is_read_as_a_small_one(
    tree: dict[str, Any], mark: bytes, tmp_path: Path
) -> None:
    text = json.dumps(tree)
    assert len(text) > HEAD + 100
    document = load(written(tmp_path, mark + text.encode()))
    assert json.loads(dumps(document)) == tree


def test_what_stands_before_the_weights_is_refused_before_they_are_read(tmp_path: Path) -> None:
    text = json.dumps(ONE).replace('"units": 3', f'"units": {10**9}') + "nothing of JSON"
    assert refusal(tmp_path, text).startswith("network.hidden[1].units: must be at most 512")


@pytest.mark.parametrize("late", ["name", "training"])
def test_the_weights_come_last(late: str, tmp_path: Path) -> None:
    tree = copy.deepcopy(ONE)
    part = tree.pop(late)
    tree[late] = "Last" if late == "name" else part
    assert refusal(tmp_path, json.dumps(tree)) == (
        "trained: must be the last section of a file of this size; move it to the end"
    )


def test_a_file_is_no_larger_than_its_network_needs(tmp_path: Path) -> None:
    message = refusal(tmp_path, with_trained(versions={"a": "b" * 100_000}))
    assert message.startswith("trained: makes a.json 0 MB large; with a network of 43 numbers")


def test_numbers_are_counted_before_they_are_kept(tmp_path: Path) -> None:
    text = json.dumps(ONE).replace('"weights": [', '"weights": [' + "0," * 1000, 1)
    message = refusal(tmp_path, text)
    assert message == "a.json holds more than the 67 values that it can have"


@pytest.mark.parametrize("cut", [4, 5, 100, 1000, 1500, 2000])
def test_a_cut_is_seen_at_the_end(cut: int, tmp_path: Path) -> None:
    message = refusal(tmp_path, json.dumps(ONE)[:-cut] + "\n\n")
    assert message.startswith("a.json is not JSON: line ")
    assert message.endswith("; the file is cut off")


@pytest.mark.parametrize("place", [999, 1000, 1999, 2500])
def test_a_byte_that_is_no_text_is_found_in_any_piece(place: int, tmp_path: Path) -> None:
    content = bytearray(json.dumps(ONE, ensure_ascii=False).encode())
    content[place] = 0xC3
    assert f"byte {place + 1:,} does not belong there" in refusal(tmp_path, bytes(content))


def test_a_section_must_be_there(tmp_path: Path) -> None:
    assert refusal(tmp_path, " " * 10_000).startswith("a.json is larger than the 0 MB that an")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"PK\x03\x04\x14\0", "an archive (ZIP)"),
        (b"\x08\x08\x12\x07pytorch", "an ONNX model"),
        (b"\x60\x01\0\0\0\0\0\0{", "a safetensors file"),
        (b"\x80\x04\x95\x1c\0", "a Python pickle"),
        (b"\x93NUMPY\x01\0v\0", "an array of NumPy"),
        (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file"),
        (b"\x1f\x8b\x08\0", "compressed (gzip)"),
        (b"<!DOCTYPE html>", "a page or picture in HTML"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x7fELF\x02", "a program"),
    ],
)
def test_other_kinds_of_files_are_named(start: bytes, words: str, tmp_path: Path) -> None:
    message = refusal(tmp_path, start)
    assert message.startswith(f"a.json is not an experiment file but {words}")
    assert message.endswith("open the experiment (.json) that it belongs to")


@pytest.mark.parametrize("start", [b"", b"{", b"[1]", b"MZ,kind\n1,2\n", b"8\n", b"x1,x2,y\n"])
def test_texts_are_no_other_kind(start: bytes) -> None:
    assert kind_of(start) is None


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="sparse files, and memory in kB")
@pytest.mark.parametrize(
    "start",
    [
        '{"format": "gradient-playground/experiment", "version": 1, "trained": {"layers": [',
        '{"format": "gradient-playground/experiment", "version": 1, "name": "' + "a" * 11_000_000,
        '{"name": [' + "0.1," * 2_900_000,
        '{"name": [' + "[]," * 1_200_000,
        '{"name": [' + '{"a":0},' * 290_000,
        '{"name": "😀' + "a" * 11_500_000,
        "[" * 20_000_000,
    ],
    ids=["head", "text", "numbers", "lists", "objects", "wide", "deep"],
)
@pytest.mark.parametrize("size", [11_999_000, MAX_BYTES - 1, MAX_BYTES + 1])
def test_what_is_refused_costs_little_memory(start: str, size: int, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.write(start.encode()[:size])
        file.truncate(size)  # the rest takes no room on the disk
    _, more = refused_apart(path)
    assert more < ALLOWED_MB
