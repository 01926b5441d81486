"""Each initialiser's distribution against PyTorch's, and what all of them promise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.families import initializers
from playground.engine.initializers import WeightInitializer
from tests.engine.helpers import Array, experiment, golden, network_of
from tests.strategies import built

NAMES = list(initializers)
RUNS = [pytest.param(entry, id=entry["id"]) for entry in golden("initializers")["runs"]]
DRAWS = 4000


def made(name: str, **parameters: Any) -> WeightInitializer:
    entry = initializers[name](**parameters)
    assert isinstance(entry, WeightInitializer)
    return entry


def many(entry: WeightInitializer, fan_in: int, fan_out: int, gain: float) -> Array:
    """At least DRAWS weights, from as many layers as that takes."""
    rng = np.random.default_rng(0)
    layers = math.ceil(DRAWS / (fan_in * fan_out))
    return np.stack([entry.weights(fan_in, fan_out, gain, rng) for _ in range(layers)])


OWN = {"orthogonal", "normal", "uniform", "constant", "zeros"}
"""What has tests of its own below; orthogonal is compared with PyTorch in test_against_torch."""


def test_every_initialiser_is_held_by_golden_numbers_or_a_test_of_its_own() -> None:
    assert {entry["name"] for entry in golden("initializers")["runs"]} | OWN == set(NAMES)
    assert all(made(name).bias == 0 for name in NAMES)


@pytest.mark.parametrize("entry", RUNS)
def test_the_distribution_is_pytorchs(entry: dict[str, Any]) -> None:
    name, gain = entry["name"], entry["gain"]
    # Xavier's gain is a parameter of its own; He's comes from the activation.
    parameters = {"gain": gain} if name.startswith("xavier") else {}
    weights = many(made(name, **parameters), entry["fan_in"], entry["fan_out"], gain)
    assert weights.shape[1:] == (entry["fan_in"], entry["fan_out"])
    # Four standard errors of a standard deviation and of a mean.
    assert weights.std() == pytest.approx(entry["std"], rel=4 / (2 * weights.size) ** 0.5)
    assert abs(weights.mean()) < 4 * entry["std"] / weights.size**0.5
    if entry["bound"] is None:
        assert np.abs(weights).max() > 3 * entry["std"]
    else:
        assert np.abs(weights).max() <= entry["bound"]
        assert np.abs(weights).max() > 0.99 * entry["bound"]


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data(), fan_in=st.integers(1, 9), fan_out=st.integers(1, 9))
def test_shapes_and_determinism_for_any_parameters(
    name: str, data: st.DataObject, fan_in: int, fan_out: int
) -> None:
    entry = data.draw(built(initializers[name]))
    assert isinstance(entry, WeightInitializer)
    drawn = []
    for _ in range(2):
        rng = np.random.default_rng(5)
        weights, biases = (
            entry.weights(fan_in, fan_out, 1.0, rng),
            entry.biases(fan_in, fan_out, rng),
        )
        assert weights.shape == (fan_in, fan_out)
        assert biases.shape == (fan_out,)
        assert weights.dtype == biases.dtype == np.float64
        assert np.isfinite(weights.astype(np.float32)).all()
        drawn.append((weights.tobytes(), biases.tobytes()))
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("name", NAMES)
def test_biases_start_where_they_are_told(name: str) -> None:
    rng = np.random.default_rng(0)
    biases = made(name, bias=-2.0).biases(16, 500, rng)
    assert biases.mean() == pytest.approx(-2, abs=0.04)
    if name == "torch_default":
        assert 0.24 < np.abs(biases + 2).max() <= 0.25  # 1/√in
    else:
        assert (biases == -2).all()
        assert (made(name).biases(16, 5, rng) == 0).all()


@pytest.mark.parametrize("name", [n for n in NAMES if "gain" in initializers[n].model_fields])
def test_the_gain_enlarges_all_weights(name: str) -> None:
    plain = made(name, gain=1.0).weights(6, 4, 1.0, np.random.default_rng(1))
    larger = made(name, gain=2.5).weights(6, 4, 7.0, np.random.default_rng(1))
    assert np.allclose(larger, 2.5 * plain, rtol=1e-14)


@pytest.mark.parametrize("name", ["he_uniform", "he_normal"])
def test_he_takes_the_activations_gain_unless_told(name: str) -> None:
    def draw(activation_gain: float, **parameters: float) -> Array:
        rng = np.random.default_rng(1)
        return made(name, **parameters).weights(6, 4, activation_gain, rng)

    assert np.allclose(draw(3.0), draw(0.1, gain=3.0))


@pytest.mark.parametrize("shape", [(8, 8), (3, 7), (7, 3), (1, 5), (5, 1), (1, 1)])
def test_orthogonal(shape: tuple[int, int]) -> None:
    w = made("orthogonal", gain=2.0).weights(*shape, 1.0, np.random.default_rng(2))
    gram = w.T @ w if shape[0] >= shape[1] else w @ w.T
    assert np.allclose(gram, 4 * np.eye(min(shape)), rtol=0, atol=1e-13)


def test_orthogonal_prefers_no_sign() -> None:
    rng = np.random.default_rng(3)
    corners = [made("orthogonal").weights(3, 3, 1.0, rng)[0, 0] for _ in range(400)]
    assert 0.4 < np.mean(np.array(corners) > 0) < 0.6
    assert abs(np.var(corners) - 1 / 3) < 0.1  # uniform over the rotations


def test_own_widths() -> None:
    assert many(made("normal", stddev=0.3), 10, 10, 1.0).std() == pytest.approx(0.3, rel=0.05)
    drawn = np.abs(many(made("uniform", limit=0.3), 10, 10, 1.0))
    assert 0.299 < drawn.max() <= 0.3
    assert (many(made("constant", value=-0.7), 3, 2, 1.0) == -0.7).all()
    assert (many(made("zeros"), 3, 2, 1.0) == 0).all()


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_a_network_draws_each_replica_by_its_own_generator(name: str, precision: str) -> None:
    settings = {"units": 5, "activation": "tanh", "initializer": name, "batch_norm": "after"}
    network = network_of(experiment([settings] * 2, precision=precision, replicas=3))
    assert network.theta.dtype == precision
    for replica in range(3):
        rng = np.random.default_rng((0, replica))
        for views, layer, gain in zip(
            network.views, network.layers, (5 / 3, 5 / 3, 1), strict=True
        ):
            entry = layer.initializer
            assert isinstance(entry, WeightInitializer)
            fan_in, fan_out = views.weights.shape[1:]
            weights = entry.weights(fan_in, fan_out, gain, rng).astype(precision)
            assert np.array_equal(views.weights[replica], weights)
            biases = entry.biases(fan_in, fan_out, rng).astype(precision)
            assert np.array_equal(views.biases[replica], biases)
            if views.gamma is not None and views.beta is not None:
                assert (views.gamma == 1).all()
                assert (views.beta == 0).all()
