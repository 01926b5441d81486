"""What an experiment file holds: an experiment, and what training has made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.core.experiment import Experiment
from playground.engine.calls import Array
from playground.engine.optimizers import OptimizerState
from playground.engine.parameters import Layout
from playground.training.evaluation import Scores
from playground.training.frozen import Place
from playground.training.history import Rows
from playground.training.stopping import Stop


@dataclass(frozen=True, slots=True, eq=False)
class Resume:
    """What training needs, besides the weights, to go on as if it had never been interrupted.

    Attributes:
        epoch_limit: Where it differs from the experiment's, as after a run that went on.
        position: Steps done in the epoch under way.
        optimizer: Its memory, of all replicas.
        shuffle: States of the generators that shuffle, one for each replica.
        dropout: States of the generators that draw dropout masks.
        order_start: States of the shuffling generators at the start of the epoch under way; empty
            between epochs.
        rules: What each stop rule remembers.
        best: Parameters (R, P) and running statistics (R, S) of each replica's best epoch, where a
            rule may bring them back.
        finite: Parameters, running statistics and the optimizer's slots (R, ·) at the end of the
            last epoch, where they differ from the present ones.
        sums: What the epoch under way has gathered for the stop rules, (R, P) each.
        dead: Which weights the regulariser has cut, boolean (R, P); None if it has cut none.
    """

    epoch_limit: int | None
    position: int
    optimizer: OptimizerState
    shuffle: list[dict[str, Any]]
    dropout: list[dict[str, Any]]
    order_start: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    best: list[Array] | None
    finite: list[Array] | None
    sums: dict[str, Array]
    dead: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What training has made of an experiment, for R replicas.

    Attributes:
        parameters: All weights (R, P), laid out as ``engine.parameters.Layout`` says; of a replica
            that has ended while others go on, those that it ended with.
        running: BatchNorm's running statistics (R, S): for each normalised layer means, variances.
        epoch: Epochs done.
        step: Optimizer steps done.
        stop: Why the run ended; None if it may go on.
        stops: Why each replica has ended, or None.
        scores: Losses and accuracies with these weights; NaN where there are none.
        versions: Of the program and of what it computed with.
        resume: None where only the weights are known; the optimizer then starts afresh.
        frozen: The weights that training leaves as they are.
        history: Of ``training.trainer.HISTORY_COLUMNS`` (rows, columns, R); None where it is not
            known, and then begins with the present scores.
    """

    parameters: Array
    running: Array
    epoch: int
    step: int
    stop: Stop | None
    stops: tuple[Stop | None, ...]
    scores: Scores
    versions: Mapping[str, str]
    resume: Resume | None
    history: Rows | None = None
    frozen: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """The content of an experiment file; ``trained`` is None for an untrained experiment."""

    experiment: Experiment
    trained: Trained | None = None


def layout_of(experiment: Experiment) -> Layout:
    """Where each layer's parameters stand in :attr:`Trained.parameters`."""
    network = experiment.network
    return Layout((*network.hidden, network.output), experiment.sizes)


def statistics_count(layout: Layout) -> int:
    """S, the length of a row of :attr:`Trained.running`."""
    return sum(2 * n for n, norm in zip(layout.sizes[1:], layout.normalised, strict=True) if norm)


def by_layer(layout: Layout, parameters: Array, running: Array) -> list[dict[str, Array]]:
    """Views of a network's numbers, layer by layer, under the names that files use.

    Returns:
        ``weights`` (R, in, out) and ``biases`` (R, out), and for a layer with BatchNorm ``gamma``,
        ``beta``, ``running_mean`` and ``running_variance`` (R, out).
    """
    found, start = [], 0
    for views, units in zip(layout.views(parameters), layout.sizes[1:], strict=True):
        layer = {"weights": views.weights, "biases": views.biases}
        if views.gamma is not None and views.beta is not None:
            middle, end = start + units, start + 2 * units
            layer["gamma"], layer["beta"] = views.gamma, views.beta
            layer["running_mean"] = running[:, start:middle]
            layer["running_variance"] = running[:, middle:end]
            start = end
        found.append(layer)
    return found
