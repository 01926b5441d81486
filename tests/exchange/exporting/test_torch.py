"""Exported PyTorch modules say what the window says, also in words of their own."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from playground.core.experiment import Layer
from playground.core.families import activations
from playground.exchange.experiment_file import loads
from playground.exchange.exporting import torch_module
from playground.exchange.exporting.plan import plan_of
from playground.exchange.exporting.registry import Subject, exporters
from tests.exchange.exporting.networks import (
    PRECISIONS,
    assert_close,
    document,
    experiment,
    experiments,
    points,
    trained,
    window,
)

torch = pytest.importorskip("torch", reason="PyTorch is not installed (the extra golden has it)")
safetensors = pytest.importorskip("safetensors.torch")

pytestmark = pytest.mark.torch


def loaded(path: Path) -> ModuleType:
    """A module of a file of any name."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built(subject: Subject, folder: Path) -> Any:
    for file, content in exporters["torch"].make(subject).files_at(folder / "net.py").items():
        file.write_bytes(content)
    return loaded(folder / "net.py").build()


@pytest.mark.parametrize("name", experiments())
def test_the_module_says_what_the_window_says(name: str, tmp_path: Path) -> None:
    precision = name.rpartition("_")[2]
    network = built(Subject(document(name)), tmp_path)
    assert not network.training
    with torch.no_grad():
        for kind in (precision, "float64"):  # of the points
            found = network(torch.from_numpy(points().astype(kind))).numpy()
            assert_close(found, window(document(name)), precision)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", activations)
def test_an_activation_that_pytorch_does_not_have_is_written_out(
    name: str, precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activations[name], "torch", "")
    layer = Layer(units=4, activation=activations[name](), batch_norm="after")
    made = trained(experiment("two", layer, precision))
    network = built(Subject(made), tmp_path)
    assert f"class {activations[name].__name__}1(nn.Module)" in torch_module.source(
        plan_of(Subject(made)), "net"
    )
    with torch.no_grad():
        found = network(torch.from_numpy(points())).numpy()
    assert_close(found, window(made), precision)


def test_each_replica_is_its_own_and_trains_on(tmp_path: Path) -> None:
    made = trained(experiment("three", Layer(units=4, batch_norm="before"), replicas=3))
    for replica in range(3):
        network = built(Subject(made, replica), tmp_path)
        with torch.no_grad():
            found = network(torch.from_numpy(points())).numpy()
        assert_close(found, window(made, replica), "float32")
    assert network.norm_1.num_batches_tracked == made.trained.step
    network.train()
    network(torch.from_numpy(points())).sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_safetensors_hold_the_same_and_the_experiment(tmp_path: Path) -> None:
    made = Subject(trained(experiment("two", Layer(units=4, batch_norm="after"))))
    path = tmp_path / "model.safetensors"
    path.write_bytes(exporters["safetensors"].make(made).main)
    network = built(made, tmp_path)
    network.load_state_dict(safetensors.load_file(path), strict=True)
    with safetensors.safe_open(path, "pt") as file:
        metadata = file.metadata()
    assert metadata["outputs"] == "logits"
    assert loads(metadata["experiment"]).experiment == made.document.experiment
    assert np.array_equal(network.output.weight.detach().numpy().T, plan_of(made).steps[-1].weights)
