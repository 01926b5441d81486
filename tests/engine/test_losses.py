"""Each loss against PyTorch's numbers and far from 0; its gradient is checked in test_gradients."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from playground.core.families import Task, losses
from playground.engine.losses import LossFunction, predicted
from tests.engine.helpers import Array, golden, run

TWO, THREE = Task("classification", 2), Task("classification", 3)
NUMBERS = Task("regression", 0)
TASKS = (TWO, THREE, NUMBERS)
GOLDEN_TASKS = {"cross_entropy": THREE, "mse": NUMBERS, "half_mse": NUMBERS, "huber": NUMBERS}
SIGNED = ("hinge", "tanh_half_mse")
FITTING = [
    pytest.param(name, task, id=f"{name}-{task}".replace(" ", "-"))
    for name, loss in losses.items()
    for task in TASKS
    if loss.fits(task)
]
GOLDEN = golden("losses")["runs"]
RUNS = [pytest.param(entry, id=entry["id"]) for entry in GOLDEN]


def build(name: str, task: Task) -> LossFunction:
    return cast(LossFunction, losses[name].build(task))


def gradient(loss: LossFunction, z: Array, y: Array) -> Array:
    delta = np.full_like(z, np.nan)
    with np.errstate(over="ignore"):  # as in training: exp may overflow on the way to its limit
        run(loss.gradient(z, y, delta))
    return delta


def test_every_loss_is_among_the_golden_numbers_and_fits_a_task() -> None:
    assert {entry["loss"] for entry in GOLDEN} == set(losses)
    assert {param.values[0] for param in FITTING} == set(losses)
    assert {param.values[1] for param in FITTING} == set(TASKS)


@pytest.mark.parametrize("entry", RUNS)
def test_values_and_gradients_are_pytorchs(entry: dict[str, Any]) -> None:
    task = GOLDEN_TASKS.get(entry["loss"], TWO)
    loss, z = build(entry["loss"], task), np.array(entry["logits"]).T.copy()
    targets = np.array(entry["targets"], dtype=float)
    y = loss.encode((targets + 1) / 2 if entry["loss"] in SIGNED else targets, len(z))
    assert loss.mean(z, y) == pytest.approx(entry["value"], rel=1e-14, abs=1e-16)
    assert np.allclose(gradient(loss, z, y).T, entry["gradient"], rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("entry", RUNS)
def test_single_precision_stays_finite(entry: dict[str, Any]) -> None:
    task = GOLDEN_TASKS.get(entry["loss"], TWO)
    loss, z = build(entry["loss"], task), np.array(entry["logits"], dtype=np.float32).T.copy()
    targets = np.array(entry["targets"], dtype=float)
    y = loss.encode((targets + 1) / 2 if entry["loss"] in SIGNED else targets, len(z))
    y = y.astype(np.float32)
    value = loss.mean(z, y)
    assert value.dtype == np.float64
    assert value == pytest.approx(entry["value"], rel=1e-6)
    found = gradient(loss, z, y)
    assert found.dtype == np.float32
    assert np.allclose(found.T, entry["gradient"], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("name", "task"), FITTING)
@pytest.mark.parametrize("z", [-1000.0, 1000.0])
def test_a_loss_is_finite_far_out(name: str, task: Task, z: float) -> None:
    loss, outputs = build(name, task), losses[name].outputs(task)
    targets = np.array([0.0, 1.0])
    y = loss.encode(targets, outputs)
    logits = np.full((outputs, 2), z)
    logits[1:] = -z
    assert np.isfinite(loss.mean(logits, y))
    assert np.isfinite(gradient(loss, logits, y)).all()


@pytest.mark.parametrize(("name", "task"), FITTING)
def test_replicas_come_first_and_each_has_its_own_mean(name: str, task: Task) -> None:
    rng = np.random.default_rng(0)
    loss, outputs = build(name, task), losses[name].outputs(task)
    y = np.stack([loss.encode(rng.integers(2, size=7).astype(float), outputs) for _ in range(3)])
    z = rng.normal(size=y.shape)
    together, delta = loss.mean(z, y), gradient(loss, z, y)
    assert together.shape == (3,)
    for replica in range(3):
        alone = loss.mean(z[replica], y[replica])
        assert alone.shape == ()
        assert together[replica] == alone
        assert np.array_equal(delta[replica], gradient(loss, z[replica], y[replica]))


@pytest.mark.parametrize(("name", "task"), FITTING)
@pytest.mark.parametrize("share", [0.0, 0.2, 0.49, 0.51, 1.0])
def test_no_constant_answer_does_better_than_the_constant(
    name: str, task: Task, share: float
) -> None:
    rng = np.random.default_rng(3)
    loss, outputs = build(name, task), losses[name].outputs(task)
    ones = (np.arange(100) < 100 * share).astype(float)
    targets = ones if task.kind == "classification" else 3 * ones + rng.normal(size=100)
    y = loss.encode(targets, outputs)
    constant = loss.constant(y)
    assert constant.shape == (outputs, 1)
    chance = loss.mean(constant + np.zeros_like(y), y)
    assert np.isfinite(chance)
    for scale in (1e-3, 0.1, 1, 5):
        for _ in range(20):
            other = constant + scale * rng.normal(size=constant.shape)
            assert loss.mean(other + np.zeros_like(y), y) >= chance - 1e-9


def test_encodings() -> None:
    classes = np.array([0.0, 1.0, 1.0])
    assert build("binary_cross_entropy", TWO).encode(classes, 1).tolist() == [[0, 1, 1]]
    for name in ("mse", "half_mse", "tanh_half_mse", "huber", "hinge"):
        assert build(name, TWO).encode(classes, 1).tolist() == [[-1, 1, 1]]
    assert build("mse", NUMBERS).encode(classes, 1).tolist() == [[0, 1, 1]]
    assert build("cross_entropy", THREE).encode(np.array([2.0, 0.0]), 3).tolist() == [
        [0, 1], [0, 0], [1, 0],
    ]  # fmt: skip


def test_predictions() -> None:
    z = np.array([[-2.0, 3.0, 0.0]])
    assert predicted(TWO, z).tolist() == [0, 1, 0]
    assert predicted(NUMBERS, z).tolist() == [-2, 3, 0]
    several = np.array([[1.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 2.0]])
    assert predicted(THREE, several).tolist() == [0, 1, 2]
    assert predicted(THREE, np.stack([several, several[::-1]])).tolist() == [[0, 1, 2], [2, 1, 0]]
    assert predicted(TWO, np.array([[1.0, 0.0], [0.0, 1.0]])).tolist() == [0, 1]
