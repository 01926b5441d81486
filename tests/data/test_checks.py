"""Warnings of points from which there is little to learn."""

from __future__ import annotations

from typing import Any

import pytest

from playground.core.experiment import Experiment
from playground.core.families import sources
from playground.data.checks import warnings_in_points
from playground.data.dataset import prepare


def warned(training: Any = None, **data: Any) -> dict[str, str]:
    """Place to sentence."""
    given = Experiment.model_validate({"data": data, "training": {"stop": [], **(training or {})}})
    found = warnings_in_points(given, prepare(given.data))
    assert len({problem.path for problem in found}) == len(found)
    return {problem.place: problem.message for problem in found}


def own(points: Any, **more: Any) -> dict[str, str]:
    return warned(source="points", points=points, **{"test_share": 0, **more})


@pytest.mark.parametrize("source", [name for name in sources if name != "points"])
def test_the_data_sets_deserve_no_warning(source: str) -> None:
    assert warned(source=source) == {}


@pytest.mark.parametrize("label", [0, 1, 2])
def test_labels_that_are_all_equal(label: int) -> None:
    sentence = own([[index, -index, label] for index in range(40)])["data.points"]
    assert sentence.startswith(f"all 40 training points are of class {label}: the same answer")
    assert "nothing to learn; take points with different targets" in sentence


def test_a_class_that_nearly_all_points_are_of() -> None:
    points = [[index, -index, float(index % 20 == 0)] for index in range(40)]
    sentence = own(points)["data.points"]
    assert sentence.startswith("95.0% of the training points are of class 0: always to answer it")
    assert "an accuracy of 0.950 says nothing" in sentence
    assert "of class 1" in warned(source="gauss", balance=0.05)["data.samples"]
    assert warned(source="gauss", balance=0.15) == {}


def test_numbers_that_are_all_equal() -> None:
    points = [[index, -index, 2.5] for index in range(40)]
    assert "have the target 2.5" in own(points, problem="regression")["data.points"]
    points[7][2] = 2.6
    assert own(points, problem="regression") == {}


def test_one_point() -> None:
    assert "only one training point" in own([[1, 2, 0]])["data.points"]
    assert "only one training point" in warned(samples=2)["data.samples"]


def test_a_constant_feature_is_named_with_its_value() -> None:
    points = [[3, index, index % 2] for index in range(40)]
    found = own(points, features=["x2", "x1", "x1_x2"])
    assert list(found) == ["data.features[1]"]
    assert found["data.features[1]"].startswith("the feature x₁ is 3 at every training point")
    assert own(points, features=["x2"]) == {}


def test_features_that_are_all_constant_are_one_warning() -> None:
    points = [[3, 4, index % 2] for index in range(40)]
    found = own(points, features=["x1", "x2", "x1_x2"])
    assert list(found) == ["data.features"]
    assert "look alike to the network" in found["data.features"]


def test_what_single_precision_cannot_tell_apart_is_constant() -> None:
    points = [[1e6 + 1e-3 * index, index, index % 2] for index in range(10)]
    assert list(own(points)) == ["data.features[0]"]
    assert own(points, training={"precision": "float64"}) == {}


def test_a_class_that_is_only_tested() -> None:
    points = [[index, -index, index % 2] for index in range(9)] + [[1, 1, 2]]
    seeds = range(8)
    found = [own(points, test_share=0.5, seed=seed) for seed in seeds]
    alone = [
        2 in prepare(Experiment.model_validate({
            "data": {"source": "points", "points": points, "test_share": 0.5, "seed": seed},
        }).data).test.targets
        for seed in seeds
    ]  # fmt: skip
    assert 0 < sum(alone) < 8
    assert [bool(one) for one in found] == alone
    for one in filter(None, found):
        assert one["data.points"].startswith("of class 2 there are test points but no training")


def test_what_a_user_meets_all_at_once_is_said_all_at_once() -> None:
    found = own([[3, index, 1] for index in range(10)])
    assert list(found) == ["data.points", "data.features[0]"]
