"""From the data part to training and test points."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from playground.core.experiment import Data
from playground.core.families import features, sources
from playground.data.dataset import Dataset, Part, extent, prepare
from playground.data.features import compute
from tests.strategies import data_parts

NAMES = list(sources)
POINTS = ((1.0, 2.0, 0.0), (-1.0, 0.5, 1.0), (3.0, -2.0, 2.0), (0.0, 0.0, 0.0))


def settings(name: str, **more: Any) -> Data:
    if name == "points":
        more["points"] = POINTS * 15
    else:
        more.setdefault("samples", 60)
    return Data(source=name, **more)


def parts(dataset: Dataset) -> list[np.ndarray]:
    return [
        array
        for part in (dataset.train, dataset.test)
        for array in (part.points, part.targets, part.inputs)
    ]


def rows(*given: Part) -> list[tuple[float, ...]]:
    table = np.concatenate([np.column_stack((part.points, part.targets)) for part in given])
    return sorted(map(tuple, table.tolist()))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_data_gives_the_same_bytes(name: str) -> None:
    data = settings(name, noise=0.2)
    first, second = prepare(data), prepare(data)
    assert [a.tobytes() for a in parts(first)] == [a.tobytes() for a in parts(second)]
    assert first.task == data.task


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_gives_another_split(name: str) -> None:
    first, second = prepare(settings(name, seed=1)), prepare(settings(name, seed=2))
    assert first.train.points.tobytes() != second.train.points.tobytes()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_the_split_parts_the_same_points(name: str, share: float) -> None:
    data = settings(name, test_share=share)
    dataset, all_train = prepare(data), prepare(settings(name, test_share=0.0))
    assert len(dataset.test) == data.test_count
    assert len(dataset.train) == data.count - data.test_count
    assert len(all_train.test) == 0
    assert rows(dataset.train, dataset.test) == rows(all_train.train)


def test_classes_are_mixed_in_both_parts() -> None:
    dataset = prepare(Data(samples=400))
    for part in (dataset.train, dataset.test):
        assert 0.4 < part.targets.mean() < 0.6


def test_the_order_of_the_points_is_not_that_of_their_classes() -> None:
    targets = prepare(Data(source="gauss", samples=400, test_share=0)).train.targets
    assert 150 < np.abs(np.diff(targets)).sum() < 250


@given(data_parts(most=60))
def test_shapes_hold_for_any_data(data: Data) -> None:
    dataset = prepare(data)
    for part in (dataset.train, dataset.test):
        assert part.points.shape == (len(part), 2)
        assert part.inputs.shape == (len(data.features), len(part))
        assert np.array_equal(part.inputs, compute(data.features, part.points))
    assert len(dataset.train) + len(dataset.test) == data.count
    assert len(dataset.train) >= 1
    for array in parts(dataset):
        assert array.dtype == np.float64
        assert np.isfinite(array).all()
        assert not array.flags.writeable


def test_own_points_are_taken_as_they_are() -> None:
    data = Data(source="points", points=POINTS, test_share=0.0, noise=0.7, samples=9)
    train = prepare(data).train
    assert rows(train) == sorted(POINTS)


# --- features ------------------------------------------------------------------------------------


def test_features_are_those_of_tensorflow_playground() -> None:
    points = np.random.default_rng(0).uniform(-6, 6, (40, 2))
    x1, x2 = points.T
    expected = {
        "x1": x1, "x2": x2, "x1_squared": x1**2, "x2_squared": x2**2, "x1_x2": x1 * x2,
        "sin_x1": np.sin(x1), "sin_x2": np.sin(x2),
    }  # fmt: skip
    assert set(features) >= set(expected)
    for name, values in expected.items():
        assert np.allclose(compute([name], points), values[None], rtol=1e-15, atol=0)


@pytest.mark.parametrize("name", list(features))
def test_a_feature_is_a_row_for_any_number_of_points(name: str) -> None:
    for count in (0, 1, 5):
        found = compute([name, "x2"], np.full((count, 2), 0.5))
        assert found.shape == (2, count)
        assert found.dtype == np.float64
    assert compute([name], np.array([1, 2])).shape == (1, 1)  # a single point, whole numbers


def test_features_keep_their_order() -> None:
    points = np.array([[2.0, 3.0]])
    assert compute(["x2", "x1_x2", "x1"], points)[:, 0].tolist() == [3, 6, 2]


# --- the square that is shown --------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name != "points"])
def test_clean_data_sets_are_shown_on_tensorflow_playgrounds_square(name: str) -> None:
    assert extent(prepare(settings(name, noise=0.0))) == (-6, 6, -6, 6)


@pytest.mark.parametrize(
    "points",
    [
        ((0.0, 0.0, 0.0),),
        ((5.0, 5.0, 0.0),),
        ((0.1, 0.2, 0.0), (0.3, 0.1, 1.0)),
        ((100.0, 7.0, 0.0), (101.0, 9.0, 1.0)),
        ((-1e9, 1e9, 0.0), (1e9, -1e9, 1.0)),
    ],
)
def test_all_points_lie_inside_the_square(points: tuple[tuple[float, float, float], ...]) -> None:
    x1_low, x1_high, x2_low, x2_high = extent(prepare(Data(source="points", points=points)))
    for x1, x2, _ in points:
        assert x1_low < x1 < x1_high
        assert x2_low < x2 < x2_high
    assert math.isclose(x1_high - x1_low, x2_high - x2_low, rel_tol=1e-6)


# --- files of old --------------------------------------------------------------------------------

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "points.json").read_text())["runs"]


@pytest.mark.parametrize(
    "run", GOLDEN, ids=lambda run: f"{run['data']['source']}-{run['data']['noise']}"
)
def test_an_old_file_gives_the_points_that_it_gave(run: dict[str, Any]) -> None:
    data = Data.model_validate(run["data"])
    dataset = prepare(data)
    for part, expected in ((dataset.train, run["train"]), (dataset.test, run["test"])):
        found = np.column_stack((part.points, part.targets))
        # Sines and logarithms of another processor may differ in the last digit.
        assert np.allclose(found, expected, rtol=0, atol=1e-13)
    again = json.loads(data.model_dump_json())
    assert set(again) == set(run["data"]) | {"points", "problem"}


def test_an_old_file_has_its_points_for_every_data_set_of_then() -> None:
    assert {run["data"]["source"] for run in GOLDEN} == {
        "circle", "xor", "gauss", "spiral", "moons", "pinwheel", "plane", "reg_gauss", "points",
    }  # fmt: skip
