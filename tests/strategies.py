"""Hypothesis strategies for experiments and their parts.

They are derived from the registries and from the fields' own constraints, so that what is newly
registered or declared is drawn without a change here.
"""

from __future__ import annotations

import types
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from playground.core.choice import Choice, Registry
from playground.core.experiment import Data, Experiment, Layer, Network, Output, Training
from playground.core.families import (
    activations,
    clippings,
    features,
    initializers,
    losses,
    optimizers,
    regularizers,
    schedules,
    shifts,
    sources,
    stop_rules,
)
from playground.core.limits import MAX_ACTIVATIONS, MAX_CLASSES, MAX_COORDINATE

M = TypeVar("M", bound=BaseModel)
C = TypeVar("C", bound=Choice)
CHOICES: tuple[Registry[Any], ...] = (
    activations,
    initializers,
    optimizers,
    schedules,
    clippings,
    regularizers,
    stop_rules,
    shifts,
)
"""The families whose entries are models with parameters."""
FORMULAS = ("=sin(3*x1)", "=x₁²·x₂ − 1", "=exp(-r^2/2)", "=log(x1)", "=max(x1, x2)")
"""Features of one's own; one of them has no value at some points."""
MODELS: tuple[type[BaseModel], ...] = (Data, Layer, Output, Network, Training, Experiment)


def all_models() -> list[type[BaseModel]]:
    """Every model that an experiment can be made of, the registries' entries included."""
    return [*MODELS, *(entry for registry in CHOICES for entry in registry.values())]


def bounds(info: FieldInfo) -> dict[str, Any]:
    """A field's constraints: any of ``ge``, ``gt``, ``le``, ``lt``, and what bounds a length."""
    found: dict[str, Any] = {}
    for entry in info.metadata:
        for kind, key in ((Ge, "ge"), (Gt, "gt"), (Le, "le"), (Lt, "lt")):
            if isinstance(entry, kind):
                found[key] = getattr(entry, key)
        if isinstance(entry, MinLen):
            found["min_length"] = entry.min_length
        if isinstance(entry, MaxLen):
            found["max_length"] = entry.max_length
    return found


def values(info: FieldInfo) -> st.SearchStrategy[Any]:
    """All values that a field allows by itself: numbers, flags, choices, one of a few, texts."""
    for entry in info.metadata:
        if isinstance(entry, Registry):
            return choices(entry)
    limits, kind = bounds(info), info.annotation
    if get_origin(kind) in (Union, types.UnionType) and type(None) in get_args(kind):
        return st.none() | _numbers(limits)
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(limits["ge"], limits["le"])
    if kind is float:
        return _numbers(limits)
    if kind is str:
        return st.text(max_size=limits.get("max_length"))
    raise TypeError(f"no strategy for a field of the type {kind}")


def _numbers(limits: dict[str, float]) -> st.SearchStrategy[float]:
    return st.floats(
        limits.get("ge", limits.get("gt")),
        limits.get("le", limits.get("lt")),
        exclude_min="gt" in limits,
        exclude_max="lt" in limits,
        allow_nan=False,
        width=64,
    )


def built(model: type[M], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[M]:
    """A model with all fields drawn, those ``given`` from their own strategies."""
    rest = {name: values(info) for name, info in model.model_fields.items() if name not in given}
    return st.builds(model, **rest, **given)


def choices(registry: Registry[type[C]]) -> st.SearchStrategy[C]:
    """Any entry of a family with any parameters."""
    return st.sampled_from(list(registry.values())).flatmap(built)


@st.composite
def data_parts(draw: st.DrawFn, most: int | None = None) -> Data:
    """The data part; ``most`` bounds the points where they are to be used."""
    source = draw(st.sampled_from(list(sources)))
    problem = draw(st.sampled_from(["classification", "regression"]))
    points: st.SearchStrategy[Any] = st.just(())
    if source == "points":
        place = st.floats(-MAX_COORDINATE, MAX_COORDINATE)
        target = st.integers(0, MAX_CLASSES - 1) if problem == "classification" else place
        point = st.tuples(place, place, target)
        points = st.lists(point, min_size=1, max_size=min(most or 30, 30))
    known = [*features, *FORMULAS]
    given: dict[str, st.SearchStrategy[Any]] = {
        "source": st.just(source),
        "problem": st.just(problem),
        "points": points.map(tuple),
        "features": st.lists(
            st.sampled_from(known), unique=True, min_size=1, max_size=len(known)
        ).map(tuple),
    }
    if most is not None:
        given["samples"] = st.integers(1, most)
    return draw(built(Data, **given))


@st.composite
def experiments(draw: st.DrawFn, *, small: bool = False) -> Experiment:
    """Any valid experiment whose layers have at most 64 units.

    Args:
        small: Few points, units and replicas, so that it trains in a moment.
    """
    data = draw(data_parts(30 if small else None))
    units, layers, replicas = (5, 3, 3) if small else (64, 5, 8)
    train = data.count - data.test_count
    # So large that even the widest network of all replicas stays within the limit.
    most = MAX_ACTIVATIONS // (
        replicas * (len(features) + len(FORMULAS) + layers * units + MAX_CLASSES)
    )
    batch: st.SearchStrategy[Any] = st.integers(1, 40 if small else most)
    batch_size = draw(batch if train > most else batch | st.just("full"))
    allows_norm = min(train, train if batch_size == "full" else batch_size) > 1
    norm = values(Layer.model_fields["batch_norm"]) if allows_norm else st.just("none")
    layer = built(Layer, units=st.integers(1, units), batch_norm=norm)
    fitting = [name for name, loss in losses.items() if loss.fits(data.task)]
    rules = [rule for rule in stop_rules.values() if data.test_count or not rule.needs_test_set]
    training = built(
        Training,
        loss=st.sampled_from(["auto", *fitting]),
        batch_size=st.just(batch_size),
        stop=st.lists(st.sampled_from(rules), unique=True, max_size=len(rules)).flatmap(
            lambda chosen: st.tuples(*map(built, chosen))
        ),
        replicas=st.integers(1, replicas),
    )
    network = built(
        Network,
        hidden=st.lists(layer, max_size=layers).map(tuple),
        output=built(Output),
    )
    return draw(built(Experiment, data=st.just(data), network=network, training=training))
