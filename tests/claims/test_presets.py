"""What the sentences of the presets say, measured over several seeds.

A test ``test_<name>`` belongs to the preset of that name, as it is in its file but for the seeds;
a preset without one fails the last test.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.errors import Path
from playground.core.experiment import Experiment
from playground.data.dataset import plane_inputs
from playground.engine.calls import Array
from playground.exchange.presets import presets
from playground.training.diagnostics import dead_units
from playground.training.doctor import Doctor, Finding, Witness, rules
from playground.training.instruments import instruments
from playground.training.together import votes
from playground.training.trainer import Trainer
from tests.claims.helpers import evaluated, gradients_at_start, solved
from tests.claims.test_batch_norm import drift

SEEDS = 6
HE: dict[str, Any] = {"name": "he_normal"}
XAVIER: dict[str, Any] = {"name": "xavier_normal"}
TARGET = 0.1
"""A training loss from which on the spiral counts as learned, and the circle too."""

Edit = tuple[Path, Any]


def given(name: str, *edits: Edit, seeds: int = SEEDS) -> Experiment:
    """A preset with some settings changed; a path ``("hidden", …)`` changes every hidden layer."""
    (found,) = (preset for preset in presets() if preset.name == name)
    experiment = replace(found.document().experiment, ("training", "replicas"), seeds)
    for path, value in edits:
        if path[0] == "hidden":
            for index in range(len(experiment.network.hidden)):
                experiment = replace(experiment, ("network", "hidden", index, *path[1:]), value)
        else:
            experiment = replace(experiment, path, value)
    return experiment


def hidden(**fields: Any) -> list[Edit]:
    return [(("hidden", field), value) for field, value in fields.items()]


def training(**fields: Any) -> list[Edit]:
    return [(("training", field), value) for field, value in fields.items()]


def optimizer(name: str, rate: float) -> list[Edit]:
    return training(optimizer={"name": name, "learning_rate": rate})


def start(name: str, *edits: Edit, **more: Any) -> Trainer:
    return Trainer(given(name, *edits, **more))


def run(name: str, *edits: Edit, epochs: int | None = None, **more: Any) -> Trainer:
    """Train to the end, or for so many epochs."""
    trainer = start(name, *edits, **more)
    while trainer.stop is None and (epochs is None or trainer.epoch < epochs):
        trainer.run_epoch()
    return trainer


@cache
def as_it_is(name: str) -> Trainer:
    """A preset at its end, for tests that do not change it."""
    return run(name)


def said(trainer: Trainer) -> list[set[str]]:
    """The rules by which the doctor has found something now, for each seed."""
    return [{finding.rule for finding in findings} for findings in diagnoses(trainer)]


def diagnoses(trainer: Trainer) -> list[tuple[Finding, ...]]:
    witness = Witness(trainer)
    return [Doctor(trainer, witness).examine(seed) for seed in range(trainer.network.replicas)]


def proposal(trainer: Trainer, rule: str, label: str) -> Experiment:
    """What the doctor's button of this label would begin with."""
    (finding,) = (one for one in diagnoses(trainer)[0] if one.rule == rule)
    return dict(rules[rule]().proposal(trainer.experiment, finding))[label]


def losses(trainer: Trainer) -> Array:
    """The training loss after each epoch: (epochs, seeds)."""
    return trainer.history.table()["train_loss"]


def epochs_to(loss: float, trainer: Trainer) -> Array:
    """How many epochs each seed needs to a training loss; more than there were if it does not."""
    below = losses(trainer) < loss
    return np.where(below.any(axis=0), below.argmax(axis=0), len(below))


def stops(trainer: Trainer) -> list[str]:
    return [stop.name for stop in trainer.outcome.stops if stop is not None]


def at_chance(trainer: Trainer) -> bool:
    """Whether no seed does better than a constant answer."""
    return all("stuck_at_chance" in names for names in said(trainer))


