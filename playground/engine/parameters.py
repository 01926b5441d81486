"""All parameters of all replicas in one array, and the views of it that layers work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.core.experiment import Layer, Output
from playground.engine.activations import ActivationFunction
from playground.engine.calls import Array
from playground.engine.initializers import WeightInitializer


@dataclass(frozen=True, slots=True)
class LayerViews:
    """One layer's part of a flat array, each view with the replicas first.

    Attributes:
        columns: The slice of the flat array's last axis that the layer takes.
        table: Weights with the biases as last row: (R, in + 1, out).
        gamma: BatchNorm's scale (R, out), or None without BatchNorm.
        beta: BatchNorm's shift (R, out), or None.
    """

    columns: slice
    table: Array
    gamma: Array | None
    beta: Array | None

    @property
    def weights(self) -> Array:
        """(R, in, out)."""
        return self.table[:, :-1]

    @property
    def biases(self) -> Array:
        """(R, out)."""
        return self.table[:, -1]


class Layout:
    """Where each layer's parameters stand in a flat array.

    In the order of the layers: weights (in × out, row by row), biases, then BatchNorm's gamma and
    beta if the layer has it.
    """

    def __init__(self, layers: Sequence[Layer | Output], sizes: Sequence[int]) -> None:
        self.layers = tuple(layers)
        self.sizes = tuple(sizes)
        self.normalised = tuple(
            isinstance(layer, Layer) and layer.batch_norm != "none" for layer in layers
        )
        self.count = 0
        self._starts = []
        for fan_in, fan_out, normalised in self._shapes():
            self._starts.append(self.count)
            self.count += (fan_in + 1 + 2 * normalised) * fan_out

    def _shapes(self) -> list[tuple[int, int, bool]]:
        return list(zip(self.sizes[:-1], self.sizes[1:], self.normalised, strict=True))

    def views(self, flat: Array) -> list[LayerViews]:
        """Views of an array (R, count), layer by layer."""
        replicas, found = len(flat), []
        for start, (fan_in, fan_out, normalised) in zip(self._starts, self._shapes(), strict=True):
            end = start + (fan_in + 1) * fan_out
            table = flat[:, start:end].reshape(replicas, fan_in + 1, fan_out)
            gamma = beta = None
            if normalised:
                gamma = flat[:, end : end + fan_out]
                beta = flat[:, end + fan_out : end + 2 * fan_out]
                end += 2 * fan_out
            found.append(LayerViews(slice(start, end), table, gamma, beta))
        return found

    def weight_mask(self) -> Array:
        """1 where a parameter is a weight, 0 for biases, gamma and beta: (count,), float64."""
        mask = np.zeros(self.count)
        for views in self.views(mask[None]):
            views.weights[:] = 1
        return mask

    def initialise(self, theta: Array, rngs: Sequence[np.random.Generator]) -> None:
        """Draw the start of each replica from its own generator."""
        for row, rng in zip(theta, rngs, strict=True):
            for layer, views in zip(self.layers, self.views(row[None]), strict=True):
                initializer = layer.initializer
                assert isinstance(initializer, WeightInitializer)
                gain = 1.0
                if isinstance(layer, Layer):
                    assert isinstance(layer.activation, ActivationFunction)
                    gain = layer.activation.fitting_gain
                fan_in, fan_out = views.weights.shape[1:]
                views.weights[0] = initializer.weights(fan_in, fan_out, gain, rng)
                views.biases[0] = initializer.biases(fan_in, fan_out, rng)
                if views.gamma is not None and views.beta is not None:
                    views.gamma[:], views.beta[:] = 1, 0
