"""Lines of equal height over a field: marching squares, and which heights are drawn. No Qt here.

The cases of a square are those of Lorensen and Cline 1987 ("Marching cubes") in the plane; where
two opposite corners are above, a line goes round each of them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from playground.exchange.drawing.field import Meaning
from playground.exchange.drawing.scales import Array

TENTHS = tuple(round(0.1 * tenth, 1) for tenth in range(1, 10))
MOST_LEVELS = 9
NONE = -1
EDGES = np.array([
    [NONE, NONE], [3, 0], [0, 1], [3, 1], [1, 2], [3, 0], [0, 2], [3, 2],
    [2, 3], [2, 0], [0, 1], [2, 1], [1, 3], [1, 0], [0, 3], [NONE, NONE],
])  # fmt: skip
"""By which corners are above (1, 2, 4, 8 from low left round to the left): the edges that a line
joins, from the lower one (0) round to the left one (3)."""
SADDLES = {5: (1, 2), 10: (2, 3)}
"""The second line of a square with two opposite corners above."""


def contour(values: Array, level: float) -> tuple[Array, Array]:
    """Where values are at a level, if they are linear along the edges between neighbours.

    Args:
        values: (n, n), finite.
        level: That one; what is equal to it counts as below.

    Returns:
        x and y of the segments' ends (2·segments,), in cells: 0 is the centre of the first cell.
    """
    above = values > level
    kind = (
        above[:-1, :-1]
        + 2 * above[:-1, 1:].astype(np.uint8)
        + 4 * above[1:, 1:].astype(np.uint8)
        + 8 * above[1:, :-1].astype(np.uint8)
    )
    row, column = np.nonzero((kind > 0) & (kind < 15))
    kind = kind[row, column]
    corners = [values[row + up, column + right] for up, right in ((0, 0), (0, 1), (1, 1), (1, 0))]
    low, right, high, left = (
        _share(corners[one], corners[other], level)
        for one, other in ((0, 1), (1, 2), (3, 2), (0, 3))
    )
    nothing, one = np.zeros(len(kind)), np.ones(len(kind))
    x = column + np.stack((low, one, high, nothing))
    y = row + np.stack((nothing, right, one, left))
    cell = np.arange(len(kind))
    pairs = [(cell, EDGES[kind])]
    for saddle, edges in SADDLES.items():
        found = np.flatnonzero(kind == saddle)
        pairs.append((found, np.tile(edges, (len(found), 1))))
    cells = np.concatenate([found for found, _ in pairs])
    edge = np.concatenate([edges for _, edges in pairs])
    return x[edge.T, cells].T.ravel(), y[edge.T, cells].T.ravel()


def _share(one: Array, other: Array, level: float) -> Array:
    """How far from one value to the other the level lies, 0 to 1; of use only where it does."""
    total = other - one
    share = np.divide(level - one, total, out=np.full(total.shape, 0.5), where=total != 0)
    return np.clip(share, 0, 1)


def levels_of(meaning: Meaning) -> list[float]:
    """The heights at which lines are drawn, in the units of the colour scale.

    Of probabilities and votes these are the tenths, after tanh the fifths between -1 and 1; of more
    classes than two those above a half, where only the answered class can be. Of values and margins
    they are round numbers, evenly spread over the colour scale.
    """
    if meaning.classes > 2:
        return [level for level in TENTHS if level >= 0.5]
    if meaning.kind in ("probability", "votes"):
        return list(TENTHS)
    if meaning.kind == "tanh":
        return [round(2 * level - 1, 1) for level in TENTHS]
    step = _round_step((meaning.high - meaning.low) / MOST_LEVELS)
    first, last = math.ceil(meaning.low / step), math.floor(meaning.high / step)
    return [index * step for index in range(first, last + 1)]


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def heights(meaning: Meaning, score: Array) -> tuple[Array, NDArray[np.float64]]:
    """What lines are drawn through, and at which heights of it, for each of :func:`levels_of`.

    A probability is followed by its log-odds, which are nearly linear where it is steep, and what
    comes after tanh by what goes into it.

    Args:
        meaning: What the field says.
        score: Of ``field.scores``, (outputs, n, n).

    Returns:
        (n, n) and (levels,).
    """
    levels = np.array(levels_of(meaning))
    if meaning.kind == "probability":
        return score[0], np.log(levels / (1 - levels))
    if meaning.kind == "tanh":
        return score[0], np.arctanh(levels)
    if meaning.kind == "votes":
        return (score[0], levels - 0.5) if len(score) == 1 else (score.max(axis=0), levels)
    if meaning.kind == "classes":
        rest = np.exp(score - score.max(axis=0)).sum(axis=0) - 1  # of the others, to the largest
        return -np.log(np.maximum(rest, 1e-30)), np.log(levels / (1 - levels))
    return score[0], levels
