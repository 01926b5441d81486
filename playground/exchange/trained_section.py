"""The part ``trained`` of a file.

With one replica its keys stand directly in the section; with more, those that differ from replica
to replica (marked ●) stand in ``replicas``, a list of one object for each::

    "trained": {
      "epoch": 57, "step": 1425,
      "stopped": {"name", "message", "epoch", "best_epoch", "restored"} or null, ●
      "versions": {"playground", "numpy", "python"},
      "train_loss", "test_loss", "train_accuracy", "test_accuracy": a number, null for none, ●
      "layers": [ from the first hidden layer to the output ●
        {"weights": [[…] a row for each input], "biases": […],
         and with BatchNorm "gamma", "beta", "running_mean", "running_variance": […]}, …],
      "frozen": [ weights that training leaves as they are; missing if there are none ●
        [layer, row, unit] from 0; the row after the last input's is the bias, …],
      "history": losses and accuracies over the epochs
                 (see playground.exchange.history_section),
      "resume": the state of the run
    }

With more replicas the section's own ``stopped`` says why the whole run ended. All but the layers
may be missing: such a file, made by hand or by another program, opens, and trains on with a fresh
optimizer. The weights stand here alone; ``resume`` holds what else the run's next step needs, in
arrays of all replicas packed as Base64 text (little-endian, in the experiment's precision).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from pydantic import Field, field_validator

from playground.core.choice import Model
from playground.core.errors import Path, Problem, fail, shown
from playground.core.experiment import Experiment
from playground.core.families import stop_rules
from playground.engine.calls import Array
from playground.exchange import history_section, resume_section
from playground.exchange.document import Trained, by_layer, layout_of, statistics_count
from playground.exchange.numbers_reading import matrix, vector
from playground.exchange.sections import Count, Share, refuse, validated
from playground.training.evaluation import Scores
from playground.training.frozen import Place
from playground.training.stopping import Stop

PATH: Path = ("trained",)
SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
STOP_NAMES = (*stop_rules, "max_epochs", "diverged")

Loss = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class _Stopped(Model):
    name: str
    message: str = Field("", max_length=10_000)
    epoch: Count = 0
    best_epoch: Count | None = None
    restored: bool = Field(False, strict=True)

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in STOP_NAMES:
            fail([Problem((), f"must be one of {', '.join(STOP_NAMES)}, but is {shown(name)}")])
        return name

    def stop(self) -> Stop:
        return Stop(self.name, self.epoch, self.message, self.best_epoch, self.restored)


class _Replica(Model):
    stopped: _Stopped | None = None
    train_loss: Loss | None = None
    test_loss: Loss | None = None
    train_accuracy: Share | None = None
    test_accuracy: Share | None = None
    layers: Any = None
    frozen: Any = ()


class _Run(Model):
    epoch: Count = 0
    step: Count = 0
    stopped: _Stopped | None = None
    versions: dict[str, Annotated[str, Field(max_length=200)]] = Field(default_factory=dict)
    history: Any = None
    resume: Any = None


class _One(_Run, _Replica):
    """The section for one replica."""


class _Several(_Run):
    """The section for more."""

    replicas: list[_Replica] = Field(default_factory=list)


def write(trained: Trained, experiment: Experiment) -> dict[str, Any]:
    """The section as plain dicts, lists and arrays."""
    section: dict[str, Any] = {
        "epoch": trained.epoch,
        "step": trained.step,
        "stopped": _stopped(trained.stop),
        "versions": dict(trained.versions),
    }
    views = by_layer(layout_of(experiment), trained.parameters, trained.running)
    replicas = []
    for index, stop in enumerate(trained.stops):
        scores = {name: _number(getattr(trained.scores, name)[index]) for name in SCORES}
        layers = [{name: view[index] for name, view in layer.items()} for layer in views]
        entry: dict[str, Any] = {"stopped": _stopped(stop), **scores, "layers": layers}
        replicas.append(entry)
        held = [list(place[1:]) for place in trained.frozen if place.replica == index]
        if held:
            entry["frozen"] = held
    if len(replicas) == 1:
        section |= {**replicas[0], "stopped": section["stopped"]}
    else:
        section["replicas"] = replicas
    if trained.history is not None:
        section["history"] = history_section.write(trained.history)
    if trained.resume is not None:
        section["resume"] = resume_section.write(trained.resume, experiment)
    return section


def read(given: Any, experiment: Experiment) -> Trained:
    """The section of a file, checked against its experiment.

    Raises:
        ExperimentError: It is not valid, or belongs to another network.
    """
    count = experiment.training.replicas
    section, entries, paths = _entries(given, count)
    layout, dtype = layout_of(experiment), np.dtype(experiment.training.precision)
    parameters = np.zeros((count, layout.count), dtype)
    running = np.zeros((count, statistics_count(layout)), dtype)
    views = by_layer(layout, parameters, running)
    for index, (entry, path) in enumerate(zip(entries, paths, strict=True)):
        _fill([{name: view[index] for name, view in v.items()} for v in views], entry, path)
    stops = tuple(entry.stopped.stop() if entry.stopped else None for entry in entries)
    if (section.stopped is None) != (None in stops):
        says = (
            "is null, but all replicas have stopped"
            if section.stopped is None
            else "says that the run has stopped, but not all replicas have"
        )
        refuse((*PATH, "stopped"), f"{says}; a run stops with its last replica")
    history = section.history
    if history is not None:
        history = history_section.read(history, experiment, section.epoch, section.step)
    return Trained(
        parameters=parameters,
        running=running,
        epoch=section.epoch,
        step=section.step,
        stop=section.stopped.stop() if section.stopped else None,
        stops=stops,
        scores=Scores(*(_column(entries, name) for name in SCORES)),
        versions=section.versions,
        resume=(
            None if section.resume is None else resume_section.read(section.resume, experiment)
        ),
        history=history,
        frozen=tuple(_frozen(entries, paths, experiment.sizes)),
    )


def _frozen(
    entries: Sequence[_Replica], paths: Sequence[Path], sizes: Sequence[int]
) -> Iterator[Place]:
    """The weights that are held: [layer, row, unit] each, the row after the last input's the bias.

    Raises:
        ExperimentError: There is no such weight.
    """
    for replica, (entry, path) in enumerate(zip(entries, paths, strict=True)):
        if not isinstance(entry.frozen, (list, tuple)):
            refuse((*path, "frozen"), f"must be a list, but is {shown(entry.frozen)}")
        for index, given in enumerate(entry.frozen):
            place = (*path, "frozen", index)
            if not (
                isinstance(given, list)
                and len(given) == 3
                and all(type(part) is int and part >= 0 for part in given)
            ):
                wanted = "three whole numbers from 0 (layer, row, unit)"
                refuse(place, f"must be a list of {wanted}, but is {shown(given)}")
            layer, row, unit = given
            if layer >= len(sizes) - 1:
                refuse(place, f"names layer {layer}, but the last one is {len(sizes) - 2}")
            if row > sizes[layer] or unit >= sizes[layer + 1]:
                refuse(
                    place,
                    f"names a weight that layer {layer} does not have: its rows are 0 to "
                    f"{sizes[layer]}, its units 0 to {sizes[layer + 1] - 1}",
                )
            yield Place(replica, layer, row, unit)


def _entries(given: Any, count: int) -> tuple[_Run, Sequence[_Replica], list[Path]]:
    """The section, its replicas, and where those stand."""
    if count == 1:
        if isinstance(given, dict) and "replicas" in given:
            refuse(
                (*PATH, "replicas"),
                'is for several replicas, but "training" says one; its layers stand in "trained"',
            )
        one = validated(_One, given, PATH)
        return one, [one], [PATH]
    if isinstance(given, dict) and "layers" in given:
        refuse(
            (*PATH, "layers"),
            f'is for one replica, but "training" says {count}; list them in "replicas"',
        )
    several = validated(_Several, given, PATH)
    path = (*PATH, "replicas")
    if len(several.replicas) != count:
        refuse(path, f"must have {count} entries, but has {len(several.replicas)}")
    return several, several.replicas, [(*path, index) for index in range(count)]


def _fill(views: list[dict[str, Array]], entry: _Replica, path: Path) -> None:
    """Read one replica's layers into the views of its arrays."""
    path = (*path, "layers")
    given = entry.layers
    wanted = f"must be a list of {len(views)} layers, the hidden ones and the output"
    if given is None:
        refuse(path, f"is missing; it {wanted}")
    if not isinstance(given, list) or len(given) != len(views):
        has = f"has {len(given)}" if isinstance(given, list) else "is something else"
        refuse(path, f"{wanted}, but {has}")
    for index, (layer, arrays) in enumerate(zip(given, views, strict=True)):
        _fill_layer(arrays, layer, (*path, index))


