"""The part ``trained.resume`` of a file: the state of a run between two steps."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any, Literal, cast

import numpy as np
from pydantic import Field

from playground.core.choice import Model
from playground.core.errors import LONGEST_NAME, MOST_SHOWN, Path, printable, shown
from playground.core.experiment import Experiment
from playground.engine.calls import Array
from playground.engine.optimizers import OptimizerState, StepRule
from playground.engine.regularizers import Penalty
from playground.exchange.document import Resume, layout_of, statistics_count
from playground.exchange.numbers_reading import Packed, Unpack, measured, unpack
from playground.exchange.sections import LARGEST_COUNT, Count, Share, refuse, validated
from playground.training.batches import spans
from playground.training.stopping import Watchable

PATH: Path = ("trained", "resume")
REMEDY = 'remove the section "resume" to train on with a fresh memory'


class _Seeds(Model):
    state: int = Field(strict=True, ge=0, lt=2**128)
    inc: int = Field(strict=True, ge=0, lt=2**128)


class _Generator(Model):
    """A state of NumPy's PCG64."""

    bit_generator: Literal["PCG64"]
    state: _Seeds
    has_uint32: int = Field(strict=True, ge=0, le=1)
    uinteger: int = Field(strict=True, ge=0, lt=2**32)


class _Random(Model):
    shuffle: list[_Generator] = Field(default_factory=list)
    dropout: list[_Generator] = Field(default_factory=list)
    order_start: list[_Generator] = Field(default_factory=list)


class _Optimizer(Model):
    name: str = ""
    step: Count = 0
    momentum_product: Share = 1.0
    slots: dict[str, Any] = Field(default_factory=dict)


class _Weights(Model):
    parameters: Any = ""
    running: Any = ""
    slots: dict[str, Any] = Field(default_factory=dict)


class _Resume(Model):
    epoch_limit: Annotated[int, Field(strict=True, ge=1, le=LARGEST_COUNT)] | None = None
    position: Count = 0
    optimizer: _Optimizer = Field(default_factory=_Optimizer)
    random: _Random = Field(default_factory=_Random)
    rules: list[dict[str, Any]] = Field(default_factory=list)
    best: _Weights | None = None
    finite: _Weights | None = None
    sums: dict[str, Any] = Field(default_factory=dict)
    dead: Any = ""


def write(resume: Resume, experiment: Experiment) -> dict[str, Any]:
    """The section as plain dicts and lists; arrays are packed."""
    optimizer, training = resume.optimizer, experiment.training
    section: dict[str, Any] = {}
    if resume.epoch_limit is not None:
        section["epoch_limit"] = resume.epoch_limit
    section["position"] = resume.position
    section["optimizer"] = {
        "name": training.optimizer.name,
        "step": optimizer.step,
        "momentum_product": optimizer.momentum_product,
        "slots": _packed(optimizer.slots),
    }
    section["random"] = {
        key: states
        for key in ("shuffle", "dropout", "order_start")
        if (states := getattr(resume, key))
    }
    names = [rule.name for rule in training.stop]
    section["rules"] = [
        {"name": name, **notes} for name, notes in zip(names, resume.rules, strict=True)
    ]
    for key in ("best", "finite"):
        arrays: list[Array] | None = getattr(resume, key)
        if arrays is not None:
            parameters, running, *slots = arrays
            section[key] = {"parameters": Packed(parameters), "running": Packed(running)}
            if slots:
                section[key]["slots"] = _packed(dict(zip(optimizer.slots, slots, strict=True)))
    if resume.sums:
        section["sums"] = _packed(resume.sums)
    if resume.dead is not None:
        section["dead"] = Packed(resume.dead.astype(np.uint8))
    return section


def read(given: Any, experiment: Experiment) -> Resume:
    """The section of a file, checked against its experiment.

    Raises:
        ExperimentError: It is not valid, or belongs to another experiment.
    """
    section = validated(_Resume, given, PATH)
    _Reader(section, experiment, measured).resume()  # all that is wrong but the numbers themselves
    return _Reader(section, experiment, unpack).resume()


