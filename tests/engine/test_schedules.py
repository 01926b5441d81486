"""Each schedule against PyTorch's and Keras's rates, and what all of them promise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.families import schedules
from playground.engine.schedules import Rate, RateSchedule
from tests.engine.helpers import golden
from tests.strategies import built

NAMES = list(schedules)
RATES = [
    pytest.param(entry, id=entry["schedule"]["name"]) for entry in golden("schedules")["rates"]
]
RISING = {"warm_up"}
"""The others never rise, but for a warm-up of their own."""


def made(name: str, **parameters: float) -> RateSchedule:
    entry = schedules[name](**parameters)
    assert isinstance(entry, RateSchedule)
    return entry


def times(data: st.DataObject) -> list[float]:
    """Moments of a run, in order."""
    return sorted(data.draw(st.lists(st.floats(0, 2e9), min_size=2, max_size=20)))


@pytest.mark.parametrize("entry", RATES)
def test_rates_are_pytorchs_epoch_by_epoch(entry: dict[str, Any]) -> None:
    schedule = made(**entry["schedule"])
    found = [entry["learning_rate"] * schedule.factor(float(t)) for t in range(51)]
    assert np.allclose(found, entry["rates"], rtol=1e-12, atol=0)


def test_every_schedule_that_changes_is_among_the_golden_rates() -> None:
    names = {entry["schedule"]["name"] for entry in golden("schedules")["rates"]}
    assert names == {name for name in NAMES if schedules[name].changes}


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_a_factor_is_a_share_at_any_time(name: str, data: st.DataObject) -> None:
    schedule = data.draw(built(schedules[name]))
    assert isinstance(schedule, RateSchedule)
    for t in times(data):
        assert 0 <= schedule.factor(t) <= 1
    assert isinstance(schedule.factor(0.0), float)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_factors_go_one_way(name: str, data: st.DataObject) -> None:
    given = {"warmup": st.just(0.0)} if name == "cosine" else {}
    schedule = data.draw(built(schedules[name], **given))
    assert isinstance(schedule, RateSchedule)
    factors = [schedule.factor(t) for t in times(data)]
    steps = np.diff(factors) * (1 if name in RISING else -1)
    assert (steps >= -1e-15).all()
    assert name in RISING or schedule.factor(0.0) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_schedule_that_changes_does_so(name: str) -> None:
    schedule = made(name)
    assert (len({schedule.factor(float(t)) for t in range(300)}) > 1) == schedule.changes


def test_a_step_within_an_epoch_has_its_own_rate() -> None:
    for name in ("exponential", "cosine", "warm_up", "inverse_time"):
        schedule = made(name)
        whole = (schedule.factor(3.0), schedule.factor(4.0))
        assert min(whole) < schedule.factor(3.5) < max(whole)
    step = made("step", step_size=4, gamma=0.5)
    assert [step.factor(t) for t in (0.0, 3.99, 4.0, 7.5, 8.0, 100.0)] == [
        1, 1, 0.5, 0.5, 0.25, 0.5**25,
    ]  # fmt: skip


@pytest.mark.parametrize("warmup", [0, 4, 7.5])
@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_cosine_is_kerass_with_its_warm_up_and_end(alpha: float, warmup: float) -> None:
    schedule = made("cosine", t_max=10, alpha=alpha, warmup=warmup)
    for t in np.linspace(0, 40, 161):
        # Keras 3, CosineDecay, with initial_learning_rate 0 and warmup_target 1
        if t < warmup:
            wanted = t / warmup
        else:
            fraction = min(t, 10 + warmup) - warmup
            wanted = (1 - alpha) * 0.5 * (1 + math.cos(math.pi * fraction / 10)) + alpha
        assert schedule.factor(float(t)) == pytest.approx(wanted, rel=1e-14, abs=1e-16)
    assert schedule.factor(1e9) == alpha


def test_a_warm_up_starts_low_and_one_of_no_epochs_is_none() -> None:
    assert made("warm_up", start_factor=0.3).factor(0.0) == 0.3
    assert made("cosine", warmup=3).factor(0.0) == 0
    assert made("warm_up", total_iters=0).factor(0.0) == 1
    assert made("cosine", warmup=0).factor(0.0) == 1


def test_inverse_time_is_kerass() -> None:
    schedule = made("inverse_time", decay_rate=0.25)
    assert [schedule.factor(t) for t in (0.0, 4.0, 12.0)] == [1, 0.5, 0.25]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_rate_and_all_that_follows_it_change_together(dtype: type) -> None:
    rate = Rate(np.zeros(3, dtype), 0.1)
    kept = rate.follow(lambda value: 1 - 0.5 * value)
    for value in (0.1, 0.3, 1e-9):
        rate.set(value)
        assert rate.value == value
        assert rate.scalar == dtype(value)
        assert kept == dtype(1 - 0.5 * value)
        assert rate.scalar.dtype == kept.dtype == dtype
        assert rate.scalar.shape == kept.shape == ()
