"""Rules about how a network starts: all alike, or with weights that do not fit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from playground.core.experiment import Experiment
from playground.core.families import Activation, Initializer
from playground.core.words import in_words, listed
from playground.engine.initializers import WeightInitializer
from playground.training.doctor import changes
from playground.training.doctor.base import Finding, Proposal, Rule, Severity, rules
from playground.training.doctor.evidence import Evidence
from playground.training.doctor.units import LATE_EPOCHS, SOLVED

LETTING_THROUGH = ("relu", "leaky_relu", "elu", "gelu", "silu", "mish", "linear")
"""Activations whose signal is as large as the weights make it, times 1/gain."""
ENOUGH_WEIGHTS = 500
"""From so many drawn weights their size is known to some per cent."""
MODERATE = 1.2
"""A layer that enlarges the signal by no more than this is none of those to blame."""
MOST_NAMED = 3


@rules.add
class _Alike(Rule):
    name = "symmetric_start"
    label = "All neurons of a layer are alike"
    rank = 10
    certain = True
    why = (
        "Units with the same weights give the same answers and receive the same gradient, so that "
        "they stay the same: a layer of many works like one. With all weights 0 not even that one "
        "learns, since nothing passes in either direction. Random weights break the symmetry."
    )
    formula = "wⱼ = wₖ for all units j, k of a layer, so that dL/dwⱼ = vⱼ/vₖ · dL/dwₖ"

    def look(self, evidence: Evidence) -> Finding | None:
        where = tuple(int(index) for index in np.flatnonzero(evidence.alike))
        if not where or evidence.diverged:
            return None
        numbers = [index + 1 for index in where]
        if len(numbers) == 1:
            place = f"layer {numbers[0]}"
        elif len(numbers) > MOST_NAMED:
            place = f"{len(numbers)} layers"
        else:
            place = f"layers {listed(numbers)}"
        return self.found(
            "red", f"Alike: in {place} all neurons have the same weights and learn as one.", where
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        return changes.fitting_start(experiment, finding.where)


@rules.add
class _Misfit(Rule):
    name = "initializer_misfit"
    label = "The initialiser does not fit the activation"
    rank = 130
    certain = True
    note, amber = 0.2, 1e-2
    fewest_layers = 5
    why = (
        "Each layer multiplies the size of the signal, and of the gradient on its way back, by "
        "about std(w)·√in/g, where g is the activation’s gain. In a deep network the product of "
        "these factors fades, or grows, with every layer. He’s initialiser makes the factor 1 for "
        "ReLU and its kin, Xavier’s does for tanh; BatchNorm sets the size anew in each layer."
    )
    formula = (
        "∏ std(Wₗ)·√inₗ/gₗ over the hidden layers (He et al. 2015); a note below 0.2, amber below "
        "0.01 or above 100, from 5 layers on"
    )

    def look(self, evidence: Evidence) -> Finding | None:
        experiment = evidence.experiment
        if len(evidence.hidden) < self.fewest_layers or evidence.diverged:
            return None
        if evidence.alike.any():  # then the size of the weights is the lesser trouble
            return None
        if evidence.loss_of_chance(LATE_EPOCHS) < SOLVED:
            return None  # it has got over it
        by_layer = factors(experiment)
        product = float(np.prod(by_layer))
        if self.note <= product <= 1 / self.amber:
            return None
        where = tuple(i for i, factor in enumerate(by_layer) if not 0.9 <= factor <= MODERATE)
        if not where:
            return None  # many small layers: it is the draw that strays, not the initialiser
        severity: Severity = "note" if self.amber <= product else "amber"
        if product > 1:
            severity = "amber"
        layer = evidence.hidden[where[-1]]
        names = f"{layer.initializer.label} does not fit {layer.activation.label}"
        return self.found(
            severity,
            f"{names}: layer {len(by_layer)} begins with about {in_words(product, 1)} times the "
            "signal of the input.",
            where,
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        return [
            *changes.fitting_start(experiment, finding.where),
            *changes.batch_norm(experiment, finding.where),
        ]


def factors(experiment: Experiment) -> list[float]:
    """By what each hidden layer multiplies the signal at the start; 1 where that is not so."""
    found, fan_in = [], experiment.sizes[0]
    for layer in experiment.network.hidden:
        gain = _gain(layer.activation)
        factor = 1.0
        if gain and layer.batch_norm == "none":
            deviation = _deviation(
                layer.initializer, fan_in, layer.units, layer.activation.fitting_gain
            )
            factor = deviation * fan_in**0.5 / gain
            if layer.activation.name not in LETTING_THROUGH:
                factor = min(factor, 1.0)  # what squeezes lets nothing grow
        found.append(factor)
        fan_in = layer.units
    return found


def _gain(activation: Activation) -> float:
    """What makes up for an activation; 0 where a factor a layer tells nothing."""
    if activation.name == "tanh":
        return 1.0  # near 0, which is where a fading signal lies, it is the identity
    return activation.fitting_gain if activation.name in LETTING_THROUGH else 0.0


@lru_cache(maxsize=256)
def _deviation(initializer: Initializer, fan_in: int, fan_out: int, gain: float) -> float:
    """The root mean square of an initialiser's weights, from as many draws as tell it."""
    assert isinstance(initializer, WeightInitializer)
    rng, draws = np.random.default_rng(0), -(-ENOUGH_WEIGHTS // (fan_in * fan_out))
    with np.errstate(over="ignore"):
        drawn = [initializer.weights(fan_in, fan_out, gain, rng) for _ in range(draws)]
        return float(np.sqrt(np.mean(np.square(drawn))))
