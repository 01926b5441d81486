from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.core.choice import Choice, Registry, parse
from playground.core.experiment import Experiment
from tests.strategies import CHOICES, all_models, built, experiments

ENTRIES = [
    pytest.param(registry, entry, id=f"{registry.family}-{name}")
    for registry in CHOICES
    for name, entry in registry.items()
]


@given(experiments())
def test_an_experiment_comes_back_from_json(experiment: Experiment) -> None:
    text = experiment.model_dump_json()
    again = Experiment.model_validate_json(text)
    assert again == experiment
    assert again.model_dump_json() == text


@given(experiments())
def test_an_experiment_comes_back_from_plain_python(experiment: Experiment) -> None:
    plain = json.loads(json.dumps(experiment.model_dump(mode="json"), allow_nan=False))
    assert Experiment.model_validate(plain) == experiment


@pytest.mark.parametrize(("registry", "entry"), ENTRIES)
@given(data=st.data())
def test_an_entry_comes_back_from_json_by_its_name(
    registry: Registry[type[Choice]], entry: type[Choice], data: st.DataObject
) -> None:
    choice = data.draw(built(entry))
    plain = json.loads(choice.model_dump_json())
    assert plain["name"] == entry.name
    again = parse(registry, plain)
    assert type(again) is entry
    assert again == choice


@pytest.mark.parametrize(("registry", "entry"), ENTRIES)
def test_a_bare_name_stands_for_the_entry_with_its_defaults(
    registry: Registry[type[Choice]], entry: type[Choice]
) -> None:
    assert parse(registry, entry.name) == parse(registry, {"name": entry.name}) == entry()


def test_a_field_left_out_takes_its_default() -> None:
    assert Experiment.model_validate({}) == Experiment()
    partial = Experiment.model_validate({"training": {"optimizer": {"name": "sgd"}}})
    assert partial.training.batch_size == Experiment().training.batch_size


def test_the_file_has_the_form_of_the_design() -> None:
    plain = json.loads(Experiment().model_dump_json())
    assert list(plain) == ["name", "data", "network", "training"]
    assert plain["data"]["features"] == ["x1", "x2"]
    layer = plain["network"]["hidden"][0]
    assert layer["activation"]["name"] == "relu"
    assert layer["initializer"]["name"] == "he_normal"
    assert plain["training"]["optimizer"]["name"] == "adam"
    assert plain["training"]["stop"][0] == {
        "name": "test_loss_plateau",
        "patience": 20,
        "min_delta": 0.001,
        "start_epoch": 10,
        "restore_best": True,
    }


@pytest.mark.parametrize("model", all_models(), ids=lambda model: model.__name__)
def test_every_model_is_frozen(model: type[Choice]) -> None:
    made = model()
    for name in model.model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(made, name, getattr(made, name))
    assert hash(made) == hash(model())


def test_nothing_in_the_tree_can_be_changed_in_place() -> None:
    experiment = Experiment()
    assert isinstance(experiment.network.hidden, tuple)
    assert isinstance(experiment.training.stop, tuple)
    given = [{"units": 3}]
    made = Experiment.model_validate({"network": {"hidden": given}})
    given.append({"units": 4})
    assert [layer.units for layer in made.network.hidden] == [3]