def signal(trainer: Trainer) -> Array:
    """The spread over the points of a unit's answers, a layer's mean: (hidden, seeds)."""
    traces = evaluated(trainer).traces[:-1]
    return np.array([trace.activation.std(axis=-1).mean(axis=-1) for trace in traces])


# --- first steps ---------------------------------------------------------------------------------


def test_tensorflow_playground() -> None:
    trainer = run("tensorflow_playground", epochs=200)
    assert trainer.stop is None
    assert trainer.scores.test_accuracy.min() > 0.95
    weights = np.concatenate([views.weights.ravel() for views in start_views()])
    assert np.abs(weights).max() < 0.5


def start_views() -> Any:
    trainer = start("tensorflow_playground")
    assert all((views.biases == np.float32(0.1)).all() for views in trainer.network.views)
    return trainer.network.views


def test_welcome() -> None:
    trainer = as_it_is("welcome")
    assert set(stops(trainer)) == {"test_loss_plateau"}
    assert trainer.scores.test_accuracy.min() > 0.95
    layer = given("welcome").network.hidden[0].model_copy(update={"units": 6})
    fewer = run("welcome", (("network", "hidden"), (layer,)))
    assert fewer.scores.test_accuracy.max() < 0.85


def test_three_classes() -> None:
    trainer = run("three_classes")
    assert np.abs(trainer.scores.test_accuracy - 0.97).max() < 0.025
    before = trainer.scores.test_accuracy.copy()
    trainer.apply(replace(trainer.experiment, ("data", "noise"), 1.0))
    assert (trainer.scores.test_accuracy < before - 0.05).all()


def test_regression() -> None:
    trainer = as_it_is("regression")
    variance = trainer.dataset.test.targets.var()
    assert trainer.scores.test_loss.max() < 0.1 * variance
    narrow = run("regression", *hidden(units=4))
    assert np.median(narrow.scores.test_loss) > 4 * np.median(trainer.scores.test_loss)


def disagreement(trainer: Trainer, inputs: Array) -> Array:
    share = votes(trainer.dataset.task, trainer.network.outputs(inputs))[0]
    return np.minimum(share, 1 - share)


def test_ten_votes() -> None:
    trainer = run("ten_votes", seeds=10)
    assert given("ten_votes", seeds=10) == presets()[4].document().experiment
    plane = plane_inputs(trainer.dataset, ("x1", "x2"), 60)
    apart = disagreement(trainer, plane)
    beyond = np.hypot(np.abs(plane[0]) - 5.6, plane[1]) < 1  # the arms end at (±5, 0)
    assert apart[beyond].mean() > 2 * apart.mean()
    assert disagreement(trainer, trainer.dataset.train.inputs).mean() < 0.02
    fewer = run("ten_votes", (("data", "samples"), 100), seeds=10)
    assert disagreement(fewer, plane).mean() > 1.5 * apart.mean()


# --- gradient descent ----------------------------------------------------------------------------


def test_full_batch() -> None:
    full = as_it_is("full_batch")
    assert (np.diff(losses(full), axis=0) < 0).all()
    mini = run("full_batch", *training(batch_size=10))
    assert (mini.scores.train_loss < full.scores.train_loss / 3).all()


def test_mini_batch() -> None:
    mini, full = as_it_is("mini_batch"), as_it_is("full_batch")
    assert (np.diff(losses(mini), axis=0) > 0).any(axis=0).all()
    assert np.median(epochs_to(float(np.median(full.scores.train_loss)), mini)) < 60
    scale = instruments["noise_scale"](run("mini_batch", epochs=30))
    readings = [scale.read(seed) for seed in range(SEEDS)]
    assert np.median([reading.scale[-1] for reading in readings if reading is not None]) > 20


