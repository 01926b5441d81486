"""Histograms of what is in a network, and the instrument that makes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import activations
from playground.training.diagnostics import gradient_sizes
from playground.training.instruments import instruments
from playground.training.instruments.distributions import MOST_MOMENTS, MOST_POINTS, Distributions
from playground.training.instruments.histograms import MAGNITUDES, PLAIN, Axis, histograms
from playground.training.instruments.moments import Moments
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, state_of, unit_circle

QUANTITIES = ("activations", "errors", "weights", "gradients")
AXES = [MAGNITUDES, PLAIN]


def reading(trainer: Trainer, replica: int = 0) -> Distributions:
    found = instruments["distributions"](trainer).read(replica)
    assert isinstance(found, Distributions)
    return found


# --- histograms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("scale", [1e-40, 1e-12, 1e-3, 1.0, 1e5, 1e30])
def test_every_value_is_counted_once(axis: Axis, scale: float) -> None:
    values = scale * np.random.default_rng(3).normal(size=(7, 50))
    values[0, :10] = 0
    values[1, :5] = [np.nan, np.inf, -np.inf, -0.0, 0.0]
    found = histograms(axis, [4], [values])
    assert found.layers == (4,)
    assert found.zeros[0] == pytest.approx(12 / 350)
    assert found.broken[0] == pytest.approx(3 / 350)
    assert found.shares.sum() == pytest.approx(335 / 350, rel=1e-6)
    good = values[np.isfinite(values)]
    assert found.mean[0] == pytest.approx(good.mean())
    assert found.std[0] == pytest.approx(good.std())
    assert found.size[0] == pytest.approx(np.abs(good).mean())


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("value", [-700.0, -1.0, -1e-3, 2e-9, 0.4, 3.0, 1200.0])
def test_a_value_is_in_the_bin_that_holds_it(axis: Axis, value: float) -> None:
    found = histograms(axis, [0], [np.array([value])])
    ((_, side, index),) = np.argwhere(found.shares)
    if axis is MAGNITUDES:
        assert side == (value < 0)
        place = np.log10(abs(value))
    else:
        assert side == 0
        place = np.arcsinh(value)
    left = axis.low + index * axis.width
    assert left - 1e-9 <= place <= left + axis.width + 1e-9
    assert found.reach.tolist() == [[index, index]]


@pytest.mark.parametrize("axis", AXES)
def test_the_reach_leaves_out_few_values_alone(axis: Axis) -> None:
    values = np.random.default_rng(5).normal(size=10_000)
    values[:3] = 1e-25, 1e5, -1e5
    found = histograms(axis, [0], [values])
    first, last = found.reach[0]
    inside = found.shares[0, :, first : last + 1].sum()
    assert 0.99 < inside < 1
    assert axis.low + last * axis.width < np.arcsinh(10)


def test_where_all_is_zero_or_broken_no_bin_matters() -> None:
    found = histograms(PLAIN, [0, 1], [np.zeros(5), np.full(5, np.nan)])
    assert (found.reach[:, 0] > found.reach[:, 1]).all()
    assert found.zeros.tolist() == [1, 0]
    assert found.broken.tolist() == [0, 1]
    assert found.mean[0] == 0
    assert np.isnan(found.mean[1])


# --- moments -------------------------------------------------------------------------------------


class At:
    def __init__(self, step: int) -> None:
        self.step = step


@pytest.mark.parametrize("stride", [1, 7, 1000])
@pytest.mark.parametrize("count", [1, 5, 60, 61, 500, 3000])
def test_moments_are_few_and_evenly_spread(count: int, stride: int) -> None:
    moments: Moments[At] = Moments(60)
    for index in range(count):
        moments.add(At(stride * index))
    steps = [moment.step for moment in moments.series()]
    assert steps[0] == 0
    assert steps[-1] == stride * (count - 1)
    assert len(steps) == count or 25 <= len(steps) <= 60
    gaps = np.diff(steps[:-1])
    assert (gaps > 0).all()
    if count > 60:
        assert gaps.max() <= 4 * gaps.min()


def test_a_later_look_at_the_same_step_takes_the_place_of_the_earlier() -> None:
    moments: Moments[At] = Moments(60)
    looks = [At(0), At(0), At(5), At(5), At(5)]
    for look in looks:
        moments.add(look)
    assert moments.series() == (looks[1], looks[4])


# --- the instrument ------------------------------------------------------------------------------


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("place", ["none", "before", "after"])
def test_reading_changes_nothing(place: str, replicas: int) -> None:
    layer = {"units": 5, "batch_norm": place, "dropout": 0.3}
    given = experiment([layer, layer], training={"replicas": replicas, "max_epochs": 4})
    alone, watched = Trainer(given), Trainer(given)
    instrument = instruments["distributions"](watched)
    instrument.read(replicas - 1)
    while watched.stop is None:
        for trainer in (alone, watched):
            trainer.single_step()
            trainer.run_epoch()
        instrument.read(0)
    assert state_of(watched) == state_of(alone)


@pytest.mark.parametrize("name", list(activations))
def test_activations_are_those_of_training_points_in_evaluation_mode(name: str) -> None:
    layer = {"units": 6, "activation": name, "dropout": 0.5}
    trainer = Trainer(experiment([layer, layer], training={"precision": "float64"}))
    trainer.run_epoch()
    found = reading(trainer)
    assert found.points == len(trainer.dataset.train)
    values = trainer.dataset.train.inputs
    seen = found.now.seen["activations"]
    for index, views in enumerate(trainer.network.views):
        values = views.weights[0].T @ values + views.biases[0][:, None]
        if index < 2:
            values = activations[name]().evaluate(values)[0]  # type: ignore[attr-defined]
        assert seen.mean[index] == pytest.approx(values.mean(), rel=1e-9, abs=1e-12)
        assert seen.std[index] == pytest.approx(values.std(), rel=1e-9)
        assert np.allclose(found.spreads[index], values.std(axis=1), rtol=1e-9, atol=1e-12)
        assert seen.zeros[index] == pytest.approx((values == 0).mean())


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize("replicas", [1, 3])
def test_errors_and_gradients_have_the_sizes_of_the_gradient_chart(
    started: bool, replicas: int
) -> None:
    layer = {"units": 5, "batch_norm": "before", "dropout": 0.2}
    trainer = Trainer(experiment([layer, layer], training={"replicas": replicas}))
    if started:
        trainer.single_step()
    for replica in range(replicas):
        found = reading(trainer, replica)
        program = trainer.last_program or trainer.gradient_at_start()
        sizes = gradient_sizes(trainer.network, program)
        seen = found.now.seen
        assert found.batch == 10
        assert np.allclose(seen["gradients"].size, sizes.weights[replica], rtol=1e-5)
        errors = np.hypot(seen["errors"].mean, seen["errors"].std)
        assert np.allclose(errors, sizes.errors[replica], rtol=1e-5)


def test_a_replica_reads_as_the_network_of_its_seed_alone() -> None:
    layer = {"units": 5, "batch_norm": "after"}
    three = Trainer(experiment([layer], training={"replicas": 3, "precision": "float64"}))
    alone = Trainer(experiment([layer], training={"seed": 2, "precision": "float64"}))
    for trainer in (three, alone):
        trainer.run_epoch()
    one, other = reading(three, 2).now.seen, reading(alone).now.seen
    assert list(one) == list(other) == ["activations", "errors", "gradients", "weights",
                                       "before", "after"]  # fmt: skip
    for name, seen in one.items():
        assert np.allclose(seen.std, other[name].std, rtol=1e-9), name


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("replicas", [1, 3])
def test_a_batch_that_is_all_the_points_has_their_statistics(place: str, replicas: int) -> None:
    layer = {"units": 4, "activation": "tanh", "batch_norm": place}
    training = {"batch_size": "full", "replicas": replicas, "precision": "float64"}
    trainer = Trainer(experiment([{"units": 3}, layer], training=training))
    found = reading(trainer, replicas - 1)
    (units,) = found.normalised
    assert units.layer == 1
    assert np.allclose(units.batch_mean, units.points_mean, rtol=1e-9, atol=1e-12)
    assert np.allclose(units.batch_std, units.points_std, rtol=1e-9)
    assert units.running_mean.tolist() == [0] * 4
    assert units.running_std.tolist() == [1] * 4
    before, after = found.now.seen["before"], found.now.seen["after"]
    assert before.layers == after.layers == (1,)
    # With running statistics of 0 and 1 it is the identity, but for its epsilon.
    assert after.std[0] == pytest.approx(before.std[0], rel=1e-4)
    for _ in range(200):
        trainer.run_epoch()
        trainer.go_on()
    later = reading(trainer, replicas - 1)
    assert later.now.seen["after"].std[0] != pytest.approx(later.now.seen["before"].std[0], rel=0.1)


def test_no_more_points_are_judged_than_are_needed() -> None:
    trainer = Trainer(experiment(data={"samples": 5000, "test_share": 0}))
    assert reading(trainer).points == MOST_POINTS


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize(("name", "weight"), [("tanh", 100.0), ("sigmoid", 500.0)])
def test_what_lies_in_the_flat_parts_is_counted(name: str, weight: float, replicas: int) -> None:
    layers = [{"units": 8, "activation": name}, {"units": 4, "activation": "relu"}]
    trainer = Trainer(experiment(layers, training={"replicas": replicas}))
    trainer.network.views[0].weights[0] *= weight
    for replica in range(replicas):
        shares = reading(trainer, replica).saturated
        assert (shares[0] > 0.9) == (replica == 0)
        assert np.isnan(shares[1])
        assert len(shares) == 2


def test_the_overall_std_hides_what_the_units_show() -> None:
    layer = {"units": 16, "activation": "sigmoid", "initializer": "xavier_normal"}
    trainer = Trainer(experiment([layer] * 10, data=unit_circle()))
    found = reading(trainer)
    assert 0.05 < found.now.seen["activations"].std[9] < 0.25
    assert found.spreads[9].max() < 1e-4
    assert found.spreads[0].max() > 0.05


def test_the_past_grows_with_the_steps_and_stays_bounded() -> None:
    trainer = Trainer(experiment(training={"max_epochs": 1000}))
    instrument = instruments["distributions"](trainer)
    assert len(instrument.read(0).past) == len(instrument.read(0).past) == 1
    for _ in range(100):
        trainer.single_step()
        found = instrument.read(0)
    assert 20 <= len(found.past) <= MOST_MOMENTS
    assert found.past[-1] is found.now
    assert found.past[0].step == 0
    assert found.now.epoch == pytest.approx(100 / 6)


def test_what_is_read_cannot_be_written_to() -> None:
    found = reading(Trainer(experiment([{"units": 4, "batch_norm": "before"}])))
    arrays: list[Any] = [found.saturated, *found.spreads, found.normalised[0].batch_mean]
    arrays += [seen.shares for seen in found.now.seen.values()]
    arrays += [seen.mean for seen in found.now.seen.values()]
    assert not any(array.flags.writeable for array in arrays)


def test_a_network_that_diverges_is_read_without_a_warning() -> None:
    training = {"optimizer": {"name": "sgd", "learning_rate": 1e6}, "max_epochs": 30}
    trainer = Trainer(experiment(data={"source": "plane"}, training=training))
    instrument = instruments["distributions"](trainer)
    while trainer.stop is None:
        trainer.run_epoch()
        found = instrument.read(0)
        for name in QUANTITIES:
            seen = found.now.seen[name]
            total = seen.shares.sum(axis=(1, 2)) + seen.zeros + seen.broken
            assert np.allclose(total, 1)


def test_a_live_change_leaves_something_to_read() -> None:
    trainer = Trainer(experiment())
    instrument = instruments["distributions"](trainer)
    trainer.run_epoch()
    given = trainer.experiment
    training = given.training.model_copy(update={"batch_size": 15})
    trainer.apply(given.model_copy(update={"training": training}))
    assert trainer.last_program is None
    assert instrument.read(0).batch == 15
