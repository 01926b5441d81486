"""The registry of exporters, and what those of text write."""

import json
from pathlib import Path

import pytest

from playground.core.errors import PlaygroundError
from playground.data.dataset import prepare
from playground.exchange import history_csv, points_csv
from playground.exchange.document import Document
from playground.exchange.experiment_file import dumps
from playground.exchange.exporting import registry
from playground.exchange.exporting.registry import Export, Subject, exporters
from playground.exchange.trained import capture
from playground.training.trainer import HISTORY_COLUMNS, Trainer
from tests.exchange.samples import advance, experiment


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    return advance(Trainer(experiment(replicas=2)), 20)


@pytest.mark.parametrize("name", exporters)
def test_an_entry_says_what_a_dialog_needs(name: str) -> None:
    entry = exporters[name]
    assert entry.label
    assert entry.suffix.startswith(".")
    assert entry.stem == Path(entry.file_name).stem
    assert len(entry.help.split()) > 4


@pytest.mark.parametrize("name", exporters)
@pytest.mark.parametrize("is_trained", [True, False])
def test_the_main_file_has_the_name_that_is_promised(
    name: str, is_trained: bool, trainer: Trainer
) -> None:
    document = capture(trainer) if is_trained else Document(trainer.experiment)
    made = exporters[name].make(Subject(document))
    assert next(iter(made.files)) == exporters[name].file_name
    assert made.text.strip()
    assert all(made.files.values())


def test_the_experiment_is_its_file(trainer: Trainer) -> None:
    document = capture(trainer)
    made = exporters["json"].make(Subject(document))
    assert made.is_text
    assert made.text == dumps(document)
    assert json.loads(made.main)["trained"]["epoch"] == trainer.epoch


def history_text(trainer: Trainer) -> str:
    return history_csv.table(HISTORY_COLUMNS, trainer.history.rows().cells)


def test_the_history_is_that_of_the_run(trainer: Trainer) -> None:
    made = exporters["csv"].make(Subject(capture(trainer)))
    assert made.text == history_text(trainer)
    untrained = exporters["csv"].make(Subject(Document(trainer.experiment)))
    assert untrained.text == history_text(Trainer(trainer.experiment))
    assert len(untrained.text.splitlines()) == 2


def test_the_points_are_those_that_the_network_sees(trainer: Trainer) -> None:
    made = exporters["points"].make(Subject(Document(trainer.experiment)))
    assert made.text == points_csv.dumps(prepare(trainer.experiment.data))


def test_files_that_belong_together_get_one_name() -> None:
    made = Export({"model.py": b"a", "model.safetensors": b"b"}, "a")
    assert not made.is_text
    there = Path("there")
    assert made.files_at(there / "net.py") == {
        there / "net.py": b"a",
        there / "net.safetensors": b"b",
    }
    with pytest.raises(PlaygroundError, match="another suffix"):
        made.files_at(there / "net.safetensors")


@pytest.mark.parametrize("text", ["plain", "Опыт → 𝄞", "é" * 7, ""])
def test_how_long_a_text_is_and_its_beginning_are_known_without_making_it(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "PIECE", 3)
    for made in (Export({"a.txt": text.encode()}), Export({"a.bin": b"\xff"}, text)):
        assert made.text == text
        assert made.characters == len(text)
        for count in range(len(text) + 2):
            assert made.beginning(count) == text[:count]
    assert Export({"a.txt": text.encode()}).is_text
    assert not Export({"a.bin": b"\xff"}, text).is_text
