"""The gradients of single samples, as far as their sizes and their mean tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from playground.core.experiment import Layer
from playground.engine.activations import ActivationFunction
from playground.engine.batch_norm import EPSILON
from playground.engine.calls import Array
from playground.engine.network import Network
from playground.engine.parameters import LayerViews


@dataclass(frozen=True, slots=True, eq=False)
class SampleGradients:
    """The gradients of n samples' losses by all parameters.

    Attributes:
        mean: Their mean (P,), the gradient of the loss; float64.
        squares: The square of each one's norm (n,), float64.
    """

    mean: Array
    squares: Array


def sample_gradients(network: Network, inputs: Array, targets: Array) -> SampleGradients:
    """Find them in one pass over all samples, without the gradients themselves.

    The gradient of a sample by the weights of a layer is the outer product of the layer's input
    ``a`` and the error ``δ = dL/dz``: the square of its norm, with that by the biases, is
    ``|δ|²·(|a|² + 1)`` (Goodfellow 2015, "Efficient per-example gradient computations").

    Args:
        network: Of one replica. It is taken in evaluation mode: without dropout, and with
            BatchNorm's running statistics, since a sample that changes those of its batch has no
            gradient of its own.
        inputs: (features, n).
        targets: As the loss encodes them (outputs, n).
    """
    features, count = inputs.shape
    program = network.evaluation(count)
    program.feed[:features] = inputs
    program.feed[features + 1 :] = targets
    with np.errstate(all="ignore"):  # a network that diverges has numbers to match
        for call in program.forward:
            call()
        delta = np.empty_like(program.logits)
        for call in network.loss.gradient(program.logits, program.targets, delta):
            call()
        delta *= count  # the loss is a mean: a sample's own error is n times its share
        mean, squares = np.zeros((1, network.layout.count)), np.zeros(count)
        grads = network.layout.views(mean)
        for index in reversed(range(len(network.layers))):
            below = program.traces[index - 1].out if index else program.feed[:features]
            squares += _sums(delta) * (_sums(below) + 1)
            grads[index].weights[0] = below @ delta.T / count
            grads[index].biases[0] = delta.mean(axis=1, dtype=np.float64)
            if not index:
                break
            layer, trace = cast(Layer, network.layers[index - 1]), program.traces[index - 1]
            delta = network.views[index].weights[0] @ delta
            norm = _FrozenBatchNorm(network, index - 1, grads[index - 1], squares)
            if layer.batch_norm == "after":
                delta = norm.backward(trace.activation, delta)
            delta *= cast(ActivationFunction, layer.activation).evaluate(trace.pre)[1]
            if layer.batch_norm == "before":
                delta = norm.backward(trace.z, delta)
    return SampleGradients(mean[0], squares)


@dataclass(frozen=True, slots=True, eq=False)
class _FrozenBatchNorm:
    """BatchNorm of a layer with its running statistics: a scale and a shift of each unit.

    Attributes:
        grads: Receives the gradients of gamma and beta.
        squares: To which their squares are added (n,).
    """

    network: Network
    index: int
    grads: LayerViews
    squares: Array

    def backward(self, given: Array, delta: Array) -> Array:
        """From the error of what it answers to that of what it was given, (units, n) each."""
        network, index, grads = self.network, self.index, self.grads
        gamma = network.views[index].gamma
        assert gamma is not None
        assert grads.gamma is not None
        assert grads.beta is not None
        sigma = np.sqrt(network.running_variance(index)[0] + EPSILON)[:, None]
        pull = delta * ((given - network.running_mean(index)[0][:, None]) / sigma)
        self.squares[:] += _sums(pull) + _sums(delta)
        grads.gamma[0] = pull.mean(axis=1, dtype=np.float64)
        grads.beta[0] = delta.mean(axis=1, dtype=np.float64)
        return np.asarray(delta * (gamma[0][:, None] / sigma))


def _sums(rows: Array) -> Array:
    """Of each sample the sum of squares over the rows."""
    return np.asarray(np.einsum("un,un->n", rows, rows, dtype=np.float64))