def test_single_points() -> None:
    trainer = start("single_points")
    batch: list[Array] = []
    while trainer.epoch < 10:
        trainer.run(lambda: True)  # a step at a time
        program = trainer.last_program
        assert program is not None
        batch.append(trainer.network.loss.mean(program.logits, program.targets))
    rising = (np.diff(batch, axis=0) > 0).mean(axis=0)
    assert np.abs(rising - 0.5).max() < 0.05
    mini = run("mini_batch", epochs=30)
    trainer = run("single_points", epochs=30)
    assert np.median(trainer.scores.train_loss) < np.median(mini.scores.train_loss)
    before = trainer.scores.train_loss.copy()
    trainer.apply(replace(trainer.experiment, ("training", "batch_size"), "full"))
    for _ in range(20):
        trainer.run_epoch()
    assert (np.diff(losses(trainer)[-20:], axis=0) < 0).all()
    full = np.median(trainer.scores.train_loss / before)
    on = np.median(run("single_points", epochs=50).scores.train_loss / before)
    assert on < 0.6 * full


# --- optimizers ----------------------------------------------------------------------------------


@cache
def learning(name: str, rate: float) -> float:
    """Epochs until the spiral of these presets is learned: the seeds' median."""
    longer = (("training", "max_epochs"), 400)
    return float(np.median(epochs_to(TARGET, run("momentum", *optimizer(name, rate), longer))))


@pytest.mark.slow
def test_momentum() -> None:
    plain = learning("sgd", 0.1)
    assert 200 < plain < 300
    assert 0.3 * plain < learning("momentum", 0.03) < 0.6 * plain
    assert learning("nesterov", 0.03) <= learning("momentum", 0.03)


def test_adagrad() -> None:
    trainer = start("adagrad", seeds=1)
    updates = instruments["updates"](trainer)
    rates = []
    while trainer.stop is None:
        trainer.run_epoch()
        if trainer.epoch % 45 == 1:
            reading = updates.read(0)
            assert reading is not None
            rates.append(reading.rate[-1])
    assert (np.diff(rates, axis=0) < 0).all()
    assert (rates[-1] < rates[0] / 3).all()
    assert as_it_is("adagrad").scores.train_loss.min() > 2 * TARGET
    assert learning("rmsprop", 0.01) < 100


@pytest.mark.slow
def test_adam() -> None:
    adam = learning("adam", 0.01)
    assert adam < 0.4 * learning("sgd", 0.1)
    for name in ("nadam", "adamw"):
        assert 0.75 * adam < learning(name, 0.01) < 1.33 * adam


# --- when to stop --------------------------------------------------------------------------------


def test_plateau() -> None:
    trainer = as_it_is("plateau")
    assert set(stops(trainer)) == {"test_loss_plateau"}
    assert all(stop is not None and stop.restored for stop in trainer.outcome.stops)
    on = run("plateau", *training(stop=()))
    assert (on.scores.train_loss < 0.7 * trainer.scores.train_loss).all()
    assert (on.scores.test_loss > 1.5 * trainer.scores.test_loss).all()


def test_small_gradient() -> None:
    trainer = as_it_is("small_gradient")
    assert set(stops(trainer)) == {"gradient_norm"}
    assert trainer.epoch < 100
    assert at_chance(trainer)
    healed = run("small_gradient", *hidden(activation="relu", initializer=HE))
    assert set(stops(healed)) == {"gradient_norm"}
    assert solved(healed) == SEEDS


def test_small_steps() -> None:
    trainer = as_it_is("small_steps")
    assert {(stop.name, stop.epoch) for stop in trainer.outcome.stops if stop} == {
        ("weight_change", 1)
    }
    assert solved(trainer) == 0
    healed = run("small_steps", *optimizer("sgd", 0.3))
    assert set(stops(healed)) == {"weight_change"}
    assert solved(healed) == SEEDS


# --- backpropagation in deep networks ------------------------------------------------------------


