"""How good a network is on its training and test points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Dataset
from playground.engine.calls import Array
from playground.engine.losses import predicted
from playground.engine.network import Network


@dataclass(frozen=True, slots=True)
class Scores:
    """Losses and accuracies, a value for each replica; NaN where there is none.

    Accuracy is the share of points whose class is right; there is none for regression.
    """

    train_loss: Array
    test_loss: Array
    train_accuracy: Array
    test_accuracy: Array


class Evaluator:
    """Scores a network in evaluation mode: running statistics, no dropout, no penalty."""

    def __init__(self, network: Network, dataset: Dataset) -> None:
        self._network = network
        self._inputs = np.concatenate((dataset.train.inputs, dataset.test.inputs), axis=1)
        self._inputs = self._inputs.astype(network.dtype)
        self._parts = []
        start = 0
        for part in (dataset.train, dataset.test):
            encoded = network.loss.encode(part.targets, network.sizes[-1]).astype(network.dtype)
            self._parts.append((slice(start, start + len(part)), part.targets, encoded))
            start += len(part)
        self.chance_loss = float("nan")
        if len(dataset.test):
            encoded = network.loss.encode(dataset.test.targets, network.sizes[-1])
            constant = network.loss.constant(encoded) + np.zeros_like(encoded)
            self.chance_loss = float(network.loss.mean(constant, encoded))

    def scores(self) -> Scores:
        """Score all replicas now."""
        outputs = self._network.outputs(self._inputs)
        losses, accuracies = [], []
        for columns, targets, encoded in self._parts:
            loss = accuracy = np.full(self._network.replicas, np.nan)
            if len(targets):
                part = outputs[..., columns]
                loss = self._network.loss.mean(part, encoded)
                if self._network.task.kind == "classification":
                    accuracy = (predicted(self._network.task, part) == targets).mean(axis=-1)
                    accuracy = np.where(np.isfinite(loss), accuracy, np.nan)
            losses.append(loss)
            accuracies.append(accuracy)
        return Scores(*losses, *accuracies)
