"""Gathers the evidence of a run: looks at a trainer between two steps, and changes nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import cast

import numpy as np

from playground.core.experiment import Layer
from playground.core.families import Optimizer
from playground.data.dataset import Dataset
from playground.engine.activations import ActivationFunction
from playground.engine.calls import Array
from playground.engine.network import CHUNK, Network
from playground.engine.optimizers import OptimizerState, StepRule
from playground.engine.schedules import Rate
from playground.training.diagnostics import (
    SMALLEST_CHUNK,
    dead_units,
    gradient_sizes,
    is_saturated,
)
from playground.training.doctor.evidence import Evidence
from playground.training.spread import median_of_all
from playground.training.stopping import Stop
from playground.training.trainer import Trainer

LATE, KEPT = 9, 60
"""Readings over which a median is taken, and those that are kept to compare with."""
FEWEST_EARLIER = 20
MOST_POINTS = 1024
"""Training points that are shown to the network to see how its units answer."""
ALIKE = 1e-3
"""How far the units of a layer may differ, relative to the largest weight, and count as alike."""


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """One reading: (R, layers), (R,) and (R,)."""

    weights: Array
    norm: Array
    update: Array


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """How the hidden units answer, (R, hidden) each; see :class:`Evidence`."""

    saturated: Array
    slope: Array
    spread: Array
    variance_ratio: Array


class Witness:
    """Remembers what it has seen of all replicas, to judge by medians and not by one batch.

    A replica that has ended keeps the last gradient that it had: it makes no more steps.

    The size of a step is that of the last one. Before there was one it is that of the first, which
    is computed on copies.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._rows: deque[_Row] = deque(maxlen=KEPT)
        self._noted: object = None
        self._optimizer: Optimizer | None = None
        self._largest = np.zeros(trainer.network.replicas)
        self._ends: list[Stop | None] = [None] * trainer.network.replicas
        self._end_rates = [float("nan")] * trainer.network.replicas
        self._dead = self._alike = np.zeros((0, 0))
        self._answers: Answers | None = None
        self._dataset: Dataset | None = None
        self._chance = (float("nan"), float("nan"))

    @property
    def moment(self) -> tuple[object, ...]:
        """What must change for a look to show something new."""
        trainer = self._trainer
        return (trainer.step, trainer.epoch, trainer.outcome.stops, trainer.experiment)

    def evidence(self, replica: int) -> Evidence:
        """The evidence of a replica, from 0."""
        trainer = self._trainer
        if self._noted != self.moment:
            self._note()
            self._noted = self.moment
        answers, history = self._answers, trainer.history
        assert answers is not None
        experiment = trainer.experiment
        size = experiment.training.batch_size
        train_count = len(trainer.dataset.train)
        late = list(self._rows)[-LATE:]
        earlier = [float(row.norm[replica]) for row in list(self._rows)[:-LATE]]
        layers = len(trainer.network.layers)
        return Evidence(
            experiment=experiment,
            epoch=trainer.epochs_done,
            step=trainer.step,
            epochs=history.column("epoch", replica),
            train_loss=history.column("train_loss", replica),
            test_loss=history.column("test_loss", replica),
            train_chance=self._chance[0],
            test_chance=self._chance[1],
            weights=_late([row.weights[replica] for row in late], np.full(layers, np.nan)),
            norm=float(_late([row.norm[replica] for row in late], np.array(np.nan))),
            earlier_norm=float(np.mean(earlier)) if len(earlier) >= FEWEST_EARLIER else np.nan,
            update_ratio=float(_late([row.update[replica] for row in late], np.array(np.nan))),
            largest_update=float(self._largest[replica]),
            rate=trainer.learning_rate,
            end_rate=self._end_rates[replica],
            dead=_frozen(self._dead[replica]),
            saturated=_frozen(answers.saturated[replica]),
            slope=_frozen(answers.slope[replica]),
            spread=_frozen(answers.spread[replica]),
            variance_ratio=_frozen(answers.variance_ratio[replica]),
            alike=_frozen(self._alike[replica]),
            batch_size=train_count if size == "full" else min(size, train_count),
            train_count=train_count,
            test_count=len(trainer.dataset.test),
            stop=trainer.outcome.stops[replica],
        )

    def _note(self) -> None:
        trainer = self._trainer
        network, replicas = trainer.network, trainer.network.replicas
        trainer.outcome.settle()
        optimizer = trainer.experiment.training.optimizer
        if optimizer != self._optimizer:
            self._optimizer, self._largest = optimizer, np.zeros(replicas)
        for replica, end in enumerate(trainer.outcome.stops):
            if end is not self._ends[replica]:
                self._ends[replica], self._end_rates[replica] = end, optimizer.learning_rate
        if self._dataset is not trainer.dataset:
            self._dataset = trainer.dataset
            self._chance = chance_losses(network, trainer.dataset)
        program = trainer.last_program if trainer.step else trainer.gradient_at_start()
        with np.errstate(all="ignore"):
            if program is not None:
                sizes = gradient_sizes(network, program).weights
                norm = np.linalg.norm(network.grad.astype(np.float64), axis=-1)
                row = self._kept(_Row(sizes, norm, update_ratios(trainer)))
                self._rows.append(row)
                self._largest = np.fmax(self._largest, row.update)
            inputs = trainer.dataset.train.inputs
            flags = dead_units(network, inputs)
            self._answers = answers_of(network, inputs)
        none = np.zeros((replicas, 0))
        self._dead = np.stack([f.sum(axis=1) for f in flags], axis=1) if flags else none
        self._alike = units_alike(network)

    def _kept(self, row: _Row) -> _Row:
        """This reading, with the earlier numbers of the replicas that have ended."""
        ended = self._trainer.outcome.ended
        if not self._rows or not ended.any():
            return row
        last = self._rows[-1]
        return _Row(
            np.where(ended[:, None], last.weights, row.weights),
            np.where(ended, last.norm, row.norm),
            np.where(ended, last.update, row.update),
        )