def _fill_layer(arrays: dict[str, Array], given: Any, path: Path) -> None:
    wanted = ", ".join(arrays)
    if not isinstance(given, dict):
        refuse(path, f"must be an object with the fields {wanted}")
    for name in given:
        if name not in arrays:
            refuse((*path, name), f"unknown field; the fields of this layer are {wanted}")
    for name, array in arrays.items():
        place = (*path, name)
        if name not in given:
            refuse(place, f"is missing; the fields of this layer are {wanted}")
        if array.ndim == 2:
            rows, columns = array.shape
            array[:] = matrix(given[name], rows, columns, array.dtype, place)
        else:
            array[:] = vector(given[name], len(array), array.dtype, place)
    variance = arrays.get("running_variance")
    if variance is not None and (variance < 0).any():
        index = int(np.argmax(variance < 0))
        refuse((*path, "running_variance", index), "must be at least 0")


def _stopped(stop: Stop | None) -> dict[str, Any] | None:
    if stop is None:
        return None
    fields = asdict(stop)
    return {key: fields[key] for key in ("name", "message", "epoch", "best_epoch", "restored")}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _column(entries: Sequence[_Replica], name: str) -> Array:
    values = [getattr(entry, name) for entry in entries]
    return np.array([np.nan if value is None else value for value in values], np.float64)
