"""One's own points as one object: checked once, compared by their bits, never changed."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.core.editing import differences, replace
from playground.core.errors import problems_of
from playground.core.experiment import Data, Experiment
from playground.core.limits import MAX_COORDINATE, MAX_SAMPLES
from playground.core.points import NO_POINTS, Points

number = st.floats(-MAX_COORDINATE, MAX_COORDINATE)
rows_of_numbers = st.lists(st.tuples(number, number, number), max_size=20)


def refused(rows: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        Data(source="points", points=rows)
    return {problem.place: problem.message for problem in problems_of(caught.value)}


@given(rows_of_numbers)
def test_points_are_the_rows_that_were_given(rows: list[tuple[float, float, float]]) -> None:
    points = Points(rows)
    assert len(points) == len(rows)
    assert list(points) == rows
    assert [points[index] for index in range(len(rows))] == rows
    assert points[1:3] == tuple(rows[1:3])
    assert bool(points) == bool(rows)
    assert points == Points([list(row) for row in rows])
    assert hash(points) == hash(Points(rows))
    if rows:
        assert points[-1] == rows[-1]
        assert points.largest_target == max(row[2] for row in rows)
    with pytest.raises(IndexError):
        points[len(rows)]


@given(rows_of_numbers)
def test_json_gives_the_same_bits(rows: list[tuple[float, float, float]]) -> None:
    data = Data(points=rows)
    assert Data.model_validate_json(data.model_dump_json()).points == data.points
    assert Data.model_validate(json.loads(json.dumps(data.model_dump(mode="json")))) == data


def test_they_differ_where_any_number_does() -> None:
    rows = [(1.0, 2.0, 0.0), (3.0, 4.0, 1.0)]
    assert Points(rows) != Points(rows[:1])
    assert Points(rows) != Points([rows[0], (3.0, math.nextafter(4, 5), 1.0)])
    assert Points(rows) != rows
    assert Points() == NO_POINTS
    assert not NO_POINTS


def test_an_edit_of_something_else_hands_the_same_object_on() -> None:
    rows = [[0.5, 1, index % 2] for index in range(40)]
    old = Experiment.model_validate(
        {"data": {"source": "points", "points": rows}, "training": {"stop": []}}
    )
    new = replace(old, ("data", "seed"), 9)
    assert new.data.points is old.data.points
    assert differences(old, new) == [("data", "seed")]
    moved = replace(old, ("data", "points"), [*rows, [1, 1, 1]])
    assert differences(old, moved) == [("data", "points")]
    assert replace(old, ("data", "points", 3), [1, 2, 0]).data.points[3] == (1, 2, 0)
    assert old.data.points[3] == (0.5, 1, 1)


def test_every_fault_is_reported_with_row_and_column() -> None:
    found = refused([[0, 1, 0], [0, "x", 0], [True, 1, 0], [0, 1], [math.inf, 1, -2e9], 7, [0] * 4])
    assert list(found) == [
        "points[1][1]", "points[2][0]", "points[3][2]", "points[4][0]", "points[4][2]", "points[5]",
        "points[6]",
    ]  # fmt: skip
    assert found["points[1][1]"] == "must be a number, but is 'x'"
    assert found["points[3][2]"] == "is missing in [0, 1]"
    assert found["points[4][0]"] == "must be a finite number, but is inf"
    assert "at least" in found["points[4][2]"]
    assert found["points[6]"] == "has 4 numbers, but a point is [x1, x2, target]"


@pytest.mark.parametrize("given", [None, "abc", 5, {"a": 1}, {0, 1}])
def test_what_is_no_list_is_refused(given: Any) -> None:
    assert refused(given)["points"].startswith("must be a list, but is ")


def test_a_huge_whole_number_is_refused_and_a_subclass_of_float_is_taken() -> None:
    class Measured(float):
        pass

    assert "at most" in refused([[10**400, 1, 0]])["points[0][0]"]
    assert Data(points=[[Measured(0.25), 1, 0]]).points == Points([(0.25, 1, 0)])


def test_more_rows_than_are_allowed_are_refused_with_the_count() -> None:
    row = [0.0, 0.0, 1.0]
    assert len(Data(points=[row] * MAX_SAMPLES).points) == MAX_SAMPLES
    assert "has 100,001 entries; at most 100,000" in refused([row] * (MAX_SAMPLES + 1))["points"]


def test_a_target_that_is_no_class_is_found() -> None:
    points = Points([(0, 0, 1), (0, 0, 2.5), (0, 0, 9)])
    assert points.first_no_class(20) == 1
    assert Points([(0, 0, 1), (0, 0, 2)]).first_no_class(3) is None
    assert Points([(0, 0, 1), (0, 0, 2)]).first_no_class(2) == 1
