"""The stop rules, what they say, and what is kept when a run ends."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.core.editing import replace
from playground.core.families import stop_rules
from playground.training.outcome import Outcome
from playground.training.stopping import EpochMetrics, Stop, Watch, Watchable
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, state_of

SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def rule(name: str, **parameters: Any) -> Watchable:
    made = stop_rules[name](**parameters)
    assert isinstance(made, Watchable)
    return made


def metrics(epoch: int, test_loss: Any, chance: float = 0.7, **more: Any) -> EpochMetrics:
    losses = np.atleast_1d(np.asarray(test_loss, dtype=float))
    values = {"train_loss": losses, "gradient_norm": losses, "weight_change": losses, **more}
    return EpochMetrics(epoch=epoch, test_loss=losses, chance_loss=chance, **values)


def watched(watch: Watch, losses: list[float]) -> int | None:
    """Show the losses of epochs 1, 2, …; the epoch at which the rule stops."""
    for epoch, loss in enumerate(losses, 1):
        if watch.update(metrics(epoch, loss))[0]:
            return epoch
    return None


def keras_early_stopping(
    losses: list[float], patience: int, min_delta: float, start_epoch: int
) -> tuple[int | None, int]:
    """Keras's EarlyStopping in its own words; epochs count from 1. When it stops, and the best."""
    best, best_epoch, wait = math.inf, 0, 0
    for epoch, current in enumerate(losses, 1):
        if epoch < start_epoch:
            continue
        wait += 1
        if current + min_delta < best:
            best, best_epoch, wait = current, epoch, 0
            continue
        if wait >= patience:
            return epoch, best_epoch
    return None, best_epoch


# --- test loss plateau ---------------------------------------------------------------------------


@given(
    losses=st.lists(st.sampled_from([0.1 * step for step in range(12)]), max_size=40),
    patience=st.integers(1, 6),
    min_delta=st.sampled_from([0.0, 0.05, 0.1, 0.35]),
    start_epoch=st.integers(0, 12),
)
def test_a_plateau_is_what_keras_says(
    losses: list[float], patience: int, min_delta: float, start_epoch: int
) -> None:
    watch = rule(
        "test_loss_plateau", patience=patience, min_delta=min_delta, start_epoch=start_epoch
    ).watch(1)
    expected, best = keras_early_stopping(losses, patience, min_delta, start_epoch)
    assert watched(watch, losses) == expected
    assert watch.best_epoch[0] == best


@pytest.mark.parametrize(
    ("losses", "settings", "stops", "best"),
    [
        ([5, 4, 3, 3, 3], {"patience": 2}, 5, 3),
        ([5, 4, 3, 3, 2, 2, 2], {"patience": 2}, 7, 5),
        ([5, 4.9, 4.8, 4.7], {"patience": 2, "min_delta": 0.5}, 3, 1),  # falls, but too slowly
        ([5, 4.7, 4.4, 4.1], {"patience": 2, "min_delta": 0.5}, None, 3),  # two together count
        ([5, 4.5, 4, 3.5], {"patience": 1, "min_delta": 0.5}, 2, 1),  # "more than", not "at least"
        ([1, 9, 9, 9, 8, 9], {"patience": 1, "start_epoch": 4}, 6, 5),  # epoch 1 is not looked at
        ([3, 2, 1], {"patience": 1}, None, 3),
    ],
)
def test_plateaus_by_hand(
    losses: list[float], settings: dict[str, Any], stops: int | None, best: int
) -> None:
    settings = {"min_delta": 0.0, "start_epoch": 0, **settings}
    watch = rule("test_loss_plateau", **settings).watch(1)
    assert watched(watch, losses) == stops
    assert watch.best_epoch[0] == best


def test_replicas_wait_each_for_themselves() -> None:
    watch = rule("test_loss_plateau", patience=2, min_delta=0.0, start_epoch=0).watch(3)
    found = [
        watch.update(metrics(epoch, losses)).tolist()
        for epoch, losses in enumerate([(3, 3, 3), (2, 3, 4), (1, 3, 2), (0.5, 1, 2)], 1)
    ]
    assert found == [[False] * 3, [False] * 3, [False, True, False], [False] * 3]
    assert watch.best_epoch.tolist() == [4, 4, 3]


