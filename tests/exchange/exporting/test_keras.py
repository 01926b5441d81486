"""Exported Keras scripts can be read, and where Keras is installed, say what the window says."""

import ast
import importlib.util
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from playground.core.choice import Registry
from playground.core.experiment import Experiment, Layer
from playground.core.families import (
    activations,
    clippings,
    losses,
    optimizers,
    regularizers,
    schedules,
)
from playground.exchange.document import Document
from playground.exchange.exporting import keras_words
from playground.exchange.exporting.registry import Subject, exporters
from tests.exchange.exporting.networks import (
    PRECISIONS,
    TASKS,
    Array,
    document,
    experiment,
    experiments,
    points,
    window,
)
from tests.strategies import experiments as any_experiments

RUN = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
import keras
points = np.load(sys.argv[1] + "/points.npy")
found = {}
for name in sys.argv[2:]:
    found[name] = np.asarray(importlib.import_module(name).build()(points).detach())
np.savez(sys.argv[1] + "/found.npz", **found)
"""
HAS_KERAS = all(importlib.util.find_spec(name) for name in ("keras", "torch"))
needs_keras = pytest.mark.skipif(not HAS_KERAS, reason="Keras or PyTorch is not installed")
BOUND = 2e-5
"""Keras computes features in the network's precision; over PyTorch it multiplies matrices in single
precision always."""


def run_scripts(folder: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, str(folder), *arguments],
        env={**os.environ, "KERAS_BACKEND": "torch"}, capture_output=True, text=True, check=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def by_keras(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Array]:
    folder = tmp_path_factory.mktemp("scripts")
    for name in experiments():
        made = exporters["keras"].make(Subject(document(name)))
        for path, content in made.files_at(folder / f"{name}.py").items():
            path.write_bytes(content)
    np.save(folder / "points.npy", points())
    found: dict[str, Array] = {}
    for precision in PRECISIONS:  # which is Keras's for a whole process
        run_scripts(folder, RUN, *(name for name in experiments() if name.endswith(precision)))
        with np.load(io.BytesIO((folder / "found.npz").read_bytes())) as arrays:
            found |= arrays
    return found


@needs_keras
@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize("name", experiments())
def test_the_network_says_what_the_window_says(name: str, by_keras: dict[str, Array]) -> None:
    expected = window(document(name))
    assert by_keras[name].shape == expected.shape
    assert by_keras[name].dtype == expected.dtype
    error = np.abs(by_keras[name] - expected) / np.maximum(1, np.abs(expected))
    assert error.max() < BOUND


@needs_keras
@pytest.mark.torch
@pytest.mark.slow
def test_the_script_trains_by_itself(tmp_path: Path) -> None:
    layer = Layer(units=4, batch_norm="before", dropout=0.1)
    made = experiment("three", layer, features=("x1", "radius"), max_epochs=2)
    exported = exporters["keras"].make(Subject(Document(made)))
    for path, content in exported.files_at(tmp_path / "net.py").items():
        path.write_bytes(content)
    code = "import runpy, sys; runpy.run_path(sys.argv[1] + '/net.py', run_name='__main__')"
    said = run_scripts(tmp_path, code).stdout
    assert "Epoch 2/2" in said
    assert "'loss': " in said


@given(any_experiments(small=True))
def test_any_experiment_becomes_a_script_that_compiles(drawn: Experiment) -> None:
    tree = ast.parse(exporters["keras"].make(Subject(Document(drawn))).text)
    assert {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} >= {
        "build",
        "train",
    }


@pytest.mark.parametrize(
    ("field", "family", "words"),
    [
        ("optimizer", optimizers, keras_words.OPTIMIZERS),
        ("schedule", schedules, keras_words.SCHEDULES),
        ("clipping", clippings, keras_words.CLIPPINGS),
        ("regularizer", regularizers, keras_words.REGULARIZERS),
    ],
)
def test_what_keras_lacks_is_said(field: str, family: Registry[Any], words: dict[str, str]) -> None:
    assert set(words) <= set(family)
    for name in family:
        made = experiment("two", Layer(units=4), **{field: family[name]()})
        text = " ".join(exporters["keras"].make(Subject(Document(made))).notes)
        assert (f"like {family[name].label};" in text) == (name not in words)


@pytest.mark.parametrize("name", losses)
def test_a_loss_that_keras_lacks_is_said(name: str) -> None:
    problem = next(key for key, task in TASKS.items() if losses[name].fits(task))
    made = exporters["keras"].make(Subject(Document(experiment(problem, Layer(), loss=name))))
    known = name in keras_words.LOSSES
    assert ("Keras has no loss like this one" in " ".join(made.notes)) != known
    assert keras_words.LOSSES.get(name, "losses.MeanSquaredError()") in made.text


def test_an_activation_that_keras_does_not_have_is_written_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(activations["mish"], "keras", "")
    layer = Layer(units=4, activation=activations["mish"]())
    text = exporters["keras"].make(Subject(Document(experiment("two", layer)))).text
    assert 'layers.Activation(mish_1, name="mish_2")' in text
    assert " ops," in text
    assert "def mish_1(x):" in text
