"""What the instruments say of single units, and that looking at them changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import activations
from playground.data.dataset import extent
from playground.data.features import compute
from playground.training.diagnostics import MOST_SAMPLES, dead_units, saturation
from playground.training.instruments import instruments
from playground.training.instruments.neurons import LayerNeurons
from playground.training.instruments.unit_field import GRID, UnitReading
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, state_of

BOUNDED = [name for name in activations if activations[name].limits is not None]


def net(activation: str, replicas: int, batch_norm: str = "none") -> Trainer:
    layer = {"units": 4, "activation": activation, "batch_norm": batch_norm, "dropout": 0.3}
    training = {"replicas": replicas, "precision": "float64"}
    return Trainer(experiment([layer, {**layer, "units": 3}], training=training))


def answers(trainer: Trainer, replica: int, inputs: np.ndarray) -> list[np.ndarray]:
    """The hidden layers' activations, worked out anew: (units, n) each."""
    found, x, network = [], inputs, trainer.network
    for index, layer in enumerate(trainer.experiment.network.hidden):
        views = network.views[index]
        mean, variance = network.running_mean(index), network.running_variance(index)

        def normalised(
            values: np.ndarray, views: Any = views, mean: Any = mean, variance: Any = variance
        ) -> np.ndarray:
            shifted = values - mean[replica][:, None]
            scaled = shifted / np.sqrt(variance[replica][:, None] + 1e-5)
            return views.gamma[replica][:, None] * scaled + views.beta[replica][:, None]

        z = views.weights[replica].T @ x + views.biases[replica][:, None]
        if layer.batch_norm == "before":
            z = normalised(z)
        found.append(layer.activation.evaluate(z)[0])
        x = normalised(found[-1]) if layer.batch_norm == "after" else found[-1]
    return found


def read(name: str, trainer: Trainer, replica: int = 0, aim: Any = None) -> Any:
    instrument = instruments[name](trainer)
    instrument.aim(aim)
    return instrument.read(replica)


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("activation", list(activations))
def test_the_numbers_of_a_unit_are_those_of_its_answers(
    activation: str, batch_norm: str, replicas: int
) -> None:
    trainer = net(activation, replicas, batch_norm)
    trainer.run_epoch()
    replica = replicas - 1
    layers = read("neurons", trainer, replica)
    expected = answers(trainer, replica, trainer.dataset.train.inputs)
    dead = dead_units(trainer.network, trainer.dataset.train.inputs)
    assert len(layers) == len(expected)
    for layer, out, flags in zip(layers, expected, dead, strict=True):
        assert np.array_equal(layer.dead, flags[replica])
        assert np.allclose(layer.mean, out.mean(axis=1), rtol=1e-9, atol=1e-12)
        assert np.allclose(layer.std, out.std(axis=1), rtol=1e-9, atol=1e-12)
        assert np.array_equal(layer.active, (out > 0).mean(axis=1))
        assert np.isnan(layer.saturated).all() == (activation not in BOUNDED)


@pytest.mark.parametrize(
    ("activation", "flat"),
    [
        ("tanh", lambda out: np.abs(out) > 0.97),
        ("sigmoid", lambda out: (out < 0.015) | (out > 0.985)),
    ],
)
@pytest.mark.parametrize("replicas", [1, 3])
def test_saturated_is_what_lies_at_the_flat_ends(activation: str, flat: Any, replicas: int) -> None:
    trainer = net(activation, replicas)
    trainer.network.theta *= 6
    inputs = trainer.dataset.train.inputs
    shares = saturation(trainer.network, inputs)
    assert shares.shape == (replicas, 2)
    for replica in range(replicas):
        layers = read("neurons", trainer, replica)
        for index, out in enumerate(answers(trainer, replica, inputs)):
            assert np.allclose(layers[index].saturated, flat(out).mean(axis=1), rtol=1e-12)
            assert shares[replica, index] == pytest.approx(flat(out).mean(), rel=1e-12)
    assert 0.1 < shares.mean() < 1


def test_the_bounded_activations_say_their_limits() -> None:
    assert set(BOUNDED) == {"sigmoid", "tanh"}
    far = np.array([-50.0, 50.0])
    for name in activations:
        values, slopes = activations[name]().evaluate(far)
        both_flat = bool((np.abs(slopes) < 1e-6).all())
        assert both_flat == (name in BOUNDED)
        if name in BOUNDED:
            assert np.allclose(values, activations[name].limits)


