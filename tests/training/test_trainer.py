"""Epochs, steps, determinism, replicas, and changes during a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from playground.core.editing import replace
from playground.core.errors import Path
from playground.core.experiment import Experiment
from playground.core.families import optimizers, stop_rules
from playground.training.evaluation import Evaluator, Scores
from playground.training.trainer import INITIALISE, Trainer, needs_rebuild, streams
from tests.strategies import experiments
from tests.training.helpers import Trained, experiment, state_of

# All random streams at work, a last batch that is smaller, a rule that looks at the weights.
BUSY: dict[str, Any] = {
    "hidden": [
        {"units": 5, "batch_norm": "before", "dropout": 0.2},
        {"units": 4, "activation": "tanh", "batch_norm": "after", "dropout": 0.3},
    ],
    "training": {
        "batch_size": 7,
        "max_epochs": 6,
        "regularizer": {"name": "l2", "rate": 0.01},
        "stop": [{"name": name} for name in ("test_loss_plateau", "weight_change")],
    },
}


def busy(**training: Any) -> Experiment:
    return experiment(BUSY["hidden"], training={**BUSY["training"], **training})


def finished(given: Experiment) -> Trained:
    trainer = Trainer(given)
    trainer.run()
    assert trainer.stop is not None
    return state_of(trainer)


# --- the same seed, the same bytes ---------------------------------------------------------------

VARIANTS = [
    pytest.param({}, id="mini-batch"),
    pytest.param({"batch_size": "full"}, id="full"),
    pytest.param({"replicas": 3}, id="replicas"),
    pytest.param({"precision": "float64"}, id="float64"),
    *(pytest.param({"optimizer": {"name": name}}, id=name) for name in optimizers),
]


@pytest.mark.parametrize("training", VARIANTS)
def test_the_same_seed_gives_the_same_bytes(training: dict[str, Any]) -> None:
    assert finished(busy(**training)) == finished(busy(**training))


def test_another_seed_gives_other_bytes() -> None:
    assert finished(busy(seed=1))[0] != finished(busy(seed=2))[0]


@pytest.mark.parametrize("training", VARIANTS)
@pytest.mark.parametrize("seed", [0, 1])
def test_slices_give_the_same_bytes(training: dict[str, Any], seed: int) -> None:
    rng = np.random.default_rng(seed)
    trainer = Trainer(busy(**training))
    slices = 0
    while trainer.stop is None:
        trainer.run(lambda: rng.random() < 0.3)
        slices += 1
    assert slices > 1
    assert state_of(trainer) == finished(busy(**training))


@pytest.mark.parametrize("training", VARIANTS)
def test_single_steps_give_the_same_bytes(training: dict[str, Any]) -> None:
    trainer = Trainer(busy(**training))
    while trainer.stop is None:
        before = trainer.step
        trainer.single_step()
        assert trainer.step == before + 1
        assert np.isfinite(trainer.scores.train_loss).all()
    assert state_of(trainer) == finished(busy(**training))


def test_epochs_steps_and_slices_mixed_give_the_same_bytes() -> None:
    trainer = Trainer(busy())
    trainer.single_step()
    trainer.run_epoch()
    assert trainer.epoch == 1
    trainer.run_epoch()
    trainer.single_step()
    trainer.run()
    assert state_of(trainer) == finished(busy())


def test_looking_changes_nothing() -> None:
    trainer = Trainer(busy())
    while trainer.stop is None:
        trainer.gradient_at_start()
        trainer.rescore()
        trainer.network.outputs(np.zeros((2, 3)))
        trainer.history.table()
        trainer.run_epoch()
    assert state_of(trainer) == finished(busy())


def test_a_run_goes_on_from_a_place_within_an_epoch() -> None:
    given = busy(replicas=2)
    old = Trainer(given)
    steps = iter(range(20))
    old.run(lambda: next(steps) == 19)
    assert old.position
    new = Trainer(given)
    for mine, theirs in zip(new.dropout_rngs, old.dropout_rngs, strict=True):
        mine.bit_generator.state = theirs.bit_generator.state
    new.network.theta[:] = old.network.theta
    new.network.running[:] = old.network.running
    for name, slot in new.optimizer_state.slots.items():
        slot[:] = old.optimizer_state.slots[name]
    new.optimizer_state.step = old.optimizer_state.step
    new.epoch, new.step = old.epoch, old.step
    new.use_order_of(old.order_start, old.position)
    for trainer in (old, new):
        trainer.run_epoch()
        trainer.run_epoch()
    assert new.network.theta.tobytes() == old.network.theta.tobytes()
    assert (new.epoch, new.step) == (old.epoch, old.step)


# --- replicas ------------------------------------------------------------------------------------


PRECISIONS = ("float32", "float64")
PLACES = ("none", "before", "after")
BATCH_SIZES = (1, 7, 59, "full")  # of 60 points: a smaller last batch, and one of a single point
RATES = (0.0, 0.25)
OPENBLAS = "openblas" in np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]


def assert_each_is_alone(
    batch_norm: str, batch_size: int | str, precision: str, dropout: float, optimizer: str
) -> None:
    """Train three replicas at once and each by itself, and compare all that comes of it."""
    if batch_norm != "none" and batch_size == 1:
        batch_size = 2
    layer = {"units": 6, "activation": "gelu", "batch_norm": batch_norm, "dropout": dropout}

    def trained(seed: int, replicas: int) -> Trainer:
        training = {
            "seed": seed, "replicas": replicas, "batch_size": batch_size, "precision": precision,
            "max_epochs": 3, "optimizer": optimizer, "regularizer": {"name": "l2", "rate": 0.01},
            "clipping": {"name": "norm", "max_norm": 0.3}, "schedule": {"name": "inverse_time"},
        }  # fmt: skip
        trainer = Trainer(
            experiment([layer, layer], data={"source": "pinwheel"}, training=training)
        )
        trainer.run()
        return trainer

    def assert_same(one: Any, other: Any) -> None:
        # Bit for bit, though one uses np.dot and the other np.matmul: so it was in all of some
        # 4,000 comparisons with OpenBLAS. Another linear algebra library may round otherwise.
        if OPENBLAS:
            assert one.tobytes() == other.tobytes()
        else:
            np.testing.assert_allclose(one, other, rtol=1e-3 if precision == "float32" else 1e-6)

    together = trained(5, 3)
    slots = together.optimizer_state.slots
    for replica in range(3):
        alone = trained(5 + replica, 1)
        assert_same(together.network.theta[replica], alone.network.theta[0])
        assert_same(together.network.running[replica], alone.network.running[0])
        for name, slot in alone.optimizer_state.slots.items():
            assert_same(slots[name].reshape(3, -1)[replica], slot)
        for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
            column = together.history.table()[name][:, replica].copy()
            assert_same(column, alone.history.table()[name][:, 0].copy())


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("batch_size", BATCH_SIZES)
@pytest.mark.parametrize("batch_norm", PLACES)
def test_a_replica_is_the_network_trained_alone_with_its_seed(
    batch_norm: str, batch_size: int | str, precision: str
) -> None:
    assert_each_is_alone(batch_norm, batch_size, precision, 0.25, "adam")


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(("index", "optimizer"), list(enumerate(optimizers)))
def test_so_it_is_with_every_optimizer(index: int, optimizer: str, precision: str) -> None:
    place, size, rate = PLACES[index % 3], BATCH_SIZES[index % 4], RATES[index // 2 % 2]
    assert_each_is_alone(place, size, precision, rate, optimizer)


@pytest.mark.slow
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("dropout", RATES)
@pytest.mark.parametrize("batch_size", BATCH_SIZES)
@pytest.mark.parametrize("batch_norm", PLACES)
@pytest.mark.parametrize("optimizer", optimizers)
def test_so_it_is_with_all_of_these_together(
    optimizer: str, batch_norm: str, batch_size: int | str, dropout: float, precision: str
) -> None:
    assert_each_is_alone(batch_norm, batch_size, precision, dropout, optimizer)


def test_the_first_replica_is_the_same_whatever_their_number() -> None:
    first = {replicas: Trainer(busy(replicas=replicas, max_epochs=2)) for replicas in (1, 2, 5)}
    for trainer in first.values():
        trainer.run()
    weights = [trainer.network.theta[0] for trainer in first.values()]
    for other in weights[1:]:
        assert np.allclose(other, weights[0], rtol=1e-4, atol=1e-6)
        if OPENBLAS:
            assert np.array_equal(other, weights[0])


def test_the_masks_of_replicas_are_independent() -> None:
    hidden = [{"units": 40, "activation": "sigmoid", "dropout": 0.5}] * 2  # its answer is never 0
    training = {"replicas": 8, "batch_size": "full", "max_epochs": 1000}
    trainer = Trainer(experiment(hidden, data={"samples": 400, "test_share": 0}, training=training))
    (program,) = trainer.programs.values()
    masks: list[Any] = []
    for _ in range(2):
        trainer.single_step()
        masks += [trace.out.reshape(8, -1) != 0 for trace in program.traces[:-1]]
    rows = np.concatenate(masks).astype(float)  # of two steps, two layers, eight replicas
    assert rows.shape == (32, 40 * 400)
    correlation = np.corrcoef(rows)[np.triu_indices(32, 1)]
    assert np.abs(correlation).max() < 4.5 / np.sqrt(rows.shape[1])  # of 496 pairs, by chance
    assert np.std(correlation) == pytest.approx(1 / np.sqrt(rows.shape[1]), rel=0.15)


def test_weights_order_and_masks_come_from_streams_of_their_own() -> None:
    trainer = Trainer(busy(replicas=3))
    fresh = [
        rng.bit_generator.state["state"]["state"]
        for rngs in (trainer.shuffle_rngs, trainer.dropout_rngs, streams(0, 3, INITIALISE))
        for rng in rngs
    ]
    assert len(set(fresh)) == 9
    hidden = [{**layer, "dropout": 0.0} for layer in BUSY["hidden"]]
    without = Trainer(experiment(hidden, training=BUSY["training"]))
    with_dropout = Trainer(busy())
    assert np.array_equal(with_dropout.network.theta, without.network.theta)
    for _ in range(2):
        with_dropout.run_epoch()
        without.run_epoch()
        assert np.array_equal(with_dropout._feed.ordered, without._feed.ordered)


# --- epochs and steps ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("batch_size", "normalised", "steps"),
    [(10, False, 6), (7, False, 9), (59, False, 2), (59, True, 1), (1, False, 60),
     ("full", True, 1), (100, True, 1), (60, False, 1)],
)  # fmt: skip
def test_steps_of_an_epoch(batch_size: int | str, normalised: bool, steps: int) -> None:
    hidden = [{"units": 3, "batch_norm": "before" if normalised else "none"}]
    trainer = Trainer(experiment(hidden, training={"batch_size": batch_size}))
    assert trainer.steps_per_epoch == steps
    trainer.run_epoch()
    trainer.run_epoch()
    assert (trainer.epoch, trainer.step, trainer.position) == (2, 2 * steps, 0)
    assert np.isfinite(trainer.network.theta).all()


def test_the_history_has_a_row_an_epoch_the_untrained_network_first() -> None:
    trainer = Trainer(experiment(training={"replicas": 2, "max_epochs": 5}))
    first = trainer.scores
    trainer.run()
    table = trainer.history.table()
    assert table["epoch"][:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert table["step"][:, 0].tolist() == [6 * epoch for epoch in range(6)]
    assert np.array_equal(table["train_loss"][0], first.train_loss)
    assert np.array_equal(table["test_accuracy"][-1], trainer.scores.test_accuracy)
    assert all(column.shape == (6, 2) for column in table.values())


def test_a_long_history_is_thinned() -> None:
    trainer = Trainer(experiment([], training={"max_epochs": 100}), history_limit=16)
    trainer.run()
    assert trainer.history.table()["epoch"][:, 0].tolist() == list(range(0, 101, 8))


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize(
    ("batch_size", "normalised", "sizes"),
    [
        (7, False, [7] * 8 + [5]),
        (10, False, [10] * 6 + [1]),
        (10, True, [10] * 5 + [11]),  # a batch of one has no variance
        ("full", True, [61]),
    ],
)
def test_the_steps_of_an_epoch_are_fed_every_point_once(
    batch_size: int | str, normalised: bool, sizes: list[int], replicas: int
) -> None:
    hidden = [{"units": 3, "batch_norm": "after" if normalised else "none"}]
    training = {"batch_size": batch_size, "replicas": replicas}
    trainer = Trainer(experiment(hidden, data={"samples": 81}, training=training))
    train = trainer.dataset.train
    own = np.vstack((train.inputs, np.ones(61), train.targets)).astype(np.float32)
    orders = []
    for _ in range(2):
        fed = []
        for size in sizes:
            trainer.single_step()
            program = trainer.last_program
            assert program is not None
            fed.append(program.feed.reshape(replicas, 4, size).copy())
        for replica in np.concatenate(fed, axis=-1):
            assert np.array_equal(replica[:, replica[0].argsort()], own[:, own[0].argsort()])
            orders.append(tuple(replica[0]))
    assert trainer.epoch == 2
    # Each epoch and each replica has its own order; a full batch needs none.
    assert len(set(orders)) == (1 if batch_size == "full" else 2 * replicas)


def test_the_default_experiment_learns() -> None:
    trainer = Trainer(Experiment())
    trainer.run()
    assert trainer.stop is not None
    assert trainer.stop.name == "test_loss_plateau"
    assert trainer.scores.test_accuracy[0] > 0.85  # noise of 0.1 mislabels some


@given(experiments(small=True))
def test_any_experiment_trains_without_a_warning(given: Experiment) -> None:
    trainer = Trainer(given)
    trainer.single_step()
    trainer.run_epoch()
    trainer.run_epoch()
    going_on = ~trainer.outcome.ended
    if trainer.stop is None:
        assert trainer.epoch == (3 if trainer.steps_per_epoch == 1 else 2)
        assert going_on.any()
    else:
        assert not going_on.any()
        assert np.isfinite(trainer.network.theta).all()
    assert np.isfinite(trainer.network.theta[going_on]).all()
    assert np.isfinite(trainer.scores.train_loss[going_on]).all()


# --- changes during a run ------------------------------------------------------------------------


def started(**training: Any) -> Trainer:
    trainer = Trainer(busy(max_epochs=50, **training))
    trainer.run_epoch()
    trainer.run_epoch()
    return trainer


def changed(trainer: Trainer, path: Path, value: Any) -> Trainer:
    trainer.apply(replace(trainer.experiment, path, value))
    return trainer


def test_a_learning_rate_acts_at_once_and_keeps_all_else() -> None:
    trainer = started()
    theta = trainer.network.theta.copy()
    state = trainer.optimizer_state
    changed(trainer, ("training", "optimizer", "learning_rate"), 0.0)
    assert (trainer.epoch, trainer.step) == (2, 18)
    trainer.single_step()
    assert np.array_equal(trainer.network.theta, theta)
    assert trainer.optimizer_state is state
    assert state.step == 19
    changed(trainer, ("training", "optimizer", "learning_rate"), 0.1)
    trainer.single_step()
    assert not np.array_equal(trainer.network.theta, theta)


@pytest.mark.parametrize("rule", [{"name": "none"}, {"name": "l2", "rate": 3.0}])
def test_a_regulariser_acts_at_once(rule: dict[str, Any]) -> None:
    one, other = started(), started()
    changed(other, ("training", "regularizer"), rule)
    one.run_epoch()
    other.run_epoch()
    norms = [np.linalg.norm(trainer.network.theta) for trainer in (one, other)]
    assert (norms[1] < norms[0]) == (rule["name"] == "l2")


@pytest.mark.parametrize("second", list(optimizers))
@pytest.mark.parametrize("first", list(optimizers))
def test_an_optimizer_takes_over_with_an_empty_memory(first: str, second: str) -> None:
    trainer = started(optimizer={"name": first})
    theta = trainer.network.theta.copy()
    changed(trainer, ("training", "optimizer"), {"name": second})
    assert np.array_equal(trainer.network.theta, theta)
    assert set(trainer.optimizer_state.slots) == set(
        optimizers[second]().start(theta.reshape(-1)).slots  # type: ignore[attr-defined]
    )
    if first != second:
        assert trainer.optimizer_state.step == 0
        assert not any(slot.any() for slot in trainer.optimizer_state.slots.values())
    trainer.run_epoch()
    trainer.run_epoch()
    assert trainer.epoch == 4
    assert np.isfinite(trainer.network.theta).all()
    assert not np.array_equal(trainer.network.theta, theta)


def test_a_run_that_diverges_after_a_change_of_optimizer_goes_back_to_finite_weights() -> None:
    trainer = started(optimizer={"name": "sgd"}, replicas=2, batch_size="full")
    changed(trainer, ("training", "optimizer"), {"name": "adam"})
    trainer.run_epoch()
    theta = trainer.network.theta.copy()
    first = trainer.optimizer_state.slots["first_moment"].copy()
    changed(trainer, ("training", "regularizer"), {"name": "l2", "rate": 1e6})
    changed(trainer, ("training", "optimizer", "learning_rate"), 1e9)
    trainer.network.theta[:, 0] = np.nan
    trainer.run_epoch()
    assert trainer.stop is not None
    assert trainer.stop.name == "diverged"
    assert np.array_equal(trainer.network.theta, theta)
    assert np.array_equal(trainer.optimizer_state.slots["first_moment"], first)


def test_dropout_acts_at_once() -> None:
    trainer = started()
    for index in range(2):
        changed(trainer, ("network", "hidden", index, "dropout"), 0.0)
    trainer.single_step()
    one = trainer.last_program
    assert one is not None
    assert not (one.traces[1].out[:-1] == 0).any()
    changed(trainer, ("network", "hidden", 1, "dropout"), 0.5)
    trainer.single_step()
    other = trainer.last_program
    assert other is not None
    assert 0.2 < (other.traces[1].out == 0).mean() < 0.8


def test_a_batch_size_acts_at_once() -> None:
    trainer = started()
    changed(trainer, ("training", "batch_size"), 30)
    assert trainer.steps_per_epoch == 2
    assert trainer.last_program is None
    trainer.run_epoch()
    assert (trainer.epoch, trainer.step) == (3, 20)
    changed(trainer, ("training", "batch_size"), "full")
    own = trainer.dataset.train.inputs.astype(np.float32)
    assert np.array_equal(trainer._feed.ordered[:2], own)
    trainer.run_epoch()
    assert (trainer.epoch, trainer.step) == (4, 21)


def test_noise_draws_new_points_and_keeps_the_network() -> None:
    trainer = started()
    theta, points = trainer.network.theta.copy(), trainer.dataset.train.targets.copy()
    loss = trainer.scores.train_loss
    changed(trainer, ("data", "noise"), 0.9)
    assert np.array_equal(trainer.network.theta, theta)
    assert not np.array_equal(trainer.dataset.train.targets, points)
    assert trainer.scores.train_loss != loss  # scored at once
    assert len(trainer.history) == 3
    trainer.run_epoch()
    assert trainer.epoch == 3


def test_a_stop_rule_acts_at_once() -> None:
    trainer = started()
    changed(trainer, ("training", "stop"), [{"name": "target_loss", "target": 1000.0}])
    trainer.run()
    assert trainer.stop is not None
    assert (trainer.stop.name, trainer.stop.epoch) == ("target_loss", 3)
    changed(trainer, ("training", "stop", 0, "target"), 0.0)
    assert trainer.stop is None  # watched anew, so it may go on
    trainer.run_epoch()
    assert trainer.stop is None


@pytest.mark.parametrize("name", list(stop_rules))
def test_any_stop_rule_can_be_added(name: str) -> None:
    trainer = started(stop=[])
    changed(trainer, ("training", "stop"), [{"name": name}])
    trainer.run()
    assert trainer.stop is not None


def test_most_epochs_act_at_once() -> None:
    trainer = started(stop=[])
    changed(trainer, ("training", "max_epochs"), 4)
    trainer.run()
    assert trainer.epoch == 4
    trainer = started(stop=[])
    changed(trainer, ("training", "max_epochs"), 1)
    trainer.run()
    assert trainer.epoch == 3  # the next end of an epoch finds the limit passed


def test_a_change_within_an_epoch_goes_on_within_it() -> None:
    trainer = started()
    for _ in range(4):
        trainer.single_step()
    assert (trainer.epoch, trainer.step, trainer.position) == (2, 22, 4)
    changed(trainer, ("training", "optimizer", "learning_rate"), 0.001)
    assert (trainer.epoch, trainer.step, trainer.position) == (2, 22, 4)
    trainer.run_epoch()
    assert (trainer.epoch, trainer.step) == (3, 27)


def test_another_batch_size_within_an_epoch_begins_it_anew() -> None:
    trainer = started()
    for _ in range(4):
        trainer.single_step()
    changed(trainer, ("training", "batch_size"), 40)
    assert (trainer.epoch, trainer.step, trainer.position) == (2, 22, 0)
    trainer.run_epoch()
    assert trainer.epoch == 3


def test_a_change_after_divergence_within_an_epoch_brings_finite_weights_back() -> None:
    for path, value in (
        (("training", "stop"), ()),
        (("training", "optimizer", "learning_rate"), 0.01),
    ):
        trainer = started(optimizer={"name": "sgd", "learning_rate": 1e9}, stop=[])
        while np.isfinite(trainer.network.theta).all() and trainer.stop is None:
            trainer.single_step()
        if trainer.stop is None:
            changed(trainer, path, value)
        assert np.isfinite(trainer.network.theta).all()


def test_an_optimizer_s_memory_that_overflows_is_divergence() -> None:
    optimizer = {"name": "rmsprop", "learning_rate": 1e6}
    trainer = Trainer(busy(max_epochs=50, optimizer=optimizer, stop=[], loss="mse"))
    trainer.run()
    assert trainer.stop is not None
    slots = trainer.optimizer_state.slots.values()
    assert all(np.isfinite(slot).all() for slot in slots), "what is kept can go on"


def test_another_start_of_adagrad_starts_its_memory_anew() -> None:
    trainer = started(optimizer={"name": "adagrad"})
    changed(trainer, ("training", "optimizer", "learning_rate"), 0.01)
    assert trainer.optimizer_state.slots["accumulator"].max() > 0
    changed(trainer, ("training", "optimizer", "initial_accumulator_value"), 1000.0)
    assert (trainer.optimizer_state.slots["accumulator"] == 1000).all()


def test_the_best_epoch_is_known_whatever_the_order_of_the_rules() -> None:
    plateau = {"name": "test_loss_plateau", "start_epoch": 0, "patience": 1000}
    other = {"name": "target_loss", "target": 0}
    for stop in ([plateau, other], [other, plateau]):
        trainer = Trainer(busy(max_epochs=5, stop=stop))
        trainer.run()
        assert trainer.stop is not None
        assert trainer.stop.name == "max_epochs"
        assert trainer.stop.best_epoch


def test_a_new_name_changes_nothing() -> None:
    one, other = started(), started()
    changed(other, ("name",), "Another")
    one.run_epoch()
    other.run_epoch()
    assert state_of(one) == state_of(other)


STRUCTURAL: list[tuple[Path, Any]] = [
    (("data", "source"), "xor"),
    (("data", "samples"), 81),
    (("data", "test_share"), 0.5),
    (("data", "seed"), 8),
    (("data", "features"), ("x1",)),
    (("network", "hidden"), ()),
    (("network", "hidden", 0, "units"), 6),
    (("network", "hidden", 0, "activation"), "tanh"),
    (("network", "hidden", 0, "initializer"), "zeros"),
    (("network", "hidden", 0, "batch_norm"), "after"),
    (("network", "output", "initializer"), "zeros"),
    (("training", "loss"), "mse"),
    (("training", "seed"), 1),
    (("training", "replicas"), 2),
    (("training", "precision"), "float64"),
]


@pytest.mark.parametrize(("path", "value"), STRUCTURAL, ids=lambda part: str(part))
def test_a_change_of_structure_is_refused(path: Path, value: Any) -> None:
    trainer = Trainer(busy())
    new = replace(trainer.experiment, path, value)
    assert needs_rebuild(trainer.experiment, new)
    before = state_of(trainer)
    with pytest.raises(ValueError, match="needs a new trainer"):
        trainer.apply(new)
    assert state_of(trainer) == before
    trainer.run_epoch()


LIVE: list[tuple[Path, Any]] = [
    (("name",), "x"),
    (("data", "noise"), 0.3),
    (("network", "hidden", 1, "dropout"), 0.0),
    (("training", "optimizer"), "sgd"),
    (("training", "optimizer", "beta_1"), 0.5),
    (("training", "regularizer"), "none"),
    (("training", "regularizer", "rate"), 0.5),
    (("training", "batch_size"), "full"),
    (("training", "max_epochs"), 7),
    (("training", "stop"), ()),
    (("training", "stop", 0, "patience"), 3),
]


@pytest.mark.parametrize(("path", "value"), LIVE, ids=lambda part: str(part))
def test_a_live_change_needs_no_new_network(path: Path, value: Any) -> None:
    trainer = Trainer(busy(max_epochs=50))
    trainer.run_epoch()
    new = replace(trainer.experiment, path, value)
    assert not needs_rebuild(trainer.experiment, new)
    assert not needs_rebuild(trainer.experiment, trainer.experiment)
    trainer.apply(new)
    assert trainer.experiment == new
    trainer.run_epoch()
    assert trainer.epoch == 2


def own_points(count: int, classes: int, **training: Any) -> Experiment:
    rng = np.random.default_rng(count)
    rows = [[*rng.normal(size=2).tolist(), float(i % classes)] for i in range(count)]
    return experiment(data={"source": "points", "points": rows}, training=training)


@pytest.mark.parametrize("batch_size", [7, "full"])
@pytest.mark.parametrize("replicas", [1, 3])
def test_other_points_need_no_new_network(batch_size: Any, replicas: int) -> None:
    training = {"stop": [], "max_epochs": 50, "batch_size": batch_size, "replicas": replicas}
    trainer = Trainer(own_points(40, 2, **training))
    trainer.run_epoch()
    trainer.single_step()
    before = trainer.network.theta.copy()
    for count in (90, 5, 41):
        more = own_points(count, 2, **training)
        assert not needs_rebuild(trainer.experiment, more)
        trainer.apply(more)
        assert np.array_equal(trainer.network.theta, before)
        assert len(trainer.dataset.train) + len(trainer.dataset.test) == count
        again = Trainer(more)
        again.network.theta[:] = before
        assert trainer.steps_per_epoch == again.steps_per_epoch
        again.rescore()
        assert trainer.scores.train_loss == pytest.approx(again.scores.train_loss)
        trainer.run_epoch()
        before = trainer.network.theta.copy()
    assert trainer.epoch == (5 if batch_size == "full" else 4)
    assert needs_rebuild(trainer.experiment, own_points(41, 3, **training))


def test_interruptions_are_asked_for_after_every_step() -> None:
    trainer = Trainer(busy(max_epochs=2, stop=[]))
    asked = 0

    def interrupted() -> bool:
        nonlocal asked
        asked += 1
        return False

    trainer.run(interrupted)
    assert asked == trainer.step == 18
    trainer.run(interrupted)  # it has stopped
    trainer.single_step()
    trainer.run_epoch()
    assert asked == trainer.step == 18


def test_scores_are_computed_only_for_those_who_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    scores = Evaluator.scores

    def counted(evaluator: Evaluator) -> Scores:
        looks.append(evaluator)
        return scores(evaluator)

    monkeypatch.setattr(Evaluator, "scores", counted)
    training = {"stop": [], "max_epochs": 64}
    often, seldom = (Trainer(experiment(training=training), limit) for limit in (1000, 4))
    looks.clear()
    often.run()
    assert len(looks) == 64
    looks.clear()
    seldom.run()
    assert len(looks) < 16
    assert seldom.network.theta.tobytes() == often.network.theta.tobytes()
    assert np.array_equal(seldom.scores.train_loss, often.scores.train_loss)
    rule = [{"name": "target_loss", "target": 0.0}]
    watched = Trainer(experiment(training={"stop": rule, "max_epochs": 64}), 4)
    looks.clear()
    watched.run()
    assert len(looks) == 64, "a rule that watches the loss sees every epoch"
