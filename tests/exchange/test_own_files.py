"""Experiments come out of each of our own files that has one."""

import json
from pathlib import Path

import onnx
import pytest

from playground.core.errors import PlaygroundError
from playground.exchange import experiment_file, session_file
from playground.exchange.document import Document
from playground.exchange.exporting.registry import Subject, exporters
from playground.exchange.own_files import MAX_HEADER, WITHOUT_WEIGHTS, document_in
from playground.exchange.trained import capture
from playground.training.trainer import Trainer
from tests.exchange.samples import experiment


@pytest.fixture(scope="module")
def document() -> Document:
    trainer = Trainer(experiment(replicas=2, max_epochs=3))
    trainer.run()
    return capture(trainer)


def test_a_file_and_a_session_come_whole(document: Document, tmp_path: Path) -> None:
    file, session = tmp_path / "a", tmp_path / "b"
    file.write_text("\ufeff \n" + experiment_file.dumps(document))
    session_file.save(session_file.Kept(document), session)
    for path in (file, session):
        found = document_in(path)
        assert found is not None
        assert experiment_file.dumps(found[0]) == experiment_file.dumps(document)
        assert found[1] == ()


@pytest.mark.parametrize("name", ["safetensors", "onnx"])
def test_of_a_model_comes_the_experiment(name: str, document: Document, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(exporters[name].make(Subject(document, 1)).main)
    found = document_in(path)
    assert found is not None
    assert (found[0].experiment, found[0].trained) == (document.experiment, None)
    assert found[1] == (WITHOUT_WEIGHTS,)


def header(tree: object, length: int | None = None) -> bytes:
    text = json.dumps(tree).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (header({}), "without an experiment: it was not exported by this program"),
        (header({"__metadata__": {"experiment": "{}"}}), "is not an experiment file"),
        (header({"__metadata__": ["experiment"]}), "without an experiment"),
        (header({}, MAX_HEADER + 1), "larger than any"),
        (header({})[:-1], "is not JSON"),
        (b"\x03\0\0\0\0\0\0\0{\xff}", "header is damaged"),
        (onnx.ModelProto(ir_version=8, producer_name="x").SerializeToString(), "without an exp"),
        (b"\x08\x08\x12\xffpytorch", "it is damaged, or no ONNX model"),
        (b"{]", "is not JSON"),
        (b"PK\x03\x04" + 26 * b"\0" + b"about.json", "is damaged"),
    ],
)
def test_what_has_none_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_bytes(content)
    with pytest.raises(PlaygroundError, match=words):
        document_in(path)


@pytest.mark.parametrize("content", [b"", b"x1,x2,y\n1,2,3\n", b"PK\x03\x04 a spreadsheet"])
def test_other_files_are_none_of_ours(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(content)
    assert document_in(path) is None