def test_a_rule_that_was_written_to_a_file_goes_on_where_it_was() -> None:
    made = rule("test_loss_plateau", patience=3, min_delta=0.0, start_epoch=2)
    losses = [5.0, 4.0, 4.0, 4.0, 4.0, 4.0]
    for cut in range(5):
        old, new = made.watch(1), made.watch(1)
        watched(old, losses[:cut])
        new.remember(old.memory())
        for epoch in range(cut + 1, 7):
            shown = metrics(epoch, losses[epoch - 1])
            assert new.update(shown)[0] == old.update(shown)[0] == (epoch >= 5)
        assert new.best_epoch[0] == old.best_epoch[0] == 2


@pytest.mark.parametrize("name", list(stop_rules))
def test_every_rule_can_be_watched_by_many(name: str) -> None:
    watch = rule(name).watch(3)
    stops = watch.update(metrics(50, [0.5, 0.0, 0.5]))
    assert stops.shape == (3,)
    assert stops.dtype == bool
    watch.remember(watch.memory())
    assert watch.reason(metrics(50, [0.5, 0.0, 0.5]), 1).endswith(".")


def test_restoring_brings_back_the_best_test_loss() -> None:
    plateau = {"name": "test_loss_plateau", "patience": 5, "min_delta": 0.0, "start_epoch": 0}
    given = experiment(
        [{"units": 8}, {"units": 8, "batch_norm": "before"}],
        data={"noise": 0.3},
        training={"stop": [plateau], "optimizer": {"name": "sgd", "learning_rate": 1.0}},
    )
    trainer = Trainer(replace(given, ("training", "max_epochs"), 500))
    trainer.run()
    stop, table = trainer.stop, trainer.history.table()
    assert stop is not None
    assert (stop.name, stop.restored) == ("test_loss_plateau", True)
    assert stop.best_epoch == stop.epoch - 5
    losses = table["test_loss"][:, 0]
    assert losses[1:].argmin() + 1 == stop.best_epoch
    assert losses[-1] > losses[stop.best_epoch]
    # The weights and the running statistics are those of that epoch: all scores are.
    for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
        assert getattr(trainer.scores, name)[0] == table[name][stop.best_epoch, 0]
    again = Trainer(given)
    for _ in range(stop.best_epoch):
        again.run_epoch()
    assert again.network.theta.tobytes() == trainer.network.theta.tobytes()
    assert again.network.running.tobytes() == trainer.network.running.tobytes()
    assert "whose weights are restored" in stop.message


def test_without_restoring_the_last_weights_stay() -> None:
    plateau = {
        "name": "test_loss_plateau", "patience": 5, "min_delta": 0.0, "start_epoch": 0,
        "restore_best": False,
    }  # fmt: skip
    sgd = {"name": "sgd", "learning_rate": 1.0}
    given = experiment(data={"noise": 0.3}, training={"stop": [plateau], "optimizer": sgd})
    trainer = Trainer(replace(given, ("training", "max_epochs"), 500))
    trainer.run()
    stop = trainer.stop
    assert stop is not None
    assert not stop.restored
    assert stop.best_epoch == stop.epoch - 5
    assert "restored" not in stop.message
    assert trainer.scores.test_loss[0] == trainer.history.table()["test_loss"][-1, 0]


