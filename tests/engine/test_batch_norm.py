"""BatchNorm against PyTorch's numbers, in training and in evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine import batch_norm
from playground.engine.batch_norm import (
    BatchNormStage,
    batch_norm_evaluation,
    running_statistics,
)
from playground.engine.program import Program
from tests.engine.helpers import Array, experiment, filled, golden, network_of, run

GOLDEN = golden("batch_norm")
IS_VARIANCE = np.arange(10) >= 5


def close(found: Array, expected: Any) -> bool:
    # Where a column is constant, what rounding leaves of it is enlarged by 1/√ε, some 300 times.
    return np.allclose(found, expected, rtol=1e-13, atol=1e-13)


def columns(rows: Any) -> Array:
    """PyTorch's (samples, units) as (units, samples)."""
    return np.array(rows).T.copy()


@pytest.fixture(params=["products", "broadcasts"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small steps and large ones are computed in two ways, and both must be right."""
    monkeypatch.setattr(batch_norm, "SMALL", 1000 if request.param == "products" else 0)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("replicas", [1, 3])
def test_three_batches_and_the_evaluation_are_pytorchs(replicas: int) -> None:
    assert GOLDEN["epsilon"] == batch_norm.EPSILON
    assert GOLDEN["momentum"] == batch_norm.MOMENTUM

    def spread(array: Array) -> Array:
        return array if replicas == 1 else np.stack([array] * replicas)

    gamma = spread(np.array(GOLDEN["gamma"]))
    beta = spread(np.array(GOLDEN["beta"]))
    running = spread(np.array([0.0] * 5 + [1.0] * 5))
    for batch in GOLDEN["batches"]:
        x = spread(columns(batch["inputs"]))
        out, delta = np.empty_like(x), spread(columns(batch["upstream"]))
        grad_gamma, grad_beta = np.empty_like(gamma), np.empty_like(beta)
        statistics, count = np.empty_like(running), x.shape[-1]
        stage = BatchNormStage(x, gamma, beta, statistics, out)
        run(stage.forward + stage.backward(delta, grad_gamma, grad_beta))
        run(running_statistics(running, statistics, IS_VARIANCE, count))
        for replica in range(replicas):
            at = replica if replicas > 1 else ...
            assert close(out[at], columns(batch["outputs"]))
            assert close(delta[at], columns(batch["input_gradient"]))
            assert close(grad_gamma[at], batch["gamma_gradient"])
            assert close(grad_beta[at], batch["beta_gradient"])
            assert close(running[at][:5], batch["running_mean"])
            assert close(running[at][5:], batch["running_var"])
    x = spread(columns(GOLDEN["evaluation"]["inputs"]))
    out, before = np.empty_like(x), running.copy()
    run(batch_norm_evaluation(x, gamma, beta, running, out))
    for replica in range(replicas):
        at = replica if replicas > 1 else ...
        assert close(out[at], columns(GOLDEN["evaluation"]["outputs"]))
    assert np.array_equal(running, before)


@pytest.mark.parametrize("place", ["before", "after"])
def test_training_moves_the_running_statistics_and_evaluation_does_not(place: str) -> None:
    network = network_of(
        experiment([{"units": 4, "batch_norm": place}, {"units": 3, "batch_norm": place}])
    )
    program = filled(network, 12, 0)
    before = network.running.copy()
    assert network.running_mean(1).tolist() == [[0, 0, 0]]
    assert network.running_variance(1).tolist() == [[1, 1, 1]]
    network.outputs(np.random.default_rng(0).normal(size=(2, 30)))
    assert np.array_equal(network.running, before)
    run(program.forward)
    seen = program.traces[0].z if place == "before" else program.traces[0].activation
    assert np.allclose(network.running_mean(0)[0], 0.1 * seen.mean(axis=1))
    assert np.allclose(network.running_variance(0)[0], 0.9 + 0.1 * seen.var(axis=1, ddof=1))


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_normalised_batch_has_mean_0_and_variance_1(place: str) -> None:
    network = network_of(experiment([{"units": 6, "activation": "tanh", "batch_norm": place}]))
    program = filled(network, 50, 0)
    network.views[0].gamma[:] = 1  # type: ignore[index]  # it has BatchNorm
    network.views[0].beta[:] = 0  # type: ignore[index]
    run(program.forward)
    trace = program.traces[0]
    normal = trace.pre if place == "before" else trace.out
    assert np.abs(normal.mean(axis=1)).max() < 1e-14
    assert np.allclose(normal.var(axis=1), 1, atol=1e-3)  # epsilon takes a little


def test_before_the_activation_it_cancels_any_bias() -> None:
    network = network_of(experiment([{"units": 6, "batch_norm": "before"}]))
    program = filled(network, 20, 0)
    network.views[0].biases[:] = 0
    program.run()
    logits, gradient = program.logits.copy(), network.grad_views[0].weights.copy()
    network.views[0].biases[:] = -100
    program.run()
    assert np.allclose(program.logits, logits, rtol=0, atol=1e-12)
    assert np.allclose(network.grad_views[0].weights, gradient, rtol=0, atol=1e-12)
    assert np.abs(network.grad_views[0].biases).max() < 1e-14


@pytest.mark.parametrize("place", ["before", "after"])
def test_running_statistics_become_those_of_the_data(place: str) -> None:
    network = network_of(experiment([{"units": 4, "activation": "tanh", "batch_norm": place}]))
    program = filled(network, 40, 0)
    for _ in range(300):  # 0.9³⁰⁰ is nothing
        run(program.forward)
    training = program.logits.copy()
    evaluated = network.outputs(program.feed[:2])[0]
    # The variance is unbiased in one and biased in the other.
    assert np.abs(evaluated - training).max() < 0.03 * np.abs(training).max()
    assert isinstance(network.evaluation(40), Program)
