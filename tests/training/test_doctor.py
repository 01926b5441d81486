"""The doctor: silent on what is healthy, plain on what is not, and calm."""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.core.families import activations, initializers, optimizers
from playground.engine.activations import ActivationFunction
from playground.exchange.presets import welcome
from playground.training.diagnostics import steepest_slope
from playground.training.doctor import Doctor, Evidence, Finding, Rule, Witness, rules
from playground.training.doctor.doctor import HOLD, LINGER, ONSET, _Opinion
from playground.training.doctor.witness import answers_of, update_ratios
from playground.training.instruments import instruments
from playground.training.trainer import Trainer
from tests.training.helpers import experiment, state_of

SEEDS = 8
EVERY = 7
"""Steps between two looks."""


def layers(count: int, units: int = 8, **fields: Any) -> list[dict[str, Any]]:
    return [{"units": units, **fields}] * count


def made(hidden: list[Any], data: dict[str, Any] | None = None, **training: Any) -> Experiment:
    return Experiment.model_validate(
        {"data": data or {}, "network": {"hidden": hidden}, "training": training}
    )


NOISY = {"source": "moons", "samples": 100, "noise": 0.9}
PLANE = {"source": "plane"}
BATCH_NORM = {"batch_norm": "before"}
RUNS: dict[str, tuple[Experiment, int]] = {
    "vanishing_gradient": (
        made(layers(8, activation="sigmoid", initializer="xavier_normal"), optimizer="sgd"),
        15,
    ),
    "exploding_gradient": (
        made(layers(8, 16, initializer={"name": "normal", "stddev": 1.0})),
        3,
    ),
    "diverged": (
        made(layers(3), PLANE, optimizer={"name": "sgd", "learning_rate": 30.0}),
        3,
    ),
    "symmetric_start": (made(layers(3, initializer="zeros")), 3),
    "dead_layer": (made(layers(3), optimizer={"name": "sgd", "learning_rate": 3.0}), 10),
    "dead_units": (made(layers(3, 32, initializer={"name": "he_normal", "bias": -1.5})), 3),
    "saturation": (
        made(layers(4, 16, activation="tanh", initializer={"name": "xavier_normal", "gain": 8.0})),
        3,
    ),
    "initializer_misfit": (made(layers(8, initializer="torch_default")), 3),
    "rate_too_large": (
        made(layers(3, activation="tanh"), optimizer={"name": "rmsprop", "learning_rate": 1.0}),
        20,
    ),
    "rate_too_small": (made(layers(3), optimizer={"name": "sgd", "learning_rate": 1e-5}), 8),
    "stuck_at_chance": (made([]), 15),
    "overfitting": (made(layers(2, 64), NOISY, stop=[], max_epochs=500), 120),
    "few_test_points": (made(layers(3), {"samples": 120}), 1),
    "dropout_before_batch_norm": (
        made(layers(3, 32, **BATCH_NORM, dropout=0.5), batch_size=50),
        40,
    ),
    "tiny_batches": (made(layers(2, **BATCH_NORM), batch_size=4), 1),
}
"""For each rule a run that is built to show it, and epochs within which it does."""


def watched(
    trained: Experiment, seeds: int, epochs: int, at_end: bool = False
) -> list[dict[str, Finding]]:
    """Train so many seeds; for each all that was said, by rule, as it was said last.

    With ``at_end`` only what is said then.
    """
    trainer = Trainer(replace(trained, ("training", "replicas"), seeds))
    witness = Witness(trainer)
    doctors = [Doctor(trainer, witness) for _ in range(seeds)]
    said: list[dict[str, Finding]] = [{} for _ in range(seeds)]
    while True:
        for replica, doctor in enumerate(doctors):
            said[replica].update({one.rule: one for one in doctor.examine(replica)})
        if trainer.stop is not None or trainer.epoch >= epochs:
            now = [{one.rule: one for one in doctor.examine(r)} for r, doctor in enumerate(doctors)]
            return now if at_end else said
        steps = iter(range(EVERY))
        trainer.run(lambda steps=steps: next(steps) == EVERY - 1)  # type: ignore[misc]


