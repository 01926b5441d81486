"""Every field's bounds, and what every control says of itself."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from playground.core.editing import control_at
from playground.core.errors import problems_of
from playground.core.experiment import Experiment, Network
from playground.core.families import features, losses, sources
from tests.strategies import CHOICES, all_models, bounds

CONTROLS = [
    pytest.param(model, name, id=f"{model.__name__}.{name}")
    for model in all_models()
    for name in model.model_fields
    if control_at(model(), name) is not None
]
NUMBERS = [
    pytest.param(model, name, info, id=f"{model.__name__}.{name}")
    for model in all_models()
    for name, info in model.model_fields.items()
    if bounds(info).keys() & {"ge", "gt", "le", "lt"}
]
GROUPS = {(Experiment, "data"), (Experiment, "network"), (Experiment, "training")}


def beyond(info: FieldInfo, bound: float, direction: float) -> float:
    if info.annotation is int:
        return int(bound + math.copysign(1, direction))
    return math.nextafter(bound, direction)


def refused(model: type[BaseModel], name: str, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        model(**{name: value})
    (problem,) = problems_of(caught.value)
    assert problem.path == (name,)
    return problem.message


@pytest.mark.parametrize(("model", "name", "info"), NUMBERS)
def test_a_bound_is_taken_and_what_lies_beyond_is_refused(
    model: type[BaseModel], name: str, info: FieldInfo
) -> None:
    limits = bounds(info)
    for inclusive, exclusive, direction, words in (
        ("ge", "gt", -math.inf, ("at least", "more than")),
        ("le", "lt", math.inf, ("at most", "less than")),
    ):
        if inclusive in limits:
            bound, word = limits[inclusive], words[0]
            assert getattr(model(**{name: bound}), name) == bound
            message = refused(model, name, beyond(info, bound, direction))
        else:
            bound, word = limits[exclusive], words[1]
            inside = beyond(info, bound, -direction)
            assert getattr(model(**{name: inside}), name) == inside
            message = refused(model, name, bound)
        assert message.startswith(f"must be {word} {bound}")


@pytest.mark.parametrize(("model", "name", "info"), NUMBERS)
def test_the_control_has_the_bounds_that_are_checked(
    model: type[BaseModel], name: str, info: FieldInfo
) -> None:
    limits, control = bounds(info), control_at(model(), name)
    assert control is not None
    assert control.minimum == limits.get("ge", limits.get("gt"))
    assert control.maximum == limits.get("le", limits.get("lt"))
    assert control.minimum is not None
    assert control.maximum is not None
    assert control.low is not None
    assert control.high is not None
    assert control.minimum <= control.low < control.high <= control.maximum
    if control.scale == "log":
        assert control.low > 0


@pytest.mark.parametrize(("model", "name", "info"), NUMBERS)
@pytest.mark.parametrize("value", [True, "1", "", [], {}, math.nan, math.inf, -math.inf])
def test_a_number_is_nothing_else(
    model: type[BaseModel], name: str, info: FieldInfo, value: Any
) -> None:
    assert refused(model, name, value).startswith("must be ")


@pytest.mark.parametrize(("model", "name"), CONTROLS)
def test_every_control_has_a_label_and_help(model: type[BaseModel], name: str) -> None:
    control = control_at(model(), name)
    assert control is not None
    assert control.label.strip() == control.label != ""
    assert control.help.endswith(".")
    info = model.model_fields[name]
    assert bool(control.none_label) == (info.annotation == float | None)


@pytest.mark.parametrize(("model", "name"), CONTROLS)
def test_options_are_exactly_what_is_allowed(model: type[BaseModel], name: str) -> None:
    control = control_at(model(), name)
    assert control is not None
    for option, label in control.options.items():
        assert label
        assert getattr(model(**{name: option}), name) == option
    if control.options:
        assert "must be one of" in refused(model, name, "neither of them")


def test_every_field_but_the_groups_has_a_control() -> None:
    without = {
        (model, name)
        for model in all_models()
        for name in model.model_fields
        if control_at(model(), name) is None
    }
    assert without == GROUPS | {(Network, "output")}


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(entry, id=f"{registry.family}-{name}")
        for registry in (*CHOICES, sources, features, losses)
        for name, entry in registry.items()
    ],
)
def test_every_entry_says_what_it_is(entry: Any) -> None:
    assert entry.name == entry.name.lower()
    assert entry.name.isidentifier()
    assert entry.label
    assert entry.formula
    assert isinstance(entry.reference, str)


@pytest.mark.parametrize(
    "registry", [*CHOICES, sources, features, losses], ids=lambda registry: registry.family
)
def test_labels_of_a_family_differ_and_names_are_unique(registry: Any) -> None:
    labels = [entry.label for entry in registry.values()]
    assert len(set(labels)) == len(labels)
    assert [entry.name for entry in registry.values()] == list(registry)
    with pytest.raises(ValueError, match="registered twice"):
        registry.add(next(iter(registry.values())))


NAMED = {
    "activation": "sigmoid tanh relu leaky_relu linear elu selu gelu silu mish softplus",
    "initializer": "xavier_uniform xavier_normal he_uniform he_normal lecun_uniform lecun_normal "
    "orthogonal torch_default normal constant zeros",
    "optimizer": "sgd momentum nesterov adagrad rmsprop adam nadam adamw",
    "schedule": "constant step exponential cosine warm_up inverse_time",
    "clipping": "none norm value",
    "regularizer": "none l1 l2",
    "stop rule": "test_loss_plateau gradient_norm weight_change target_loss",
    "shift": "none covariate with_labels",
    "data set": "circle xor gauss spiral moons checkerboard rings blobs pinwheel plane reg_gauss "
    "sine step points",
    "loss": "binary_cross_entropy cross_entropy mse huber hinge",
}
"""What files of version 1 may hold by the format's description; it can only grow."""


@pytest.mark.parametrize(
    "registry", [*CHOICES, sources, losses], ids=lambda registry: registry.family
)
def test_a_family_holds_what_the_file_format_names(registry: Any) -> None:
    assert set(NAMED[registry.family].split()) <= set(registry)
