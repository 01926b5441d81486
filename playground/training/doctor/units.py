"""Rules about units that no longer learn: dead ones, and saturated ones."""

from __future__ import annotations

import numpy as np

from playground.core.experiment import Experiment, Layer
from playground.core.families import activations
from playground.core.words import in_words, listed
from playground.training.diagnostics import steepest_slope
from playground.training.doctor import changes
from playground.training.doctor.base import Finding, Proposal, Rule, Severity, rules
from playground.training.doctor.evidence import Evidence

LOW_BIAS = -0.25
"""Below it the biases' start is likely what has killed units."""
MOST_NAMED = 3
SOLVED = 0.3
"""Of a constant answer's loss: below it the network has learned, whatever its units do."""
LATE_EPOCHS = 5


@rules.add
class _DeadLayer(Rule):
    name = "dead_layer"
    label = "A whole layer is dead"
    rank = 20
    why = (
        "A ReLU unit that answers 0 to every training point has the slope 0 at each of them, so "
        "that no gradient moves its weights. When all units of a layer are so, nothing passes in "
        "either direction, and the network answers a constant for ever. Too long a step or biases "
        "that start far below 0 do this; a leaky ReLU keeps a way back, and BatchNorm centres the "
        "units anew."
    )
    formula = "zⱼ(x) ≤ 0 for every training point x and every unit j of the layer"

    def look(self, evidence: Evidence) -> Finding | None:
        units = np.array([layer.units for layer in evidence.hidden])
        where = tuple(int(index) for index in np.flatnonzero(evidence.dead == units))
        if not where:
            return None
        who, what = _whole_layers(evidence.hidden, where), _answers(evidence.hidden, where)
        return self.found("red", f"Dead: {who} {what}.", where)

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        return _revivals(experiment, finding)


@rules.add
class _ManyDead(Rule):
    name = "dead_units"
    label = "Many dead neurons"
    rank = 110
    amber = 0.25
    why = (
        "A ReLU unit that answers 0 to every training point has the slope 0 at each of them: it no "
        "longer learns, and the layer works with fewer units than it has. Steps that are too long "
        "push units there, and they do not return by themselves. A smaller learning rate kills "
        "fewer; a leaky ReLU keeps a way back."
    )
    formula = "units with zⱼ(x) ≤ 0 for every training point x; amber above 25 % of all"

    def look(self, evidence: Evidence) -> Finding | None:
        units = np.array([layer.units for layer in evidence.hidden])
        if not len(units) or (evidence.dead == units).any():
            return None
        share, worst = evidence.dead.sum() / units.sum(), int((evidence.dead / units).argmax())
        if share <= self.amber or evidence.loss_of_chance(LATE_EPOCHS) < SOLVED:
            return None
        where = tuple(int(index) for index in np.flatnonzero(evidence.dead))
        most = f" ({int(evidence.dead[worst])} of {units[worst]} in layer {worst + 1})"
        return self.found(
            "amber",
            f"Dead: {int(evidence.dead.sum())} of {units.sum()} neurons"
            f"{most if len(units) > 1 else ''} {_answers(evidence.hidden, where)}.",
            where,
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        return _revivals(experiment, finding)


@rules.add
class _Saturation(Rule):
    name = "saturation"
    label = "Saturated neurons"
    rank = 50
    amber, red = 0.3, 0.6
    still_steep = 0.1
    """Of the largest slope: while the median is above it, gradients pass well enough."""
    why = (
        "At the flat ends of a sigmoid or tanh the slope is nearly 0, and the gradient that passes "
        "is multiplied by it. Large weights drive units there and hold them: the network is "
        "paralysed, although its answers look decided. Smaller initial weights, BatchNorm before "
        "the activation, or ReLU avoid it."
    )
    formula = (
        "share of answers with |tanh| > 0.97, or a sigmoid outside [0.015, 0.985]; "
        "amber above 30 % if the median slope is below a tenth of the largest, red above 60 %"
    )

    def look(self, evidence: Evidence) -> Finding | None:
        share = np.nan_to_num(evidence.saturated, nan=0.0)
        if not len(share) or evidence.loss_of_chance(LATE_EPOCHS) < SOLVED:
            return None
        worst = int(share.argmax())
        if share[worst] <= self.amber:
            return None
        steepest = steepest_slope(evidence.hidden[worst].activation)
        if steepest is None or evidence.slope[worst] > self.still_steep * steepest:
            return None
        severity: Severity = "red" if share[worst] > self.red else "amber"
        slope = in_words(float(evidence.slope[worst]), 1, least_plain=-3)
        return self.found(
            severity,
            f"Saturated: {in_words(100 * share[worst], 2)} % of layer {worst + 1}’s answers lie at "
            f"the flat ends; the median slope is {slope}.",
            tuple(int(index) for index in np.flatnonzero(share > self.amber)),
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        start = changes.fitting_start(experiment, finding.where)
        return [
            *start,
            *changes.batch_norm(experiment, finding.where),
            *changes.relu_and_he(experiment),
        ]


def _whole_layers(layers: tuple[Layer, ...], where: tuple[int, ...]) -> str:
    """Such as "all 8 neurons in layer 2"."""
    units = sum(layers[index].units for index in where)
    who = "the only neuron" if units == len(where) == 1 else f"all {units} neurons"
    if len(where) == 1:
        return f"{who} in layer {where[0] + 1}"
    if len(where) > MOST_NAMED:
        return f"{who} in {len(where)} layers, first in layer {where[0] + 1}"
    return f"{who} in layers {listed([index + 1 for index in where])}"


def _answers(layers: tuple[Layer, ...], where: tuple[int, ...]) -> str:
    """What dead units of these layers do: ReLU falls silent, others get stuck at some value."""
    if all(layers[index].activation.name == "relu" for index in where):
        single = len(where) == 1 and layers[where[0]].units == 1
        return f"answer{'s' if single else ''} 0 to every training point"
    return "no longer learn: the slope is 0 at every training point"


def _revivals(experiment: Experiment, finding: Finding) -> list[Proposal]:
    hidden = experiment.network.hidden
    low = [i for i, layer in enumerate(hidden) if layer.initializer.bias < LOW_BIAS]
    found: list[Proposal] = []
    if low:
        found += changes.tried(
            "biases from 0",
            experiment,
            *((("network", "hidden", index, "initializer", "bias"), 0.0) for index in low),
        )
    optimizer = experiment.training.optimizer
    if not low and optimizer.learning_rate > 3 * type(optimizer)().learning_rate:
        found += changes.smaller_rate(experiment)
    plain = [i for i in finding.where if hidden[i].activation.name == "relu"]
    found += changes.leaky_relu(experiment, plain)
    found += changes.batch_norm(experiment, finding.where)
    squeezing = [i for i in finding.where if hidden[i].activation.name in changes.SQUEEZING]
    if squeezing:
        found += changes.with_layers(
            "ReLU", experiment, squeezing, activation=activations["relu"]()
        )
    return found
