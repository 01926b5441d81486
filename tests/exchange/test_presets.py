"""The presets: an index and files that belong together, and what is said of a broken index."""

from __future__ import annotations

import json
import re
import shutil
import struct
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from playground import resources
from playground.core.errors import ExperimentError, PlaygroundError
from playground.exchange import presets as module
from playground.exchange.experiment_file import load
from playground.exchange.presets import Preset, presets, welcome

FOLDER = resources.path("presets")
each = pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)


def test_there_are_enough_in_groups_that_stand_together() -> None:
    found = presets()
    assert len(found) >= 16
    groups = [preset.group for preset in found]
    assert list(dict.fromkeys(groups)) == [
        group for index, group in enumerate(groups) if index == 0 or groups[index - 1] != group
    ]
    assert len({preset.title for preset in found}) == len(found)


def test_index_and_files_are_the_same() -> None:
    names = [preset.name for preset in presets()]
    assert len(set(names)) == len(names)
    assert {path.stem for path in FOLDER.glob("*.json")} == {*names, "index"}
    assert {path.stem for path in FOLDER.glob("*.png")} == set(names)


@each
def test_a_preset_is_a_small_untrained_experiment_file(preset: Preset) -> None:
    document = preset.document()
    assert document.trained is None
    assert document.experiment.name == preset.title
    assert document.experiment == load(preset.path).experiment
    assert preset.path.stat().st_size < 4000
    assert document.experiment.data.source != "points"


@each
def test_two_sentences_say_what_to_see_and_what_to_try(preset: Preset) -> None:
    for sentence in (preset.shows, preset.to_try):
        assert re.fullmatch(r"[A-Z][^.!?]*(?:(?<=\d)\.(?=\d)[^.!?]*|[?]”?[^.!?]*)*[.]", sentence)
        assert len(sentence) <= 160, "a card holds no more"


@each
def test_a_picture_is_as_large_as_a_card_shows_at_double_resolution(preset: Preset) -> None:
    header = preset.picture.read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", header[16:24]) == (384, 240)


def test_the_pictures_are_light() -> None:
    assert sum(preset.picture.stat().st_size for preset in presets()) < 400_000


def test_the_window_opens_on_one_of_them() -> None:
    assert welcome().experiment in [preset.document().experiment for preset in presets()]


def test_tensorflow_playgrounds_default_is_what_it_is_there() -> None:
    (found,) = (preset for preset in presets() if preset.name == "tensorflow_playground")
    experiment = found.document().experiment
    data, training = experiment.data, experiment.training
    assert (data.source, data.samples, data.noise, data.test_share) == ("circle", 500, 0, 0.5)
    assert data.features == ("x1", "x2")
    assert experiment.sizes == (2, 4, 2, 1)
    assert {layer.activation.name for layer in experiment.network.hidden} == {"tanh"}
    layers = (*experiment.network.hidden, experiment.network.output)
    starts = [layer.initializer.model_dump() for layer in layers]
    assert starts == [{"name": "uniform", "limit": 0.5, "bias": 0.1}] * 3
    assert (training.loss, training.batch_size, training.stop) == ("tanh_half_mse", 10, ())
    assert not training.shuffle
    assert training.optimizer.model_dump() == {"name": "sgd", "learning_rate": 0.03}
    assert training.regularizer.name == "none"


@pytest.mark.checkout
def test_the_readme_lists_them_all() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for group, members in groupby(presets(), lambda preset: preset.group):
        titles = "; ".join(preset.title for preset in members)
        assert f"| {group} | {titles} |" in readme


# --- a broken index ------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the presets that may be broken."""
    shutil.copytree(FOLDER, tmp_path / "presets")
    monkeypatch.setattr(resources, "path", lambda *parts: tmp_path.joinpath(*parts))
    return tmp_path / "presets"


def complaint(folder: Path, change: Any) -> str:
    tree = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    change(tree)
    (folder / "index.json").write_text(json.dumps(tree), encoding="utf-8")
    with pytest.raises(ExperimentError) as caught:
        module.presets.__wrapped__()
    return str(caught.value)


def set_name(tree: Any) -> None:
    tree["groups"][0]["presets"][0]["name"] = "../../etc/passwd"


def test_a_broken_index_is_refused_with_the_place(folder: Path) -> None:
    assert complaint(folder, set_name).startswith("groups[0].presets[0].name: ")


def test_an_unknown_field_is_refused(folder: Path) -> None:
    said = complaint(folder, lambda tree: tree["groups"][1].update(colour="red"))
    assert said.startswith("groups[1].colour: ")


def test_a_missing_sentence_is_refused(folder: Path) -> None:
    said = complaint(folder, lambda tree: tree["groups"][0]["presets"][1].pop("shows"))
    assert said.startswith("groups[0].presets[1].shows: is missing")


def test_a_missing_file_is_said(folder: Path) -> None:
    (folder / "adam.json").unlink()
    with pytest.raises(PlaygroundError, match=r"adam\.json"):
        module.presets.__wrapped__()
