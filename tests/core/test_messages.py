"""What a wrong experiment is answered: the place, what is wrong, and what would be right."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from playground.core.choice import Choice, Registry
from playground.core.errors import MOST_SHOWN, ExperimentError, Path, Problem, problems_of
from playground.core.experiment import Data, Experiment, Layer, Network, Output, Training
from playground.core.families import features, losses, sources
from tests.strategies import CHOICES

PLACES: dict[str, Path] = {
    "activation": ("network", "hidden", 0, "activation"),
    "initializer": ("network", "output", "initializer"),
    "optimizer": ("training", "optimizer"),
    "schedule": ("training", "schedule"),
    "clipping": ("training", "clipping"),
    "regularizer": ("training", "regularizer"),
    "stop rule": ("training", "stop", 0),
    "shift": ("data", "shift"),
}
ENTRIES = [
    pytest.param(registry, entry, id=f"{registry.family}-{name}")
    for registry in CHOICES
    for name, entry in registry.items()
]


def tree(path: Path, value: Any) -> Any:
    for part in reversed(path):
        value = [value] if isinstance(part, int) else {part: value}
    return value


def problems(given: Any) -> tuple[Problem, ...]:
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(given)
    return problems_of(caught.value)


def the_problem(given: Any) -> Problem:
    (found,) = problems(given)
    return found


@pytest.mark.parametrize("registry", CHOICES, ids=lambda registry: registry.family)
def test_an_unknown_name_gives_place_and_choices(registry: Registry[type[Choice]]) -> None:
    path = PLACES[registry.family]
    for given in ({"name": "no such thing"}, "no such thing"):
        problem = the_problem(tree(path, given))
        assert problem.path == (*path, "name")
        assert problem.message.startswith(f"unknown {registry.family} 'no such thing'")
        assert "choices are " + ", ".join(registry) in problem.message


@pytest.mark.parametrize(("registry", "entry"), ENTRIES)
def test_a_name_nearly_right_is_guessed(
    registry: Registry[type[Choice]], entry: type[Choice]
) -> None:
    problem = the_problem(tree(PLACES[registry.family], {"name": entry.name + "_"}))
    assert f"did you mean {entry.name!r}?" in problem.message
    assert ", ".join(registry) in problem.message


@pytest.mark.parametrize(("registry", "entry"), ENTRIES)
def test_an_unknown_parameter_gives_place_and_fields(
    registry: Registry[type[Choice]], entry: type[Choice]
) -> None:
    path = PLACES[registry.family]
    problem = the_problem(tree(path, {"name": entry.name, "no such field": 1}))
    assert problem.path == (*path, "no such field")
    assert problem.message.startswith("unknown field")
    assert ", ".join(entry.model_fields) in problem.message


@pytest.mark.parametrize(("registry", "entry"), ENTRIES)
def test_a_wrong_parameter_gives_its_place(
    registry: Registry[type[Choice]], entry: type[Choice]
) -> None:
    path = PLACES[registry.family]
    for name in entry.model_fields:
        problem = the_problem(tree(path, {"name": entry.name, name: "text"}))
        assert problem.path == (*path, name)
        assert problem.message.startswith("must be ")


@pytest.mark.parametrize("registry", CHOICES, ids=lambda registry: registry.family)
@pytest.mark.parametrize("given", [3, None, [], {}, {"name": 5}, {"name": ["relu"]}])
def test_what_is_no_choice_is_refused_at_its_place(
    registry: Registry[type[Choice]], given: Any
) -> None:
    path = PLACES[registry.family]
    problem = the_problem(tree(path, given))
    assert problem.path[: len(path)] == path


def test_a_choice_of_another_family_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        Layer(activation=Layer().initializer)  # type: ignore[arg-type]  # that is the point
    (problem,) = problems_of(caught.value)
    assert problem == Problem(("activation",), "must be one of the family activation")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ((), Experiment),
        (("data",), Data),
        (("network",), Network),
        (("network", "hidden", 0), Layer),
        (("network", "output"), Output),
        (("training",), Training),
    ],
)
def test_an_unknown_field_gives_place_and_fields(path: Path, model: type[Any]) -> None:
    problem = the_problem(tree(path, {"no such field": 1}))
    assert problem.path == (*path, "no such field")
    assert ", ".join(model.model_fields) in problem.message


def test_a_misspelt_field_is_guessed() -> None:
    problem = the_problem({"training": {"optimiser": {"name": "adam"}}})
    assert problem.place == "training.optimiser"
    assert "did you mean 'optimizer'?" in problem.message


@pytest.mark.parametrize(
    ("given", "place", "words"),
    [
        ({"data": {"source": "cirlce"}}, "data.source", ", ".join(sources)),
        ({"data": {"features": ["x1", "x3"]}}, "data.features[1]", ", ".join(features)),
        ({"data": {"features": ["x1", "x1"]}}, "data.features[1]", "listed twice"),
        ({"data": {"features": []}}, "data.features", "at least 1 entry"),
        ({"data": {"features": "x1"}}, "data.features", "must be a list, but is 'x1'"),
        ({"training": {"loss": "hunge"}}, "training.loss", "auto, " + ", ".join(losses)),
        ({"training": {"batch_size": 0}}, "training.batch_size", 'from 1 to 100,000, or "full"'),
        ({"training": {"batch_size": "ful"}}, "training.batch_size", "but is 'ful'"),
        ({"training": {"batch_size": True}}, "training.batch_size", "but is True"),
        ({"training": {"batch_size": 2.0}}, "training.batch_size", "but is 2.0"),
        ({"training": {"stop": "target_loss"}}, "training.stop", "must be a list"),
        ({"network": {"hidden": 5}}, "network.hidden", "must be a list, but is 5"),
        ({"network": {"hidden": [5]}}, "network.hidden[0]", "with named fields, but is 5"),
        ({"network": {"hidden": [{}] * 33}}, "network.hidden", "33 entries; at most 32"),
        ({"network": None}, "network", "must be an object with named fields, but is None"),
        ({"name": 5}, "name", "must be a text, but is 5"),
        ({"name": "x" * 201}, "name", "at most 200 characters"),
        ({"training": {"precision": "float16"}}, "training.precision", "'float32' or 'float64'"),
    ],
)
def test_a_wrong_value_is_answered_in_words(given: Any, place: str, words: str) -> None:
    problem = the_problem(given)
    assert problem.place == place
    assert words in problem.message
    assert str(problem) == f"{place}: {problem.message}"


@pytest.mark.parametrize("given", [None, 5, "text", []])
def test_what_is_no_experiment_at_all_is_refused(given: Any) -> None:
    assert the_problem(given).message.startswith("must be an object with named fields")


def test_all_problems_are_reported_in_the_order_of_the_file() -> None:
    given = {
        "data": {"noise": 2},
        "network": {"hidden": [{}, {"units": 0, "dropout": 1}]},
        "training": {"seed": -1},
    }
    assert [problem.place for problem in problems(given)] == [
        "data.noise",
        "network.hidden[1].units",
        "network.hidden[1].dropout",
        "training.seed",
    ]


def test_a_long_value_is_cut_in_the_message() -> None:
    assert len(the_problem({"training": {"seed": "9" * 10_000}}).message) < 100


def test_an_error_lists_the_first_problems_and_counts_the_rest() -> None:
    found = [Problem(("data", "points", index, 0), "is wrong") for index in range(MOST_SHOWN + 5)]
    error = ExperimentError(found)
    assert len(error.problems) == MOST_SHOWN + 5
    lines = str(error).splitlines()
    assert lines[0] == "data.points[0][0]: is wrong"
    assert lines[MOST_SHOWN:] == ["… and 5 more"]
    assert "more" not in str(ExperimentError(found[:MOST_SHOWN]))
