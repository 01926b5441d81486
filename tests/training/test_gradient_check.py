"""The gradient check passes what is right, names what is wrong, and says what it cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.core.families import activations, losses, sources
from playground.engine.activations import ActivationFunction
from playground.engine.batch_norm import BatchNormStage
from playground.engine.calls import Array, Call, Scratch
from playground.engine.losses import BinaryCrossEntropy
from playground.engine.parameters import Layout
from playground.engine.regularizers import L2
from playground.engine.stages import DropoutStage
from playground.training import gradient_check
from playground.training.comparison import BOUND, KINDS, Part
from playground.training.gradient_check import GradientCheck, check_gradient, check_in_pieces
from playground.training.trainer import Trainer
from tests.strategies import experiments
from tests.training.helpers import experiment, state_of

TASKS = ("circle", "pinwheel", "plane")
LOSSES = [
    pytest.param(name, source, id=f"{name}-{source}")
    for name, loss in losses.items()
    for source in TASKS
    if (task := sources[source].task) is not None and loss.fits(task)
]


def drawn(changed: Experiment, seed: int = 0, scale: float = 0.7) -> Trainer:
    """With all parameters drawn from a normal distribution, biases, γ and β too."""
    trainer = Trainer(changed)
    rng = np.random.default_rng(seed)
    theta = trainer.network.theta
    theta[:] = scale * rng.normal(size=theta.shape)
    return trainer


def small(hidden: list[Any], source: str = "circle", **training: Any) -> Experiment:
    """20 training points."""
    data = {"samples": 40, "test_share": 0.5, "source": source}
    return experiment(hidden, data=data, training=training)


def counts(check: GradientCheck) -> dict[str, int]:
    names = ("agreeing", "differing", "cornered", "unresolved", "drawn", "total")
    return {name: sum(getattr(part, name) for part in check.parts) for name in names}


def part(check: GradientCheck, layer: int, kind: str) -> Part:
    return next(part for part in check.parts if (part.layer, part.kind) == (layer, kind))


def assert_right(check: GradientCheck, share: float = 0.8) -> None:
    found = counts(check)
    assert found["differing"] == 0
    assert check.faulty_layer is None
    assert found["agreeing"] >= share * found["total"]
    for entry in check.parts:
        assert entry.worst is None or entry.worst.error <= BOUND


# --- what is right ---------------------------------------------------------------------------


@pytest.mark.parametrize(("loss", "source"), LOSSES)
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("activation", activations)
def test_every_activation_batch_norm_and_loss(
    activation: str, batch_norm: str, loss: str, source: str
) -> None:
    layer = {"activation": activation, "batch_norm": batch_norm}
    hidden = [{"units": 4, **layer}, {"units": 3, **layer}]
    check = check_gradient(drawn(small(hidden, source, loss=loss)))
    assert_right(check)
    assert counts(check)["drawn"] == counts(check)["total"]
    kinds = KINDS if batch_norm != "none" else KINDS[:2]
    assert [(entry.layer, entry.kind) for entry in check.parts] == [
        *((layer, kind) for layer in (0, 1) for kind in kinds),
        (2, "weights"),
        (2, "biases"),
    ]


@pytest.mark.parametrize("regularizer", ["l1", "l1_dying", "l2"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_dropout_and_regularisers(batch_norm: str, dropout: float, regularizer: str) -> None:
    layer = {"units": 6, "activation": "tanh", "batch_norm": batch_norm, "dropout": dropout}
    changed = small([layer, layer], regularizer={"name": regularizer, "rate": 0.3})
    assert_right(check_gradient(drawn(changed)))


def test_no_hidden_layer() -> None:
    check = check_gradient(Trainer(small([])))
    assert counts(check) | {"agreeing": 3, "total": 3} == counts(check)


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
def test_before_and_after_training(activation: str) -> None:
    trainer = Trainer(experiment([{"units": 6, "activation": activation}] * 2))
    assert_right(check_gradient(trainer))
    trainer.run()
    check = check_gradient(trainer)
    assert_right(check)
    assert (check.epoch, check.step) == (trainer.epoch, trainer.step)


def test_a_network_whose_signal_explodes() -> None:
    # A step of 1e-5 in the first layer would be one of some thousand in the last.
    layer = {"units": 8, "activation": "leaky_relu"}
    check = check_gradient(drawn(small([layer] * 10), scale=2.5))
    assert_right(check)
    assert part(check, 0, "weights").largest > 1e4


@settings(max_examples=25)
@given(experiments(small=True), st.integers(0, 9))
def test_no_experiment_raises_a_false_alarm(changed: Experiment, steps: int) -> None:
    trainer = Trainer(changed)
    if steps:
        trainer.run(lambda: trainer.step + trainer.position >= steps)
    # With weights beyond reason the numbers themselves lose their digits.
    assume(np.abs(trainer.outcome.present()[0][0]).max() < 1e6)
    check = check_gradient(trainer)
    assert not any(entry.differing for entry in check.parts), check


# --- what is wrong ---------------------------------------------------------------------------


def scaled(original: Callable[..., list[Call]], factor: float) -> Callable[..., list[Call]]:
    """An activation's backward pass, off by a factor."""

    def backward(
        self: ActivationFunction, z: Array, out: Array, delta: Array, scratch: Scratch
    ) -> list[Call]:
        calls = original(self, z, out, delta, scratch)
        return [*calls, lambda: np.multiply(delta, factor, delta)]

    return backward