def test_each_replica_gets_its_own_best_weights_back() -> None:
    plateau = {"name": "test_loss_plateau", "patience": 4, "min_delta": 0.0, "start_epoch": 0}
    sgd = {"name": "sgd", "learning_rate": 0.5}

    def trained(seed: int, replicas: int) -> Trainer:
        training = {"stop": [plateau], "optimizer": sgd, "seed": seed, "replicas": replicas}
        trainer = Trainer(experiment(data={"noise": 0.3}, training={**training, "max_epochs": 300}))
        trainer.run()
        return trainer

    together, alone = trained(0, 4), [trained(seed, 1) for seed in range(4)]
    assert len({trainer.epoch for trainer in alone}) > 1
    for replica, trainer in enumerate(alone):
        assert together.network.theta[replica].tobytes() == trainer.network.theta[0].tobytes()
        assert together.scores.test_loss[replica] == trainer.scores.test_loss[0]
        # Until the others have ended too its curves stand still where its best weights are.
        for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
            curve = together.history.table()[name][:, replica]
            alone_curve = trainer.history.table()[name][:, 0]
            assert np.array_equal(curve[: len(alone_curve)], alone_curve)
            assert (curve[len(alone_curve) :] == getattr(trainer.scores, name)[0]).all()
    assert together.stop is not None
    assert together.epoch == max(trainer.epoch for trainer in alone)
    ways = "3 by test loss plateau, 1 stuck at chance level"
    assert f"All 4 replicas have ended: {ways}. The first: Test loss" in together.stop.message


# --- the words -----------------------------------------------------------------------------------


def reason(losses: list[float], chance: float) -> str:
    watch = rule("test_loss_plateau", patience=3, start_epoch=0).watch(1)
    stops = watched(watch, losses)
    assert stops == len(losses)
    return watch.reason(metrics(stops, losses[-1], chance), 0)


def test_a_plateau_at_chance_level_is_called_stuck() -> None:
    words = reason([0.694, 0.695, 0.694, 0.7], chance=0.693)
    assert words.startswith("Stuck at chance level: for 3 epochs the test loss has not fallen")
    assert "below 0.694; a constant answer gets 0.693" in words
    assert "not learned; this is no convergence" in words


def test_a_plateau_below_chance_is_called_a_plateau() -> None:
    words = reason([0.5, 0.31254, 0.4, 0.4, 0.32], chance=0.693)
    assert words == (
        "Test loss plateau: 3 epochs without a test loss below 0.3125 (epoch 2), whose weights "
        "are restored."
    )


@pytest.mark.parametrize(
    ("best", "words"),
    [
        (0.66, "Test loss plateau: "),
        (0.68, "Stuck at chance level: "),
        (2.0, "Stuck at chance level: "),
        (2.1, "Stuck far above chance level: "),
        (1e9, "Stuck far above chance level: "),
    ],
)
def test_chance_level_is_where_little_was_gained(best: float, words: str) -> None:
    assert reason([best] * 4, chance=0.693).startswith(words)


def test_far_above_chance_level_the_cause_is_named() -> None:
    words = reason([566.2] * 4, chance=0.693)
    assert "has not fallen below 566; a constant answer gets 0.693" in words
    assert words.endswith("Steps or initial weights are probably too large.")


def test_where_all_targets_are_alike_a_constant_answer_is_right() -> None:
    assert reason([0.01, 0.01, 0.01, 0.01], chance=1e-12).startswith("Test loss plateau")


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_a_deep_sigmoid_network_is_stuck_at_chance_level(optimizer: str) -> None:
    layer = {"units": 8, "activation": "sigmoid", "initializer": "xavier_uniform"}
    trainer = Trainer(
        experiment(
            [layer] * 8,
            data={"samples": 200, "test_share": 0.5},
            training={
                "stop": [{"name": "test_loss_plateau"}],
                "optimizer": {"name": optimizer, "learning_rate": 0.001},
                "max_epochs": 300,
            },
        )
    )
    trainer.run()
    assert trainer.stop is not None
    assert trainer.stop.name == "test_loss_plateau"
    assert trainer.stop.message.startswith("Stuck at chance level")
    assert trainer.scores.test_loss[0] == pytest.approx(math.log(2), abs=0.03)


def test_a_network_that_has_learned_is_not_called_stuck() -> None:
    trainer = Trainer(
        experiment(
            data={"samples": 200, "noise": 0.0},
            training={"stop": [{"name": "test_loss_plateau"}], "max_epochs": 1000},
        )
    )
    trainer.run()
    assert trainer.stop is not None
    assert trainer.stop.message.startswith("Test loss plateau")


# --- gradient, weights, target, limit ------------------------------------------------------------


