"""A large file that another process reads: the same comes back, the same is refused."""

import sys

import pytest

from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment
from playground.exchange import apart, experiment_file
from playground.exchange.experiment_file import Document
from playground.exchange.trained import capture
from playground.training.trainer import Trainer
from tests.exchange.samples import advance, all_rules, experiment


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ein Läufer & [1].json"


def test_the_same_comes_back_to_the_last_bit(path):
    described = experiment(replicas=2, stop=all_rules(), max_epochs=1000)
    document = capture(advance(Trainer(described), 7))
    experiment_file.save(document, path)
    assert experiment_file.dumps(apart.load(path)) == experiment_file.dumps(document)


def test_points_of_one_s_own_come_too(path):
    points = [(0.1, 0.2, 1.0), (1 / 3, -1e-9, 0.0), (5.0, 6.0, 1.0)]
    data = {"source": "points", "points": points, "features": ["x1"]}
    described = Experiment.model_validate({"name": "<b>Ours</b>", "data": data})
    experiment_file.save(Document(described), path)
    found = apart.load(path)
    assert found.experiment == described
    assert found.trained is None


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0", b'{"a": "\xc3\xbc" "', None])
def test_what_cannot_be_opened_is_refused_in_the_same_words(path, content):
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PlaygroundError) as here:
        experiment_file.load(path)
    with pytest.raises(PlaygroundError) as there:
        apart.load(path)
    assert str(there.value) == str(here.value)


@pytest.mark.parametrize("end", ["import os; os._exit(9)", "raise MemoryError"])
def test_a_process_that_does_not_come_to_its_end_is_said(path, monkeypatch, end):
    monkeypatch.setattr(apart, "ANSWER", end)
    with pytest.raises(PlaygroundError, match="was not read to its end"):
        apart.load(path)


def test_that_there_is_no_process_is_said(path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(path))
    with pytest.raises(PlaygroundError, match="cannot be read beside the window"):
        apart.load(path)
