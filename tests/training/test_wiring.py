"""The instrument of what is drawn of a network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.core.families import activations
from playground.data.dataset import plane_inputs
from playground.exchange.experiment_file import dumps
from playground.exchange.trained import capture
from playground.training.frozen import Place
from playground.training.instruments.wiring import MIDDLE, REACH, Sight, Wiring, WiringInstrument
from playground.training.trainer import Trainer
from tests.training.helpers import experiment

GRID = 9
ALL = Sight(GRID, frozenset(range(4)))


def layers(activation: str) -> list[Any]:
    return [
        {"units": 5, "batch_norm": "before", "dropout": 0.5},
        {"units": 4, "activation": activation, "batch_norm": "after"},
    ]


def reading(trainer: Trainer, sight: Sight = ALL, replica: int = 0) -> Wiring:
    instrument = WiringInstrument(trainer)
    instrument.aim(sight)
    return instrument.read(replica)


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("activation", list(activations))
def test_maps_are_what_units_answer(activation: str, replicas: int) -> None:
    trainer = Trainer(experiment(layers(activation), training={"replicas": replicas}))
    trainer.run_epoch()
    before = dumps(capture(trainer))
    for replica in range(replicas):
        seen = reading(trainer, replica=replica)
        assert [len(maps) for maps in seen.maps] == [2, 5, 4, 1]
        inputs = plane_inputs(trainer.dataset, ("x1", "x2"), GRID)
        raw = trainer.network.outputs(inputs)[replica].reshape(1, GRID, GRID)
        expected = [inputs.reshape(2, GRID, GRID), raw]
        for values, column in zip(expected, (0, 3), strict=True):
            back = (seen.maps[column].astype(float) - MIDDLE) / REACH
            back *= seen.scales[column][:, None, None]
            values = np.clip(values, -seen.scales[column][:, None, None], None)
            values = np.clip(values, None, seen.scales[column][:, None, None])
            step = seen.scales[column].max() / REACH
            np.testing.assert_allclose(back, values, atol=0.51 * step + 1e-6)
    assert dumps(capture(trainer)) == before, "a look changes nothing"


def test_only_what_is_in_sight() -> None:
    trainer = Trainer(experiment())
    seen = reading(trainer, Sight(6, frozenset({2})))
    assert [maps.shape for maps in seen.maps] == [(0, 6, 6), (0, 6, 6), (4, 6, 6), (0, 6, 6)]
    assert [len(maps) for maps in reading(trainer, Sight(1, frozenset())).maps] == [0] * 4


def test_links_are_the_weights_the_gradient_and_what_is_held() -> None:
    trainer = Trainer(experiment(training={"replicas": 2}))
    assert reading(trainer).links[0].gradient is None
    trainer.set_weight(Place(1, 1, 2, 3), 0.5, held=True)
    trainer.single_step()
    seen = reading(trainer, replica=1)
    assert seen.links[1].weights[2, 3] == 0.5  # type: ignore[index]  # it is small
    assert np.argwhere(seen.links[1].frozen).tolist() == [[2, 3]]
    for links, views in zip(seen.links, trainer.network.grad_views, strict=True):
        np.testing.assert_array_equal(links.gradient, views.table[1])
    assert reading(trainer).links[1].frozen.sum() == 0  # type: ignore[union-attr]


def test_a_large_layer_hands_out_only_the_size_of_its_weights() -> None:
    trainer = Trainer(experiment([{"units": 200}, {"units": 200}]))
    small, large, _ = reading(trainer).links
    assert small.weights is not None
    assert large.weights is None
    weights = trainer.network.views[1].weights
    assert large.rms == pytest.approx(float(np.sqrt((weights**2).mean())), rel=1e-5)


def test_masks_are_those_of_the_last_step() -> None:
    trainer = Trainer(experiment(layers("relu")))
    assert reading(trainer).masks == (None, None)
    trainer.single_step()
    first, second = reading(trainer).masks
    assert second is None
    program = trainer.last_program
    assert program is not None
    out = program.traces[0].out[:, 0]
    np.testing.assert_array_equal(out[~first], 0)  # type: ignore[operator]  # it is there


def test_a_diverged_network_has_maps() -> None:
    trainer = Trainer(experiment())
    trainer.network.theta[:] = np.inf
    seen = reading(trainer)
    assert all(np.isfinite(scale).all() for scale in seen.scales)
