"""Full batch, mini-batch, single samples: how unsteady the loss is, how noisy the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.engine.calls import Array
from playground.engine.program import Program
from tests.claims.helpers import layers, prepared


def rising_share(batch_size: Any, epochs: int) -> Array:
    """The share of steps whose batch has a larger loss than that of the step before: (seeds,)."""
    trainer = prepared(
        layers(2, "relu", "he_normal"), ("sgd", 0.1), batch_size=batch_size, max_epochs=epochs
    )
    losses = []
    while trainer.stop is None:
        trainer.run(lambda: True)  # a step at a time
        program = trainer.last_program
        assert program is not None
        losses.append(trainer.network.loss.mean(program.logits, program.targets))
    assert len(losses) == trainer.step
    return np.asarray((np.diff(losses, axis=0) > 0).mean(axis=0))


def test_with_the_full_batch_the_loss_never_rises() -> None:
    assert (rising_share("full", 300) == 0).all()


@pytest.mark.parametrize(("batch_size", "epochs"), [(1, 5), (10, 30), (50, 50)])
def test_in_parts_it_rises_in_nearly_every_second_step(batch_size: int, epochs: int) -> None:
    share = rising_share(batch_size, epochs)
    assert 0.42 < np.median(share) < 0.52
    assert share.min() > 0.35


def test_the_variance_of_the_gradient_falls_as_one_over_the_batch() -> None:
    trainer = prepared(layers(2, "tanh", "xavier_normal"), replicas=4, precision="float64")
    network, train = trainer.network, trainer.dataset.train
    targets = network.loss.encode(train.targets, network.sizes[-1])
    rng = np.random.default_rng(0)
    sizes, variances = [1, 4, 16, 64], []
    for size in sizes:
        program = Program(network, size, "training")
        drawn = []
        for _ in range(500):
            chosen = rng.integers(len(train), size=size)
            program.feed[:, : len(train.inputs)] = train.inputs[:, chosen]
            program.targets[:] = targets[:, chosen]
            program.run()
            drawn.append(network.grad.copy())
        variances.append(np.var(drawn, axis=0).sum(axis=1))
    slopes = np.polyfit(np.log(sizes), np.log(variances), 1)[0]
    assert slopes == pytest.approx([-1] * 4, abs=0.05)
