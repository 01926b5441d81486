"""Medians and other quantiles over replicas."""

from __future__ import annotations

import numpy as np
import pytest

from playground.training.spread import counted, median, median_of_all, quantiles

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 10, 33])
def test_quantiles_are_numpys(count: int) -> None:
    values = np.random.default_rng(count).normal(size=(7, 2, count))
    expected = np.quantile(values, SHARES, axis=-1)
    assert quantiles(values, SHARES) == pytest.approx(expected, abs=1e-12)
    assert median(values) == pytest.approx(np.median(values, axis=-1), abs=1e-12)


def test_what_is_not_finite_is_left_out() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 9))
    values[rng.random(values.shape) < 0.4] = np.nan
    values[0, :3] = np.nan, np.inf, -np.inf
    values[1] = np.nan
    found = quantiles(values, SHARES)
    for row, there in zip(found.T, values, strict=True):
        there = there[np.isfinite(there)]
        if len(there):
            assert row == pytest.approx(np.quantile(there, SHARES), abs=1e-12)
        else:
            assert np.isnan(row).all()
    assert np.isnan(median(values)[1])


def test_the_largest_numbers_do_not_overflow() -> None:
    largest = np.finfo(np.float32).max
    with np.errstate(all="raise"):
        assert median(np.array([-largest, largest], np.float32)) == 0
        assert quantiles(np.array([1e308, 1.5e308]), (0.5,)) == pytest.approx(1.25e308)


def test_those_that_have_not_diverged_count_or_all_if_all_have() -> None:
    assert counted(np.array([False, True, False])).tolist() == [True, False, True]
    assert counted(np.array([True, True])).tolist() == [True, True]
    assert counted(np.array([False])).tolist() == [True]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 2, 3, 10, 11])
def test_the_median_of_all_is_numpys(count: int, dtype: type) -> None:
    values = np.random.default_rng(count).normal(size=(4, count, 3)).astype(dtype)
    values[1, count // 2, 0] = np.nan
    values[2, 0, 1] = np.inf
    values[2, -1, 2] = -np.inf
    for given, axis in ((values, 1), (values[0], 0), (values[:, :, 0], -1)):
        found, expected = median_of_all(given, axis), np.median(given, axis=axis)
        assert found.dtype == expected.dtype
        assert np.array_equal(found, expected, equal_nan=True)