def judged(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> list[EpochMetrics]:
    """What the rules are shown from now on."""
    shown: list[EpochMetrics] = []
    judge = Outcome.judge

    def note(self: Outcome, given: EpochMetrics, limit: int) -> Stop | None:
        shown.append(given)
        return judge(self, given, limit)

    monkeypatch.setattr(Outcome, "judge", note)
    return shown


NEVER = [{"name": "gradient_norm", "epsilon": 0.0}, {"name": "weight_change", "epsilon": 0.0}]


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("regularizer", ["none", "l2"])
def test_at_full_batch_the_rules_see_the_gradient_and_the_step(
    regularizer: str, replicas: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer(
        experiment(
            training={
                "stop": NEVER, "batch_size": "full", "precision": "float64",
                "replicas": replicas, "regularizer": regularizer,
            }
        )
    )  # fmt: skip
    shown = judged(trainer, monkeypatch)
    for _ in range(5):
        trainer.gradient_at_start()
        gradient = trainer.network.grad.copy()
        if regularizer == "l2":
            for views, weights in zip(
                trainer.network.layout.views(gradient), trainer.network.views, strict=True
            ):
                views.weights[:] += 0.001 * weights.weights
        before = trainer.network.theta.copy()
        trainer.run_epoch()
        moved = trainer.network.theta - before
        assert np.allclose(shown[-1].gradient_norm, np.linalg.norm(gradient, axis=1), rtol=1e-12)
        assert np.allclose(shown[-1].weight_change, np.linalg.norm(moved, axis=1), rtol=1e-12)
    assert len(shown) == 5


def test_in_mini_batches_the_gradient_is_averaged_over_the_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sgd = {"name": "sgd", "learning_rate": 0.25}
    trainer = Trainer(
        experiment(training={"stop": NEVER, "optimizer": sgd, "precision": "float64"})
    )
    shown = judged(trainer, monkeypatch)
    before = trainer.network.theta.copy()
    trainer.run_epoch()
    # With gradient descent the weights move by the rate times the sum of the gradients.
    moved = np.linalg.norm(trainer.network.theta - before)
    assert shown[0].weight_change[0] == pytest.approx(moved, rel=1e-12)
    assert shown[0].gradient_norm[0] == pytest.approx(
        moved / 0.25 / trainer.steps_per_epoch, rel=1e-12
    )


def test_what_no_rule_asks_for_is_not_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(experiment(training={"replicas": 2}))
    shown = judged(trainer, monkeypatch)
    trainer.run_epoch()
    assert np.isnan(shown[0].gradient_norm).all()
    assert np.isnan(shown[0].weight_change).all()
    assert shown[0].gradient_norm.shape == (2,)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gradient_norm", "Small gradient: its norm over the epoch is"),
        ("weight_change", "Small change of weights: the epoch moved them by"),
    ],
)
def test_a_small_gradient_or_change_stops(name: str, words: str) -> None:
    sgd = {"name": "sgd", "learning_rate": 1e-6}
    epsilon = {"name": name, "epsilon": 100.0}
    trainer = Trainer(experiment(training={"stop": [epsilon], "optimizer": sgd}))
    trainer.run()
    assert trainer.stop is not None
    assert (trainer.stop.name, trainer.stop.epoch) == (name, 1)
    assert trainer.stop.message.startswith(words)
    assert "100" in trainer.stop.message


def test_a_target_stops_as_soon_as_it_is_reached() -> None:
    target = {"name": "target_loss", "target": 0.4}
    trainer = Trainer(experiment(training={"stop": [target], "max_epochs": 500}))
    trainer.run()
    losses = trainer.history.table()["train_loss"][:, 0]
    assert trainer.stop is not None
    assert trainer.stop.name == "target_loss"
    assert losses[-1] < 0.4
    assert (losses[1:-1] >= 0.4).all()
    assert trainer.stop.message == (
        f"Target reached: the training loss is {losses[-1]:.4g}, below 0.4."
    )


def test_the_limit_of_epochs() -> None:
    trainer = Trainer(experiment(training={"max_epochs": 3}))
    trainer.run()
    assert trainer.stop == Stop("max_epochs", 3, "Reached the limit of 3 epochs.")


