"""Where neurons and links are drawn, and which one a point means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.gui.canvas.geometry import LARGEST, LEAST, MOST_SINGLE, lay_out
from playground.gui.canvas.links import STEPS, drawn_links
from playground.training.instruments.wiring import Links

COUNTS = st.lists(st.integers(1, 256), min_size=2, max_size=22)


def centres(counts: list[int]) -> list[float]:
    return [200.0 * (index + 1) for index in range(len(counts))]


def links_of(weights: np.ndarray) -> Links:
    table = np.vstack([weights, np.zeros(weights.shape[1])])
    rms = float(np.sqrt((weights**2).mean()))
    return Links(table, None, np.zeros(table.shape, bool), rms)


@given(COUNTS, st.floats(60, 900))
def test_neurons_do_not_overlap_and_each_is_found_where_it_is(counts, height):
    picture = lay_out(counts, centres(counts), height)
    for index, column in enumerate(picture.columns):
        spots = list(column.spots())
        assert len(spots) == counts[index]
        assert column.is_block == (counts[index] > MOST_SINGLE)
        assert len({(spot.x, spot.y) for spot in spots}) == len(spots)
        for unit in {0, len(spots) // 2, len(spots) - 1}:
            assert picture.at(*spots[unit].centre) == (index, unit)
        assert picture.at(column.x, column.top - 1) is None


@given(st.lists(st.integers(1, MOST_SINGLE), min_size=2, max_size=10), st.floats(60, 900))
def test_all_fits_into_the_height_as_long_as_neurons_can_be_seen(counts, height):
    picture = lay_out(counts, centres(counts), height)
    side = picture.columns[0].side
    assert LEAST <= side <= LARGEST
    assert all(column.side == side for column in picture.columns)
    if side > LEAST:
        assert picture.height <= height + 1e-6
    for column in picture.columns:
        assert column.top >= 0
        assert column.top + column.height <= picture.height + 1e-6


def test_zoom_makes_everything_larger():
    plain, twice = (lay_out([2, 8, 1], [0, 200, 400], 300, zoom) for zoom in (1, 2))
    assert twice.columns[1].side == 2 * plain.columns[1].side
    assert twice.height > 300


def test_a_link_goes_from_a_right_edge_to_a_left_edge_and_is_found_there():
    picture = lay_out([2, 3, 1], [50, 250, 450], 200)
    rng = np.random.default_rng(0)
    links = [links_of(rng.normal(size=(2, 3))), links_of(rng.normal(size=(3, 1)))]
    drawn = drawn_links(links, picture)
    assert len(drawn) == drawn.total == 9
    for index in range(len(drawn)):
        layer, row, unit = (int(part[index]) for part in (drawn.layer, drawn.row, drawn.unit))
        source, target = picture.columns[layer].spot(row), picture.columns[layer + 1].spot(unit)
        ends = source.x + source.side, source.centre[1], target.x, target.centre[1]
        assert tuple(drawn.ends[index]) == pytest.approx(ends)
        assert drawn.weight[index] == links[layer].weights[row, unit]
        x1, y1, x2, y2 = drawn.ends[index]
        near = drawn.nearest(0.15 * x1 + 0.85 * x2, 0.15 * y1 + 0.85 * y2)
        assert near is not None
        assert int(drawn.layer[near]) == layer
    assert drawn.nearest(150, -50) is None
    assert drawn.nearest(50, 100) is None, "left of where it begins"


def test_the_strongest_are_drawn_where_there_are_too_many():
    picture = lay_out([30, 30], [0, 300], 600)
    weights = np.random.default_rng(1).normal(size=(30, 30))
    drawn = drawn_links([links_of(weights)], picture, most=100)
    assert (len(drawn), drawn.total) == (100, 900)
    assert np.abs(drawn.weight).min() >= np.sort(np.abs(weights).ravel())[-100]
    assert drawn.step.max() == STEPS - 1


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_weights_without_a_size_have_a_look_too(value):
    picture = lay_out([2, 2], [0, 100], 100)
    drawn = drawn_links([links_of(np.full((2, 2), value))], picture)
    assert ((drawn.step >= 0) & (drawn.step < STEPS)).all()


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_one_weight_that_has_diverged_beside_small_ones_is_drawn_as_the_strongest(kind):
    weights = np.full((4, 10), 1e-12, kind)
    weights[0, 0] = np.inf
    drawn = drawn_links([links_of(weights)], lay_out([4, 10], [0, 100], 300))
    assert drawn.step[0] == STEPS - 1
    assert ((drawn.step >= 0) & (drawn.step < STEPS)).all()


def test_blocks_have_no_links_of_their_own():
    picture = lay_out([2, 40, 1], [0, 100, 200], 300)
    rng = np.random.default_rng(2)
    links = [links_of(rng.normal(size=(2, 40))), links_of(rng.normal(size=(40, 1)))]
    drawn = drawn_links(links, picture)
    assert len(drawn) == drawn.total == 0
    assert drawn.nearest(50, 150) is None