@cache
def shown(name: str) -> tuple[dict[str, Finding], ...]:
    trained, epochs = RUNS[name]
    return tuple(watched(trained, SEEDS, epochs))


# --- what the rules say --------------------------------------------------------------------------


def test_every_rule_has_a_run_that_shows_it() -> None:
    assert set(RUNS) == set(rules)


@pytest.mark.parametrize("name", rules)
def test_a_rule_is_explained(name: str) -> None:
    rule = rules[name]
    assert len(re.findall(r"[.] (?=[A-Z])|[.]$", rule.why)) == 3
    assert rule.formula
    assert rule.label[0].isupper()
    assert not rule.label.endswith(".")
    assert [other.rank for other in rules.values()].count(rule.rank) == 1


@pytest.mark.parametrize("name", rules)
def test_a_rule_fires_on_what_is_built_to_show_it(name: str) -> None:
    for said in shown(name):
        assert name in said
        finding = said[name]
        assert re.match(r"[A-Z].*[.]$", finding.sentence)
        assert len(finding.sentence) <= 120, "two lines beside the buttons hold no more"
        assert not re.search(r"nan|inf\b|_|\d{7}|e-\d", finding.sentence), finding.sentence
        depth = len(RUNS[name][0].network.hidden)
        assert all(0 <= layer < depth for layer in finding.where)


@pytest.mark.parametrize("name", rules)
def test_what_a_rule_proposes_is_another_experiment(name: str) -> None:
    trained, _ = RUNS[name]
    rule, finding = rules[name](), shown(name)[0][name]
    proposals = rule.proposal(trained, finding)
    assert proposals
    assert len({label for label, _ in proposals}) == len(proposals)
    for label, changed in proposals:
        assert len(label) <= 26
        assert changed != trained
        assert Experiment.model_validate(changed.model_dump(mode="json")) == changed
        assert changed.training.seed == trained.training.seed


@pytest.mark.slow
@pytest.mark.parametrize("name", rules)
def test_what_is_tried_helps(name: str) -> None:
    trained, epochs = RUNS[name]
    _, changed = rules[name]().proposal(trained, shown(name)[0][name])[0]
    still = sum(name in said for said in watched(changed, SEEDS, epochs, at_end=True))
    assert still <= 1


# --- what is healthy -----------------------------------------------------------------------------

HEALTHY = {"default": Experiment(), "welcome": welcome().experiment}


@pytest.mark.parametrize("which", HEALTHY)
def test_a_healthy_run_is_left_in_peace(which: str) -> None:
    assert watched(HEALTHY[which], 4, 10_000) == [{}] * 4


@pytest.mark.slow
@pytest.mark.parametrize("which", HEALTHY)
def test_32_healthy_runs_are_left_in_peace(which: str) -> None:
    assert watched(HEALTHY[which], 32, 10_000) == [{}] * 32


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", optimizers)
def test_the_usual_learning_rates_are_not_blamed(optimizer: str) -> None:
    for said in watched(made(layers(3, activation="tanh"), optimizer=optimizer), 16, 60):
        assert not {"rate_too_large", "rate_too_small", "exploding_gradient"} & set(said)


# --- calm ----------------------------------------------------------------------------------------

LOUD = Finding("x", "red", "Loud.")
SOFT = Finding("x", "amber", "Soft.")


def heard(*looks: Finding | None, at_once: bool = False) -> list[Finding | None]:
    opinion = _Opinion(rules["saturation"]())
    said = []
    for look in looks:
        opinion.hear(look, at_once)
        said.append(opinion.said)
    return said


def test_a_finding_appears_when_several_looks_agree() -> None:
    assert heard(*[LOUD] * ONSET) == [None] * (ONSET - 1) + [LOUD]
    assert set(heard(*[LOUD, None] * 20)) == {None}
    assert heard(LOUD, at_once=True) == [LOUD]


