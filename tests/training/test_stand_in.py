"""The network to look at takes the weights that are worth a look."""

from __future__ import annotations

import numpy as np

from playground.core.editing import replace
from playground.core.experiment import Experiment
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer


def test_a_run_that_goes_on_after_its_end_is_seen_to_move():
    experiment = replace(Experiment(), ("training", "stop"), ())
    trainer = Trainer(replace(experiment, ("training", "max_epochs"), 2))
    stand_in = StandIn(trainer)
    trainer.run()
    ended = stand_in.of(0).theta.copy()
    np.testing.assert_array_equal(ended, trainer.network.theta)
    trainer.go_on()
    trainer.run()
    assert not np.array_equal(trainer.network.theta, ended)
    np.testing.assert_array_equal(stand_in.of(0).theta, trainer.network.theta)
