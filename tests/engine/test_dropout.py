from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine.program import Program
from playground.engine.stages import DropoutStage
from tests.engine.helpers import Array, experiment, filled, network_of, run

UNITS, SAMPLES = 40, 500
RATES = [0.1, 0.3, 0.5, 0.9]


def stage(rate: float, replicas: int = 1, dtype: Any = np.float64) -> tuple[DropoutStage, Array]:
    shape = (UNITS, SAMPLES) if replicas == 1 else (replicas, UNITS, SAMPLES)
    x = np.ones(shape, dtype)
    out = np.empty_like(x)
    rngs = [np.random.default_rng(replica) for replica in range(replicas)]
    return DropoutStage(x, rate, rngs, out), out


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rate", RATES)
def test_the_rate_is_the_share_zeroed_and_the_mean_is_kept(rate: float, dtype: Any) -> None:
    made, out = stage(rate, dtype=dtype)
    run(made.forward)
    assert out.dtype == dtype
    error = 4 * (rate * (1 - rate) / out.size) ** 0.5  # four standard errors
    assert abs((out == 0).mean() - rate) < error
    assert np.allclose(out[out != 0], 1 / (1 - rate), rtol=1e-6)
    assert abs(out.mean() - 1) < error / (1 - rate)


def test_every_step_draws_another_mask_and_every_sample_its_own() -> None:
    made, out = stage(0.5)
    run(made.forward)
    first = out.copy()
    run(made.forward)
    assert 0.45 < (first == out).mean() < 0.55
    assert 0.45 < (out[:, 0] == out[:, 1]).mean() < 0.75


def test_replicas_draw_the_masks_that_they_would_draw_alone() -> None:
    made, out = stage(0.5, replicas=3)
    run(made.forward)
    for replica in range(3):
        alone = np.random.default_rng(replica).random((UNITS, SAMPLES))
        assert np.array_equal(out[replica], np.where(alone >= 0.5, 2.0, 0.0))
    assert 0.45 < (out[0] == out[1]).mean() < 0.55


def test_the_way_back_goes_through_the_same_mask() -> None:
    made, out = stage(0.3)
    delta = np.full_like(out, 3.0)
    run(made.forward + made.backward(delta))
    assert np.array_equal(delta, 3 * out)


@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_evaluation_drops_nothing(batch_norm: str) -> None:
    def outputs(rate: float) -> Array:
        layer = {"units": 8, "dropout": rate, "batch_norm": batch_norm}
        network = network_of(experiment([layer, layer]))
        return network.outputs(np.random.default_rng(1).normal(size=(2, 25)))

    assert np.array_equal(outputs(0.5), outputs(0.0))


def test_an_evaluation_program_drops_nothing_even_if_told_to() -> None:
    network = network_of(experiment([{"units": 8}]))
    x = np.random.default_rng(1).normal(size=(2, 25))
    told = Program(network, 25, "evaluation", [0.5], [np.random.default_rng(0)])
    told.feed[:2] = x
    told.run()
    assert np.array_equal(told.logits, network.outputs(x)[0])


def test_training_keeps_the_mean_of_what_the_next_layer_sees() -> None:
    network = network_of(experiment([{"units": 60, "activation": "sigmoid"}]))
    program = filled(network, 400, 0, dropout=0.5)
    run(program.forward)
    trace = program.traces[0]
    assert (trace.out == 0).mean() == pytest.approx(0.5, abs=0.02)
    assert trace.out.mean() == pytest.approx(trace.activation.mean(), rel=0.03)


def test_with_dropout_a_linear_network_is_right_on_average() -> None:
    network = network_of(experiment([{"units": 30, "activation": "linear"}]))
    program = filled(network, 5, 0, dropout=0.4)
    total = np.zeros_like(program.logits)
    for _ in range(4000):
        run(program.forward)
        total += program.logits
    expected = network.outputs(program.feed[:2])[0]
    assert np.abs(total / 4000 - expected).max() < 0.2
