"""Central differences of a network's loss, for many parameters in one pass.

Replicas are a leading axis of the engine: here each one is a copy of the same network in which one
parameter has been moved, so that a pass over all copies gives the loss at as many places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import cast

import numpy as np

from playground.core.experiment import Experiment, Layer
from playground.engine.activations import ActivationFunction
from playground.engine.batch_norm import EPSILON as BATCH_NORM_EPSILON
from playground.engine.calls import Array
from playground.engine.corners import Corner
from playground.engine.network import Network
from playground.engine.program import Program
from playground.engine.regularizers import Penalty

EPSILON = float(np.finfo(np.float64).eps)
SHRINK = 4.0
"""The ratio of neighbouring steps in :func:`extrapolated`."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A network at certain weights, on a batch of points.

    Attributes:
        experiment: Of any number of replicas and any precision; neither matters here.
        theta: The parameters (P,), float64.
        inputs: (features, n).
        targets: As the loss encodes them (outputs, n).
    """

    experiment: Experiment
    theta: Array
    inputs: Array
    targets: Array


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Of n parameters the central differences of the loss with its regulariser.

    Attributes:
        quotients: ``(L(w + h) - L(w - h)) / 2h``, (n,).
        blurs: How far rounding of the samples' losses may lead them astray, (n,).
        moved: How far the step has moved the weighted sum or output that it moved most, (n,); as a
            share of how large they are in that layer, if that is more than 1.
        crossed: Of each place of :attr:`Copies.places` whether anything was taken across that
            corner, (places, n).
    """

    quotients: Array
    blurs: Array
    moved: Array
    crossed: Array

    @classmethod
    def joined(cls, pieces: Sequence[Differences]) -> Differences:
        """Those of one parameter after another."""
        names = [field.name for field in fields(cls)]
        return cls(
            *(np.concatenate([getattr(piece, name) for piece in pieces], axis=-1) for name in names)
        )

    def with_better(self, places: Array, better: Differences) -> Differences:
        """These, with others in the given places."""
        mixed = []
        for field in fields(self):
            values = getattr(self, field.name).copy()
            values[..., places] = getattr(better, field.name)
            mixed.append(values)
        return Differences(*mixed)


