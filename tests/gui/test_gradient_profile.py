"""The gradient's profile in the real window."""

import numpy as np
import pytest

from playground.core.experiment import Experiment
from playground.exchange.drawing.layers import Layers


def network(depth, activation, initializer):
    layer = {"units": 8, "activation": activation, "initializer": initializer}
    return Experiment.model_validate({"network": {"hidden": [layer] * depth}})


@pytest.fixture
def open_on(open_window, qtbot):
    def opened(experiment):
        window = open_window(experiment)
        window.docks["Profile"].raise_()
        qtbot.waitUntil(lambda: bool(window.gradient_profile.plot.curves))
        return window

    return opened


def test_a_vanishing_gradient_lies_in_the_red_band(open_on):
    profile = open_on(network(8, "sigmoid", "xavier_normal")).gradient_profile
    weights = profile.plot.curves[1]
    red, amber = profile.plot.bands
    assert list(weights.x) == list(range(1, 10))
    assert weights.y[0] < red.high[0] < amber.high[0] < weights.y[7]
    assert amber.low[0] == red.high[0]
    assert np.isclose(amber.high[0], weights.y[7] - 2)


def test_a_healthy_one_does_not(open_on, qtbot):
    window = open_on(network(3, "tanh", "xavier_normal"))
    profile = window.gradient_profile
    weights = profile.plot.curves[1]
    assert all(weights.y.min() > band.high[0] for band in profile.plot.bands)
    profile._hover(1.2, 0.0)
    assert "Layer 1" in profile.box.text()
    assert "of the last hidden" in profile.box.text()
    profile._hover(4.3, 0.0)
    assert "Output" in profile.box.text()
    window.session.edit(("network", "hidden"), ())
    qtbot.waitUntil(lambda: len(profile.plot.curves[1].x) == 1)
    assert not profile.plot.bands


@pytest.mark.parametrize("hidden", [0, 1, 3, 8, 20, 32])
@pytest.mark.parametrize("most", [1, 4, 12])
def test_ticks_are_layers_and_the_output(hidden, most):
    places = [place for place, _ in Layers(hidden).ticks(most)]
    assert places[-1] == hidden + 1
    assert places == sorted(set(places))
