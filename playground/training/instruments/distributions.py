"""How activations, errors, weights and gradients are distributed in each layer, and were before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from playground.core.experiment import Layer
from playground.engine.calls import Array
from playground.engine.program import Program
from playground.training.diagnostics import hidden, is_saturated
from playground.training.instruments.base import Instrument, instruments
from playground.training.instruments.histograms import (
    MAGNITUDES,
    PLAIN,
    Axis,
    Histograms,
    histograms,
)
from playground.training.instruments.moments import Moments
from playground.training.trainer import Trainer

MOST_POINTS = 500
"""Training points that activations are judged by."""
MOST_MOMENTS = 60
BEFORE, AFTER = "before", "after"

Seen = Mapping[str, Histograms]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What was seen after a step.

    Attributes:
        epoch: Epochs done, with the part of the one under way.
        step: Optimizer steps done.
        seen: By quantity: "activations", "errors", "weights", "gradients", from the first hidden
            layer to the output; "before" and "after" BatchNorm, of the layers that have it.
    """

    epoch: float
    step: int
    seen: Seen


@dataclass(frozen=True, slots=True, eq=False)
class UnitStatistics:
    """What a BatchNorm knows and finds of its units: (units,) each, read-only.

    Attributes:
        layer: From 0.
        running_mean, running_std: That it is judged with.
        batch_mean, batch_std: Of the last training batch, the std from the biased variance.
        points_mean, points_std: Of what it is given when it is judged at the training points.
    """

    layer: int
    running_mean: Array
    running_std: Array
    batch_mean: Array
    batch_std: Array
    points_mean: Array
    points_std: Array


@dataclass(frozen=True, slots=True, eq=False)
class Distributions:
    """The distributions of a replica now and over time.

    Activations, also before and after BatchNorm, are those of training points in evaluation mode:
    with the running statistics and without dropout. Errors and gradients are what the last training
    step has left, or before the first step what it would begin with.

    Attributes:
        now: The last moment.
        past: A thinned series of moments from the first look on; the last is ``now``.
        spreads: For each layer the std of each unit's activation over the points (units,).
        saturated: For each hidden layer the share of saturated answers; NaN for an activation
            that has no flat end on both sides. See ``diagnostics.is_saturated``.
        normalised: The units' statistics of each layer with BatchNorm.
        points: How many training points there were.
        batch: The samples of the step that errors and gradients are of.
    """

    now: Moment
    past: tuple[Moment, ...]
    spreads: tuple[Array, ...]
    saturated: Array
    normalised: tuple[UnitStatistics, ...]
    points: int
    batch: int