def test_the_first_rule_that_holds_ends_the_run() -> None:
    rules = [{"name": "target_loss", "target": 0.0}, {"name": "gradient_norm", "epsilon": 1e6}]
    trainer = Trainer(experiment(training={"stop": rules}))
    trainer.run()
    assert trainer.stop is not None
    assert trainer.stop.name == "gradient_norm"


def test_the_best_epoch_is_known_during_the_run() -> None:
    trainer = Trainer(experiment(training={"stop": [{"name": "test_loss_plateau"}]}))
    for _ in range(9):
        trainer.run_epoch()
    assert trainer.outcome.best_epoch(0) is None  # it is looked for from epoch 10 on
    trainer.run_epoch()
    assert trainer.outcome.best_epoch(0) == 10


# --- divergence ----------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("replicas", [1, 2])
def test_a_run_that_diverges_keeps_its_last_finite_weights(replicas: int, precision: str) -> None:
    sgd = {"name": "sgd", "learning_rate": 1e6}
    training = {"optimizer": sgd, "precision": precision, "replicas": replicas, "loss": "mse"}
    given = experiment([{"units": 5, "activation": "linear"}] * 2, training=training)
    trainer = Trainer(given)
    trainer.run()
    assert trainer.stop is not None
    assert trainer.stop.name == "diverged"
    assert trainer.stop.epoch < 5
    assert np.isfinite(trainer.network.theta).all()
    assert np.isfinite(trainer.scores.train_loss).all()
    if replicas == 1:
        assert trainer.stop.message.startswith(f"Diverged in epoch {trainer.stop.epoch}: ")
        assert "smaller learning rate" in trainer.stop.message
        before = Trainer(given)
        for _ in range(trainer.stop.epoch - 1):
            before.run_epoch()
        assert before.network.theta.tobytes() == trainer.network.theta.tobytes()
    else:
        assert "2 diverged" in trainer.stop.message


@pytest.mark.parametrize("replicas", [1, 2])
def test_weights_that_start_too_large_are_not_blamed_on_the_learning_rate(replicas: int) -> None:
    layer = {"units": 4, "initializer": {"name": "constant", "value": 1e38}}
    trainer = Trainer(experiment([layer] * 3, training={"replicas": replicas}))
    trainer.run()
    for stop in trainer.outcome.stops:
        assert stop is not None
        assert (stop.name, stop.epoch) == ("diverged", 1)
        assert stop.message == (
            "Diverged in epoch 1: the loss was infinite or not a number before the first step "
            "already. The weights are kept as they were. Smaller initial weights or inputs help."
        )
    trainer.go_on()  # nor when it is tried again
    trainer.run()
    assert trainer.stop is not None
    assert "learning rate" not in trainer.stop.message


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_a_late_divergence_keeps_what_was_learned(optimizer: str) -> None:
    trainer = Trainer(
        experiment(
            [{"units": 6, "batch_norm": "after"}],
            training={"optimizer": {"name": optimizer}, "max_epochs": 100},
        )
    )
    for _ in range(10):
        trainer.run_epoch()
    kept = trainer.network.theta.copy(), trainer.network.running.copy()
    scores = trainer.scores
    trainer.network.theta[0, 0] = np.inf
    trainer.run()
    assert trainer.stop is not None
    assert (trainer.stop.name, trainer.stop.epoch, trainer.stop.restored) == ("diverged", 11, True)
    assert np.array_equal(trainer.network.theta, kept[0])
    assert np.array_equal(trainer.network.running, kept[1])
    assert trainer.scores.test_loss == scores.test_loss
    trainer.go_on()
    trainer.run_epoch()
    assert trainer.stop is None  # the optimizer's memory is finite too
    assert np.isfinite(trainer.network.theta).all()


