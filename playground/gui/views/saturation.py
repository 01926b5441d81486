"""How saturated layers are, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from playground.core.families import activations
from playground.gui.views.verdict import Level

AMBER_SHARE, RED_SHARE = 0.3, 0.6
MOST_NAMED = 2
"""Layers that the sentence names; it counts the others."""
FLAT = "lie at a flat end, where little gradient passes"
LONGEST = f"Saturated: 100 % of layer 30’s answers, 98 % of layer 31’s and 10 more layers’ {FLAT}."


def judged(shares: Sequence[float], where: str = "") -> tuple[str, Level]:
    """How much of what layers answer is saturated, in words, and how serious it is.

    Args:
        shares: For each hidden layer the share of saturated answers, as
            ``training.diagnostics.saturation``; NaN where it has none.
        where: What is added, to say where that is so.
    """
    there = [(share, number) for number, share in enumerate(shares, 1) if not np.isnan(share)]
    if not there:
        names = [kind.label.lower() for kind in activations.values() if kind.limits is not None]
        listed = f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]
        return f"No layer can saturate: only {listed} have a flat end on both sides.", "muted"
    worst = sorted(there, key=lambda layer: (-layer[0], layer[1]))
    highest = worst[0][0]
    if highest < AMBER_SHARE:
        most = f"at most {_percent(highest)} of a layer’s answers lie at a flat end"
        return f"No layer is saturated{where}: {most}.", "muted"
    serious = [layer for layer in worst if layer[0] >= AMBER_SHARE]
    parts = [
        f"{_percent(share)} of layer {number}’s{'' if index else ' answers'}"
        for index, (share, number) in enumerate(serious[:MOST_NAMED])
    ]
    more = len(serious) - MOST_NAMED
    if more > 0:
        parts.append(f"{more} more {'layer’s' if more == 1 else 'layers’'}")
    listed = ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else parts[0]
    level: Level = "red" if highest >= RED_SHARE else "amber"
    return f"Saturated{where}: {listed} {FLAT}.", level


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")