def test_it_vanishes_later_than_it_came_and_does_not_flicker() -> None:
    start = [LOUD] * ONSET
    gone = heard(*start, *[None] * LINGER)
    assert gone[ONSET - 1 : -1] == [LOUD] * LINGER
    assert gone[-1] is None
    assert set(heard(*start, *[None, LOUD] * 20)[ONSET:]) == {LOUD}
    assert set(heard(*start, *[SOFT, LOUD] * 20)[ONSET:]) == {LOUD}
    assert heard(*start, *[SOFT] * ONSET)[-1] is SOFT


def test_its_numbers_stand_long_enough_to_be_read() -> None:
    looks = [Finding("x", "red", f"{number}.") for number in range(ONSET + 4 * HOLD)]
    said = heard(*looks)[ONSET - 1 :]
    assert len(set(said)) == 5


def test_a_run_does_not_make_the_first_sentence_jump() -> None:
    trainer = Trainer(RUNS["vanishing_gradient"][0])
    doctor, first = Doctor(trainer), []
    for _ in range(300):
        findings = doctor.examine(0)
        first.append(findings[0].rule if findings else "")
        trainer.single_step()
    assert sum(one != other for one, other in itertools.pairwise(first)) <= 2


def test_the_rate_that_broke_a_run_is_named_after_another_was_chosen() -> None:
    rate = ("training", "optimizer", "learning_rate")
    trainer = Trainer(RUNS["diverged"][0])
    doctor = Doctor(trainer)
    doctor.examine(0)
    trainer.run(lambda: False)
    said = doctor.examine(0)[0]
    assert (said.rule, "rate 30 " in said.sentence) == ("diverged", True)
    trainer.apply(replace(trainer.experiment, rate, 0.1))
    assert doctor.examine(0)[0] == said


# --- what is measured ----------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", optimizers)
@pytest.mark.parametrize("replicas", [1, 3])
def test_the_size_of_a_step_is_that_of_the_step_that_is_made(optimizer: str, replicas: int) -> None:
    trainer = Trainer(
        experiment(
            training={
                "optimizer": optimizer,
                "batch_size": "full",
                "replicas": replicas,
                "precision": "float64",
            }
        )
    )
    trainer.gradient_at_start()
    expected = update_ratios(trainer)
    weights = trainer.network.layout.weight_mask() > 0
    for _ in range(3):
        before = trainer.network.theta[:, weights].copy()
        trainer.single_step()
        change = np.linalg.norm(trainer.network.theta[:, weights] - before, axis=1)
        ratios = change / np.linalg.norm(before, axis=1)
        if trainer.step == 1:
            assert np.allclose(expected, ratios, rtol=1e-9), "the first one is foreseen"
        assert np.allclose(update_ratios(trainer), ratios, rtol=1e-9)


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_how_units_answer_is_measured_on_the_training_points(
    activation: str, replicas: int
) -> None:
    initializer = {"name": "normal", "stddev": 1.0}
    hidden = layers(2, 5, activation=activation, initializer=initializer, batch_norm="after")
    trainer = Trainer(experiment(hidden, training={"replicas": replicas}))
    trainer.run_epoch()
    inputs = trainer.dataset.train.inputs
    answers = answers_of(trainer.network, inputs)
    program = trainer.network.evaluation(inputs.shape[1])
    for index, trace in enumerate(program.traces[:-1]):
        z = trace.pre.reshape(replicas, 5, -1).astype(np.float64)
        values = {
            "sigmoid": 1 / (1 + np.exp(-z)),
            "tanh": np.tanh(z),
            "relu": np.maximum(z, 0),
        }[activation]
        flat = {"sigmoid": np.abs(values - 0.5) > 0.485, "tanh": np.abs(values) > 0.97}
        if activation in flat:
            assert np.allclose(
                answers.saturated[:, index], flat[activation].mean((1, 2)), atol=0.002
            )
        else:
            assert np.isnan(answers.saturated[:, index]).all()
        assert np.allclose(answers.spread[:, index], values.std(2).mean(1), rtol=1e-4)
        running = trainer.network.running_variance(index)
        ratio = np.median(running / values.var(axis=2), axis=1)
        assert np.allclose(answers.variance_ratio[:, index], ratio, rtol=1e-3)


