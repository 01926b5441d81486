"""Weights that are too large paralyse a tanh network, and its gradient does not show it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.training.trainer import Trainer
from tests.claims.helpers import (
    evaluated,
    gradients_at_start,
    layers,
    prepared,
    slopes,
    solved,
    trained,
)

SATURATED = 0.97
"""The absolute value of tanh from which on a unit counts as saturated; its slope is 0.06 there."""


def enlarged(factor: float, **training: Any) -> Trainer:
    """Four tanh layers of 16, all weights times ``factor``, those of the output too."""
    return prepared(
        layers(4, "tanh", {"name": "xavier_normal", "gain": factor}),
        ("adam", 0.01),
        output={"name": "xavier_uniform", "gain": factor},
        precision="float64",
        **training,
    )


def saturated_shares(trainer: Trainer) -> np.ndarray:
    """The share of unit-sample pairs that are saturated: the seeds' median, a layer each."""
    traces = evaluated(trainer).traces[:-1]
    return np.array(
        [np.median((np.abs(trace.activation) > SATURATED).mean(axis=(1, 2))) for trace in traces]
    )


@pytest.mark.parametrize(
    ("factor", "least", "most"), [(1, 20, 20), (4, 19, 20), (8, 14, 20), (16, 0, 2)]
)
def test_weights_16_times_too_large_paralyse(factor: float, least: int, most: int) -> None:
    trainer = enlarged(factor)
    trainer.run()
    assert least <= solved(trainer) <= most


@pytest.mark.parametrize(
    ("factor", "first", "last"), [(1, 0.0, 0.0), (8, 0.4, 0.79), (16, 0.62, 0.9)]
)
def test_the_units_of_all_layers_are_saturated(factor: float, first: float, last: float) -> None:
    shares = saturated_shares(enlarged(factor))
    assert (np.diff(shares) > -0.02).all()  # the deeper, the more
    assert shares[0] == pytest.approx(first, abs=0.06)
    assert shares[-1] == pytest.approx(last, abs=0.03)


def test_the_gradient_does_not_fall_but_the_slope_does() -> None:
    def typical_slope(trainer: Trainer) -> float:
        return float(np.median(np.stack(slopes(trainer)[1:])))

    usual, paralysed = enlarged(1, batch_size="full"), enlarged(16, batch_size="full")
    # The few units that are not saturated pass on an error that huge weights enlarge: an
    # instrument for vanishing gradients sees nothing wrong. That of the slopes does.
    before, after = (gradients_at_start(trainer) for trainer in (usual, paralysed))
    assert np.median(after.ratio(0)) > np.median(before.ratio(0))
    assert np.median(after.weights[:, 0]) > 10 * np.median(before.weights[:, 0])
    assert typical_slope(usual) > 0.9
    assert 1e-10 < typical_slope(paralysed) < 1e-7


def test_batch_norm_frees_the_paralysed() -> None:
    hidden = layers(4, "tanh", {"name": "xavier_normal", "gain": 16}, batch_norm="before")
    assert solved(trained(hidden, ("adam", 0.01))) == 20