def _late(rows: list[Array], without: Array) -> Array:
    return _frozen(median_of_all(np.stack(rows), axis=0)) if rows else without


def _frozen(array: Array) -> Array:
    copy = np.array(array)
    copy.setflags(write=False)
    return copy


def chance_losses(network: Network, dataset: Dataset) -> tuple[float, float]:
    """The training and the test loss of the best constant answer; NaN without points."""
    found = []
    for part in (dataset.train, dataset.test):
        if not len(part):
            found.append(float("nan"))
            continue
        encoded = network.loss.encode(part.targets, network.sizes[-1])
        constant = network.loss.constant(encoded) + np.zeros_like(encoded)
        found.append(float(network.loss.mean(constant, encoded)))
    return found[0], found[1]


def update_ratios(trainer: Trainer) -> Array:
    """The norm of a step over that of the weights from which it was made, for each replica: (R,).

    It is the last step, of which the network has the gradient; before there was one, the step that
    the optimizer would make from that gradient.
    """
    network = trainer.network
    weights = network.layout.weight_mask() > 0
    after = network.theta[:, weights].astype(np.float64)
    if trainer.step:
        taken = trainer.optimizer_state.update
        assert taken is not None
        taken = taken.reshape(network.theta.shape)[:, weights].astype(np.float64)
        before = after + taken
    else:
        taken, before = first_update(trainer)[:, weights], after
    return np.asarray(np.linalg.norm(taken, axis=-1) / np.linalg.norm(before, axis=-1))


def first_update(trainer: Trainer) -> Array:
    """What the next step would take from the parameters (R, P), computed on copies.

    The gradient is the one that the network has.
    """
    network, state = trainer.network, trainer.optimizer_state
    theta = network.theta.reshape(-1).copy()
    copied = OptimizerState(
        {name: slot.copy() for name, slot in state.slots.items()},
        state.step,
        state.momentum_product,
    )
    optimizer = cast(StepRule, trainer.experiment.training.optimizer)
    rate = Rate(theta, trainer.learning_rate)
    for step in optimizer.compile(theta, network.grad.reshape(-1), copied, rate):
        step()
    assert copied.update is not None
    return copied.update.reshape(network.theta.shape).astype(np.float64)


def units_alike(network: Network) -> Array:
    """Whether all units of a hidden layer have the same weights and bias: boolean (R, hidden)."""
    found = [np.zeros((network.replicas, 0), dtype=bool)]
    for views in network.views[:-1]:
        table = views.table
        apart = np.ptp(table, axis=2).max(axis=1)
        largest = np.abs(table).max(axis=(1, 2))
        several = table.shape[2] > 1
        found.append(((apart <= ALIKE * largest) & several)[:, None])
    return np.concatenate(found, axis=1)


def answers_of(network: Network, inputs: Array) -> Answers:
    """Look at the hidden units in evaluation mode.

    Args:
        network: Of which all replicas are looked at.
        inputs: Training inputs (features, n); of many, evenly spread ones are taken.
    """
    most = min(max(CHUNK // network.replicas, SMALLEST_CHUNK), MOST_POINTS)
    inputs = inputs[:, :: -(-inputs.shape[1] // most)]
    hidden = [layer for layer in network.layers if isinstance(layer, Layer)]
    program = network.evaluation(inputs.shape[1])
    program.feed[..., : network.sizes[0], :] = inputs
    program.run()
    columns = []
    for index, (layer, trace) in enumerate(zip(hidden, program.traces, strict=False)):
        assert isinstance(layer.activation, ActivationFunction)
        values, slopes = (
            part.reshape(network.replicas, layer.units, -1)
            for part in layer.activation.evaluate(trace.pre)
        )
        unknown = np.full(network.replicas, np.nan)
        ends = is_saturated(layer, trace)
        flat = unknown if ends is None else ends.reshape(values.shape).mean(axis=(1, 2))
        ratio = unknown
        if layer.batch_norm != "none":
            given = values if layer.batch_norm == "after" else trace.z.reshape(values.shape)
            ratio = median_of_all(network.running_variance(index) / given.var(axis=2))
        slope = median_of_all(slopes.reshape(network.replicas, -1))
        columns.append((flat, slope, values.std(axis=2).mean(axis=1), ratio))
    if not columns:
        none = np.zeros((network.replicas, 0))
        return Answers(none, none, none, none)
    return Answers(*(np.stack(column, axis=1) for column in zip(*columns, strict=True)))