@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("activation", activations)
def test_a_wrong_derivative_is_found_in_its_layer(
    activation: str, batch_norm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"units": 4, "activation": "sigmoid" if activation != "sigmoid" else "tanh"}
    wrong = {"units": 4, "activation": activation, "batch_norm": batch_norm}
    trainer = drawn(small([other, wrong, other]), seed=1)
    kind = activations[activation]
    monkeypatch.setattr(kind, "backward", scaled(kind.backward, 1 + 1e-4))
    check = check_gradient(trainer)
    assert check.faulty_layer == 1
    for entry in check.parts:
        after = entry.layer > 1 or (batch_norm == "after" and entry.kind in ("gamma", "beta"))
        cancelled = entry.largest < 1e-12  # by BatchNorm, as before it
        assert bool(entry.differing) == (not after and not cancelled), entry
    assert check.worst is not None
    assert check.worst.worst is not None
    assert check.worst.worst.error == pytest.approx(1e-4, rel=0.1)


def test_the_worst_parameter_is_the_one_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = drawn(small([{"units": 5, "activation": "tanh"}]))
    compile_, views = L2.compile, trainer.network.layout.views

    def biased(self: L2, theta: Array, grad: Array, weights: Array) -> list[Call]:
        place = views(np.arange(len(theta))[None])[0].weights[0, 1, 3]

        def disturb() -> None:
            grad[place] += 0.25

        return [*compile_(self, theta, grad, weights), disturb]

    monkeypatch.setattr(L2, "compile", biased)
    trainer.experiment = replace(trainer.experiment, ("training", "regularizer"), "l2")
    check = check_gradient(trainer)
    entry = part(check, 0, "weights")
    assert entry.differing == counts(check)["differing"] == 1
    assert entry.worst is not None
    assert entry.worst.where == (1, 3)
    assert entry.worst.backward - entry.worst.difference == pytest.approx(0.25, rel=1e-6)


def test_a_regulariser_that_reaches_the_biases_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ = L2.compile

    def everywhere(self: L2, theta: Array, grad: Array, weights: Array) -> list[Call]:
        return compile_(self, theta, grad, np.ones_like(weights))

    monkeypatch.setattr(L2, "compile", everywhere)
    check = check_gradient(drawn(small([{"units": 5, "activation": "tanh"}], regularizer="l2")))
    assert {(e.layer, e.kind) for e in check.parts if e.differing} == {(0, "biases"), (1, "biases")}
    assert check.faulty_layer == 1


