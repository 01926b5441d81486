"""What the instruments read; what they must show of deep learning is in tests/claims."""

from __future__ import annotations

import numpy as np
import pytest

from playground.training.diagnostics import dead_units, gradient_sizes
from playground.training.trainer import Trainer
from tests.training.helpers import experiment


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_gradient_sizes_are_means_over_what_the_step_left(batch_norm: str, replicas: int) -> None:
    layer = {"units": 4, "activation": "tanh", "batch_norm": batch_norm}
    trainer = Trainer(
        experiment([layer, layer], training={"replicas": replicas, "precision": "float64"})
    )
    trainer.single_step()
    program = trainer.last_program
    assert program is not None
    sizes = gradient_sizes(trainer.network, program)
    assert sizes.weights.shape == sizes.errors.shape == (replicas, 3)
    for replica in range(replicas):
        for index, views in enumerate(trainer.network.grad_views):
            expected = np.abs(views.weights[replica]).mean()
            assert sizes.weights[replica, index] == pytest.approx(expected, rel=1e-14)
            assert sizes.weights[replica, index] > 0
        # At the output a sample's error is σ(z) - y, its share of the mean a tenth of that.
        logits, targets = (
            np.reshape(part, (replicas, 10))[replica] for part in (program.logits, program.targets)
        )
        error = 1 / (1 + np.exp(-logits)) - targets
        assert sizes.errors[replica, -1] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-12)


def test_the_error_of_a_layer_does_not_depend_on_the_batch() -> None:
    def errors(batch_size: int | str) -> np.ndarray:
        trainer = Trainer(experiment(training={"batch_size": batch_size, "precision": "float64"}))
        program = trainer.gradient_at_start()
        program.feed[:] = program.feed[:, :1]  # the same point all over
        program.run()
        return gradient_sizes(trainer.network, program).errors

    assert np.allclose(errors(5), errors("full"), rtol=1e-12)


def test_looking_before_the_first_step_changes_nothing() -> None:
    layer = {"units": 4, "batch_norm": "before", "dropout": 0.5}
    trainer = Trainer(experiment([layer, layer]))
    theta, running = trainer.network.theta.copy(), trainer.network.running.copy()
    state = trainer.dropout_rngs[0].bit_generator.state
    trainer.gradient_at_start()
    assert np.array_equal(trainer.network.theta, theta)
    assert np.array_equal(trainer.network.running, running)
    assert trainer.dropout_rngs[0].bit_generator.state == state
    assert trainer.last_program is None


@pytest.mark.parametrize("samples", [50, 5000])
def test_a_unit_is_dead_if_no_training_point_moves_it(samples: int) -> None:
    trainer = Trainer(experiment([{"units": 4}], data={"samples": samples, "test_share": 0}))
    views, inputs = trainer.network.views[0], trainer.dataset.train.inputs
    views.weights[:] = 0
    views.weights[0, 0, :] = [1, 1, 1, 0]
    largest = inputs[0].max()
    # Never on; on for one point alone, wherever it stands; always on; off at exactly 0.
    views.biases[0] = [-largest - 0.1, -largest + 1e-3, 10, 0]
    assert dead_units(trainer.network, inputs)[0].tolist() == [[True, False, False, True]]


def test_each_replica_has_its_own_dead_units() -> None:
    data = {"samples": 1500}  # more than are looked at together
    trainer = Trainer(experiment([{"units": 3}], data=data, training={"replicas": 20}))
    trainer.network.views[0].biases[7] = -1000
    (dead,) = dead_units(trainer.network, trainer.dataset.train.inputs)
    assert dead.shape == (20, 3)
    assert dead.all(axis=1).tolist() == [replica == 7 for replica in range(20)]


def test_without_hidden_layers_nothing_can_be_dead() -> None:
    trainer = Trainer(experiment([]))
    assert dead_units(trainer.network, trainer.dataset.train.inputs) == ()
    assert gradient_sizes(trainer.network, trainer.gradient_at_start()).weights.shape == (1, 1)
