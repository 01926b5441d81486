"""Fifty full-batch steps of whole networks against PyTorch's, through the trainer."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from playground.core.experiment import Experiment
from playground.core.families import (
    activations,
    clippings,
    losses,
    optimizers,
    regularizers,
    schedules,
)
from playground.training.trainer import Trainer
from tests.engine.helpers import golden

GOLDEN = golden("trajectories")
SETUP = GOLDEN["setup"]
SCHEDULED = golden("schedules")["runs"]
RUNS = [pytest.param(entry, id=entry["id"]) for entry in (*GOLDEN["runs"], *SCHEDULED)]
BOUND = 1e-9


def trainer_of(entry: dict[str, Any]) -> Trainer:
    targets = np.array(SETUP["targets"][entry["loss"]], dtype=float)
    if entry["loss"] in ("hinge", "tanh_half_mse"):
        targets = (targets + 1) / 2  # classes here
    points = np.column_stack((SETUP["inputs"], targets)).tolist()
    regression = entry["loss"] in ("mse", "half_mse", "huber")
    hidden = [
        {
            "units": len(given["bias"]),
            "activation": entry["activation"],
            "batch_norm": entry["batch_norm"],
        }
        for given in SETUP["hidden"]
    ]
    trainer = Trainer(
        Experiment.model_validate(
            {
                "data": {
                    "source": "points",
                    "points": points,
                    "problem": "regression" if regression else "classification",
                    "test_share": 0,
                },
                "network": {"hidden": hidden},
                "training": {
                    "loss": entry["loss"],
                    "optimizer": entry["hyper"],
                    "schedule": entry.get("schedule", "constant"),
                    "clipping": entry.get("clipping", "none"),
                    "regularizer": entry["regularizer"],
                    "batch_size": "full",
                    "precision": "float64",
                    "stop": [],
                },
            }
        )
    )
    network = trainer.network
    layers = [*SETUP["hidden"], SETUP["output"][str(network.sizes[-1])]]
    for views, given in zip(network.views, layers, strict=True):
        views.weights[0] = given["weight"]
        views.biases[0] = given["bias"]
        if views.gamma is not None and views.beta is not None:
            views.gamma[0] = given["gamma"]
            views.beta[0] = given["beta"]
    return trainer


def training_loss(trainer: Trainer) -> float:
    """With batch statistics and without penalty."""
    program = trainer.gradient_at_start()
    return float(trainer.network.loss.mean(program.logits, program.targets))


@pytest.mark.parametrize("entry", RUNS)
def test_fifty_steps_are_pytorchs(entry: dict[str, Any]) -> None:
    trainer = trainer_of(entry)
    found = []
    for step in range(SETUP["steps"] + 1):
        if step in SETUP["loss_steps"]:
            found.append(training_loss(trainer))
        if step < SETUP["steps"]:
            trainer.single_step()
    assert trainer.epoch == trainer.step == SETUP["steps"]
    assert np.abs(np.array(found) - entry["losses"]).max() < BOUND

    off = np.abs(trainer.network.theta[0] - entry["parameters"])
    normalised = entry["batch_norm"]
    if normalised == "before":  # these biases are noise in part: see make_golden.py
        off[SETUP["before_bias_indices"]] = 0
    assert off.max() < BOUND
    if normalised != "none":
        for index in range(2):
            variance = trainer.network.running_variance(index)[0]
            assert np.abs(variance - entry["running_var"][index]).max() < BOUND
            mean = trainer.network.running_mean(index)[0]
            if normalised == "after":
                assert np.abs(mean - entry["running_mean"][index]).max() < BOUND
            else:  # the mean follows the bias
                assert np.abs(mean - entry["running_mean"][index]).max() < 1e-4


def test_the_golden_runs_hold_every_optimizer_with_every_batch_norm_and_loss() -> None:
    held = {(e["hyper"]["name"], e["batch_norm"], e["loss"]) for e in GOLDEN["runs"]}
    assert held >= set(itertools.product(optimizers, ("none", "before", "after"), losses))


def test_the_golden_runs_hold_every_activation_and_regulariser() -> None:
    runs = GOLDEN["runs"]
    assert {entry["activation"]["name"] for entry in runs} == set(activations)
    for name in regularizers:
        with_it = [entry for entry in runs if entry["regularizer"]["name"] == name]
        assert {entry["batch_norm"] for entry in with_it} >= {"none", "after"}
        assert {entry["hyper"]["name"] for entry in with_it} >= {"adam", "sgd"}


def test_the_golden_runs_hold_every_schedule_and_clipping() -> None:
    assert {entry["schedule"]["name"] for entry in SCHEDULED} == set(schedules)
    assert {entry["clipping"]["name"] for entry in SCHEDULED} == set(clippings)