@pytest.mark.slow
def test_vanishing() -> None:
    found = gradients_at_start(start("vanishing", *training(batch_size="full"), seeds=20))
    assert found.ratio(0).max() < 1e-2
    assert all("vanishing_gradient" in names for names in said(start("vanishing")))
    assert at_chance(as_it_is("vanishing"))
    proposed = proposal(start("vanishing"), "vanishing_gradient", "ReLU + He")
    assert (
        proposed.network == given("relu_he").network
    )  # of which another test shows that it learns
    normalised = run("vanishing", *hidden(batch_norm="before"))
    assert solved(normalised) == SEEDS


def test_relu_he() -> None:
    found = gradients_at_start(start("relu_he", *training(batch_size="full"), seeds=20))
    assert found.ratio(0).min() > 0.1
    assert 0.3 < np.median(found.ratio(0)) < 3
    assert solved(as_it_is("relu_he")) == SEEDS
    sigmoid = given("relu_he", *hidden(activation="sigmoid", initializer=XAVIER))
    assert sigmoid.network == given("vanishing").network


def test_exploding() -> None:
    trainer = start("exploding", seeds=8)
    for findings in diagnoses(trainer):
        assert ("exploding_gradient", "red") in {(one.rule, one.severity) for one in findings}
    trainer.run()
    assert {(stop.name, stop.epoch) for stop in trainer.outcome.stops if stop} == {("diverged", 1)}
    assert solved(run("exploding", *hidden(initializer=HE))) == SEEDS


def dead_layers(trainer: Trainer) -> Array:
    """Whether any hidden layer is dead as a whole: (seeds,)."""
    flags = dead_units(trainer.network, trainer.dataset.train.inputs)
    return np.any([layer.all(axis=1) for layer in flags], axis=0)


def test_dead_relu() -> None:
    assert dead_layers(start("dead_relu", seeds=20)).all()
    trainer = as_it_is("dead_relu")
    assert dead_layers(trainer).all()
    assert at_chance(trainer)
    assert solved(run("dead_relu", *hidden(batch_norm="before"))) == SEEDS


def test_leaky_relu() -> None:
    trainer = run("leaky_relu")
    flags = dead_units(trainer.network, trainer.dataset.train.inputs)
    assert not any(layer.any() for layer in flags)
    assert trainer.scores.train_accuracy.min() > 0.85
    straight = {"name": "leaky_relu", "negative_slope": 1.0}
    assert run("leaky_relu", *hidden(activation=straight)).scores.train_accuracy.max() < 0.65


def test_paralysis() -> None:
    assert all("saturation" in names for names in said(start("paralysis")))
    trainer = as_it_is("paralysis")
    assert all("saturation" in names for names in said(trainer))
    assert solved(trainer) == 0
    assert (run("paralysis", *hidden(initializer=XAVIER)).scores.train_accuracy == 1).all()
    assert (run("paralysis", *hidden(batch_norm="before")).scores.train_accuracy == 1).all()


# --- initialisation ------------------------------------------------------------------------------


def test_zeros() -> None:
    trainer = run("zeros")
    assert all((views.weights == 0).all() for views in trainer.network.views)
    assert (trainer.network.views[-1].biases != 0).all()
    assert at_chance(trainer)
    constant = run("zeros", *hidden(initializer={"name": "constant"}))
    assert all("symmetric_start" in names for names in said(constant))
    assert (constant.scores.train_loss < trainer.scores.train_loss - 0.05).all()


def test_torch_default() -> None:
    trainer = as_it_is("torch_default")
    spread = signal(start("torch_default"))
    assert (spread[-1] < 0.01 * spread[0]).all()
    assert at_chance(trainer)
    assert solved(run("torch_default", *hidden(initializer=HE))) == SEEDS
    assert solved(run("torch_default", *optimizer("adam", 0.01))) == SEEDS


