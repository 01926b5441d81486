"""Rules about the gradient: it vanishes, it explodes, it is no number any more."""

from __future__ import annotations

import numpy as np

from playground.core.experiment import Experiment
from playground.core.families import clippings
from playground.core.words import in_words
from playground.training.diagnostics import first_layer_share
from playground.training.doctor import changes
from playground.training.doctor.base import Finding, Proposal, Rule, Severity, rules
from playground.training.doctor.evidence import Evidence
from playground.training.doctor.start import MODERATE, factors
from playground.training.doctor.units import LATE_EPOCHS, SOLVED

SHALLOW = 3


@rules.add
class _Diverged(Rule):
    name = "diverged"
    label = "The run has diverged"
    rank = 0
    certain = True
    why = (
        "A step that is too long climbs the other side of the valley, where the gradient is larger "
        "still, so that the next step is longer again. After a few steps the numbers leave the "
        "range of floating point. A smaller learning rate ends this; clipping bounds a single step."
    )
    formula = "w ← w − η·g grows without bound where η > 2/λ, λ the largest curvature of the loss"

    def look(self, evidence: Evidence) -> Finding | None:
        if not evidence.diverged or evidence.stop is None:
            return None
        rate = in_words(evidence.end_rate)
        return self.found(
            "red",
            f"Diverged in epoch {evidence.stop.epoch}: with the learning rate {rate} "
            "the weights grew without bound.",
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        return [*changes.smaller_rate(experiment), *_clipped(experiment)]


@rules.add
class _Exploding(Rule):
    name = "exploding_gradient"
    label = "The gradient explodes"
    rank = 30
    red = 100.0
    times_before = 10.0
    growth = 10.0
    """Of the signal from the first layer to the last: above it the start is to blame."""
    least = 10.0
    """Healthy runs stay below 3 but for a few steps; ten times a tiny norm is no explosion."""
    why = (
        "The gradient is a product of one factor a layer, and of the size of the error itself. "
        "Where the factors are larger than 1, or a step has thrown the weights far away, it grows "
        "until a single step undoes all that was learned. A smaller learning rate, weights that "
        "start smaller, or clipping keep it in bounds."
    )
    formula = "‖dL/dw‖ of late; red above 100, amber above 10 times its mean before"

    def look(self, evidence: Evidence) -> Finding | None:
        norm, before = evidence.norm, evidence.earlier_norm
        clipped = evidence.experiment.training.clipping.name != "none"
        if evidence.diverged or (clipped and not evidence.step):
            return None  # before the first step nothing has been clipped yet
        if norm > self.red:
            return self.found(
                "red", f"Exploding gradient: its norm is {in_words(norm, 2)}; below 1 is usual."
            )
        learned = evidence.loss_of_chance(LATE_EPOCHS) < SOLVED
        if norm > self.least and norm > self.times_before * before and not learned:
            return self.found(
                "amber",
                f"The gradient has grown: its norm is {in_words(norm, 2)}, "
                f"before it was {in_words(before, 2)}.",
            )
        return None

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        by_layer = factors(experiment)
        grows = np.prod(by_layer) > self.growth
        where = [index for index, factor in enumerate(by_layer) if factor > MODERATE]
        start = changes.fitting_start(experiment, where) if grows else []
        return [*start, *_clipped(experiment), *changes.smaller_rate(experiment)]


@rules.add
class Vanishing(Rule):
    """The first hidden layer gets far less of the gradient than the last one."""

    name = "vanishing_gradient"
    label = "Vanishing gradients"
    rank = 40
    amber, red = 1e-2, 1e-3
    why = (
        "Backpropagation multiplies the error by the weights and by the activation’s slope in "
        "every layer that it passes. A sigmoid’s slope is at most 1/4, so that the product falls "
        "with each layer, and the first ones hardly learn. ReLU, whose slope is 1, with He’s "
        "initialiser keeps the size; so does BatchNorm."
    )
    formula = (
        "δₗ = f′(zₗ)·Wₗ₊₁ᵀδₗ₊₁; mean |dL/dW| of the first hidden layer over that of the last one: "
        "amber below 10⁻², red below 10⁻³"
    )

    def look(self, evidence: Evidence) -> Finding | None:
        share = first_layer_share(evidence.weights[None])
        if share is None or not share < self.amber:
            return None
        severity: Severity = "red" if share < self.red else "amber"
        part = f"{in_words(share, 1, least_plain=-2)} of the last hidden layer’s"
        return self.found(severity, f"Vanishing gradients: layer 1 gets {part}.", (0,))

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        hidden = experiment.network.hidden
        fewer = changes.tried(
            f"{SHALLOW} layers", experiment, (("network", "hidden"), hidden[:SHALLOW])
        )
        everywhere = changes.everywhere(experiment)
        return [
            *changes.relu_and_he(experiment),
            *changes.batch_norm(experiment, everywhere),
            *(fewer if len(hidden) > SHALLOW else []),
        ]


def _clipped(experiment: Experiment) -> list[Proposal]:
    kind = clippings["norm"]
    return changes.tried("clipping", experiment, (("training", "clipping"), kind()))


def no_gradient(evidence: Evidence) -> bool:
    """Whether it is not the learning rate that keeps the weights where they are."""
    share = first_layer_share(evidence.weights[None])
    vanishes = share is not None and not share > Vanishing.amber
    return vanishes or not np.isfinite(evidence.norm)
