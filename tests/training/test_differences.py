"""The derivative from differences, and how exact it is said to be."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from playground.training.differences import EPSILON, SHRINK, Copies, Subject, extrapolated
from playground.training.trainer import Trainer
from tests.training.helpers import experiment

STEPS = [1e-2 / SHRINK**index for index in range(5)]


def quotients(function: Callable[[float], float], at: float) -> list[float]:
    return [(function(at + step) - function(at - step)) / (2 * step) for step in STEPS]


@pytest.mark.parametrize(
    ("function", "slope"),
    [(math.sin, math.cos(0.7)), (math.exp, math.exp(0.7)), (math.tanh, 1 - math.tanh(0.7) ** 2)],
)
def test_it_is_far_better_than_the_differences_and_says_so(
    function: Callable[[float], float], slope: float
) -> None:
    tried = quotients(function, 0.7)
    value, off = extrapolated(tried, [EPSILON / step for step in STEPS])
    assert abs(value - slope) <= off < 1e-11
    assert min(abs(quotient - slope) for quotient in tried) > 3 * abs(value - slope)


def test_rounding_bounds_how_exact_it_can_be() -> None:
    blurs = [1e-6 / step for step in STEPS]
    value, off = extrapolated(quotients(math.sin, 0.7), blurs)
    assert off >= blurs[0]
    assert abs(value - math.cos(0.7)) < off


def test_a_function_that_turns_within_the_larger_steps_is_not_believed() -> None:
    # Between ±1e-4 it rises steeply, beyond it hardly at all: the larger steps agree on 0.
    scale = 1e-5

    def turning(x: float) -> float:
        return scale * math.tanh(x / scale)

    tried = quotients(turning, 0.0)
    _, off = extrapolated(tried, [0.0] * len(tried))
    assert tried[0] < 0.002 < 0.1 < tried[-1] < 0.9
    assert off > 0.1


def test_one_difference_alone_says_nothing() -> None:
    assert extrapolated([0.5], [0.0]) == (0.5, float("inf"))


@pytest.mark.parametrize("count", [1, 3, 8])
def test_copies_give_the_same_differences_however_many(count: int) -> None:
    layer = {"units": 5, "activation": "tanh", "batch_norm": "before", "dropout": 0.3}
    trainer = Trainer(experiment([layer, layer], training={"regularizer": "l2"}))
    train = trainer.dataset.train
    subject = Subject(
        trainer.experiment,
        trainer.network.theta[0].astype(float),
        train.inputs[:, :20],
        trainer.network.loss.encode(train.targets[:20], 1),
    )
    columns = np.arange(3, 59, 7)
    steps = np.full(len(columns), 1e-5)
    expected = Copies(subject, len(columns)).differences(columns, steps)
    copies = Copies(subject, count)
    for start in range(0, len(columns), count):
        piece = slice(start, start + count)
        found = copies.differences(columns[piece], steps[piece])
        # The matrix products of one network and of many are different calls of NumPy's.
        assert np.allclose(found.quotients, expected.quotients[piece], rtol=1e-6, atol=1e-9)
        assert np.allclose(found.moved, expected.moved[piece], rtol=1e-6)
    gradient = copies.gradient()
    assert np.allclose(gradient[columns], expected.quotients, rtol=1e-5, atol=1e-8)
    assert np.allclose(copies.gradient(3.0), gradient, rtol=1e-10, atol=1e-14)