def test_one_replica_that_diverges_leaves_the_others_alone() -> None:
    given = experiment(training={"replicas": 3, "max_epochs": 6})
    trainer, undisturbed = Trainer(given), Trainer(given)
    trainer.run_epoch()
    kept = trainer.network.theta[1].copy()
    trainer.network.theta[1] = np.nan
    trainer.run()
    undisturbed.run()
    assert trainer.stop is not None
    assert trainer.stop.epoch == 6
    assert "2 by the limit of epochs, 1 diverged" in trainer.stop.message
    assert np.array_equal(trainer.network.theta[[0, 2]], undisturbed.network.theta[[0, 2]])
    assert np.array_equal(trainer.network.theta[1], kept)
    assert np.isfinite(trainer.scores.train_loss).all()


def test_a_diverged_replica_stands_still_while_the_others_go_on() -> None:
    layers = [{"units": 4, "batch_norm": "before", "dropout": 0.2}]
    given = experiment(layers, training={"replicas": 3, "max_epochs": 9, "batch_size": 7})
    trainer, undisturbed = Trainer(given), Trainer(given)
    trainer.run_epoch()
    kept = trainer.network.theta[1].copy(), trainer.network.running[1].copy()
    before = {name: getattr(trainer.scores, name)[1] for name in SCORES}

    def stands_still() -> bool:
        theta, running = trainer.outcome.weights_of(1)
        return np.array_equal(theta, kept[0]) and np.array_equal(running, kept[1])

    trainer.single_step()
    trainer.network.theta[1, -1] = np.inf
    trainer.single_step()
    assert stands_still()  # the last finite weights, though the epoch has not been judged
    assert not trainer.outcome.diverged.any()
    while trainer.epoch < 6:
        trainer.single_step()
        assert stands_still()
        if trainer.epoch > 1:
            assert trainer.outcome.diverged.tolist() == [False, True, False]
            for name, value in before.items():
                assert getattr(trainer.scores, name)[1] == value
    for name in SCORES:
        assert np.isnan(trainer.history.table()[name][3:, 1]).all()
        assert np.isfinite(trainer.history.table()[name][:, [0, 2]]).all()
    trainer.run()
    undisturbed.run()
    for mine, theirs in zip(trainer.outcome.present(), undisturbed.outcome.present(), strict=True):
        assert mine[[0, 2]].tobytes() == theirs[[0, 2]].tobytes()
    assert stands_still()
    assert trainer.stop is not None
    assert trainer.stop.name == "max_epochs"


def test_a_replica_that_a_rule_has_ended_stands_still_with_its_best_weights() -> None:
    trainer = noisy(60, 4)
    while not trainer.outcome.ended.any():
        trainer.run_epoch()
    ended = int(np.flatnonzero(trainer.outcome.ended)[0])
    stop = trainer.outcome.stops[ended]
    assert stop is not None
    assert stop.restored
    assert trainer.outcome.best_epoch(ended) == stop.best_epoch
    theta, _ = (array.copy() for array in trainer.outcome.weights_of(ended))
    loss = trainer.history.table()["test_loss"][stop.best_epoch, ended]
    for _ in range(20):
        assert trainer.scores.test_loss[ended] == loss
        trainer.single_step()
        assert np.array_equal(trainer.outcome.weights_of(ended)[0], theta)
        assert trainer.outcome.best_epoch(ended) == stop.best_epoch


def test_a_run_is_called_after_the_replicas_that_have_not_diverged() -> None:
    trainer = Trainer(experiment(training={"replicas": 3, "max_epochs": 4}))
    trainer.network.theta[:2] = np.nan
    trainer.run()
    assert trainer.stop is not None
    assert trainer.stop.name == "max_epochs"
    assert trainer.stop.message.startswith(
        "All 3 replicas have ended: 2 diverged, 1 by the limit of epochs. The first: Diverged in "
    )


def test_new_rules_take_a_replica_that_has_diverged_back_to_finite_weights() -> None:
    given = experiment(training={"replicas": 2, "max_epochs": 6})
    trainer = Trainer(given)
    trainer.run_epoch()
    kept = trainer.network.theta[1].copy()
    for _ in range(2):  # it diverges, is set back, trains on beside the other, diverges again
        trainer.network.theta[1] = np.nan
        trainer.run_epoch()
    trainer.network.theta[1] = np.nan
    trainer.apply(replace(given, ("training", "stop"), [{"name": "target_loss"}]))
    assert np.array_equal(trainer.network.theta[1], kept)
    trainer.run()
    assert trainer.stop is not None
    assert "diverged" not in trainer.stop.message
    assert np.isfinite(trainer.network.theta).all()


