"""Where functions are not smooth: all such places are declared, and no others.

A central difference whose ends lie on the same side of every declared corner must be a derivative;
at a declared corner it must not.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.families import Task, activations, losses, regularizers
from playground.engine.activations import ELU, ActivationFunction, LeakyReLU
from playground.engine.corners import Corner
from playground.engine.losses import LossFunction
from playground.engine.regularizers import Penalty
from tests.engine.helpers import STEP, Array, run
from tests.strategies import built

BOUND = 1e-7
GRID = np.concatenate([np.linspace(-30, 30, 2401), [0.0, 1.0, -1.0, 20.0, -20.0]])
TASKS = (Task("classification", 2), Task("classification", 3), Task("regression", 0))


def error(found: Array, expected: Array) -> Array:
    return np.asarray(np.abs(found - expected) / np.maximum(np.abs(expected), 1e-3))


def check(found: Array, slopes: Array, corner: Corner | None, below: Array, above: Array) -> None:
    """``below`` and ``above``: the corner's quantity at the ends of each difference."""
    if corner is None:
        assert error(found, slopes).max() < BOUND
        return
    crossed = corner.sides(below) != corner.sides(above)
    assert crossed.any()
    assert error(found, slopes)[~crossed].max() < BOUND
    assert error(found, slopes)[crossed].max() > BOUND


@pytest.mark.parametrize("name", activations)
def test_activations_are_smooth_but_for_their_corner(name: str) -> None:
    function = cast(ActivationFunction, activations[name]())
    found = (function.evaluate(GRID + STEP)[0] - function.evaluate(GRID - STEP)[0]) / (2 * STEP)
    slopes = function.evaluate(GRID)[1]
    check(found, slopes, function.corner, GRID - STEP, GRID + STEP)


@pytest.mark.parametrize("name", activations)
@given(data=st.data())
def test_that_holds_with_any_parameters(name: str, data: st.DataObject) -> None:
    function = cast(ActivationFunction, data.draw(built(activations[name])))
    above, below = function.evaluate(GRID + STEP)[0], function.evaluate(GRID - STEP)[0]
    found, slopes = (above - below) / (2 * STEP), function.evaluate(GRID)[1]
    corner = function.corner
    clear = np.ones(len(GRID), bool)
    if corner is not None:
        clear = corner.sides(GRID - STEP) == corner.sides(GRID + STEP)
    least = max(1e-3, float(np.abs(slopes).max()) * 1e-3)
    scale = np.maximum(np.maximum(np.abs(found), np.abs(slopes)), least)
    assert (np.abs(found - slopes) / scale)[clear].max() < BOUND


def test_a_corner_depends_on_the_parameters() -> None:
    assert LeakyReLU(negative_slope=1).corner is None
    assert str(LeakyReLU(negative_slope=0.5).corner).count("kink")
    for alpha, kind in ((0.0, "kink"), (0.5, "kink"), (1.0, "bend"), (2.0, "kink")):
        assert ELU(alpha=alpha).corner.kind == kind


CORNERED = [
    name for name in activations if cast(ActivationFunction, activations[name]()).corner is not None
]


@pytest.mark.parametrize("name", CORNERED)
def test_at_a_kink_the_slope_jumps_and_at_a_bend_it_does_not(name: str) -> None:
    function = cast(ActivationFunction, activations[name]())
    corner = function.corner
    assert corner is not None
    near = corner.at + np.array([-1e-12, 1e-12])
    below, above = function.evaluate(near)[1]
    assert (abs(above - below) > 1e-9) == (corner.kind == "kink")


def fitting() -> list[Any]:
    return [
        pytest.param(name, task, id=f"{name}-{task}".replace(" ", "-"))
        for name, loss in losses.items()
        for task in TASKS
        if loss.fits(task)
    ]


@pytest.mark.parametrize(("name", "task"), fitting())
def test_losses_are_smooth_but_for_their_corner(name: str, task: Task) -> None:
    loss, outputs = cast(LossFunction, losses[name].build(task)), losses[name].outputs(task)
    rng = np.random.default_rng(0)
    z = rng.normal(size=(outputs, len(GRID)))
    z[0] = GRID / 6
    targets = np.arange(len(GRID)) % max(task.classes, 3)
    y = loss.encode(np.minimum(targets, max(task.classes, 3) - 1) % (task.classes or 3), outputs)
    delta = np.empty_like(z)
    run(loss.gradient(z, y, delta))
    above, below = z.copy(), z.copy()
    above[0] += STEP
    below[0] -= STEP
    rise = (loss.terms(above, y) - loss.terms(below, y)).sum(axis=0)
    found, slopes = rise / (2 * STEP), delta[0] * len(GRID)
    ends = loss.to_corner(below, y)[0], loss.to_corner(above, y)[0]
    check(found, slopes, loss.corner, *ends)


@pytest.mark.parametrize("name", regularizers)
def test_penalties_are_smooth_but_for_their_corner(name: str) -> None:
    penalty = cast(Penalty, regularizers[name]())
    theta, grad = np.append(GRID, 0.0), np.zeros(len(GRID) + 1)
    run(penalty.compile(theta, grad, np.ones_like(theta)))
    rise = penalty.terms(theta + STEP) - penalty.terms(theta - STEP)
    rate = getattr(penalty, "rate", 1.0)
    found, slopes = rise / (2 * STEP) / rate, grad / rate
    if penalty.corner is None:
        assert error(found, slopes).max() < BOUND
        return
    crossed = penalty.corner.sides(theta - STEP) != penalty.corner.sides(theta + STEP)
    assert crossed.any()
    assert error(found, slopes)[~crossed].max() < BOUND


def test_sides_of_a_corner_and_of_a_mirrored_one() -> None:
    values = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    assert Corner("kink", "x", 1.0).sides(values).tolist() == [0, 0, 0, 0, 1]
    assert Corner("bend", "d", 1.0, mirrored=True).sides(values).tolist() == [0, 0, 1, 1, 2]
    assert Corner("kink", "x", 0.0).where == "x = 0"
    assert Corner("bend", "z - y", 1.0, mirrored=True).where == "|z - y| = 1"