def test_the_steepest_slope_is_that_of_the_whole_curve() -> None:
    for entry in activations.values():
        activation = entry()
        assert isinstance(activation, ActivationFunction)
        found = steepest_slope(activation)
        assert (found is None) == (activation.limits is None)
        if found is not None:
            assert found == activation.evaluate(np.linspace(-5, 5, 1001))[1].max()


def test_evidence_is_frozen_and_that_of_its_replica() -> None:
    trainer = Trainer(experiment(training={"replicas": 3}))
    for _ in range(3):
        trainer.run_epoch()
        witness = Witness(trainer)
        many = [witness.evidence(replica) for replica in range(3)]
    alone = Trainer(experiment(training={"seed": 2}))
    for _ in range(3):
        alone.run_epoch()
    one = Witness(alone).evidence(0)
    for name in Evidence.__dataclass_fields__:
        value, same = getattr(many[2], name), getattr(one, name)
        if isinstance(value, np.ndarray):
            assert not value.flags.writeable
            assert np.allclose(value, same, rtol=1e-3, equal_nan=True), name
    assert many[2].train_chance == pytest.approx(np.log(2), abs=0.02)
    assert many[0].weights[0] != many[2].weights[0]


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("hidden", [[], layers(2, 5), layers(2, 5, **BATCH_NORM, dropout=0.3)])
def test_looking_changes_nothing(hidden: list[Any], replicas: int) -> None:
    def trained(look: bool) -> tuple[bytes, ...]:
        trainer = Trainer(experiment(hidden, training={"replicas": replicas, "max_epochs": 4}))
        instrument = instruments["doctor"](trainer)
        while trainer.stop is None:
            if look:
                for replica in range(replicas):
                    instrument.read(replica)
            trainer.single_step()
        return state_of(trainer)

    assert trained(True) == trained(False)


def test_a_change_in_mid_run_is_followed() -> None:
    trainer = Trainer(made(layers(2, **BATCH_NORM), batch_size=4))
    doctor = Doctor(trainer)
    assert [finding.rule for finding in doctor.examine(0)] == ["tiny_batches"]
    trainer.single_step()
    trainer.apply(replace(trainer.experiment, ("training", "batch_size"), 32))
    assert doctor.examine(0) == ()
    trainer.single_step()
    assert doctor.examine(0) == ()


@pytest.mark.parametrize("units", [1, 8])
@pytest.mark.parametrize("activation", ["relu", "selu", "sigmoid"])
@pytest.mark.parametrize("initializer", initializers)
def test_a_deep_and_narrow_network_is_looked_at_too(
    initializer: str, activation: str, units: int
) -> None:
    hidden = layers(24, units, activation=activation, initializer=initializer)
    experiment = made(hidden, data={"samples": 40}, batch_size="full")
    found = Doctor(Trainer(experiment)).examine(0)
    fits = initializer.startswith("he_") and activation == "relu"
    assert not (fits and "initializer_misfit" in [finding.rule for finding in found])


def test_the_most_serious_is_said_first() -> None:
    trainer = Trainer(
        made(layers(3, **BATCH_NORM, initializer="zeros"), {"samples": 60}, batch_size=4)
    )
    found = Doctor(trainer).examine(0)
    severities = [finding.severity for finding in found]
    assert severities == sorted(severities, key=["red", "amber", "note"].index)
    assert {"red", "amber", "note"} == set(severities)


def test_rules_are_classes_with_names_of_their_own() -> None:
    assert all(issubclass(rule, Rule) and rule.name == name for name, rule in rules.items())
