"""Experiments at the edge of what is allowed: no warning, no exception, finite or diverged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.checks import warnings_in
from playground.core.families import activations, initializers, losses, optimizers
from playground.core.limits import MAX_COORDINATE
from playground.data.checks import warnings_in_points
from playground.training.diagnostics import dead_units, gradient_sizes
from playground.training.trainer import Trainer
from tests.training.helpers import experiment

PRECISIONS = ["float32", "float64"]


def own(points: list[Any], **more: Any) -> dict[str, Any]:
    return {"source": "points", "points": points, "test_share": 0, **more}


def trained(hidden: list[Any] | None = None, epochs: int = 5, **given: Any) -> Trainer:
    """Train, look at everything on the way, and see that the end is finite or diverged."""
    given["training"] = {"max_epochs": epochs, **given.get("training", {})}
    trainer = Trainer(experiment(hidden, **given))
    gradient_sizes(trainer.network, trainer.gradient_at_start())
    trainer.single_step()
    trainer.run()
    dead_units(trainer.network, trainer.dataset.train.inputs)
    if trainer.last_program is not None:
        gradient_sizes(trainer.network, trainer.last_program)
    assert trainer.stop is not None
    assert np.isfinite(trainer.network.theta).all()
    assert np.isfinite(trainer.network.running).all()
    if trainer.stop.name != "diverged":
        assert np.isfinite(trainer.scores.train_loss).all()
    return trainer


def warned(trainer: Trainer) -> str:
    """All that the window and the command line warn of."""
    given = trainer.experiment
    found = [*warnings_in(given), *warnings_in_points(given, trainer.dataset)]
    return "\n".join(map(str, found))


@pytest.mark.parametrize("source", ["circle", "spiral", "pinwheel", "plane", "moons"])
@pytest.mark.parametrize("samples", [1, 2])
def test_one_or_two_samples(source: str, samples: int) -> None:
    trainer = trained(data={"source": source, "samples": samples, "test_share": 0.5})
    assert len(trainer.dataset.train) == 1
    assert "data.samples: there is only one training point" in warned(trainer)
    assert trainer.steps_per_epoch == 1


@pytest.mark.parametrize("loss", losses)
@pytest.mark.parametrize("label", [0, 1])
def test_all_labels_equal(loss: str, label: int) -> None:
    points = [[0.1 * index, 1.0 - 0.05 * index, label] for index in range(40)]
    plateau = {"name": "test_loss_plateau", "patience": 2, "start_epoch": 1}
    trainer = trained(
        epochs=200,
        data=own(points, test_share=0.5),
        training={"loss": loss, "stop": [plateau]},
    )
    assert trainer.scores.train_accuracy[0] == 1
    assert trainer.stop is not None
    assert "chance" not in trainer.stop.message
    assert f"data.points: all 20 training points are of class {label}" in warned(trainer)


@pytest.mark.parametrize("value", [0.0, 3.0])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_constant_features_and_targets(batch_norm: str, value: float) -> None:
    points = [[value, 2.0, 1.5]] * 20
    trainer = trained(
        [{"units": 4, "batch_norm": batch_norm}],
        data=own(points, problem="regression", test_share=0.5),
        training={"stop": [{"name": "test_loss_plateau"}]},
        epochs=30,
    )
    assert "data.points: all 10 training points have the target 1.5" in warned(trainer)
    assert "data.features: all training points look alike" in warned(trainer)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_one_constant_feature(batch_norm: str, precision: str) -> None:
    points = [[0.1 * index - 2, 3.0, index > 20] for index in range(40)]
    trainer = trained(
        [{"units": 4, "batch_norm": batch_norm}],
        data=own([[x, y, int(label)] for x, y, label in points]),
        training={"precision": precision},
        epochs=50,
    )
    assert trainer.scores.train_accuracy[0] > 0.9  # the other one tells enough
    assert warned(trainer).startswith(
        "data.features[1]: the feature x₂ is 3 at every training point"
    )


@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_a_batch_larger_than_the_data(batch_norm: str) -> None:
    def weights(batch_size: int | str) -> bytes:
        hidden = [{"units": 4, "batch_norm": batch_norm}]
        training = {"batch_size": batch_size}
        trainer = trained(hidden, training=training)
        larger = "training.batch_size: a batch of 1,000 is more than the 60 training points"
        assert (larger in warned(trainer)) == (batch_size == 1000)
        return trainer.network.theta.tobytes()

    assert weights(1000) == weights(60) == weights("full")


@pytest.mark.parametrize("source", ["circle", "pinwheel", "plane"])
def test_no_hidden_layer(source: str) -> None:
    trainer = trained([], data={"source": source}, epochs=50)
    assert len(trainer.network.views) == 1
    if source == "plane":
        assert trainer.scores.test_loss[0] < 0.01


@pytest.mark.parametrize("name", list(activations))
def test_one_unit(name: str) -> None:
    for batch_norm in ("none", "before", "after"):
        trained([{"units": 1, "activation": name, "batch_norm": batch_norm}] * 2)


def test_no_test_set() -> None:
    rules = ["gradient_norm", "weight_change", "target_loss"]
    trainer = trained(data={"test_share": 0}, training={"stop": [{"name": n} for n in rules]})
    assert np.isnan(trainer.history.table()["test_loss"]).all()
    assert trainer.outcome.best_epoch(0) is None


@pytest.mark.parametrize("name", list(optimizers))
def test_a_learning_rate_of_0(name: str) -> None:
    training = {"optimizer": {"name": name, "learning_rate": 0.0}}
    trainer = trained([{"units": 3, "batch_norm": "after"}], training=training)
    start = Trainer(experiment([{"units": 3, "batch_norm": "after"}], training=training))
    assert np.array_equal(trainer.network.theta, start.network.theta)
    training["stop"] = [{"name": "weight_change"}]  # type: ignore[assignment]  # a dict of all kinds
    stop = trained(training=training).stop
    assert stop is not None
    assert (stop.name, stop.epoch) == ("weight_change", 1)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", list(optimizers))
@pytest.mark.parametrize("rate", [1e6, 1e9])
def test_a_learning_rate_far_too_large(name: str, precision: str, rate: float) -> None:
    trainer = trained(
        [{"units": 4, "activation": "elu"}] * 2,
        training={"optimizer": {"name": name, "learning_rate": rate}, "precision": precision},
        epochs=20,
    )
    assert "training.optimizer.learning_rate: with a learning rate of 1e+" in warned(trainer)
    assert trainer.stop is not None
    if trainer.stop.name == "diverged":
        assert "A smaller learning rate usually helps" in trainer.stop.message


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", list(activations))
def test_weights_of_1e38(name: str, precision: str) -> None:
    initializer = {"name": "constant", "value": 1e38}
    trainer = trained(
        [{"units": 4, "activation": name, "initializer": initializer}] * 3,
        training={"precision": precision},
    )
    assert trainer.stop is not None
    if name in ("relu", "linear"):
        assert (trainer.stop.name == "diverged") or precision == "float64"
    if trainer.stop.name == "diverged":
        assert "Smaller initial weights or inputs help" in trainer.stop.message


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("loss", [name for name in losses if name != "auto"])
def test_outputs_of_1e38(loss: str, precision: str) -> None:
    trainer = Trainer(experiment([], training={"loss": loss, "precision": precision}))
    trainer.network.theta[:] = 1e38
    trainer.rescore()
    trainer.run()
    assert trainer.stop is not None


@pytest.mark.parametrize("name", list(initializers))
def test_the_widest_start_of_each_initialiser(name: str) -> None:
    parameters = {
        field: max(bound.le for bound in info.metadata if hasattr(bound, "le"))
        for field, info in initializers[name].model_fields.items()
    }
    layer = {"units": 64, "initializer": {"name": name, **parameters}}
    trained([layer, layer], data={"samples": 20}, epochs=2)


@pytest.mark.parametrize("problem", ["classification", "regression"])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_points_at_the_end_of_what_is_allowed(batch_norm: str, problem: str) -> None:
    far = MAX_COORDINATE
    target = 1.0 if problem == "classification" else far
    points = [[far, -far, 0], [-far, far, target], [0, far, target], [0, 0, 0]] * 5
    features = ["x1", "x2", "x1_squared", "x1_x2", "sin_x1"]
    trained(
        [{"units": 4, "batch_norm": batch_norm}],
        data=own(points, features=features, problem=problem),
        epochs=10,
    )


@pytest.mark.parametrize("rate", [1e-9, 0.999, float(np.nextafter(1, 0))])
def test_dropout_of_nearly_nothing_and_nearly_everything(rate: float) -> None:
    trained([{"units": 4, "dropout": rate, "batch_norm": "before"}, {"units": 4}])


def test_many_layers() -> None:
    for name in ("sigmoid", "relu", "linear"):
        trained([{"units": 2, "activation": name}] * 32, epochs=2)
