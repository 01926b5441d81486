"""What the last step has left in the network's buffers, as numbers a layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from playground.core.experiment import Layer
from playground.core.families import Activation
from playground.engine.activations import ActivationFunction
from playground.engine.calls import Array
from playground.engine.network import CHUNK, Network
from playground.engine.program import Program, Trace
from playground.training.spread import median_of_all

SMALLEST_CHUNK = 128
"""Of samples looked at together, however many replicas there are."""
FLAT_END = 0.015
"""The share of an activation's range that counts as an end: abs tanh > 0.97, sigmoid > 0.985."""
MOST_SAMPLES = 2000
"""Points over which a share is taken: more would say the same and take longer."""
LAST_ROWS = 9
"""Of so many rows the median is judged: a single batch's gradient says little."""


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


def first_layer_share(weights: Array) -> float | None:
    """The first hidden layer's gradient as a share of the last one's, of late.

    Args:
        weights: Mean absolute dL/dW, (rows, layers) with the output last.

    Returns:
        None where there are fewer than two hidden layers; NaN where the last one's is 0.
    """
    if weights.shape[1] < 3 or not len(weights):
        return None
    late = median_of_all(weights[-LAST_ROWS:, [0, -2]], axis=0)
    first, last = (float(size) for size in late)
    if not np.isfinite(late).all():
        return None
    return first / last if last > 0 else float("nan")


def dead_units(network: Network, inputs: Array) -> tuple[Array, ...]:
    """Which units no longer learn: their activation's slope is 0 on every training sample.

    For ReLU that means an answer of 0 to every training point, not merely to a batch.

    Args:
        network: Judged in evaluation mode.
        inputs: All training inputs (features, n).

    Returns:
        For each hidden layer a boolean array (R, units).
    """
    dead = [np.ones((network.replicas, layer.units), dtype=bool) for layer in hidden(network)]
    for looked_at in looks(network, inputs):
        for (layer, trace), flags in zip(looked_at, dead, strict=True):
            flags &= has_no_slope(layer, trace)
        if not any(flags.any() for flags in dead):
            break  # one sample that lets a unit learn is proof enough
    return tuple(dead)


def saturation(network: Network, inputs: Array) -> Array:
    """How much of what hidden layers answer is saturated: lies where the slope is nearly 0.

    Args:
        network: Judged in evaluation mode.
        inputs: All training inputs (features, n), of which some are looked at.

    Returns:
        Shares of the pairs of a unit and a sample, (R, hidden layers); NaN for an activation that
        has no limits on both sides.
    """
    layers = hidden(network)
    total, samples = np.zeros((len(layers), network.replicas)), 0
    if all(layer.activation.limits is None for layer in layers):
        return np.full_like(total.T, np.nan)
    for looked_at in looks(network, some_of(inputs)):
        for (layer, trace), row in zip(looked_at, total, strict=True):
            flags = is_saturated(layer, trace)
            row += np.nan if flags is None else flags.mean(axis=-2).sum(axis=-1)
        samples += trace.out.shape[-1]
    return total.T / samples


def hidden(network: Network) -> list[Layer]:
    """The hidden layers."""
    return [layer for layer in network.layers if isinstance(layer, Layer)]


def some_of(inputs: Array) -> Array:
    """At most ``MOST_SAMPLES`` of the samples (features, n), evenly spread."""
    return inputs[:, :: -(-inputs.shape[1] // MOST_SAMPLES)]


def looks(network: Network, inputs: Array) -> Iterator[list[tuple[Layer, Trace]]]:
    """Run a network over samples in evaluation mode, a part of them at a time.

    Args:
        network: Of any number of replicas.
        inputs: Shape (features, n).

    Yields:
        The hidden layers with what they have left in their buffers, to be read before the next.
    """
    chunk = max(CHUNK // network.replicas, SMALLEST_CHUNK)
    for start in range(0, inputs.shape[1], chunk):
        part = inputs[:, start : start + chunk]
        program = network.evaluation(part.shape[1])
        program.feed[..., : network.sizes[0], :] = part
        with np.errstate(all="ignore"):  # what is not finite is seen in the buffers
            program.run()
        yield list(zip(hidden(network), program.traces, strict=False))


def has_no_slope(layer: Layer, trace: Trace) -> Array:
    """Whether a unit's slope is 0 at all samples of a look, (R, units) or (units,)."""
    assert isinstance(layer.activation, ActivationFunction)
    _, slope = layer.activation.evaluate(trace.pre)
    flat: Array = np.all(slope == 0, axis=-1)
    return flat


def steepest_slope(activation: Activation) -> float | None:
    """The largest slope of an activation that has a flat end on both sides; else None.

    Such a one is steepest at 0.
    """
    if activation.limits is None:
        return None
    assert isinstance(activation, ActivationFunction)
    return float(activation.evaluate(np.zeros(1))[1][0])


def is_saturated(layer: Layer, trace: Trace) -> Array | None:
    """Whether each answer lies at an end of the activation's range, as ``trace.activation``."""
    limits = layer.activation.limits
    if limits is None:
        return None
    end = FLAT_END * (limits[1] - limits[0])
    return (trace.activation < limits[0] + end) | (trace.activation > limits[1] - end)
