"""Each optimizer and regulariser against PyTorch's steps, and what all of them promise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.families import optimizers, regularizers
from playground.engine.calls import Call
from playground.engine.optimizers import OptimizerState, StepRule
from playground.engine.regularizers import Penalty
from playground.engine.schedules import Rate
from tests.engine.helpers import Array, golden, run
from tests.strategies import built

NAMES = list(optimizers)
GOLDEN = golden("optimizers")
RUNS = [pytest.param(entry, id=entry["id"]) for entry in GOLDEN["runs"]]


def made(name: str, **parameters: float) -> StepRule:
    entry = optimizers[name](**parameters)
    assert isinstance(entry, StepRule)
    return entry


def penalty(name: str, **parameters: float) -> Penalty:
    entry = regularizers[name](**parameters)
    assert isinstance(entry, Penalty)
    return entry


def compiled(rule: StepRule, theta: Array, grad: Array, state: OptimizerState) -> list[Call]:
    """A step at the optimizer's own rate."""
    return rule.compile(theta, grad, state, Rate(theta, rule.learning_rate))


def walk(rule: StepRule, theta: Array, gradients: Array) -> OptimizerState:
    """Take a step with each row of ``gradients``."""
    state, grad = rule.start(theta), np.empty_like(theta)
    calls = compiled(rule, theta, grad, state)
    for gradient in gradients:
        grad[:] = gradient
        run(calls)
    return state


def test_every_optimizer_is_among_the_golden_numbers() -> None:
    assert {entry["hyper"]["name"] for entry in GOLDEN["runs"]} == set(NAMES)