@pytest.mark.parametrize("stage", [BatchNormStage, DropoutStage])
def test_a_layer_whose_backward_pass_is_left_out_is_found(
    stage: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = {"units": 6, "activation": "tanh"}
    wrong = {**layer, "batch_norm": "before", "dropout": 0.3}
    trainer = drawn(small([layer, wrong, layer]))
    monkeypatch.setattr(stage, "backward", lambda self, *_: [])
    assert check_gradient(trainer).faulty_layer == 1


def test_a_wrong_loss_is_found_in_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = BinaryCrossEntropy.gradient
    monkeypatch.setattr(
        BinaryCrossEntropy,
        "gradient",
        lambda self, z, y, delta: [
            *gradient(self, z, y, delta),
            lambda: np.multiply(delta, 2, delta),
        ],
    )
    check = check_gradient(drawn(small([{"units": 4, "activation": "tanh"}])))
    assert check.faulty_layer == 1
    assert counts(check)["differing"] == counts(check)["total"]


# --- what cannot be told ---------------------------------------------------------------------


def corners(entry: Part) -> set[tuple[str, str, str]]:
    return {(name, corner.kind, corner.where) for name, corner in entry.corners}


@pytest.mark.parametrize(
    ("activation", "label", "kind"),
    [
        ("relu", "ReLU", "kink"),
        ("leaky_relu", "Leaky ReLU", "kink"),
        ("selu", "SELU", "kink"),
        ({"name": "elu", "alpha": 0.5}, "ELU", "kink"),
        ("elu", "ELU", "bend"),
    ],
)
def test_activations_at_their_corner(activation: Any, label: str, kind: str) -> None:
    layer = {"units": 3, "activation": activation, "initializer": "zeros"}
    check = check_gradient(Trainer(small([layer])))
    for name in ("weights", "biases"):
        entry = part(check, 0, name)
        assert entry.cornered == entry.total == entry.drawn
        assert entry.worst is None
        assert corners(entry) == {(label, kind, "x = 0")}
    assert part(check, 1, "biases").agreeing == 1
    assert check.faulty_layer is None


def test_softplus_at_the_place_where_it_becomes_linear() -> None:
    layer = {"units": 2, "activation": "softplus", "initializer": {"name": "zeros", "bias": 20.0}}
    check = check_gradient(Trainer(small([layer])))
    assert corners(part(check, 0, "biases")) == {("Softplus", "kink", "x = 20")}


def test_hinge_on_the_margin() -> None:
    trainer = Trainer(small([], loss="hinge"))
    trainer.network.theta[0] = [0, 0, 1]  # every point of class +1 lies on it
    check = check_gradient(trainer)
    for entry in check.parts:
        assert entry.cornered == entry.total
        assert corners(entry) == {("the loss", "kink", "y·z = 1")}


def test_huber_where_its_two_halves_meet() -> None:
    points = [[x / 4, 1.0, target] for x, target in enumerate((0, 1, -1, 3, 0.5, 0))]
    data = {"source": "points", "points": points, "problem": "regression", "test_share": 0}
    trainer = Trainer(experiment([], data=data, training={"loss": "huber"}))
    trainer.network.theta[:] = 0
    entry = part(check_gradient(trainer), 0, "biases")
    assert entry.cornered == 1
    assert corners(entry) == {("the loss", "bend", "|z - y| = 1")}


def test_l1_at_a_weight_of_0() -> None:
    trainer = drawn(small([{"units": 3, "activation": "tanh"}], regularizer="l1"))
    views = trainer.network.views
    views[0].weights[0, 1, 2] = 0
    check = check_gradient(trainer)
    entry = part(check, 0, "weights")
    assert entry.cornered == 1
    assert corners(entry) == {("L1", "kink", "w = 0")}
    assert counts(check)["cornered"] == 1


def test_a_smooth_network_has_no_corners() -> None:
    layer = {"units": 3, "activation": "tanh", "initializer": "zeros"}
    check = check_gradient(Trainer(small([layer], regularizer="l2")))
    assert counts(check)["cornered"] == 0
    assert all(not entry.corners for entry in check.parts)


def test_a_gradient_that_has_vanished_is_not_called_wrong() -> None:
    layer = {"units": 8, "activation": "sigmoid", "initializer": "xavier_normal"}
    check = check_gradient(Trainer(small([layer] * 12)))
    assert check.faulty_layer is None
    assert part(check, 0, "weights").largest < 1e-8
    assert part(check, 0, "weights").unresolved > 0
    assert part(check, 12, "weights").agreeing == 8


# --- zeros -----------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_biases_before_batch_norm_have_no_gradient_and_raise_no_alarm(activation: str) -> None:
    layer = {"units": 6, "activation": activation, "batch_norm": "before"}
    check = check_gradient(drawn(small([layer, layer])))
    for index in (0, 1):
        entry = part(check, index, "biases")
        assert entry.agreeing == entry.total
        assert entry.largest < 1e-12 < part(check, index, "weights").largest


def test_a_dead_layer_has_no_gradient_and_raises_no_alarm() -> None:
    dead = {"units": 4, "activation": "relu", "initializer": {"name": "he_normal", "bias": -500.0}}
    check = check_gradient(Trainer(small([dead, {"units": 3, "activation": "tanh"}])))
    entry = part(check, 0, "weights")
    assert entry.agreeing == entry.total
    assert entry.largest == 0
    assert entry.worst is not None
    assert entry.worst.error == 0


# --- what is not finite ----------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_weights_that_are_not_finite(value: float) -> None:
    trainer = Trainer(small([{"units": 3}]))
    trainer.network.theta[0, 4] = value
    check = check_gradient(trainer)
    assert check.not_finite == "weights"
    assert check.parts == ()
    assert check.worst is None


def test_a_loss_that_is_not_finite() -> None:
    trainer = Trainer(
        small([{"units": 3, "activation": "linear"}], loss="mse", precision="float64")
    )
    trainer.network.theta[:] = 1e200
    check = check_gradient(trainer)
    assert check.not_finite == "loss"
    assert check.parts == ()


def test_after_a_run_has_diverged_its_last_finite_weights_are_checked() -> None:
    wild = {"name": "sgd", "learning_rate": 1e3}
    trainer = Trainer(small([{"units": 3, "activation": "linear"}], loss="mse", optimizer=wild))
    trainer.run()
    assert trainer.stop is not None
    assert trainer.stop.name == "diverged"
    check = check_gradient(trainer)
    assert check.diverged
    assert check.not_finite == ""
    assert check.parts


# --- how it is done --------------------------------------------------------------------------


@pytest.mark.parametrize("replicas", [1, 2])
def test_nothing_of_the_trainer_changes(replicas: int) -> None:
    layer = {"units": 4, "batch_norm": "before", "dropout": 0.3}
    trainers = [Trainer(small([layer], replicas=replicas)) for _ in range(2)]
    for trainer in trainers:
        trainer.run(lambda trainer=trainer: trainer.position == 1)  # type: ignore[misc]  # bound
    before = state_of(trainers[0])
    check_gradient(trainers[0])
    assert state_of(trainers[0]) == before
    for trainer in trainers:
        trainer.run()
    assert state_of(trainers[0]) == state_of(trainers[1])


def test_training_on_between_the_pieces_changes_nothing_of_the_result() -> None:
    trainers = [Trainer(small([{"units": 8, "activation": "tanh"}] * 3)) for _ in range(2)]
    pieces, shares = check_in_pieces(trainers[1]), []
    while True:
        try:
            shares.append(next(pieces))
        except StopIteration as end:
            found = end.value
            break
        trainers[1].run_epoch()
    assert found == check_gradient(trainers[0])
    assert trainers[1].epoch > 0
    assert shares == sorted(shares)
    assert shares[0] >= 0
    assert shares[-1] < 1


def test_of_several_replicas_the_first_is_checked() -> None:
    alone, several = (Trainer(small([{"units": 4}], replicas=n)) for n in (1, 3))
    assert check_gradient(several).parts == check_gradient(alone).parts


def test_a_replica_that_has_ended_is_checked_as_it_ended() -> None:
    rule = {"name": "target_loss", "target": 0.45}
    trainer = Trainer(small([{"units": 6, "activation": "tanh"}], replicas=3, stop=[rule]))
    trainer.epoch_limit = 10_000
    while not trainer.outcome.ended[0]:
        trainer.run_epoch()
    found = check_gradient(trainer).parts
    if trainer.stop is None:
        trainer.run_epoch()
    assert check_gradient(trainer).parts == found


def test_of_many_parameters_some_are_drawn_always_the_same() -> None:
    trainer = Trainer(small([{"units": 40, "activation": "tanh"}] * 2))
    check = check_gradient(trainer)
    entry = part(check, 1, "weights")
    assert (entry.total, entry.drawn) == (1600, check.per_part)
    assert part(check, 1, "biases").drawn == 40
    assert check_gradient(trainer) == check


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_it_is_done_in_double_precision_whatever_trains(precision: str) -> None:
    check = check_gradient(
        Trainer(small([{"units": 4, "activation": "tanh"}], precision=precision))
    )
    assert_right(check, share=0.99)


def test_the_batch_is_bounded() -> None:
    data = {"samples": 1000, "test_share": 0.0}
    assert check_gradient(Trainer(experiment([], data=data))).points == gradient_check.POINTS
    assert check_gradient(Trainer(small([]))).points == 20


def test_large_networks_get_fewer_points_and_parameters() -> None:
    plans = []
    for units, depth in ((12, 3), (32, 6), (64, 16), (300, 32)):
        changed = small([{"units": units}] * depth)
        layers = (*changed.network.hidden, changed.network.output)
        plans.append(gradient_check._plan(Layout(layers, changed.sizes), 1000))
    assert plans[0] == plans[1] == (gradient_check.POINTS, gradient_check.PER_PART)
    works = [points * per_part for points, per_part in plans]
    assert works == sorted(works, reverse=True)
    assert plans[-1] == (gradient_check.FEWEST_POINTS, gradient_check.FEWEST_PER_PART)


def test_a_check_that_is_begun_can_be_left() -> None:
    trainer = Trainer(small([{"units": 8}]))
    pieces = check_in_pieces(trainer)
    next(pieces)
    pieces.close()
    trainer.run_epoch()
    assert_right(check_gradient(trainer))