class Copies:
    """A subject so many times over, compiled for training in float64.

    BatchNorm takes its statistics from the batch. Dropout draws one mask, which is the same in
    every copy and every pass.

    Attributes:
        count: How many copies there are.
        network: The copies, as replicas.
        places: Whose corners a moved parameter may take something across, and those corners.
    """

    def __init__(self, subject: Subject, count: int) -> None:
        experiment, self.count, self._theta = subject.experiment, count, subject.theta
        changes = {"replicas": count, "precision": "float64"}
        training = experiment.training.model_copy(update=changes)
        self.network = Network(experiment.model_copy(update={"training": training}))
        self.network.theta[:] = subject.theta
        rates = [layer.dropout for layer in experiment.network.hidden]
        self._rngs = [np.random.default_rng(0) for _ in range(count)] if any(rates) else []
        self._start = np.random.default_rng(0).bit_generator.state
        features, points = subject.inputs.shape
        self._program = Program(self.network, points, "training", rates, self._rngs)
        self._program.feed[..., :features, :] = subject.inputs
        self._program.feed[..., features + 1 :, :] = subject.targets
        self._penalty = cast(Penalty, experiment.training.regularizer)
        self._weights = self.network.layout.weight_mask()
        # What activations and the loss are given: how far it moves, and which corners it passes.
        self._sums = [trace.pre for trace in self._program.traces]
        self._kept = [np.empty_like(sums) for sums in self._sums]
        self.losses()
        with np.errstate(all="ignore"):
            sizes = [np.sqrt(np.square(sums).mean()) for sums in self._sums]
        self._sizes = [max(1.0, float(size)) for size in sizes]
        self.places: list[tuple[str, Corner]] = []
        self._corners: list[tuple[int, Corner, Callable[[Array], Array]]] = []
        self._find_corners()

    def _find_corners(self) -> None:
        loss, targets = self.network.loss, self._program.targets
        for index, layer in enumerate(self.network.layers):
            if isinstance(layer, Layer):
                activation = cast(ActivationFunction, layer.activation)
                if activation.corner is not None:
                    self._corners.append((index, activation.corner, np.asarray))
                    self.places.append((activation.label, activation.corner))
        if loss.corner is not None:
            self._corners.append((-1, loss.corner, lambda z: loss.to_corner(z, targets)))
            self.places.append(("the loss", loss.corner))
        if self._penalty.corner is not None:
            self.places.append((self._penalty.label, self._penalty.corner))

    def put(self, theta: Array) -> None:
        """Put all copies at other parameters (P,)."""
        self._theta = theta
        self.network.theta[:] = theta

    def product(self, direction: Array, step: float) -> tuple[Array, bool]:
        """The loss's Hessian, the regulariser included, times a direction.

        Where a penalty has a corner, as L1's, it adds nothing: on either side it is straight.

        Args:
            direction: (P,).
            step: How far along it the gradient is looked at, to either side.

        Returns:
            ``(g(w + h·d) - g(w - h·d)) / 2h`` (P,), and whether anything was taken across a corner
            on the way, so that it is no derivative.
        """
        penalised = self._penalty.corner is None
        self.network.theta[:] = self._theta + step * direction
        above = self.gradient(penalised=penalised)
        for kept, sums in zip(self._kept, self._sums, strict=True):
            np.copyto(kept, sums)
        self.network.theta[:] = self._theta - step * direction
        below = self.gradient(penalised=penalised)
        self.network.theta[:] = self._theta
        with np.errstate(all="ignore"):
            crossed = any(found.any() for found in self._crossed(np.arange(1)))
            return (above - below) / (2 * step), crossed

    def losses(self) -> Array:
        """Run all copies forward: the loss of each sample and output (copies, …)."""
        for rng in self._rngs:
            rng.bit_generator.state = self._start
        program = self._program
        with np.errstate(all="ignore"):
            for call in program.forward:
                call()
            terms = self.network.loss.terms(program.logits, program.targets)
        return terms.reshape(self.count, -1)

    def gradient(self, factor: float = 1.0, penalised: bool = True) -> Array:
        """What backpropagation says of the first copy, (P,).

        Args:
            factor: What the loss is multiplied by on the way, and its gradient divided by in the
                end: all is then rounded in another way, so that the difference shows how exact it
                is.
            penalised: Whether the regulariser's gradient is added.
        """
        network, program = self.network, self._program
        self.losses()
        theta, grad = network.theta.reshape(-1), network.grad.reshape(-1)
        weights = np.tile(self._weights, self.count)
        delta = program.traces[-1].delta
        assert delta is not None
        of_the_loss = len(network.loss.gradient(program.logits, program.targets, delta))
        with np.errstate(all="ignore"):
            for call in program.backward[:of_the_loss]:
                call()
            delta *= factor
            for call in program.backward[of_the_loss:]:
                call()
            grad /= factor
            for call in self._penalty.compile(theta, grad, weights) if penalised else ():
                call()
        return np.array(network.grad[0])

    def rounding(self) -> Array:
        """How far rounding may lead the loss astray, for each parameter (P,); of one copy.

        To first order, with ``ε`` the relative error of a number and ``δ = dL/dz``, a weighted sum
        ``z = Wᵀx`` is off by ``ε·|W|ᵀ|x|`` and the loss thereby by ``δ`` times that (Higham 2002,
        section 3.1). BatchNorm's mean is off by ``ε`` times what it averages, which shifts all that
        it gives by as much over the standard deviation. The loss of a sample is off by ``ε`` times
        itself and the outputs. These errors add up as random ones do, as the root of the sum of
        their squares (Higham & Mary 2019); twice that has been more than what was measured. Of the
        regulariser only the parameter's own term counts. :meth:`gradient` must have run.
        """
        network, program = self.network, self._program
        with np.errstate(all="ignore"):
            losses = self.losses()
            squares = np.square(losses / losses.size).sum()
            squares += np.square(program.logits / program.logits.size).sum()
            x = program.feed[: network.sizes[0]]
            for index, (views, trace) in enumerate(zip(network.views, program.traces, strict=True)):
                assert trace.delta is not None
                sums = np.abs(views.weights[0].T) @ np.abs(x) + np.abs(views.biases[0])[:, None]
                squares += np.square(trace.delta * sums).sum()
                squares += self._shifts(index)
                x = trace.out
            own = self._penalty.terms(self._theta) * self._weights
            return np.asarray(2 * EPSILON * (np.sqrt(squares) + own))

    def _shifts(self, index: int) -> float:
        """The sum of squares of what BatchNorm's rounding adds to the loss, over ``ε²``."""
        layer, trace = self.network.layers[index], self._program.traces[index]
        place = getattr(layer, "batch_norm", "none")
        if place == "none":
            return 0.0
        given = trace.z if place == "before" else trace.activation
        gamma, _, _, grad_beta = self.network.batch_norm(index)
        shift = np.abs(given).max(axis=-1) / np.sqrt(given.var(axis=-1) + BATCH_NORM_EPSILON)
        return float(np.square(grad_beta * gamma * shift).sum())

    def differences(self, columns: Array, steps: Array) -> Differences:
        """Move each of these parameters (n,), at most :attr:`count`, by its step (n,)."""
        rows, values, theta = np.arange(len(columns)), self._theta[columns], self.network.theta
        high, low = values + steps, values - steps
        theta[rows, columns] = high
        above = self.losses()
        for kept, sums in zip(self._kept, self._sums, strict=True):
            np.copyto(kept, sums)
        theta[rows, columns] = low
        below = self.losses()
        theta[rows, columns] = values
        weighs = self._weights[columns]
        with np.errstate(all="ignore"):
            # The difference of each sample's loss first: means would lose digits.
            rise = (above - below)[rows].mean(axis=1)
            rise += (self._penalty.terms(high) - self._penalty.terms(low)) * weighs
            crossed = self._crossed(rows)
            if self._penalty.corner is not None:
                sides = self._penalty.corner.sides
                crossed.append((sides(high) != sides(low)) & (weighs > 0))
            width = high - low
            size = np.sqrt(np.square(above[rows]).sum(axis=1)) / above.shape[1]
            moved = self._moved(rows)
        crossings = np.array(crossed, dtype=bool).reshape(-1, len(rows))
        return Differences(rise / width, 4 * EPSILON * size / width, moved, crossings)

    def _crossed(self, rows: Array) -> list[Array]:
        found = []
        for index, corner, quantity in self._corners:
            before, now = quantity(self._kept[index]), quantity(self._sums[index])
            differ = corner.sides(before) != corner.sides(now)
            found.append(differ.reshape(self.count, -1)[rows].any(axis=1))
        return found

    def _moved(self, rows: Array) -> Array:
        most = np.zeros(len(rows))
        for kept, sums, size in zip(self._kept, self._sums, self._sizes, strict=True):
            np.subtract(kept, sums, kept)
            np.abs(kept, kept)
            farthest = kept.reshape(self.count, -1)[rows].max(axis=1)
            np.maximum(most, farthest / (2 * size), out=most)
        return most