@pytest.mark.parametrize("entry", RUNS)
def test_steps_are_pytorchs(entry: dict[str, Any]) -> None:
    rule = made(**entry["hyper"])
    theta = np.array(GOLDEN["start"])
    grad, state = np.empty_like(theta), rule.start(theta)
    calls = [
        *penalty("l2", rate=entry["l2"]).compile(theta, grad, np.ones_like(theta)),
        *compiled(rule, theta, grad, state),
    ]
    for gradient, expected in zip(GOLDEN["gradients"], entry["steps"], strict=True):
        grad[:] = gradient
        run(calls)
        assert np.allclose(theta, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("entry", [run for run in RUNS if "l2" not in str(run.id)])
def test_single_precision_is_near_double(entry: dict[str, Any]) -> None:
    theta = np.array(GOLDEN["start"], np.float32)
    state = walk(made(**entry["hyper"]), theta, np.array(GOLDEN["gradients"]))
    assert {slot.dtype for slot in state.slots.values()} <= {np.dtype(np.float32)}
    assert np.allclose(theta, entry["steps"][-1], rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_any_parameters_make_a_finite_first_step(name: str, data: st.DataObject) -> None:
    drawn = data.draw(built(optimizers[name]))
    theta = np.linspace(-1, 1, 9)
    with np.errstate(under="ignore"):
        walk(drawn, theta, np.linspace(-2, 2, 9)[None])  # type: ignore[arg-type]  # a StepRule
    assert np.isfinite(theta).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_learning_rate_of_0_moves_nothing(name: str) -> None:
    theta = np.array(GOLDEN["start"])
    walk(made(name, learning_rate=0.0), theta, np.array(GOLDEN["gradients"]))
    assert np.array_equal(theta, GOLDEN["start"])


@pytest.mark.parametrize("name", NAMES)
def test_no_gradient_ever_means_no_step(name: str) -> None:
    parameters = {"weight_decay": 0.0} if name == "adamw" else {}
    theta = np.array(GOLDEN["start"])
    walk(made(name, **parameters), theta, np.zeros((5, 7)))
    assert np.array_equal(theta, GOLDEN["start"])


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_left_as_it_is(name: str) -> None:
    theta, grad = np.ones(4), np.array([1.0, -2.0, 0.0, 1e-9])
    before = grad.copy()
    rule = made(name)
    run(compiled(rule, theta, grad, rule.start(theta)))
    assert np.array_equal(grad, before)


@pytest.mark.parametrize("name", NAMES)
def test_the_memory_carries_on_when_compiled_anew(name: str) -> None:
    gradients = np.array(GOLDEN["gradients"])
    theta = np.array(GOLDEN["start"])
    walk(made(name), theta, gradients)

    again, grad = np.array(GOLDEN["start"]), np.empty(7)
    rule = made(name)
    state = rule.start(again)
    assert set(state.slots) == set(rule.slots)
    for gradient in gradients:
        grad[:] = gradient
        run(compiled(rule, again, grad, state))
    assert np.array_equal(again, theta)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_every_step_takes_the_rate_that_there_is_by_then(name: str, dtype: type) -> None:
    gradients, rates = np.array(GOLDEN["gradients"]), 0.03 / np.arange(1, 13)
    rule = made(name)
    theta = np.array(GOLDEN["start"], dtype)
    grad, state, rate = np.empty_like(theta), rule.start(theta), Rate(theta, 123.0)
    calls = rule.compile(theta, grad, state, rate)
    again = theta.copy()
    afresh = rule.start(again)
    for gradient, value in zip(gradients, rates, strict=True):
        grad[:] = gradient
        rate.set(float(value))
        run(calls)
        run(compiled(made(name, learning_rate=float(value)), again, grad, afresh))
        assert theta.tobytes() == again.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_two_memories_share_nothing(name: str) -> None:
    theta = np.ones(3)
    one, other = made(name).start(theta), made(name).start(theta)
    for slot in one.slots.values():
        slot += 7
    assert all(not np.any(slot == 7) for slot in other.slots.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_optimizer_descends(name: str) -> None:
    curvature = np.array([1.0, 3.0, 0.3])
    theta = np.array([1.0, -1.0, 0.5])
    start = (curvature * theta**2).sum()
    rule = made(name)
    grad, state = np.empty_like(theta), rule.start(theta)
    calls = compiled(rule, theta, grad, state)
    for _ in range(300):
        grad[:] = 2 * curvature * theta
        run(calls)
    assert (curvature * theta**2).sum() < 0.05 * start


def test_nesterov_is_sutskevers_look_ahead() -> None:
    rate, mu = 0.05, 0.8
    curvature = np.array([1.0, 4.0])
    theta = np.array([1.0, -1.0])
    rule = made("nesterov", learning_rate=rate, momentum=mu)
    grad, state = np.empty(2), rule.start(theta)
    calls = compiled(rule, theta, grad, state)
    w, v = theta.copy(), np.zeros(2)
    for _ in range(30):
        v = mu * v - rate * curvature * (w + mu * v)
        w = w + v
        grad[:] = curvature * theta
        run(calls)
        assert np.allclose(theta, w + mu * v, rtol=0, atol=1e-15)


# --- regularisers --------------------------------------------------------------------------------

PENALTIES: dict[str, Callable[[Array, float], float]] = {
    "none": lambda w, rate: 0.0,
    "l1": lambda w, rate: rate * float(np.abs(w).sum()),
    "l1_dying": lambda w, rate: 0.0,
    "l2": lambda w, rate: rate / 2 * float(np.square(w).sum()),
}


@pytest.mark.parametrize("name", list(regularizers))
def test_a_penalty_adds_its_derivative_on_weights_alone(name: str) -> None:
    theta = np.array([0.5, -2.0, 1.5, -0.25, 3.0])
    weights = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    parameters = {} if name == "none" else {"rate": 0.3}
    grad = np.full(5, 10.0)
    run(penalty(name, **parameters).compile(theta, grad, weights))
    assert np.array_equal(grad[3:], [10, 10])
    for index in range(3):
        above, below = theta.copy(), theta.copy()
        above[index] += 1e-6
        below[index] -= 1e-6
        value = PENALTIES[name]
        slope = (value(above, 0.3) - value(below, 0.3)) / 2e-6
        assert grad[index] - 10 == pytest.approx(slope, abs=1e-8)


def test_l1_does_not_pull_what_is_0() -> None:
    theta, grad = np.array([0.0, -0.0, 1.0]), np.zeros(3)
    run(penalty("l1", rate=1.0).compile(theta, grad, np.ones(3)))
    assert grad.tolist() == [0, 0, 1]