def test_layers_that_cannot_saturate_have_no_share() -> None:
    layers = [{"units": 3, "activation": "relu"}, {"units": 2, "activation": "tanh"}]
    trainer = Trainer(experiment(layers, training={"replicas": 20}))
    shares = saturation(trainer.network, trainer.dataset.train.inputs)
    assert np.isnan(shares[:, 0]).all()
    assert np.isfinite(shares[:, 1]).all()
    relu = Trainer(experiment([layers[0]]))
    assert np.isnan(saturation(relu.network, relu.dataset.train.inputs)).tolist() == [[True]]


def test_a_unit_that_one_point_of_many_moves_is_not_dead() -> None:
    data = {"samples": 3 * MOST_SAMPLES, "test_share": 0}
    trainer = Trainer(experiment([{"units": 3, "activation": "relu"}], data=data))
    views, inputs = trainer.network.views[0], trainer.dataset.train.inputs
    views.weights[:] = 0
    views.weights[0, 0, :] = 1
    skipped = np.delete(inputs[0], np.s_[::3])  # what the shares are not taken over
    largest, looked_at = skipped.max(), inputs[0, ::3].max()
    if looked_at > largest:
        views.weights[0, 0, :] = -1
        largest, looked_at = -skipped.min(), -inputs[0, ::3].min()
    assert largest > looked_at, "the data set must have its extreme point among those skipped"
    views.biases[0] = [-(largest + looked_at) / 2, -largest - 1, 100]
    (layer,) = read("neurons", trainer)
    assert layer.dead.tolist() == [False, True, False]
    assert layer.active.tolist() == [0, 0, 1]


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_the_field_of_a_unit_is_what_it_answers_over_the_plane(
    batch_norm: str, replicas: int
) -> None:
    trainer = net("tanh", replicas, batch_norm)
    trainer.run_epoch()
    field = read("unit_field", trainer, replicas - 1, (1, 2))
    assert isinstance(field, UnitReading)
    assert (field.layer, field.unit) == (1, 2)
    low1, high1, low2, high2 = field.extent
    assert field.extent == extent(trainer.dataset)
    for row, column in ((0, 0), (5, 60), (GRID - 1, 3)):
        point = (
            low1 + (column + 0.5) / GRID * (high1 - low1),
            low2 + (row + 0.5) / GRID * (high2 - low2),
        )
        inputs = compute(trainer.experiment.data.features, np.array([point]))
        out = answers(trainer, replicas - 1, inputs)[1][2, 0]
        assert field.values[row, column] == pytest.approx(out, rel=1e-9)
        assert np.tanh(field.given[row, column]) == pytest.approx(out, rel=1e-9)


@pytest.mark.parametrize("aim", [None, (2, 0), (1, 3), (7, 7)])
def test_where_there_is_no_such_unit_there_is_no_field(aim: Any) -> None:
    assert read("unit_field", net("relu", 1), 0, aim) is None


def test_without_hidden_layers_there_is_nothing_to_read() -> None:
    trainer = Trainer(experiment([]))
    assert read("neurons", trainer) == ()
    assert read("unit_field", trainer, 0, (0, 0)) is None
    assert saturation(trainer.network, trainer.dataset.train.inputs).shape == (1, 0)


@pytest.mark.parametrize("replicas", [1, 3])
def test_looking_at_units_changes_nothing(replicas: int) -> None:
    layer = {"units": 4, "activation": "tanh", "batch_norm": "before", "dropout": 0.3}
    chosen = experiment([layer, layer], training={"replicas": replicas, "max_epochs": 4})
    alone, watched = Trainer(chosen), Trainer(chosen)
    alone.run()
    look = [instruments["neurons"](watched), instruments["unit_field"](watched)]
    look[1].aim((0, 1))
    while watched.stop is None:
        watched.single_step()
        for replica in range(replicas):
            assert all(instrument.read(replica) is not None for instrument in look)
        saturation(watched.network, watched.dataset.train.inputs)
    assert state_of(watched) == state_of(alone)


def test_readings_are_frozen_copies() -> None:
    trainer = net("sigmoid", 1)
    (layer, _), field = read("neurons", trainer), read("unit_field", trainer, 0, (0, 0))
    arrays = [getattr(layer, name) for name in LayerNeurons.__slots__]
    arrays += [field.values, field.given]
    before = [array.copy() for array in arrays]
    trainer.run_epoch()
    read("neurons", trainer)
    for array, old in zip(arrays, before, strict=True):
        assert np.array_equal(array, old)
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.filterwarnings("error")
def test_a_network_that_diverges_can_be_looked_at() -> None:
    trainer = net("relu", 1)
    before = [layer.mean for layer in read("neurons", trainer)]
    trainer.network.theta[:] = np.nan
    after = [layer.mean for layer in read("neurons", trainer)]
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))
    trainer.network.theta[:] = 1e300
    assert not all(np.isfinite(layer.std).all() for layer in read("neurons", trainer))
    assert read("unit_field", trainer, 0, (1, 0)) is not None
