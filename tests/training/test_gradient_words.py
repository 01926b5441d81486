"""A gradient check in words."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from playground.engine.activations import Tanh
from playground.training.gradient_check import GradientCheck, check_gradient
from playground.training.gradient_words import (
    HEADER,
    as_text,
    headline,
    kind_name,
    layer_name,
    notes,
    rows,
    verdict,
    where,
)
from playground.training.trainer import Trainer
from tests.training.helpers import experiment


def check(hidden: list[Any], **training: Any) -> GradientCheck:
    return check_gradient(Trainer(experiment(hidden, training=training)))


def verdicts(found: GradientCheck) -> dict[tuple[str, str], str]:
    return {
        (layer_name(found, part.layer), kind_name(part)): verdict(found, part)
        for part in found.parts
    }


def test_all_is_right() -> None:
    found = check([{"units": 4, "activation": "tanh"}])
    assert set(verdicts(found).values()) == {"Agree"}
    assert headline(found).startswith(
        "Backpropagation agrees with central differences in all 17 parameters that were compared: "
        "the worst relative error is "
    )
    assert headline(found).endswith("up to 1e-07 is right.")


def test_the_layer_with_the_fault_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    backward = Tanh.backward
    monkeypatch.setattr(
        Tanh,
        "backward",
        lambda self, z, out, delta, scratch: [
            *backward(self, z, out, delta, scratch),
            lambda: np.multiply(delta, 2, delta),
        ],
    )
    layer = {"units": 3, "activation": "sigmoid"}
    found = check([layer, {"units": 3, "activation": "tanh"}, layer])
    assert headline(found).startswith(
        "Backpropagation is wrong in layer 2 (Tanh): 21 of 37 parameters differ from central "
        "differences, with a relative error of up to 0.5."
    )
    assert "What lies before it gets its gradient through it." in headline(found)
    said = verdicts(found)
    assert said["layer 1", "weights"].startswith("All 6 differ; the worst is ")
    assert ", by differences " in said["layer 1", "weights"]
    assert said["layer 3", "weights"] == said["output", "biases"] == "Agree"


def test_kinks_are_named() -> None:
    found = check([{"units": 3, "activation": "relu", "initializer": "zeros"}], regularizer="l1")
    said = verdicts(found)
    assert said["layer 1", "biases"] == "Not judged: all 3 at the kink of ReLU at x = 0"
    assert said["layer 1", "weights"] == (
        "Not judged: all 6 at the kink of ReLU at x = 0 or the kink of L1 at w = 0"
    )
    assert "in all 4 parameters" in headline(found)
    assert headline(found).endswith("9 more could not be judged; the table says why.")


def test_some_are_left_out() -> None:
    found = check([{"units": 4, "activation": "tanh"}])
    part = dataclasses.replace(found.parts[0], agreeing=5, cornered=1, unresolved=2)
    relu = check([{"units": 3, "activation": "relu", "initializer": "zeros"}]).parts[0].corners
    assert verdict(found, dataclasses.replace(part, corners=relu)) == (
        "Agree; left out: 1 at the kink of ReLU at x = 0 and 2 because differences are not exact "
        "enough"
    )


def test_zeros_are_explained() -> None:
    layer = {"units": 4, "activation": "tanh", "batch_norm": "before"}
    said = verdicts(check([layer]))
    assert said["layer 1", "biases"] == "Agree: 0, since BatchNorm takes away what they add"
    assert said["layer 1", "γ"] == said["layer 1", "β"] == "Agree"
    dead = {"units": 3, "activation": "relu", "initializer": {"name": "he_normal", "bias": -500.0}}
    assert verdicts(check([dead]))["layer 1", "weights"] == "Agree: all are 0"


def test_parameters_are_named() -> None:
    found = check([{"units": 4, "activation": "tanh"}] * 2)
    places = {(part.layer, part.kind): where(found, part) for part in found.parts}
    assert places[0, "weights"].startswith("x")
    assert " → unit " in places[0, "weights"]
    assert places[1, "weights"].startswith("unit ")
    assert places[2, "weights"].endswith(" → output 1")
    assert places[2, "biases"] == "output 1"
    assert places[0, "biases"].startswith("unit ")


@pytest.mark.parametrize(
    ("hidden", "training", "words"),
    [
        ([{"batch_norm": "after"}], {}, "BatchNorm works as in training"),
        ([{"dropout": 0.2}], {}, "one mask for all evaluations"),
        ([{}], {"regularizer": "l2"}, "The regulariser is part of the loss: L2"),
        ([{}], {"replicas": 4}, "Of the 4 replicas the first one is checked"),
        ([{"units": 40}, {"units": 40}], {}, "Up to 250 parameters of a kind are drawn"),
    ],
)
def test_what_was_done_is_said(hidden: list[Any], training: Any, words: str) -> None:
    assert any(words in note for note in notes(check(hidden, **training)))
    assert not any(words in note for note in notes(check([{"units": 3}])))


def test_epoch_points_and_the_formula_are_said() -> None:
    trainer = Trainer(experiment([{"units": 3}]))
    trainer.run_epoch()
    said = " ".join(notes(check_gradient(trainer)))
    assert f"epoch 1, step {trainer.step}, on a batch of 60 training points" in said
    assert "|a - n| / max(|a|, |n|, g/1000)" in said


def test_what_is_not_finite_is_said_instead_of_a_table() -> None:
    trainer = Trainer(experiment([{"units": 3}]))
    trainer.network.theta[:] = np.nan
    found = check_gradient(trainer)
    assert "it has diverged" in headline(found)
    assert rows(found) == []
    assert HEADER[2] not in as_text(found)
    assert "The run has diverged" in " ".join(notes(dataclasses.replace(found, diverged=True)))


def test_the_text_holds_everything_in_columns() -> None:
    found = check([{"units": 4, "activation": "tanh"}])
    text = as_text(found)
    assert text.startswith(f"{found.experiment.name}\n\n{headline(found)}\n\nLayer ")
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Layer"))
    places = [lines[start].index(name) for name in HEADER]
    for line, row in zip(lines[start + 1 :], rows(found), strict=False):
        for place, cell in zip(places, row, strict=True):
            assert line[place : place + len(cell)] == cell
    for note in notes(found):
        assert note in text
