"""What the last step has left in the network's buffers, as numbers a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.core.experiment import Layer
from playground.engine.activations import ActivationFunction
from playground.engine.calls import Array
from playground.engine.network import CHUNK, Network
from playground.engine.program import Program

SMALLEST_CHUNK = 128
"""Of samples looked at together, however many replicas there are."""


@dataclass(frozen=True, slots=True)
class GradientSizes:
    """How large the gradient is in each layer, from the first hidden one to the output.

    Attributes:
        weights: Mean absolute dL/dW, (R, layers).
        errors: Root mean square of a single sample's back-propagated error δ = dL/dz, (R, layers).
    """

    weights: Array
    errors: Array


def gradient_sizes(network: Network, program: Program) -> GradientSizes:
    """Read a training program's buffers; it must have run.

    The gradient is the one that the optimizer was given: clipped where that is asked for, and with
    a regulariser's part.
    """
    weights, errors = [], []
    for views, trace in zip(network.grad_views, program.traces, strict=True):
        weights.append(np.abs(views.weights).mean(axis=(1, 2), dtype=np.float64))
        assert trace.delta is not None
        delta = trace.delta[None] if network.replicas == 1 else trace.delta
        # The loss is a mean: a sample's own error is the batch's size times its share.
        with np.errstate(all="ignore"):  # a run that diverges has errors to match
            squares = np.square(delta, dtype=np.float64)
            errors.append(np.sqrt(squares.mean(axis=(1, 2))) * delta.shape[-1])
    return GradientSizes(np.stack(weights, axis=1), np.stack(errors, axis=1))


def dead_units(network: Network, inputs: Array) -> tuple[Array, ...]:
    """Which units no longer learn: their activation's slope is 0 on every training sample.

    For ReLU that means an answer of 0 to every training point, not merely to a batch.

    Args:
        network: Judged in evaluation mode.
        inputs: All training inputs (features, n).

    Returns:
        For each hidden layer a boolean array (R, units).
    """
    hidden = [layer for layer in network.layers if isinstance(layer, Layer)]
    dead = [np.ones((network.replicas, layer.units), dtype=bool) for layer in hidden]
    chunk = max(CHUNK // network.replicas, SMALLEST_CHUNK)
    with np.errstate(all="ignore"):
        for start in range(0, inputs.shape[1], chunk):
            part = inputs[:, start : start + chunk]
            program = network.evaluation(part.shape[1])
            program.feed[..., : network.sizes[0], :] = part
            program.run()
            for layer, trace, flags in zip(hidden, program.traces, dead, strict=False):
                assert isinstance(layer.activation, ActivationFunction)
                flags &= (layer.activation.evaluate(trace.pre)[1] == 0).all(axis=-1)
            if not any(flags.any() for flags in dead):
                break  # one sample that lets a unit learn is proof enough
    return tuple(dead)
