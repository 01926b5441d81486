"""Trained networks of all kinds for the tests of exporters, and what the window says of them."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np

from playground.core.experiment import Data, Experiment, Layer, Network, Training
from playground.core.families import Task, activations, features, losses
from playground.data.features import compute
from playground.exchange.document import Document, by_layer, layout_of
from playground.exchange.trained import capture, restore
from playground.training.frozen import Place
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer
from tests.strategies import FORMULAS

Array = np.ndarray[Any, Any]

SOURCES = {"two": "circle", "three": "blobs", "numbers": "reg_gauss"}
"""A data set for each kind of problem."""
PRECISIONS = ("float32", "float64")
BOUND = {"float32": 1e-5, "float64": 1e-9}
"""Of a difference, relative to numbers that are larger than 1."""
OWN_FORMULAS = (
    *FORMULAS,
    "=atan2(x1,x2)", "=atan2(x2,x1-2)", "=cos(3*x1)", "=tan(x2)", "=tanh(x1/2)", "=floor(x2)",
    "=1/0", "=2*pi-e", "=(-8)^(1/3)+x1", "=min(x1,x2,0.5)", "=1+sign(log(x1))", "=abs(x2)^1.5",
    "=2^x1", "=-x1^2/(1-x2)", "=1/floor(x1/9)", "=x1-(x2-1)", "=max(1,x2)", "=sqrt(r)", "=-(2*r)",
    "=0/(2*x1-2*x1)", "=max(log(x1),-5)", "=exp(exp(r))",
)  # fmt: skip


def experiment(problem: str, layer: Layer, precision: str = "float32", **parts: Any) -> Experiment:
    """Two layers alike, the second narrower."""
    return Experiment(
        name='A "quoted" \\ name\nof two lines',
        data=Data(
            source=SOURCES[problem], samples=40, features=parts.pop("features", ("x1", "x2"))
        ),
        network=Network(hidden=(layer, layer.model_copy(update={"units": 3}))),
        training=Training(precision=precision, batch_size=10, stop=(), **parts),
    )


def trained(experiment: Experiment, epochs: int = 2) -> Document:
    """It after some epochs, with numbers then moved so that none of them is 0 or 1 any more."""
    trainer = Trainer(experiment)
    if experiment.network.hidden:
        trainer.hold_all((Place(0, 0, 0, 0),))
    for _ in range(epochs):
        trainer.run_epoch()
    document = capture(trainer)
    assert document.trained is not None
    rng = np.random.default_rng(1)
    parameters, running = document.trained.parameters.copy(), document.trained.running.copy()
    for layer in by_layer(layout_of(experiment), parameters, running):
        for name, array in layer.items():
            if name == "running_variance":
                array *= rng.uniform(0.5, 2, array.shape)
            else:
                array += 0.3 * rng.normal(size=array.shape)
    moved = dataclasses.replace(document.trained, parameters=parameters, running=running)
    return Document(experiment, moved)


def points() -> Array:
    """(n, 2), all of them numbers of single precision; some on the axes, some far away."""
    rng = np.random.default_rng(0)
    some = rng.uniform(-6, 6, (60, 2)).astype(np.float32)
    special = [(0, 0), (-1, 0), (0, -1), (3, 0), (0, 2), (1, 1), (-4, -4), (9, -20), (-30, 11)]
    return np.concatenate((some, np.array(special, np.float32))).astype(np.float64)


def window(document: Document, replica: int = 0) -> Array:
    """What the window shows at :func:`points`: raw outputs (n, outputs)."""
    inputs = compute(document.experiment.data.features, points())
    found: Array = StandIn(restore(document)).of(replica).outputs(inputs)[0].T
    return found


@cache
def document(name: str) -> Document:
    """One of :func:`experiments`, trained where its name does not say otherwise."""
    made = experiments()[name]
    return Document(made) if name.startswith("untrained") else trained(made)


@cache
def experiments() -> dict[str, Experiment]:
    """All kinds of networks, by a name that tells which and ends in the precision.

    Every activation with BatchNorm in every place for every kind of problem, every loss, and all
    features, in both precisions.
    """
    found = {}
    for precision in PRECISIONS:
        for name in activations:
            for place in ("none", "before", "after"):
                for problem in SOURCES:
                    layer = Layer(units=4, activation=activations[name](), batch_norm=place)
                    made = experiment(problem, layer, precision)
                    found[f"{name}_{place}_{problem}_{precision}"] = made
        for loss in losses.values():
            for problem, task in TASKS.items():
                if loss.fits(task):
                    made = experiment(problem, Layer(units=4), precision, loss=loss.name)
                    found[f"{loss.name}_{problem}_{precision}"] = made
        for label, names in {
            "registered": tuple(features),
            "formulas": OWN_FORMULAS,
            "plain": ("x2", "x1", "x2_squared"),
            "swapped": ("x2", "x1"),
            "one": ("x2",),
        }.items():
            layer = Layer(units=4, activation=activations["tanh"](), dropout=0.2)
            made = experiment("two", layer, precision, features=names)
            found[f"{label}_{precision}"] = made
        for name in ("leaky_relu", "elu"):
            parameter = {"leaky_relu": "negative_slope", "elu": "alpha"}[name]
            for value in (0.0, 0.3, 1.0):
                layer = Layer(units=4, activation=activations[name](**{parameter: value}))
                label = f"{name}_{value}_{precision}".replace(".", "_")
                found[label] = experiment("two", layer, precision)
        bare = experiment("numbers", Layer(), precision)
        bare = bare.model_copy(update={"network": Network(hidden=())})
        found[f"no_hidden_{precision}"] = bare
        found[f"untrained_{precision}"] = experiment("three", Layer(), precision)
    return found


TASKS = {
    "two": Task("classification", 2),
    "three": Task("classification", 3),
    "numbers": Task("regression", 0),
}


def assert_close(found: Array, expected: Array, precision: str) -> None:
    """That they agree as well as the precision allows."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    assert np.isfinite(expected).all()
    error = np.abs(found - expected) / np.maximum(1, np.abs(expected))
    assert error.max() <= BOUND[precision]