@instruments.add
class DistributionsInstrument(Instrument):
    """Sorts what is in a network into histograms, and keeps some of them over time."""

    name = "distributions"

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._past: dict[int, Moments[Moment]] = {}
        self._backward: dict[int, tuple[Seen, int]] = {}

    def read(self, replica: int) -> Distributions:
        """Look at a replica; its past begins when it is first looked at."""
        trainer, network = self.trainer, self.trainer.network
        trainer.outcome.settle()
        left = trainer.last_program or trainer.gradient_at_start()
        backward, batch = self._left_behind(left, replica)
        judged = self._judged()
        every = range(len(network.layers))
        answers = [_of(trace.activation, replica, network.replicas) for trace in judged.traces]
        seen = {
            "activations": histograms(PLAIN, every, answers),
            **backward,
            "weights": self._of_layers(MAGNITUDES, [v.weights[replica] for v in network.views]),
            **self._around_batch_norm(judged, replica),
        }
        past = self._past.setdefault(replica, Moments(MOST_MOMENTS))
        now = Moment(trainer.epochs_done, trainer.step, seen)
        past.add(now)
        with np.errstate(all="ignore"):
            spreads = tuple(_frozen(a.std(axis=-1, dtype=np.float64)) for a in answers)
        return Distributions(
            now,
            past.series(),
            spreads,
            self._saturated(judged, replica),
            tuple(self._unit_statistics(left, judged, replica)),
            judged.feed.shape[-1],
            batch,
        )

    def branch(self, trainer: Trainer) -> Self:
        other = type(self)(trainer)
        for replica, past in self._past.items():
            other._past[replica] = past.until(trainer.step)
        return other

    def read_back(self, then: Self, replica: int) -> Distributions:
        """What it was then; the series is the whole run's."""
        reading, past = then.read(replica), self._past.get(replica)
        return reading if past is None else replace(reading, past=past.series())

    def _left_behind(self, program: Program, replica: int) -> tuple[Seen, int]:
        """Errors and gradients; those of a replica that has ended are the last it had."""
        trainer, network = self.trainer, self.trainer.network
        known = self._backward.get(replica)
        if known is not None and trainer.stop is None and trainer.outcome.ended[replica]:
            return known
        batch = program.feed.shape[-1]
        errors = []
        for trace in program.traces:
            assert trace.delta is not None
            # The loss is a mean: a sample's own error is the batch's size times its share.
            delta = _of(trace.delta, replica, network.replicas)
            with np.errstate(all="ignore"):
                errors.append(delta * np.float64(batch))
        seen = {
            "errors": self._of_layers(MAGNITUDES, errors),
            "gradients": self._of_layers(
                MAGNITUDES, [views.weights[replica] for views in network.grad_views]
            ),
        }
        self._backward[replica] = seen, batch
        return seen, batch

    def _judged(self) -> Program:
        """The network at training points, in evaluation mode; they are the same ones each time."""
        network, inputs = self.trainer.network, self.trainer.dataset.train.inputs
        count = inputs.shape[1]
        if count > MOST_POINTS:
            inputs = inputs[:, np.linspace(0, count - 1, MOST_POINTS).astype(np.intp)]
        program = network.evaluation(inputs.shape[1])
        with np.errstate(all="ignore"):
            program.feed[..., : network.sizes[0], :] = inputs
            program.run()
        return program

    def _of_layers(self, axis: Axis, values: list[Array]) -> Histograms:
        return histograms(axis, range(len(values)), values)

    def _around_batch_norm(self, program: Program, replica: int) -> Seen:
        count, found = self.trainer.network.replicas, {}
        layers = self._normalised()
        if layers:
            given = [_of(_entering(self._layer(i), program, i), replica, count) for i in layers]
            made = [_of(_leaving(self._layer(i), program, i), replica, count) for i in layers]
            found = {
                BEFORE: histograms(PLAIN, layers, given),
                AFTER: histograms(PLAIN, layers, made),
            }
        return found

    def _unit_statistics(
        self, left: Program, judged: Program, replica: int
    ) -> Iterable[UnitStatistics]:
        network = self.trainer.network
        for index in self._normalised():
            columns, units = network.statistics(index), network.sizes[index + 1]
            batch = _of(left.statistics, replica, network.replicas)[columns]
            given = _of(_entering(self._layer(index), judged, index), replica, network.replicas)
            with np.errstate(all="ignore"):
                yield UnitStatistics(
                    index,
                    _frozen(network.running_mean(index)[replica].copy()),
                    _frozen(np.sqrt(network.running_variance(index)[replica])),
                    _frozen(batch[:units].copy()),
                    _frozen(np.sqrt(batch[units:])),
                    _frozen(given.mean(axis=-1, dtype=np.float64)),
                    _frozen(given.std(axis=-1, dtype=np.float64)),
                )

    def _saturated(self, judged: Program, replica: int) -> Array:
        network, shares = self.trainer.network, []
        for layer, trace in zip(hidden(network), judged.traces, strict=False):
            flags = is_saturated(layer, trace)
            known = None if flags is None else _of(flags, replica, network.replicas)
            shares.append(np.nan if known is None else float(known.mean()))
        return _frozen(np.array(shares))

    def _normalised(self) -> list[int]:
        network = self.trainer.network
        return [index for index, has in enumerate(network.layout.normalised) if has]

    def _layer(self, index: int) -> Layer:
        layer = self.trainer.network.layers[index]
        assert isinstance(layer, Layer)
        return layer


def _of(array: Array, replica: int, replicas: int) -> Array:
    """A replica's part of a program's buffer."""
    return array if replicas == 1 else array[replica]


def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array


def _entering(layer: Layer, program: Program, index: int) -> Array:
    """What a layer's BatchNorm is given."""
    trace = program.traces[index]
    return trace.z if layer.batch_norm == "before" else trace.activation


def _leaving(layer: Layer, program: Program, index: int) -> Array:
    """What a layer's BatchNorm makes of it; in evaluation mode nothing is dropped after it."""
    trace = program.traces[index]
    return trace.pre if layer.batch_norm == "before" else trace.out
