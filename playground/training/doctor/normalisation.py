"""Rules about BatchNorm: what shifts its variances, and what leaves too little to average."""

from __future__ import annotations

import numpy as np

from playground.core.experiment import Experiment
from playground.core.words import in_words
from playground.training.doctor import changes
from playground.training.doctor.base import Finding, Proposal, Rule, rules
from playground.training.doctor.evidence import Evidence


@rules.add
class _VarianceShift(Rule):
    name = "dropout_before_batch_norm"
    label = "Dropout before BatchNorm"
    rank = 100
    amber = 1.3
    fewest_steps = 50
    """The running statistics start at 1 and need some steps to hold anything."""
    why = (
        "Dropout multiplies what it keeps by 1/(1 − p), which leaves the mean but raises the "
        "variance, and a BatchNorm that follows remembers that raised variance. When the network "
        "is judged nothing is dropped, the true variance is smaller, and every later layer is "
        "given values that are too small. Behind the last BatchNorm dropout does no such harm."
    )
    formula = (
        "running variance over the variance in evaluation, the median of a layer’s units; amber "
        "above 1.3 (Li et al. 2019, Understanding the Disharmony)"
    )

    def look(self, evidence: Evidence) -> Finding | None:
        places = _dropouts_before(evidence.experiment)
        if not places or evidence.step < self.fewest_steps or evidence.diverged:
            return None
        after = list(range(places[0] + 1, len(evidence.hidden)))
        ratios = np.nan_to_num(evidence.variance_ratio[after], nan=0.0, posinf=0.0)
        worst = int(ratios.argmax())
        if ratios[worst] <= self.amber:
            return None
        return self.found(
            "amber",
            f"Dropout before BatchNorm: layer {after[worst] + 1} has learned a variance "
            f"{in_words(float(ratios[worst]), 2)} times the one in use.",
            places,
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        hidden = list(experiment.network.hidden)
        last = max(i for i, layer in enumerate(hidden) if layer.batch_norm != "none")
        rate = max(layer.dropout for layer in hidden)
        path = ("network", "hidden")
        moved = [
            ((*path, index, "dropout"), rate if index == last else 0.0) for index in range(last + 1)
        ]
        return changes.tried("dropout behind BatchNorm", experiment, *moved)


@rules.add
class _TinyBatches(Rule):
    name = "tiny_batches"
    label = "BatchNorm with tiny batches"
    rank = 120
    certain = True
    amber = 8
    why = (
        "BatchNorm takes mean and variance from the batch, and from a few points they are little "
        "more than noise. Each point is then scaled by who happens to stand beside it, and the "
        "running statistics fit no batch. Larger batches make the two agree."
    )
    formula = "batch size < 8; the relative error of a variance of B points is about √(2/(B − 1))"

    def look(self, evidence: Evidence) -> Finding | None:
        normalised = any(layer.batch_norm != "none" for layer in evidence.hidden)
        if not normalised or evidence.batch_size >= self.amber:
            return None
        error = 100 * (2 / max(evidence.batch_size - 1, 1)) ** 0.5
        return self.found(
            "amber",
            f"BatchNorm with batches of {evidence.batch_size}: a variance from so few points is "
            f"off by about {in_words(error, 2)} %.",
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        return changes.tried("batches of 32", experiment, (("training", "batch_size"), 32))


def _dropouts_before(experiment: Experiment) -> tuple[int, ...]:
    """The layers whose dropout a later BatchNorm is given."""
    hidden = experiment.network.hidden
    last = max((i for i, layer in enumerate(hidden) if layer.batch_norm != "none"), default=-1)
    return tuple(i for i, layer in enumerate(hidden[: max(last, 0)]) if layer.dropout)