@pytest.mark.slow
def test_xavier_relu() -> None:
    seeds = 12
    spread = signal(start("xavier_relu", seeds=seeds))
    assert 0.003 < np.median(spread[-1] / spread[0]) < 0.03
    late = epochs_to(TARGET, run("xavier_relu", seeds=seeds))
    early = epochs_to(TARGET, run("xavier_relu", *hidden(initializer=HE), seeds=seeds))
    assert late.max() <= 150
    assert np.median(early) < 0.7 * np.median(late)


def test_selu() -> None:
    spread = np.median(signal(start("selu", seeds=20)), axis=1)
    assert spread.min() > 0.5
    assert spread.max() < 2
    assert solved(as_it_is("selu")) == SEEDS
    faint = np.median(signal(start("selu", *hidden(initializer={"name": "torch_default"}))), axis=1)
    assert faint[-1] < 0.05 * faint[0]


# --- overfitting and regularisation --------------------------------------------------------------


@pytest.mark.slow
def test_overfitting() -> None:
    trainer = as_it_is("overfitting")
    assert all("overfitting" in names for names in said(trainer))
    best = trainer.history.table()["test_loss"].min(axis=0)
    assert (trainer.scores.test_loss > 1.8 * best).all()
    more = run("overfitting", (("data", "samples"), 2000), epochs=100)
    assert not any("overfitting" in names for names in said(more))


def held_back(name: str) -> None:
    trainer, free = as_it_is(name), as_it_is("overfitting")
    assert (trainer.scores.train_loss > free.scores.train_loss).all()
    best = free.history.table()["test_loss"].min(axis=0)
    assert (trainer.scores.test_loss < 1.35 * best).all()
    assert not any("overfitting" in names for names in said(trainer))


@pytest.mark.slow
def test_dropout() -> None:
    held_back("dropout")
    trainer = run("dropout", epochs=100)
    before = trainer.scores.test_loss.copy()
    experiment = trainer.experiment
    for index in range(2):
        experiment = replace(experiment, ("network", "hidden", index, "dropout"), 0.0)
    trainer.apply(experiment)
    while trainer.stop is None:
        trainer.run_epoch()
    assert (trainer.scores.test_loss > before).sum() >= SEEDS - 1
    assert np.median(trainer.scores.test_loss / before) > 1.05


@pytest.mark.slow
def test_l2() -> None:
    held_back("l2")
    pulled = run("l2", *training(regularizer={"name": "l2", "rate": 1.0}))
    assert at_chance(pulled)
    weights = pulled.network.layout.weight_mask() > 0
    assert (np.abs(pulled.network.theta[:, weights]) < 0.01).mean() > 0.95


# --- covariate shift and BatchNorm ---------------------------------------------------------------


def test_covariate_shift() -> None:
    free = drift(start("covariate_shift"), 30)
    held = drift(start("covariate_shift", *hidden(batch_norm="before")), 30)
    assert free > 0.2
    assert held < 0.5 * free


@pytest.mark.slow
def test_batch_norm() -> None:
    assert solved(as_it_is("batch_norm")) == SEEDS
    assert solved(run("batch_norm", *hidden(batch_norm="none"))) == 0


def test_batch_norm_after() -> None:
    after, before, none = (
        run("batch_norm_after", *hidden(batch_norm=place)).scores.train_loss
        for place in ("after", "before", "none")
    )
    assert np.median(after) < np.median(before) < np.median(none)
    assert (after < before).sum() >= SEEDS - 1


@pytest.mark.slow
def test_variance_shift() -> None:
    assert all("dropout_before_batch_norm" in names for names in said(as_it_is("variance_shift")))
    trainer = as_it_is("variance_shift")
    moved = Trainer(proposal(trainer, "dropout_before_batch_norm", "dropout behind BatchNorm"))
    moved.run()
    assert not any("dropout_before_batch_norm" in names for names in said(moved))


# --- all -----------------------------------------------------------------------------------------


def test_every_preset_is_measured() -> None:
    assert [one.name for one in presets() if f"test_{one.name}" not in globals()] == []
