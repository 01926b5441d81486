"""Layout of the parameters, evaluation in chunks, replicas side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.experiment import Experiment
from playground.engine.activations import ActivationFunction
from playground.engine.network import CHUNK, Network
from tests.engine.helpers import Array, experiment, filled, network_of
from tests.strategies import experiments

LAYERS = [
    {"units": 3, "activation": "tanh", "batch_norm": "before"},
    {"units": 2, "activation": "gelu"},
    {"units": 4, "activation": "leaky_relu", "batch_norm": "after", "dropout": 0.5},
]


def plainly(network: Network, replica: int, inputs: Array) -> Array:
    """What the network answers in evaluation mode, written down once more: (outputs, n)."""
    x = inputs
    for index, (layer, views) in enumerate(zip(network.layers, network.views, strict=True)):
        x = views.weights[replica].T @ x + views.biases[replica][:, None]
        if index == len(network.layers) - 1:
            return x
        place = layer.batch_norm  # type: ignore[union-attr]  # only the last layer has none

        def normalise(x: Array, index: int = index, replica: int = replica) -> Array:
            gamma, beta = network.views[index].gamma, network.views[index].beta
            assert gamma is not None
            assert beta is not None
            mean = network.running_mean(index)[replica][:, None]
            variance = network.running_variance(index)[replica][:, None]
            scale, shift = gamma[replica][:, None], beta[replica][:, None]
            return scale * (x - mean) / np.sqrt(variance + 1e-5) + shift

        x = normalise(x) if place == "before" else x
        function = layer.activation  # type: ignore[union-attr]
        assert isinstance(function, ActivationFunction)
        x = function.evaluate(x)[0]
        x = normalise(x) if place == "after" else x
    raise AssertionError("there is an output layer")


@pytest.mark.parametrize("replicas", [1, 3])
def test_the_answers_are_those_of_the_formula(replicas: int) -> None:
    network = network_of(experiment(LAYERS, replicas=replicas))
    program = filled(network, 9, 0)
    program.run()  # moves the running statistics, so that they count
    inputs = np.random.default_rng(1).normal(size=(2, 20))
    found = network.outputs(inputs)
    assert found.shape == (replicas, 1, 20)
    for replica in range(replicas):
        expected = plainly(network, replica, inputs)
        assert np.allclose(found[replica], expected, rtol=1e-12, atol=1e-13)


def test_parameters_lie_in_the_order_that_is_documented() -> None:
    network = network_of(experiment(LAYERS, replicas=2))
    counts = [2 * 3 + 3 + 6, 3 * 2 + 2, 2 * 4 + 4 + 8, 4 + 1]
    assert network.theta.shape == network.grad.shape == (2, sum(counts))
    network.theta[:] = np.arange(sum(counts))
    at = 0
    for views, count in zip(network.views, counts, strict=True):
        assert views.columns == slice(at, at + count)
        parts = [views.weights[1].ravel(), views.biases[1]]
        if views.gamma is not None and views.beta is not None:
            parts += [views.gamma[1].ravel(), views.beta[1].ravel()]
        assert np.array_equal(np.concatenate(parts), np.arange(at, at + count))
        at += count


def test_views_are_the_parameters_themselves() -> None:
    network = network_of(experiment(LAYERS, replicas=2))
    for views in network.views:
        for part in (views.table, views.weights, views.biases, views.gamma, views.beta):
            if part is not None:
                part[:] = 7
    assert (network.theta == 7).all()
    network.running_mean(0)[:] = 5
    network.running_variance(2)[:] = 5
    assert (network.running == 5).sum() == 2 * (3 + 4)


def test_the_mask_marks_the_weights() -> None:
    network = network_of(experiment(LAYERS))
    mask = network.layout.weight_mask()
    network.theta[:] = 0
    for views in network.views:
        views.weights[:] = 1
    assert np.array_equal(mask, network.theta[0])


@given(experiments(small=True))
def test_any_network_has_the_documented_shapes(given: Experiment) -> None:
    network = network_of(given)
    replicas = given.training.replicas
    assert network.theta.shape[0] == network.running.shape[0] == replicas
    assert network.theta.dtype == network.running.dtype == given.training.precision
    sizes = given.sizes
    for views, fan_in, fan_out in zip(network.views, sizes, sizes[1:], strict=False):
        assert views.weights.shape == (replicas, fan_in, fan_out)
        assert views.biases.shape == (replicas, fan_out)
    outputs = network.outputs(np.zeros((sizes[0], 4)))
    assert outputs.shape == (replicas, sizes[-1], 4)
    assert outputs.dtype == given.training.precision


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 7])
def test_any_number_of_samples_is_answered(count: int) -> None:
    network = network_of(experiment(LAYERS, replicas=2))
    inputs = np.random.default_rng(0).normal(size=(2, count))
    found = network.outputs(inputs)
    assert found.shape == (2, 1, count)
    for start in range(0, count, 500):
        part = network.outputs(inputs[:, start : start + 500])
        assert np.allclose(found[..., start : start + 500], part, rtol=1e-12, atol=1e-14)


@given(st.lists(st.integers(1, 30), min_size=10, max_size=30))
def test_evaluation_programs_are_kept_in_small_number(counts: list[int]) -> None:
    network = network_of(experiment([{"units": 2}]))
    for count in counts:
        program = network.evaluation(count)
        assert network.evaluation(count) is program
        assert program.feed.shape == (4, count)
        assert program.backward == []
    assert len(network._evaluations) <= 8


def test_answers_are_new_arrays() -> None:
    network = network_of(experiment(LAYERS))
    inputs = np.ones((2, 3))
    first = network.outputs(inputs)
    kept = first.copy()
    network.outputs(-inputs)
    assert np.array_equal(first, kept)


def test_a_network_without_generators_starts_empty() -> None:
    network = Network(experiment(LAYERS))
    assert (network.theta == 0).all()
    assert (network.running_variance(0) == 1).all()


def test_replicas_do_not_touch_each_other() -> None:
    network = network_of(experiment(LAYERS, replicas=3))
    inputs = np.random.default_rng(0).normal(size=(2, 8))
    before = network.outputs(inputs)
    network.theta[1] += 1
    after = network.outputs(inputs)
    assert np.array_equal(before[[0, 2]], after[[0, 2]])
    assert not np.allclose(before[1], after[1])
