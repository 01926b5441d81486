"""A network compiled for one batch size: one list of calls forward, one backward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from playground.core.experiment import Layer
from playground.engine.activations import ActivationFunction
from playground.engine.batch_norm import BatchNormStage, batch_norm_evaluation, running_statistics
from playground.engine.calls import Array, Call
from playground.engine.stages import ActivationStage, DenseStage, DropoutStage

if TYPE_CHECKING:
    from playground.engine.network import Network


@dataclass(slots=True)
class Trace:
    """What one layer leaves in its buffers: (R, units, samples) each.

    Attributes:
        z: Weighted sums.
        pre: What the activation is given: ``z``, or BatchNorm's output.
        activation: What the activation answers.
        out: What the next layer is given, after BatchNorm and dropout.
        delta: After the backward pass ``d loss / d z``; None in evaluation.
        mask: What dropout multiplies by, 0 or 1/(1 - rate); None without dropout.
    """

    z: Array
    pre: Array
    activation: Array
    out: Array
    delta: Array | None = None
    mask: Array | None = None


class Program:
    """Forward (and, for training, backward) calls over buffers of their own.

    Attributes:
        feed: (R, features + 1 + outputs, batch): inputs, the row of ones, targets. A batch is
            copied here as a whole.
        logits: The network's raw outputs (R, outputs, batch).
        traces: One for each layer, the output layer last.
        statistics: BatchNorm's means and variances of the last training batch, laid out as the
            network's running ones: (R, S).
        forward: The calls from ``feed`` to ``logits``.
        backward: The calls from ``logits`` to the network's gradient; empty in evaluation.
    """

    def __init__(
        self,
        network: Network,
        batch: int,
        mode: Literal["training", "evaluation"],
        dropout: Sequence[float] = (),
        rngs: Sequence[np.random.Generator] = (),
    ) -> None:
        self._network, self._batch = network, batch
        self._training = mode == "training"
        self._dropout = tuple(dropout) or (0.0,) * len(network.layers)
        self._rngs = rngs
        inputs, outputs = network.sizes[0], network.sizes[-1]
        self.feed = self._rows(inputs + 1 + outputs)
        self.feed[..., inputs, :] = 1
        self.targets = self.feed[..., inputs + 1 :, :]
        self.traces: list[Trace] = []
        self.forward: list[Call] = []
        self.backward: list[Call] = []
        self._pending: list[list[Call]] = []
        self.statistics = network.squeezed(np.empty_like(network.running))
        x = self.feed[..., : inputs + 1, :]
        below: Array | None = None
        for index in range(len(network.layers)):
            x, below = self._layer(index, x, below)
        self.logits = self.traces[-1].z
        if self._training:
            self.forward += running_statistics(
                network.squeezed(network.running), self.statistics, network.is_variance, batch
            )
            last = self.traces[-1].delta
            assert last is not None
            self.backward = network.loss.gradient(self.logits, self.targets, last)
            for calls in reversed(self._pending):
                self.backward += calls

    def run(self) -> None:
        """Run the forward calls, and the backward ones of a training program."""
        for step in self.forward:
            step()
        for step in self.backward:
            step()

    def _rows(self, count: int) -> Array:
        return self._network.squeezed(
            np.empty((self._network.replicas, count, self._batch), self._network.dtype)
        )

    def _layer(self, index: int, x: Array, below: Array | None) -> tuple[Array, Array | None]:
        """Compile one layer; ``below`` receives the gradient of its input ``x``."""
        network = self._network
        layer, units = network.layers[index], network.sizes[index + 1]
        table, grad_table = network.table(index), network.grad_table(index)
        z = self._rows(units)
        dense = DenseStage(x, table, z)
        self.forward += dense.forward
        delta = self._rows(units) if self._training else None
        trace = Trace(z, z, z, z, delta)
        self.traces.append(trace)
        upwards: list[list[Call]] = []
        following = x
        if isinstance(layer, Layer):
            following = self._rows(units + 1)
            following[..., units, :] = 1
            upwards = self._hidden(index, layer, trace, following[..., :units, :])
        if delta is not None:
            calls = [step for stage in reversed(upwards) for step in stage]
            self._pending.append(calls + dense.backward(delta, grad_table, below))
        return following, delta

    def _hidden(self, index: int, layer: Layer, trace: Trace, out: Array) -> list[list[Call]]:
        """Compile what follows the weighted sums of a hidden layer; the last part fills ``out``."""
        assert isinstance(layer.activation, ActivationFunction)
        units, delta = layer.units, trace.delta
        rate = self._dropout[index] if self._training else 0.0
        upwards: list[list[Call]] = []
        if layer.batch_norm == "before":
            trace.pre = self._rows(units)
            upwards += self._normalise(index, trace.z, trace.pre, delta)
        last = not rate and layer.batch_norm != "after"
        trace.activation = out if last else self._rows(units)
        activation = ActivationStage(layer.activation, trace.pre, trace.activation)
        self.forward += activation.forward
        if delta is not None:
            upwards.append(activation.backward(delta))
        current = trace.activation
        if layer.batch_norm == "after":
            target = self._rows(units) if rate else out
            upwards += self._normalise(index, current, target, delta)
            current = target
        if rate:
            dropout = DropoutStage(current, rate, self._rngs, out)
            trace.mask = dropout.mask
            self.forward += dropout.forward
            if delta is not None:
                upwards.append(dropout.backward(delta))
        trace.out = out
        return upwards

    def _normalise(self, index: int, x: Array, out: Array, delta: Array | None) -> list[list[Call]]:
        gamma, beta, grad_gamma, grad_beta = self._network.batch_norm(index)
        columns = self._network.statistics(index)
        if delta is None:
            running = self._network.squeezed(self._network.running)[..., columns]
            self.forward += batch_norm_evaluation(x, gamma, beta, running, out)
            return []
        stage = BatchNormStage(x, gamma, beta, self.statistics[..., columns], out)
        self.forward += stage.forward
        return [stage.backward(delta, grad_gamma, grad_beta)]
