"""The sharpness: the largest eigenvalue of the Hessian, and the bound that steps set it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import activations, losses, optimizers
from playground.engine.calls import Array
from playground.engine.optimizers import StepRule
from playground.engine.schedules import Rate
from playground.training.curvature import EXACT_ENOUGH, Curvature
from playground.training.differences import Copies, Subject
from playground.training.instruments.sharpness import MOST_POINTS, Sharpness, SharpnessReading
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, state_of, unit_circle

DOUBLE = {"precision": "float64"}
MIXED = [
    {"units": 5, "batch_norm": "before", "dropout": 0.3},
    {"units": 4, "activation": "tanh", "batch_norm": "after"},
]


def reading_of(instrument: Sharpness, replica: int = 0) -> SharpnessReading:
    reading = instrument.read(replica)
    assert reading is not None
    return reading


def parts_of(trainer: Trainer) -> tuple[Array, Array, Array]:
    train, network = trainer.dataset.train, trainer.network
    targets = network.loss.encode(train.targets, network.sizes[-1])
    return network.theta[0], train.inputs, targets


def dense(trainer: Trainer) -> Array:
    """The whole Hessian, by differences of the gradient in each direction."""
    theta, inputs, targets = parts_of(trainer)
    copies = Copies(Subject(trainer.experiment, theta, inputs, targets), 1)
    columns = [copies.product(unit, 1e-7)[0] for unit in np.eye(len(theta))]
    return np.array(columns)


def followed(trainer: Trainer, scale: Array | None = None, looks: int = 10) -> tuple[float, float]:
    theta, inputs, targets = parts_of(trainer)
    curvature = Curvature(trainer.experiment, inputs, targets)
    for _ in range(looks):
        found = curvature.look(theta, scale)
    return found.value, found.residual


def cases() -> list[Any]:
    plain = [("none", name, "auto") for name in activations]
    normalised = [(place, "tanh", "auto") for place in ("before", "after")]
    return plain + normalised + [("before", "gelu", loss) for loss in losses]


@pytest.mark.parametrize(("place", "activation", "loss"), cases())
def test_it_is_the_largest_eigenvalue_of_the_whole_hessian(
    place: str, activation: str, loss: str
) -> None:
    hidden = [{"units": 3, "activation": activation, "batch_norm": place}] * 2
    training = {**DOUBLE, "loss": loss, "regularizer": {"name": "l2", "rate": 0.01}}
    trainer = Trainer(experiment(hidden, training=training))
    trainer.single_step()
    hessian = dense(trainer)
    size = np.abs(hessian).max()
    assert np.allclose(hessian, hessian.T, atol=1e-6 * size), "it is symmetric"
    values = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    value, residual = followed(trainer)
    assert value == pytest.approx(values[-1], rel=1e-4)
    assert np.abs(values - value).min() <= residual + 1e-6 * size, "the bound holds"


@pytest.mark.parametrize("activation", ["tanh", "gelu", "softplus"])
def test_the_products_are_those_of_the_loss_itself(activation: str) -> None:
    trainer = Trainer(experiment([{"units": 3, "activation": activation}], training=DOUBLE))
    theta, inputs, targets = parts_of(trainer)
    copies = Copies(Subject(trainer.experiment, theta, inputs, targets), 1)
    direction = np.random.default_rng(1).standard_normal(len(theta))
    image, crossed = copies.product(direction, 1e-6)
    assert not crossed
    heights, step = [], 1e-4
    for place in (-step, 0.0, step):
        copies.put(theta + place * direction)
        heights.append(copies.losses().mean())
    bend = (heights[0] - 2 * heights[1] + heights[2]) / step**2
    assert direction @ image == pytest.approx(bend, rel=1e-5)


def test_of_a_linear_network_it_is_known() -> None:
    trainer = Trainer(experiment([], training={**DOUBLE, "loss": "mse"}))
    inputs = trainer.dataset.train.inputs
    rows = np.vstack((inputs, np.ones(inputs.shape[1])))
    expected = np.linalg.eigvalsh(2 * rows @ rows.T / inputs.shape[1])[-1]
    value, residual = followed(trainer)
    assert value == pytest.approx(expected, rel=1e-7)
    assert residual < 1e-6 * expected


def test_a_negative_eigenvalue_that_is_larger_in_size_does_not_mislead() -> None:
    trainer = Trainer(experiment([{"units": 4, "activation": "tanh"}], training=DOUBLE))
    found = []
    for seed in range(60):
        trainer.network.theta[0] = 2 * np.random.default_rng(seed).standard_normal(
            trainer.network.theta.shape[1]
        )
        values = np.linalg.eigvalsh(dense(trainer))
        if -values[0] > 1.2 * values[-1] > 0:
            found.append(followed(trainer, looks=30)[0] / values[-1])
        if len(found) == 3:
            break
    assert len(found) == 3, "there are such places"
    assert np.allclose(found, 1, rtol=EXACT_ENOUGH)


def test_a_scale_is_a_change_of_coordinates() -> None:
    trainer = Trainer(experiment([{"units": 3, "activation": "tanh"}], training=DOUBLE))
    scale = np.random.default_rng(0).uniform(0, 3, trainer.network.theta.shape[1])
    expected = np.linalg.eigvals(scale[:, None] * dense(trainer)).real.max()
    assert followed(trainer, scale)[0] == pytest.approx(expected, rel=1e-4)


# --- the bound -----------------------------------------------------------------------------------


def way_of(name: str, share: float, count: int = 400) -> tuple[float, float]:
    """How far from the minimum of a parabola steps lead, with so much of the curvature allowed.

    The farthest, and in the end; as shares of where they have begun.

    What is gathered of squares is large from the start, so that the rates adapt no more.
    """
    given = {"beta_1": 0.8} if "beta_1" in optimizers[name].model_fields else {}
    given |= {
        field: 1 - 1e-12 for field in ("beta_2", "rho") if field in optimizers[name].model_fields
    }
    rule = optimizers[name](learning_rate=0.1, **given)
    assert isinstance(rule, StepRule)
    if "weight_decay" in optimizers[name].model_fields:
        rule = rule.model_copy(update={"weight_decay": 0.0})
    theta, grad = np.full(1, 1e-9), np.zeros(1)
    state = rule.start(theta)
    state.step = 10**15 if state.slots.get("first_moment") is not None else 0
    for slot in ("accumulator", "second_moment"):
        if slot in state.slots:
            state.slots[slot][:] = 0.25
    divisor = 0.1 / np.asarray(rule.effective_rate(state, 0.1)).max()
    if name in ("sgd", "momentum", "nesterov"):
        divisor = 1.0
    curvature = share * rule.stability_limit(state) * divisor / 0.1
    calls = rule.compile(theta, grad, state, Rate(theta, 0.1))
    largest = 0.0
    for _ in range(count):
        grad[:] = curvature * theta
        for call in calls:
            call()
        largest = max(largest, abs(float(theta[0])))
    return largest / 1e-9, abs(float(theta[0])) / 1e-9


@pytest.mark.parametrize("name", list(optimizers))
def test_beyond_the_bound_steps_run_away_and_below_they_do_not(name: str) -> None:
    assert way_of(name, 0.97)[1] < 0.1
    assert way_of(name, 1.03)[0] > 10


def test_the_bound_follows_optimizer_and_schedule() -> None:
    schedule = {"name": "exponential", "gamma": 0.5}
    for optimizer, limit in (
        ({"name": "sgd", "learning_rate": 0.1}, 2.0),
        ({"name": "momentum", "learning_rate": 0.1}, 3.8),
        ({"name": "adam", "learning_rate": 0.1}, 38.0),
    ):
        trainer = Trainer(experiment(training={"optimizer": optimizer, "schedule": schedule}))
        trainer.run_epoch()
        reading = reading_of(Sharpness(trainer))
        assert reading.limit == pytest.approx(limit)
        assert reading.bound[-1] == pytest.approx(limit / 0.05)
        assert reading.adaptive == (optimizer["name"] == "adam")


@pytest.mark.parametrize("name", list(optimizers))
def test_where_rates_adapt_it_is_preconditioned(name: str) -> None:
    trainer = Trainer(experiment(training={**DOUBLE, "optimizer": name}))
    instrument, rule = Sharpness(trainer), trainer.experiment.training.optimizer
    assert isinstance(rule, StepRule)
    adaptive = not np.isscalar(rule.effective_rate(trainer.optimizer_state, 1.0))
    assert (instrument.read(0) is None) == adaptive, "at first nothing is gathered"
    for _ in range(5):
        trainer.single_step()
    reading = reading_of(instrument)
    assert reading.adaptive == adaptive
    rates = np.asarray(rule.effective_rate(trainer.optimizer_state, 1.0)) if adaptive else 1.0
    rates = np.where(np.isfinite(rates) & (np.asarray(rates) < 1e7), rates, 0.0)
    expected = np.linalg.eigvals(rates * dense(trainer).T).real.max()
    assert reading.sharpness[-1] == pytest.approx(expected, rel=2 * EXACT_ENOUGH)


# --- readings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_reading_changes_nothing(replicas: int, optimizer: str) -> None:
    trained = experiment(MIXED, training={"replicas": replicas, "optimizer": optimizer})
    watched, alone = Trainer(trained), Trainer(trained)
    instrument = Sharpness(watched)
    for _ in range(15):
        for trainer in (watched, alone):
            trainer.single_step()
        for replica in range(replicas):
            reading = reading_of(instrument, replica)
            arrays = (reading.epochs, reading.sharpness, reading.bound)
            assert not any(array.flags.writeable for array in arrays)
    assert len(reading.epochs) == 15
    assert len(reading_of(instrument).epochs) == 15, "the same step is noted once"
    assert state_of(watched) == state_of(alone)


def test_of_a_replica_that_has_ended_nothing_more_is_noted() -> None:
    trainer = Trainer(experiment(MIXED, training={"replicas": 2}))
    instrument = Sharpness(trainer)
    for step in range(6):
        trainer.single_step()
        if step == 3:
            trainer.outcome.ended[1] = True  # as a rule of its own would have it
        readings = [reading_of(instrument, replica) for replica in range(2)]
    assert [len(reading.epochs) for reading in readings] == [6, 4]


def test_each_replica_is_read_by_itself() -> None:
    together = Trainer(experiment(MIXED, training={**DOUBLE, "replicas": 3}))
    alone = Trainer(experiment(MIXED, training={**DOUBLE, "seed": 2}))
    for trainer in (together, alone):
        trainer.run_epoch()
    expected = reading_of(Sharpness(alone)).sharpness[-1]
    assert reading_of(Sharpness(together), 2).sharpness[-1] == pytest.approx(expected, rel=1e-9)


def test_it_follows_the_weights_and_changes_of_loss_and_points() -> None:
    trainer = Trainer(experiment(training={"optimizer": "sgd"}))
    instrument = Sharpness(trainer)
    for _ in range(30):
        trainer.single_step()
        assert reading_of(instrument).doubt < 0.05
    before = reading_of(instrument).sharpness[-1]
    for path in (("data", "noise"), ("training", "regularizer")):
        value: Any = 0.5 if path[1] == "noise" else {"name": "l2", "rate": 5.0}
        given = trainer.experiment.model_dump(mode="json")
        given[path[0]][path[1]] = value
        trainer.apply(type(trainer.experiment).model_validate(given))
        now, fresh = (reading_of(one).sharpness[-1] for one in (instrument, Sharpness(trainer)))
        assert now == pytest.approx(fresh, rel=2 * EXACT_ENOUGH)
        assert now != pytest.approx(before, rel=1e-3)
        before = now


def test_units_exactly_at_their_corner_are_taken_as_the_engine_takes_them() -> None:
    hidden = [{"units": 4, "initializer": "zeros"}] * 2
    trainer = Trainer(experiment(hidden, training={**DOUBLE, "optimizer": "sgd", "loss": "mse"}))
    reading = reading_of(Sharpness(trainer))
    assert reading.sharpness[-1] == pytest.approx(2), "only the output's bias bends the loss"


def test_where_the_loss_has_a_corner_it_says_so_instead_of_a_number() -> None:
    trainer = Trainer(experiment([], training={"optimizer": "sgd", "loss": "hinge"}))
    trainer.network.theta[:] = [0, 0, 1]
    reading = reading_of(Sharpness(trainer))
    assert reading.at_a_corner
    assert np.isnan(reading.sharpness[-1])


def test_of_many_points_some_are_looked_at() -> None:
    trainer = Trainer(experiment(data={"samples": 3000}, training={"optimizer": "sgd"}))
    reading = reading_of(Sharpness(trainer))
    assert reading.points <= MOST_POINTS < reading.of
    value, _ = followed(trainer)
    assert reading.sharpness[-1] == pytest.approx(value, rel=0.2)


def test_a_single_point_has_no_variance_to_normalise_by() -> None:
    points = [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    data = {"source": "points", "points": points, "test_share": 0.5}
    assert Sharpness(Trainer(experiment(data=data, training={"optimizer": "sgd"}))).read(0)


@pytest.mark.parametrize("size", [1e10, 1e40, 1e150, 1e307])
def test_huge_weights_are_read_without_a_warning(size: float) -> None:
    training = {**DOUBLE, "optimizer": "sgd", "regularizer": {"name": "l2", "rate": 1e6}}
    trainer = Trainer(experiment(training=training))
    trainer.network.theta *= size / np.abs(trainer.network.theta).max()
    reading_of(Sharpness(trainer))


def test_a_network_that_diverges_is_read_without_a_warning() -> None:
    trainer = Trainer(experiment(training={"optimizer": {"name": "sgd", "learning_rate": 1e5}}))
    instrument = Sharpness(trainer)
    while trainer.stop is None:
        trainer.single_step()
        reading_of(instrument)


@pytest.mark.slow
def test_gradient_descent_ends_at_the_edge_of_stability() -> None:
    hidden = [{"units": 16, "activation": "tanh", "initializer": "xavier_normal"}] * 3
    found = {}
    for rate in (0.1, 0.2):
        training = {
            "loss": "mse",
            "batch_size": "full",
            "optimizer": {"name": "sgd", "learning_rate": rate},
            "max_epochs": 3000,
            "replicas": 5,
        }
        trainer = Trainer(experiment(hidden, data=unit_circle(200), training=training))
        instrument = Sharpness(trainer)
        seen = []
        while trainer.stop is None:
            trainer.run_epoch()
            if trainer.epoch > 2900:
                seen.append([reading_of(instrument, r).sharpness[-1] for r in range(5)])
        found[rate] = np.median(seen[-100:], axis=0)
    assert (found[0.2] < 1.05 * 2 / 0.2).all()
    assert found[0.2].max() > 0.98 * 2 / 0.2, "some hover just there"
    assert (found[0.1] > 2 / 0.2).all(), "with half the rate they go where the whole would not"
