"""Each bound on the gradient: what it cuts, what it leaves, and what it must not hide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from playground.core.families import clippings
from playground.engine.clipping import NORM_EPSILON, GradientClipping
from tests.engine.helpers import Array, run

NAMES = list(clippings)
TYPES = [np.float32, np.float64]
BOUNDS = {"none": {}, "norm": {"max_norm": 0.7}, "value": {"clip_value": 0.3}}
GRADIENTS = arrays.arrays(np.float64, (3, 5), elements=st.floats(-1e3, 1e3))


def clipped(name: str, grad: Array, **bounds: float) -> Array:
    """A copy after the calls; the array itself is one that was compiled for."""
    entry = clippings[name](**(bounds or BOUNDS[name]))
    assert isinstance(entry, GradientClipping)
    work = np.empty_like(grad)
    calls = entry.compile(work)
    for _ in range(2):  # nothing is left over from the time before
        np.copyto(work, grad)
        with np.errstate(all="ignore"):
            run(calls)
    return work


def test_bounds_are_known_for_every_entry() -> None:
    assert set(BOUNDS) == set(NAMES)
    for name, bounds in BOUNDS.items():
        assert set(bounds) == set(clippings[name].model_fields)


def test_none_makes_no_calls() -> None:
    entry = clippings["none"]()
    assert isinstance(entry, GradientClipping)
    assert entry.compile(np.ones((1, 3))) == []


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", NAMES)
@given(grad=GRADIENTS)
def test_signs_stay_and_nothing_grows(name: str, dtype: type, grad: Array) -> None:
    grad = grad.astype(dtype)
    found = clipped(name, grad)
    assert found.dtype == dtype
    assert (np.sign(found) * np.sign(grad) >= 0).all()
    assert (np.abs(found) <= np.abs(grad)).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_within_the_bound_keeps_its_bytes(name: str, dtype: type) -> None:
    grad = np.array([[0.2, -0.1, 0.25], [0.0, 0.0, -0.0]], dtype)
    assert clipped(name, grad).tobytes() == grad.tobytes()


@pytest.mark.parametrize("dtype", TYPES)
@given(grad=GRADIENTS)
def test_the_norm_is_that_of_each_replica_and_the_direction_stays(dtype: type, grad: Array) -> None:
    grad = grad.astype(dtype)
    found = clipped("norm", grad)
    for row, whole in zip(found, grad.astype(np.float64), strict=True):
        wanted = whole * min(1, 0.7 / (np.linalg.norm(whole) + NORM_EPSILON))
        assert np.allclose(row, wanted, rtol=1e-6 if dtype == np.float32 else 1e-13, atol=1e-30)
        assert np.linalg.norm(row.astype(np.float64)) <= 0.7 * (1 + 1e-6)


@pytest.mark.parametrize("dtype", TYPES)
@given(grad=GRADIENTS)
def test_each_value_is_cut_by_itself(dtype: type, grad: Array) -> None:
    grad = grad.astype(dtype)
    assert np.array_equal(clipped("value", grad), np.clip(grad, dtype(-0.3), dtype(0.3)))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_a_replica_is_clipped_as_it_would_be_alone(name: str, dtype: type) -> None:
    rng = np.random.default_rng(0)
    for count in (1, 7, 64, 1001, 30_000):
        scales = np.array([[0.001], [1.0], [50.0], [0.1]])
        grad = (rng.normal(size=(4, count)) * scales).astype(dtype)
        together = clipped(name, grad)
        for replica in range(4):
            alone = clipped(name, grad[replica : replica + 1].copy())
            assert together[replica].tobytes() == alone[0].tobytes()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_a_number_stays_so_in_its_own_replica(name: str, dtype: type) -> None:
    grad = np.array([[1.0, np.nan, 2.0], [1.0, 0.5, 2.0]], dtype)
    found = clipped(name, grad)
    assert np.isnan(found[0, 1])
    assert found[1].tobytes() == clipped(name, grad[1:].copy()).tobytes()


@pytest.mark.parametrize("dtype", TYPES)
def test_an_infinite_norm_is_not_hidden(dtype: type) -> None:
    for row in ([1.0, np.inf], [np.inf, -np.inf]):
        assert np.isnan(clipped("norm", np.array([row], dtype))).all()


def test_a_norm_that_no_number_holds_is_not_hidden() -> None:
    assert np.isnan(clipped("norm", np.array([[1e200, 1.0]]))).all()


def test_in_single_precision_no_gradient_is_too_large_to_be_clipped() -> None:
    found = clipped("norm", np.array([[3e30, -4e30, 0.0]], np.float32))
    assert np.allclose(found, [[0.42, -0.56, 0]], rtol=1e-6)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", ["norm", "value"])
def test_a_bound_of_0_leaves_nothing(name: str, dtype: type) -> None:
    (bound,) = BOUNDS[name]
    assert not clipped(name, np.array([[3.0, -1e-9, 0.0]], dtype), **{bound: 0.0}).any()
