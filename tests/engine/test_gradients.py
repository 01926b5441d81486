"""Back-propagation of every kind of layer against central differences, at one replica and three.

Near a kink (ReLU at 0, the margin of a hinge) and where BatchNorm divides by nearly nothing,
differences say little; so random networks are drawn until they stay clear of both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import activations, losses, sources
from playground.engine.network import Network
from playground.engine.program import Program
from tests.engine.helpers import (
    Array,
    draw,
    experiment,
    filled,
    network_of,
    numeric_gradient,
    relative_error,
    run,
)

BOUND = 1e-7
SAMPLES = 6
MARGIN, LEAST_STD = 2e-3, 0.15
TASKS = ["circle", "pinwheel", "plane"]
replicas = pytest.mark.parametrize("replicas", [1, 3])
LOSSES = [
    pytest.param(name, source, id=f"{name}-{source}")
    for name, loss in losses.items()
    for source in TASKS
    if (task := sources[source].task) is not None and loss.fits(task)
]


def test_the_tasks_are_of_each_kind() -> None:
    found = [sources[source].task for source in TASKS]
    assert [task and str(task) for task in found] == ["2 classes", "3 classes", "regression"]


def clear(network: Network, program: Program) -> Array:
    """Which replicas have no value near a kink and no BatchNorm over a small, nonzero spread."""

    def least(values: Array) -> Array:
        return values.reshape(network.replicas, -1).min(axis=1)

    found = np.ones(network.replicas, dtype=bool)
    for layer, trace in zip(network.layers, program.traces, strict=True):
        found &= least(np.abs(trace.pre)) > MARGIN
        place = getattr(layer, "batch_norm", "none")
        if place != "none":
            spread = (trace.z if place == "before" else trace.activation).std(axis=-1)
            found &= least(np.where(spread == 0, np.inf, spread)) > LEAST_STD
    distance = np.abs(program.logits - program.targets)
    margin = np.abs(1 - program.logits * program.targets)
    return found & (least(np.abs(distance - 1)) > MARGIN) & (least(margin) > MARGIN)


def worst_error(
    hidden: list[dict[str, Any]], replicas: int, dropout: float = 0.0, **given: Any
) -> float:
    """The largest relative error of any parameter's gradient."""
    network = network_of(experiment(hidden, replicas=replicas, **given))
    program = filled(network, SAMPLES, 0, dropout)
    rngs = program._rngs
    states = [rng.bit_generator.state for rng in rngs]

    def loss() -> Array:
        for rng, state in zip(rngs, states, strict=True):
            rng.bit_generator.state = state  # the same dropout masks each time
        run(program.forward)
        return np.atleast_1d(network.loss.mean(program.logits, program.targets))

    rng = np.random.default_rng(1)
    for _ in range(1000):
        loss()
        unclear = np.flatnonzero(~clear(network, program))
        if not len(unclear):
            break
        for replica in unclear:
            draw(network, program, int(replica), rng)
    else:
        pytest.fail("no network without kinks was found")

    run(program.backward)
    found = network.grad.copy()
    assert np.abs(found).max() > 1e-3
    return relative_error(found, numeric_gradient(network.theta, loss))


@replicas
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("activation", list(activations))
def test_every_activation_and_batch_norm(activation: str, batch_norm: str, replicas: int) -> None:
    layer = {"activation": activation, "batch_norm": batch_norm}
    hidden = [{"units": 4, **layer}, {"units": 3, **layer}]
    assert worst_error(hidden, replicas) < BOUND


@replicas
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_dropout(activation: str, batch_norm: str, replicas: int) -> None:
    layer = {"activation": activation, "batch_norm": batch_norm}
    hidden = [{"units": 4, **layer}, {"units": 3, **layer}]
    assert worst_error(hidden, replicas, dropout=0.4) < BOUND


@replicas
@pytest.mark.parametrize(("loss", "source"), LOSSES)
def test_every_loss(loss: str, source: str, replicas: int) -> None:
    hidden = [{"units": 4, "activation": "tanh"}]
    assert worst_error(hidden, replicas, source=source, loss=loss) < BOUND


@replicas
def test_no_hidden_layer_and_a_deep_network(replicas: int) -> None:
    assert worst_error([], replicas) < BOUND
    deep = [{"units": 2, "activation": "silu"}] * 7
    assert worst_error(deep, replicas) < BOUND


def test_the_check_finds_a_wrong_gradient() -> None:
    found = np.array([[0.5, -0.2, 0.0]])
    for off in ([0, 1e-6, 0], [0, 0, 1e-9]):
        assert relative_error(found, found + np.array(off)) > BOUND
    assert relative_error(found, found * (1 + 1e-9)) < BOUND


@pytest.mark.parametrize("activation", list(activations))
def test_a_layer_without_gradient_leaves_exact_zeros(activation: str) -> None:
    # With all weights 0 nothing reaches back through the output layer.
    layer = {"units": 3, "activation": activation, "initializer": "zeros"}
    network = network_of(experiment([layer, layer]))
    program = filled(network, SAMPLES, 1)
    network.theta[:] = 0
    program.run()
    for views in network.grad_views[:2]:
        assert (views.table == 0).all()
    assert (network.grad_views[2].biases != 0).all()