# --- going on ------------------------------------------------------------------------------------


def test_going_on_past_the_limit_is_the_longer_run() -> None:
    trainer = Trainer(experiment(training={"max_epochs": 5}))
    trainer.run()
    trainer.go_on()
    assert trainer.stop is None
    trainer.run()
    straight = Trainer(experiment(training={"max_epochs": 10}))
    straight.run()
    assert state_of(trainer) == state_of(straight)
    assert trainer.stop == Stop("max_epochs", 10, "Reached the limit of 10 epochs.")


def test_going_on_after_a_plateau_starts_the_rules_anew() -> None:
    plateau = {"name": "test_loss_plateau", "patience": 3, "min_delta": 10.0, "start_epoch": 0}
    trainer = Trainer(experiment(training={"stop": [plateau], "max_epochs": 100}))
    trainer.run()
    assert trainer.epoch == 4
    trainer.go_on()
    trainer.run()
    assert trainer.epoch == 8  # one that counts as better than nothing, then three that do not
    assert trainer.stop is not None
    assert trainer.stop.best_epoch == 5


def test_going_on_with_a_run_that_has_not_stopped_changes_nothing() -> None:
    trainer, undisturbed = (Trainer(experiment(training={"stop": NEVER})) for _ in range(2))
    trainer.run_epoch()
    trainer.go_on()
    trainer.run()
    undisturbed.run()
    assert state_of(trainer) == state_of(undisturbed)


PLATEAU = {"name": "test_loss_plateau", "patience": 6, "min_delta": 0.0, "start_epoch": 0}


def noisy(max_epochs: int, replicas: int) -> Trainer:
    """Replicas that come to a plateau at different epochs, some of them before the limit."""
    sgd = {"name": "sgd", "learning_rate": 0.5}
    training = {"stop": [PLATEAU], "optimizer": sgd, "replicas": replicas}
    return Trainer(experiment(data={"noise": 0.3}, training={**training, "max_epochs": max_epochs}))


@pytest.mark.parametrize("replicas", [1, 4])
@pytest.mark.parametrize("first", [3, 14, 20])
def test_extending_the_limit_is_the_longer_run(first: int, replicas: int) -> None:
    trainer, straight = noisy(first, replicas), noisy(60, replicas)
    trainer.run()
    trainer.extend(60)
    assert (trainer.stop is None) == bool((~trainer.outcome.ended).any())
    trainer.run()
    straight.run()
    assert trainer.network.theta.tobytes() == straight.network.theta.tobytes()
    assert trainer.stop == straight.stop


def test_the_replicas_of_the_extended_run_do_end_apart() -> None:
    trainer = noisy(14, 4)
    trainer.run()
    assert trainer.stop is not None
    assert "by the limit of epochs" in trainer.stop.message
    assert "by test loss plateau" in trainer.stop.message


@pytest.mark.parametrize("cut", [3, 12, 16])
def test_an_outcome_that_was_written_to_a_file_goes_on_where_it_was(cut: int) -> None:
    old, new = noisy(60, 4), noisy(60, 4)
    for _ in range(cut):
        old.run_epoch()
    for array, copy in zip(
        (new.network.theta, new.network.running), old.outcome.present(), strict=False
    ):
        array[:] = copy
    new.outcome.remember(old.outcome.memory())
    new.epoch, new.step = old.epoch, old.step
    for mine, theirs in zip(new.shuffle_rngs, old.shuffle_rngs, strict=True):
        mine.bit_generator.state = theirs.bit_generator.state
    for trainer in (old, new):
        trainer.run()
    assert new.stop == old.stop
    assert new.network.theta.tobytes() == old.network.theta.tobytes()
    assert np.array_equal(new.scores.test_loss, old.scores.test_loss)