class _Reader:
    """Reads one section; the shapes that all its parts share are its attributes.

    Args:
        unpack: What makes an array of a text.
    """

    def __init__(self, section: _Resume, experiment: Experiment, unpack: Unpack) -> None:
        self._section, self._experiment, self._unpack = section, experiment, unpack
        layout = layout_of(experiment)
        self._replicas = experiment.training.replicas
        self._parameters = (self._replicas, layout.count)
        self._running = (self._replicas, statistics_count(layout))
        self._dtype = np.dtype(experiment.training.precision)
        self._slots = cast(StepRule, experiment.training.optimizer).slots

    def resume(self) -> Resume:
        section = self._section
        self._check_position()
        rules = self._rules()
        best, finite = self._best(rules), self._finite()  # first, as they may have faults inside
        return Resume(
            epoch_limit=section.epoch_limit,
            position=section.position,
            optimizer=self._optimizer(),
            shuffle=self._states("shuffle"),
            dropout=self._states("dropout"),
            order_start=self._states("order_start") if section.position else [],
            rules=rules,
            best=best,
            finite=finite,
            sums=self._sums(),
            dead=self._dead(),
        )

    def _check_position(self) -> None:
        data, training = self._experiment.data, self._experiment.training
        count = data.count - data.test_count
        size = count if training.batch_size == "full" else min(training.batch_size, count)
        normalised = any(layer.batch_norm != "none" for layer in self._experiment.network.hidden)
        steps = len(spans(count, size, normalised))
        if self._section.position >= steps:
            refuse(
                (*PATH, "position"),
                f"must be less than the {steps:,} steps of an epoch, but is "
                f"{self._section.position:,}; {REMEDY}",
            )

    def _states(self, key: str) -> list[dict[str, Any]]:
        states: list[_Generator] = getattr(self._section.random, key)
        if len(states) != self._replicas:
            refuse(
                (*PATH, "random", key),
                f"must have {self._replicas} states, one for each replica, but has "
                f"{len(states)}; {REMEDY}",
            )
        return [state.model_dump() for state in states]

    def _optimizer(self) -> OptimizerState:
        section, path = self._section.optimizer, (*PATH, "optimizer")
        name = self._experiment.training.optimizer.name
        if section.name != name:
            refuse(
                (*path, "name"),
                f"must be {name!r} like the experiment's, but is {shown(section.name)}; {REMEDY}",
            )
        slots = self._unpack_slots(section.slots, path)
        flat = {key: rows.reshape(-1) for key, rows in slots.items()}
        return OptimizerState(flat, section.step, section.momentum_product)

    def _unpack_slots(self, given: dict[str, Any], path: Path) -> dict[str, Array]:
        return self._unpack_named(given, self._slots, (*path, "slots"))

    def _unpack_named(
        self, given: dict[str, Any], names: tuple[str, ...], path: Path
    ) -> dict[str, Array]:
        if set(given) != set(names):
            wanted = ", ".join(names) or "nothing"
            some = (printable(key[:LONGEST_NAME]) for key in islice(given, MOST_SHOWN))
            there = ", ".join(some) or "nothing"
            refuse(path, f"must hold {wanted}, but holds {there}; {REMEDY}")
        return {
            name: self._unpack(given[name], self._parameters, self._dtype, (*path, name))
            for name in names
        }

    def _rules(self) -> list[dict[str, Any]]:
        rules, path = self._experiment.training.stop, (*PATH, "rules")
        names, given = [rule.name for rule in rules], self._section.rules
        if [notes.get("name") for notes in given] != names:
            wanted = ", ".join(names) or "none"
            refuse(path, f"must be those of the experiment in its order ({wanted}); {REMEDY}")
        found = []
        for index, (rule, notes) in enumerate(zip(rules, given, strict=True)):
            fresh = cast(Watchable, rule).watch(self._replicas).memory()
            memory = {key: value for key, value in notes.items() if key != "name"}
            if set(memory) != set(fresh):
                wanted = ", ".join(["name", *fresh])
                refuse((*path, index), f"must have the fields {wanted}; {REMEDY}")
            for key, values in memory.items():
                self._check_notes(values, fresh[key], (*path, index, key))
            found.append(memory)
        return found

    def _check_notes(self, values: Any, fresh: list[Any], path: Path) -> None:
        """What a rule remembers: for each replica a count, or a number that may be missing."""
        if not isinstance(values, list) or len(values) != self._replicas:
            refuse(path, f"must be a list of {self._replicas} entries, one for each replica")
        for index, (value, start) in enumerate(zip(values, fresh, strict=True)):
            if start is None and (value is None or (type(value) in (int, float))):
                right = value is None or abs(value) < float("inf")
            else:
                right = type(value) is int and 0 <= value <= LARGEST_COUNT
            if not right:
                wanted = "a number or null" if start is None else "a whole number from 0"
                refuse((*path, index), f"must be {wanted}")

    def _best(self, rules: list[dict[str, Any]]) -> list[Array] | None:
        given = self._section.best
        if given is not None:
            return self._weights(given, "best")
        for rule, notes in zip(self._experiment.training.stop, rules, strict=True):
            if getattr(rule, "restore_best", False) and any(notes.get("best_epoch", [])):
                refuse((*PATH, "best"), f"is missing: a rule may bring it back; {REMEDY}")
        return None

    def _finite(self) -> list[Array] | None:
        given = self._section.finite
        if given is None:
            return None
        weights = self._weights(given, "finite")
        return [*weights, *self._unpack_slots(given.slots, (*PATH, "finite")).values()]

    def _weights(self, given: _Weights, key: str) -> list[Array]:
        found = []
        for name, shape in (("parameters", self._parameters), ("running", self._running)):
            path = (*PATH, key, name)
            array = self._unpack(getattr(given, name), shape, self._dtype, path)
            if not np.isfinite(array).all():
                refuse(path, "must hold finite numbers only")
            found.append(array)
        return found

    def _sums(self) -> dict[str, Array]:
        rules = [cast(Watchable, rule) for rule in self._experiment.training.stop]
        names: list[str] = []
        if self._section.position and any(rule.needs_gradient for rule in rules):
            names.append("gradient_sum")
        if self._section.position and any(rule.needs_weights for rule in rules):
            names.append("weights_before")
        return self._unpack_named(self._section.sums, tuple(names), (*PATH, "sums"))

    def _dead(self) -> Array | None:
        """Which weights the regulariser has cut: a byte each, 0 or 1."""
        given, path = self._section.dead, (*PATH, "dead")
        if not given:
            return None
        dead = self._unpack(given, self._parameters, np.dtype(np.uint8), path)
        regularizer = cast(Penalty, self._experiment.training.regularizer)
        if not regularizer.decoupled or (dead > 1).any():
            wanted = "bytes of 0 and 1" if regularizer.decoupled else "no dead weights"
            refuse(path, f"must hold {wanted} with the regulariser {regularizer.name}; {REMEDY}")
        weights = layout_of(self._experiment).weight_mask().astype(bool)
        return np.asarray(dead.astype(bool) & weights)


def _packed(arrays: dict[str, Array]) -> dict[str, Packed]:
    return {name: Packed(array) for name, array in arrays.items()}
