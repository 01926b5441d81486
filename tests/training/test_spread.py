"""Medians and other quantiles over replicas."""

from __future__ import annotations

import numpy as np
import pytest

from playground.training.spread import counted, median, quantiles

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
