"""All instruments on whatever experiment there may be: they read, and leave the run alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.training.instruments import instruments
from playground.training.trainer import Trainer
from tests.strategies import experiments

SMALL = 200_000
"""Activations and parameters of an experiment that is looked at quickly."""


def is_small(experiment: Experiment) -> bool:
    sizes = experiment.sizes
    weights = sum((fan_in + 1) * units for fan_in, units in itertools.pairwise(sizes))
    replicas = experiment.training.replicas
    return max(weights, sum(sizes) * experiment.data.count) * replicas < SMALL


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(experiment=experiments().filter(is_small), steps=st.integers(0, 3))
def test_every_instrument_reads_every_experiment(experiment: Experiment, steps: int) -> None:
    trainer = Trainer(replace(experiment, ("training", "max_epochs"), 3))
    made = {name: kind(trainer) for name, kind in instruments.items()}
    made["unit_field"].aim((0, 0))
    for _ in range(steps + 1):
        theta = trainer.network.theta.copy()
        for instrument in made.values():
            instrument.read(trainer.network.replicas - 1)
        np.testing.assert_array_equal(trainer.network.theta, theta)
        trainer.single_step()


@pytest.mark.parametrize("name", instruments)
def test_a_branch_is_of_the_same_kind(name: str) -> None:
    trainer = Trainer(Experiment())
    assert type(instruments[name](trainer).branch(trainer)) is instruments[name]
