"""Exported networks, run by what they are exported for, say what the window says."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from playground.exchange.experiment_file import loads
from playground.exchange.exporting.registry import Export, Subject, exporters
from tests.exchange.exporting.networks import (
    Array,
    assert_close,
    document,
    experiments,
    points,
    window,
)

RUN = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
sys.modules["playground"] = None
import numpy as np
points = np.load(sys.argv[1] + "/points.npy")
found = {name: importlib.import_module(name).predict(points) for name in sys.argv[2:]}
assert not {"onnx", "torch", "pydantic", "safetensors"} & set(sys.modules)
np.savez(sys.argv[1] + "/found.npz", **found)
"""


def precision_of(name: str) -> str:
    return name.rpartition("_")[2]


def run_modules(folder: Path, sources: dict[str, str]) -> dict[str, Array]:
    """What NumPy modules say of the points, in a process that does not know our package."""
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    np.save(folder / "points.npy", points())
    command = [sys.executable, "-I", "-W", "error", "-c", RUN, str(folder), *sources]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(io.BytesIO((folder / "found.npz").read_bytes())) as found:
        return dict(found)


def run_onnx(made: Export, precision: str) -> dict[str, Array]:
    session = onnxruntime.InferenceSession(made.main, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"points": points().astype(precision)}), strict=True))


@pytest.fixture(scope="module")
def expected() -> dict[str, Array]:
    return {name: window(document(name)) for name in experiments()}


@pytest.fixture(scope="module")
def by_numpy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Array]:
    made = {n: exporters["numpy"].make(Subject(document(n))).text for n in experiments()}
    return run_modules(tmp_path_factory.mktemp("modules"), made)


@pytest.mark.parametrize("name", experiments())
def test_the_numpy_module(
    name: str, by_numpy: dict[str, Array], expected: dict[str, Array]
) -> None:
    assert_close(by_numpy[name], expected[name], precision_of(name))


@pytest.mark.parametrize("name", experiments())
def test_the_onnx_model(name: str, expected: dict[str, Array]) -> None:
    precision = precision_of(name)
    found = run_onnx(exporters["onnx"].make(Subject(document(name))), precision)
    assert_close(found.pop(next(iter(found))), expected[name], precision)
    if "answers" in found:
        assert_close(found.pop("answers"), np.tanh(expected[name]), precision)
    for probabilities in found.values():
        assert probabilities.shape[1] == max(2, expected[name].shape[1])
        assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-6)
        classes = expected[name].argmax(axis=1)
        if expected[name].shape[1] == 1:
            classes = (expected[name][:, 0] > 0).astype(int)
        assert (probabilities.argmax(axis=1) == classes).all()


@pytest.mark.parametrize("name", experiments())
def test_the_experiment_file_gives_the_same_bits(name: str, expected: dict[str, Array]) -> None:
    made = exporters["json"].make(Subject(document(name)))
    assert window(loads(made.text)).tobytes() == expected[name].tobytes()
