"""Small networks, gradients by differences, and the golden numbers (see golden/make_golden.py)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.experiment import Experiment
from playground.engine.calls import Call
from playground.engine.network import Network
from playground.engine.program import Program

Array = NDArray[Any]
GOLDEN = Path(__file__).parents[1] / "golden"
STEP = 1e-5
"""Of the central differences, in float64."""


def golden(name: str) -> dict[str, Any]:
    text = (GOLDEN / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def run(calls: list[Call]) -> None:
    for step in calls:
        step()


def experiment(hidden: list[dict[str, Any]], source: str = "circle", **training: Any) -> Experiment:
    """A network in float64 without stop rules."""
    return Experiment.model_validate(
        {
            "data": {"source": source, "samples": 40},
            "network": {"hidden": hidden},
            "training": {"precision": "float64", "stop": [], **training},
        }
    )


def network_of(given: Experiment, seed: int = 0) -> Network:
    """Initialised, each replica by its own generator."""
    rngs = [np.random.default_rng((seed, replica)) for replica in range(given.training.replicas)]
    return Network(given, rngs)


def targets_for(network: Network, rng: np.random.Generator, samples: int) -> Array:
    """Random targets as the loss encodes them (outputs, samples)."""
    task = network.task
    if task.kind == "regression":
        drawn = rng.normal(size=samples)
    else:
        drawn = rng.integers(task.classes, size=samples).astype(float)
    return network.loss.encode(drawn, network.sizes[-1])


def draw(network: Network, program: Program, replica: int, rng: np.random.Generator) -> None:
    """Random parameters, inputs and targets for one replica."""
    network.theta[replica] = 0.7 * rng.normal(size=network.theta.shape[1])
    feed = program.feed if network.replicas == 1 else program.feed[replica]
    inputs, samples = network.sizes[0], feed.shape[1]
    feed[:inputs] = rng.normal(size=(inputs, samples))
    feed[inputs + 1 :] = targets_for(network, rng, samples)


def filled(network: Network, samples: int, seed: int, dropout: float = 0.0) -> Program:
    """A training program over random parameters, inputs and targets."""
    rngs = [np.random.default_rng((seed, replica, 9)) for replica in range(network.replicas)]
    dropouts = [dropout] * (len(network.layers) - 1)
    program = Program(network, samples, "training", dropouts, rngs)
    for replica in range(network.replicas):
        draw(network, program, replica, np.random.default_rng((seed, replica)))
    return program


def numeric_gradient(parameters: Array, loss: Callable[[], Array]) -> Array:
    """Central differences of a loss (R,) of parameters (R, P), all replicas at once."""
    found = np.empty_like(parameters)
    for index in range(parameters.shape[1]):
        column = parameters[:, index].copy()
        parameters[:, index] = column + STEP
        above = loss()
        parameters[:, index] = column - STEP
        below = loss()
        parameters[:, index] = column
        found[:, index] = (above - below) / (2 * STEP)
    return found


def relative_error(one: Array, other: Array, least: float = 1e-3) -> float:
    """The largest difference over the larger of the two, or over ``least`` where both are small."""
    scale = np.maximum(np.maximum(np.abs(one), np.abs(other)), least)
    return float((np.abs(one - other) / scale).max())
