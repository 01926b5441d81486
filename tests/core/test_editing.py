from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from playground.core.editing import control_at, differences, is_live, replace, value_at
from playground.core.errors import ExperimentError, Path
from playground.core.experiment import Experiment, Layer
from tests.strategies import experiments


def leaves(tree: Any, at: Path = ()) -> list[Path]:
    """The paths of all fields that have a control, choices' parameters included."""
    found: list[Path] = []
    for name in type(tree).model_fields:
        value = getattr(tree, name)
        if control_at(tree, name) is not None:
            found.append((*at, name))
        if isinstance(value, BaseModel):
            found += leaves(value, (*at, name))
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    found += leaves(item, (*at, name, index))
    return found


@given(experiments(), st.data())
def test_replacing_a_value_by_itself_changes_nothing(
    experiment: Experiment, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(leaves(experiment)))
    assert replace(experiment, path, value_at(experiment, path)) == experiment


@given(experiments(), experiments())
def test_differences_are_exactly_where_two_trees_differ(one: Experiment, other: Experiment) -> None:
    paths = differences(one, other)
    assert (paths == []) == (one == other)
    for path in paths:  # each is a smallest part, and none lies within another
        assert value_at(one, path) != value_at(other, path)
        assert not any(path != longer and longer[: len(path)] == path for longer in paths)
    assert {path[0] for path in paths} == {
        name for name in Experiment.model_fields if getattr(one, name) != getattr(other, name)
    }


def test_replace_gives_a_new_tree_and_keeps_the_old() -> None:
    old = Experiment()
    new = replace(old, ("network", "hidden", 1, "units"), 3)
    assert [layer.units for layer in new.network.hidden] == [8, 3, 8]
    assert old == Experiment()
    assert new.network.hidden[0] is old.network.hidden[0]
    assert new.data is old.data


def test_replace_takes_what_a_file_may_hold() -> None:
    new = replace(Experiment(), ("training", "optimizer"), {"name": "sgd", "learning_rate": 1})
    assert new.training.optimizer.name == "sgd"
    assert new.training.optimizer.learning_rate == 1
    new = replace(new, ("network", "hidden"), [Layer(units=2)])
    assert new.sizes == (2, 2, 1)
    assert replace(new, (), Experiment()) == Experiment()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("network", "hidden", 1, "units"), 0),
        (("network", "hidden", 0, "activation"), {"name": "rel"}),
        (("training", "optimizer", "learning_rate"), -1.0),
        (("training", "batch_size"), 0),
        (("data", "noise"), 3.0),
        (("name",), 3),
    ],
)
def test_replace_refuses_with_the_whole_place(path: Path, value: Any) -> None:
    with pytest.raises(ExperimentError) as caught:
        replace(Experiment(), path, value)
    (problem,) = caught.value.problems
    assert problem.path[: len(path)] == path


def test_replace_holds_the_rules_between_the_parts() -> None:
    with pytest.raises(ExperimentError, match=r"^training\.stop\[0\]: watches the test loss"):
        replace(Experiment(), ("data", "test_share"), 0.0)


def test_differences_are_the_smallest_parts() -> None:
    old = Experiment()
    new = replace(old, ("network", "hidden", 2, "dropout"), 0.25)
    new = replace(new, ("training", "optimizer", "learning_rate"), 0.5)
    new = replace(new, ("data", "features"), ("x1",))
    assert differences(old, new) == [
        ("data", "features"),
        ("network", "hidden", 2, "dropout"),
        ("training", "optimizer", "learning_rate"),
    ]
    fewer = replace(old, ("network", "hidden"), old.network.hidden[:2])
    assert differences(old, fewer) == [("network", "hidden")]
    other = replace(old, ("training", "optimizer"), "sgd")
    assert differences(old, other) == [("training", "optimizer")]


@pytest.mark.parametrize(
    ("path", "live"),
    [
        (("name",), True),
        (("data", "noise"), True),
        (("data", "balance"), True),
        (("data", "label_noise"), True),
        (("data", "shift"), True),
        (("data", "points"), True),
        (("data", "problem"), False),
        (("data", "classes"), False),
        (("data", "samples"), False),
        (("data", "seed"), False),
        (("data", "features"), False),
        (("network", "hidden"), False),
        (("network", "hidden", 0, "units"), False),
        (("network", "hidden", 0, "dropout"), True),
        (("network", "hidden", 0, "activation", "negative_slope"), False),
        (("network", "output", "initializer"), False),
        (("training", "loss"), False),
        (("training", "optimizer"), True),
        (("training", "optimizer", "learning_rate"), True),
        (("training", "regularizer"), True),
        (("training", "batch_size"), True),
        (("training", "max_epochs"), True),
        (("training", "stop"), True),
        (("training", "stop", 0, "patience"), True),
        (("training", "seed"), False),
        (("training", "replicas"), False),
        (("training", "precision"), False),
    ],
)
def test_which_changes_are_live(path: Path, live: bool) -> None:
    experiment = replace(Experiment(), ("network", "hidden", 0, "activation"), "leaky_relu")
    assert is_live(experiment, path) is live
