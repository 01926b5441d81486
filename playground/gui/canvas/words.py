"""What a neuron computes, and a link, as text. No Qt here."""

from __future__ import annotations

import numpy as np

from playground.core.experiment import Experiment
from playground.data.features import feature
from playground.engine.calls import Array
from playground.exchange.drawing.scales import in_words
from playground.training.instruments.wiring import Wiring

MOST_TERMS = 6
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def neuron_name(experiment: Experiment, column: int, unit: int) -> str:
    """What a neuron is called, such as ``x₁²``, ``Layer 2, neuron 3`` or ``Output``."""
    hidden = len(experiment.network.hidden)
    if column == 0:
        return feature(experiment.data.features[unit]).label
    if column <= hidden:
        return f"Layer {column}, neuron {unit + 1}"
    return f"Output {unit}" if experiment.sizes[-1] > 1 else "Output"


def symbol(experiment: Experiment, column: int, unit: int) -> str:
    """A neuron's answer in a formula: a feature's label, or a letter for each layer."""
    if column == 0:
        return feature(experiment.data.features[unit]).label
    letter = "abcdefghijklmnopqrstuvw"[column - 1] if column <= 23 else "h"
    return f"{letter}{str(unit + 1).translate(SUBSCRIPTS)}"


def number(value: float) -> str:
    """A weight: ``0.31``, ``−1.2``."""
    return in_words(value, 3)


def formula(experiment: Experiment, wiring: Wiring, column: int, unit: int) -> str:
    """What a neuron computes, such as ``relu(0.31·x₁ − 1.2·x₂ + 0.05)``.

    The strongest terms are written out.
    """
    if column == 0:
        return f"the feature {symbol(experiment, 0, unit)}"
    links = wiring.links[column - 1]
    if links.weights is None:
        return "The layer is too large for its weights to be written out."
    inside = _sum(experiment, links.weights[:, unit], column)
    hidden = experiment.network.hidden
    if column > len(hidden):
        return inside
    layer = hidden[column - 1]
    name = layer.activation.name
    if layer.batch_norm == "before":
        inside = f"BN({inside})"
    written = f"({inside})" if name == "linear" else f"{name}({inside})"
    return f"BN({written})" if layer.batch_norm == "after" else written


def _sum(experiment: Experiment, weights: Array, column: int) -> str:
    *terms, bias = (float(value) for value in weights)
    order = sorted(np.argsort(-np.abs(terms), kind="stable")[:MOST_TERMS].tolist())
    text = ""
    for row in order:
        factor = f"{number(abs(terms[row]))}·{symbol(experiment, column - 1, row)}"
        text += _signed(terms[row], factor, first=not text)
    more = len(terms) - len(order)
    if more:
        text += f" + {more} more"
    return text + _signed(bias, number(abs(bias)), first=False)


def _signed(value: float, text: str, first: bool) -> str:
    if first:
        return f"−{text}" if value < 0 else text
    return f" − {text}" if value < 0 else f" + {text}"


def link_name(experiment: Experiment, layer: int, row: int, unit: int) -> str:
    """Between what a link is, such as ``x₁ → layer 1, neuron 3``; the bias has a row of its own."""
    target = neuron_name(experiment, layer + 1, unit)
    target = target[:1].lower() + target[1:]
    if row == experiment.sizes[layer]:
        return f"Bias of {target}"
    return f"{neuron_name(experiment, layer, row)} → {target}"
