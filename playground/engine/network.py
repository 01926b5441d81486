"""The network of an experiment: R replicas, their parameters, and the programs that run them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from playground.core.experiment import Experiment, Layer, Output
from playground.core.families import loss_for
from playground.engine.calls import Array
from playground.engine.losses import LossFunction
from playground.engine.parameters import Layout
from playground.engine.program import Program

CHUNK = 2048
"""Samples evaluated at once: buffers of usual layers then stay in the processor's cache."""


class Network:
    """R networks of one shape that train in the same NumPy calls.

    Attributes:
        replicas: R.
        layers: The hidden layers and the output.
        sizes: Units from the features to the output.
        theta: All parameters (R, P); layers are views of it.
        grad: Their gradient after a training program ran, laid out alike.
        running: BatchNorm's running means and variances of all layers (R, S).
        is_variance: Which columns of ``running`` are variances (S,).
        loss: What is trained on.
    """

    def __init__(
        self, experiment: Experiment, rngs: Sequence[np.random.Generator] | None = None
    ) -> None:
        """Build and initialise; ``rngs`` has one generator for each replica.

        Without generators the parameters start at 0, to be filled in.
        """
        self.replicas = experiment.training.replicas
        self.layers: tuple[Layer | Output, ...] = (
            *experiment.network.hidden,
            experiment.network.output,
        )
        self.sizes = experiment.sizes
        self.dtype = np.dtype(experiment.training.precision)
        self.task = experiment.data.task
        self.loss = cast(
            LossFunction, loss_for(experiment.training.loss, self.task).build(self.task)
        )
        self.layout = Layout(self.layers, self.sizes)
        self.theta = np.zeros((self.replicas, self.layout.count), self.dtype)
        self.grad = np.zeros_like(self.theta)
        self.views = self.layout.views(self.theta)
        self.grad_views = self.layout.views(self.grad)
        self._running_starts: list[int] = []
        total = 0
        for size, normalised in zip(self.sizes[1:], self.layout.normalised, strict=True):
            self._running_starts.append(total)
            total += 2 * size * normalised
        self.running = np.zeros((self.replicas, total), self.dtype)
        self.is_variance = np.zeros(total, dtype=bool)
        for index, normalised in enumerate(self.layout.normalised):
            if normalised:
                start, end = self.statistics(index).start, self.statistics(index).stop
                self.is_variance[(start + end) // 2 : end] = True
        self.running[:, self.is_variance] = 1
        self._evaluations: dict[int, Program] = {}
        if rngs is not None:
            self.layout.initialise(self.theta, rngs)

    def squeezed(self, array: Array) -> Array:
        """Without the replica axis if there is one replica: plain matrices are faster."""
        return array[0] if self.replicas == 1 else array

    def table(self, index: int) -> Array:
        """Weights and biases of a layer, squeezed."""
        return self.squeezed(self.views[index].table)

    def grad_table(self, index: int) -> Array:
        """The gradient of :meth:`table`."""
        return self.squeezed(self.grad_views[index].table)

    def batch_norm(self, index: int) -> tuple[Array, Array, Array, Array]:
        """Gamma, beta and their gradients of a layer, squeezed: (R, units) each."""
        views, grads = self.views[index], self.grad_views[index]
        parts = (views.gamma, views.beta, grads.gamma, grads.beta)
        gamma, beta, grad_gamma, grad_beta = (
            self.squeezed(part) for part in parts if part is not None
        )
        return gamma, beta, grad_gamma, grad_beta

    def statistics(self, index: int) -> slice:
        """Where a layer's statistics stand in ``running``: the means, then the variances."""
        start, units = self._running_starts[index], self.sizes[index + 1]
        return slice(start, start + 2 * units)

    def running_mean(self, index: int) -> Array:
        """BatchNorm's running mean of a layer (R, units)."""
        start, units = self._running_starts[index], self.sizes[index + 1]
        return self.running[:, start : start + units]

    def running_variance(self, index: int) -> Array:
        """BatchNorm's running variance of a layer (R, units)."""
        start, units = self._running_starts[index], self.sizes[index + 1]
        return self.running[:, start + units : start + 2 * units]

    def evaluation(self, samples: int) -> Program:
        """A program that judges: BatchNorm with running statistics, no dropout. Kept for reuse."""
        if samples not in self._evaluations:
            if len(self._evaluations) >= 8:  # odd sizes pass by; each keeps buffers
                self._evaluations.pop(next(iter(self._evaluations)))
            self._evaluations[samples] = Program(self, samples, "evaluation")
        return self._evaluations[samples]

    def rest(self) -> None:
        """Let go of the buffers for judging; they are made anew when it judges again."""
        self._evaluations.clear()

    def outputs(self, inputs: Array) -> Array:
        """The raw outputs for any number of samples, in chunks.

        Args:
            inputs: Shape (features, n), of any real type.

        Returns:
            Shape (R, outputs, n), a new array.
        """
        count = inputs.shape[1]
        result = np.empty((self.replicas, self.sizes[-1], count), self.dtype)
        with np.errstate(all="ignore"):  # what is not finite is seen in the result
            for start in range(0, count, CHUNK):
                end = min(start + CHUNK, count)
                program = self.evaluation(end - start)
                program.feed[..., : self.sizes[0], :] = inputs[:, start:end]
                program.run()
                result[..., start:end] = program.logits
        return result