def extrapolated(quotients: Sequence[float], blurs: Sequence[float]) -> tuple[float, float]:
    """The derivative from central differences with ever smaller steps, and how exact it is.

    Their errors are a series in even powers of the step, which Neville's tableau takes away one by
    one (Ridders 1982; Press et al., "Numerical Recipes", 5.7). Beyond Ridders, a value must hold
    for the smaller steps too, from which it may differ by their rounding alone: where the function
    turns within the larger ones, these agree among each other and on nothing.

    Args:
        quotients: Differences, from the largest step to the smallest, :data:`SHRINK` apart.
        blurs: How far rounding may lead each astray.

    Returns:
        The value in the tableau that is the most exact, and about how far it may be off; infinity
        where there are not two quotients to tell from.
    """
    best, least = quotients[-1], float("inf")
    above: list[float] = []
    for index, (quotient, blur) in enumerate(zip(quotients, blurs, strict=True)):
        row = [quotient]
        finer = list(zip(quotients[index + 1 :], blurs[index + 1 :], strict=True))
        for power, older in enumerate(above, 1):
            factor = SHRINK ** (2 * power)
            value = (factor * row[-1] - older) / (factor - 1)
            error = max(abs(value - row[-1]), abs(value - older)) + blur
            error = max([error, *(abs(value - other) - its_blur for other, its_blur in finer)])
            if error < least:
                best, least = value, error
            row.append(value)
        above = row
    return best, least
