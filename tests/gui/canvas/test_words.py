"""What a neuron computes, in words."""

from __future__ import annotations

import pytest

from playground.core.experiment import Experiment
from playground.gui.canvas.words import formula, link_name, neuron_name
from playground.training.instruments.wiring import NOTHING, WiringInstrument
from playground.training.trainer import Trainer

SUM = "0.31·x₁ − 1.2·x₂ + 0.05"


def trainer_of(*layers, **data):
    tree = {"data": data, "network": {"hidden": list(layers)}}
    return Trainer(Experiment.model_validate(tree))


def wiring_of(trainer):
    instrument = WiringInstrument(trainer)
    instrument.aim(NOTHING)
    return instrument.read(0)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, f"relu({SUM})"),
        ({"activation": "linear"}, f"({SUM})"),
        ({"batch_norm": "before"}, f"relu(BN({SUM}))"),
        ({"batch_norm": "after"}, f"BN(relu({SUM}))"),
    ],
)
def test_the_formula_has_weights_activation_and_batch_norm(changes, text):
    trainer = trainer_of({"units": 3, **changes})
    trainer.network.views[0].table[0, :, 1] = 0.31, -1.2, 0.05
    assert formula(trainer.experiment, wiring_of(trainer), 1, 1) == text


def test_the_strongest_terms_are_written_in_their_order():
    trainer = trainer_of({"units": 9}, {"units": 2})
    column = trainer.network.views[1].table[0, :, 0]
    column[:] = 0.1, -3, 0.2, 4, 0.3, 5, 0.01, 6, 0.4, -0.5
    text = formula(trainer.experiment, wiring_of(trainer), 2, 0)
    assert text == "relu(−3·a₂ + 4·a₄ + 0.3·a₅ + 5·a₆ + 6·a₈ + 0.4·a₉ + 3 more − 0.5)"


def test_the_output_and_the_features():
    trainer = trainer_of({"units": 1}, features=["x1", "x1_x2"])
    trainer.network.views[1].table[0, :, 0] = 2, 1
    seen = wiring_of(trainer)
    assert formula(trainer.experiment, seen, 2, 0) == "2·a₁ + 1"
    assert formula(trainer.experiment, seen, 0, 1) == "the feature x₁·x₂"


def test_a_layer_that_is_too_large_says_so():
    trainer = trainer_of({"units": 200}, {"units": 200})
    assert "too large" in formula(trainer.experiment, wiring_of(trainer), 2, 0)


def test_names():
    trainer = trainer_of({"units": 3}, source="pinwheel")
    names = [neuron_name(trainer.experiment, *at) for at in ((0, 1), (1, 2), (2, 0))]
    assert names == ["x₂", "Layer 1, neuron 3", "Output 0"]
    assert link_name(trainer.experiment, 0, 1, 2) == "x₂ → layer 1, neuron 3"
    assert link_name(trainer.experiment, 1, 3, 0) == "Bias of output 0"
