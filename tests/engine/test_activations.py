"""Each activation against differences, against PyTorch's numbers, and in both precisions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.families import activations
from playground.engine.activations import MEASURED_GAIN, ActivationFunction
from playground.engine.calls import Scratch
from playground.engine.normal_cdf import normal_cdf
from tests.engine.helpers import STEP, golden, relative_error, run
from tests.strategies import built

NAMES = list(activations)
GOLDEN = golden("activations")
RUNS = [pytest.param(entry, id=entry["id"]) for entry in GOLDEN["runs"]]
GAINS = golden("initializers")["gains"]
CLEAR = np.linspace(-6, 6, 241) + 0.0123  # nowhere near a kink at 0


def made(settings: dict[str, Any]) -> ActivationFunction:
    parameters = {key: value for key, value in settings.items() if key != "name"}
    entry = activations[settings["name"]](**parameters)
    assert isinstance(entry, ActivationFunction)
    return entry


def test_every_activation_is_among_the_golden_numbers() -> None:
    assert {entry["activation"]["name"] for entry in GOLDEN["runs"]} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_the_derivative_is_that_of_the_values(name: str, data: st.DataObject) -> None:
    function = data.draw(built(activations[name]))
    assert isinstance(function, ActivationFunction)
    above, below = function.evaluate(CLEAR + STEP)[0], function.evaluate(CLEAR - STEP)[0]
    values, slopes = function.evaluate(CLEAR)
    least = max(1e-3, float(np.abs(values).max()) * 1e-3)
    assert relative_error(slopes, (above - below) / (2 * STEP), least) < 1e-7


@pytest.mark.parametrize("entry", RUNS)
def test_values_and_derivatives_are_pytorchs(entry: dict[str, Any]) -> None:
    points = np.array(GOLDEN["points"])
    assert np.abs(points).max() == 1000
    values, slopes = made(entry["activation"]).evaluate(points)
    assert np.allclose(values, entry["values"], rtol=1e-14, atol=1e-15)
    assert np.allclose(slopes, entry["derivatives"], rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("entry", RUNS)
def test_single_precision_is_near_double(entry: dict[str, Any]) -> None:
    points = np.array(GOLDEN["points"])
    values, slopes = made(entry["activation"]).evaluate(points.astype(np.float32))
    assert values.dtype == slopes.dtype == np.float32
    assert np.allclose(values, entry["values"], rtol=2e-6, atol=2e-6)
    assert np.allclose(slopes, entry["derivatives"], rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("name", NAMES)
def test_evaluation_leaves_its_input_and_takes_any_shape(name: str) -> None:
    function = made({"name": name})
    for shape in ((), (0,), (3,), (2, 3), (2, 3, 4)):
        z = np.random.default_rng(0).normal(size=shape)
        before = z.copy()
        values, slopes = function.evaluate(z)
        assert values.shape == slopes.shape == shape
        assert np.array_equal(z, before)


@pytest.mark.parametrize("name", NAMES)
def test_the_backward_pass_multiplies_what_it_is_given(name: str) -> None:
    function, z = made({"name": name}), np.linspace(-3, 3, 12).reshape(3, 4)
    out, scratch = np.empty_like(z), Scratch(z)
    forward = function.forward(z, out, scratch)
    delta = np.full_like(z, -2.5)
    backward = function.backward(z, out, delta, scratch)
    for _ in range(3):  # compiled once, run often
        delta.fill(-2.5)
        run(forward + backward)
        assert np.allclose(out, function.evaluate(z)[0], rtol=1e-15)
        assert np.allclose(delta, -2.5 * function.evaluate(z)[1], rtol=1e-14, atol=0)
        z -= 0.01


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_not_finite_gives_no_warning(name: str, dtype: type[Any]) -> None:
    limits = np.finfo(dtype)
    z = np.array([limits.max, limits.min, np.inf, -np.inf, np.nan], dtype)
    values, slopes = made({"name": name}).evaluate(z)
    assert np.isfinite(slopes[:2]).all()
    assert np.isnan(values[4])


@pytest.mark.parametrize("entry", GAINS, ids=lambda entry: str(entry["activation"]))
def test_gains_are_pytorchs(entry: dict[str, Any]) -> None:
    assert made(entry["activation"]).fitting_gain == pytest.approx(entry["gain"], rel=1e-15)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if MEASURED_GAIN in activations[name].reference]
)
def test_a_measured_gain_keeps_the_second_moment(name: str) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    values = made({"name": name}).evaluate(nodes)[0]
    moment = (weights * values**2).sum() / math.sqrt(2 * math.pi)
    assert made({"name": name}).fitting_gain == pytest.approx(moment**-0.5, abs=0.006)


def test_the_claims_of_the_descriptions() -> None:
    z = np.linspace(-10, 10, 2001)
    sigmoid, tanh = made({"name": "sigmoid"}).evaluate(z), made({"name": "tanh"}).evaluate(z)
    assert sigmoid[1].max() == 0.25
    assert tanh[1].max() == 1
    # The lecture has tanh vanish even more; that is so only far from 0.
    assert np.array_equal(tanh[1] > sigmoid[1], np.abs(z) < 1.663)
    assert (made({"name": "leaky_relu"}).evaluate(z)[1] > 0).all()
    identity = made({"name": "leaky_relu", "negative_slope": 1.0}).evaluate(z)
    assert np.array_equal(identity[0], z)
    assert (identity[1] == 1).all()


@pytest.mark.parametrize(
    ("name", "slope"), [("relu", 0), ("leaky_relu", 0.01), ("elu", 1), ("selu", 1.758)]
)
def test_the_slope_at_0(name: str, slope: float) -> None:
    assert made({"name": name}).evaluate(np.zeros(1))[1][0] == pytest.approx(slope, abs=1e-3)


def test_the_normal_distribution_is_exact() -> None:
    x = np.concatenate((np.linspace(-12, 12, 20_001), [-1e300, 1e300, -np.inf, np.inf]))
    out = np.empty_like(x)
    run(normal_cdf(x, out))
    expected = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x])
    assert np.abs(out - expected).max() < 1e-15
