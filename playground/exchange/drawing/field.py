"""From the network's outputs over the plane to colours and a boundary line. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.core.families import Task, loss_for
from playground.data.dataset import Dataset
from playground.exchange.drawing.colours import (
    SHADES,
    Colours,
    class_colours,
    diverging,
    packed,
    rgb,
)
from playground.exchange.drawing.scales import Array
from playground.training.together import Says

Kind = Literal["probability", "margin", "tanh", "classes", "values", "votes"]

FIELD_STRENGTH = 0.6
"""Of the class's full colour: the points, which have it, must stand out."""
VALUE_SHADES = 24
"""Colours of points that have values; more are not told apart, and cost."""
BANDS = 8
"""Steps of a discretised regression."""
FINENESS = 2
"""How many times finer a field is painted than the network was asked, where there are edges."""
FEW_CLASSES = 6
STRENGTHS = 128
"""Shades of a class's colour, by the share of its votes."""
LARGEST = 1e30


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a field says.

    Attributes:
        kind: A probability of class 1, a margin of class 1 (its sign decides), the same after
            tanh, one score a class, values, or votes: the share of replicas for class 1, or for
            each of more classes.
        classes: How many; 0 for values.
        low, high: The ends of the colour scale: 0 and 1 for a probability and for votes, -1 and 1
            for a margin and after tanh; values follow the targets, around 0 where these lie on both
            sides of it.
        together: How many replicas say it together.
    """

    kind: Kind
    classes: int
    low: float
    high: float
    together: int = 1

    @property
    def is_signed(self) -> bool:
        """Whether it is one number whose sign is the class, -1 and 1 being the targets."""
        return self.kind in ("margin", "tanh")


def meaning_of(
    loss: str, task: Task, dataset: Dataset, says: Says = "outputs", replicas: int = 1
) -> Meaning:
    """What a field says of networks trained with a loss for a task.

    Args:
        says: What the field's values are; see ``runtime.field.Field``.
        replicas: How many there are.
    """
    if says == "votes":
        return Meaning("votes", task.classes, 0, 1, replicas)
    together = 1 if says == "outputs" else replicas
    if task.kind == "regression":
        targets = np.concatenate((dataset.train.targets, dataset.test.targets))
        return meaning_of_values(targets, together)
    if task.classes > 2:
        return Meaning("classes", task.classes, 0, 1)
    answer = loss_for(loss, task).build(task).answer
    if answer in ("sigmoid", "softmax"):
        return Meaning("probability", 2, 0, 1)
    return Meaning("tanh" if answer == "tanh" else "margin", 2, -1, 1)


def meaning_of_values(targets: Array, together: int = 1) -> Meaning:
    """What values say where these are the targets (n,), at least one."""
    low, high = float(targets.min()), float(targets.max())
    if low < 0 < high:
        high = max(-low, high)
        low = -high
    elif low == high:
        low, high = low - 1, high + 1
    return Meaning("values", 0, low, high, together)


def scores(values: Array, says: Says = "outputs") -> Array:
    """Of a field's values (outputs or classes, …) a score for each class, or one for class 1.

    They are finite. That of class 1 alone is positive where it is the answer.
    """
    if says == "votes":
        return values - 0.5 if len(values) == 1 else values
    tame = np.nan_to_num(values, nan=0.0, posinf=LARGEST, neginf=-LARGEST)
    tame = np.clip(tame, -LARGEST, LARGEST)
    return tame[1:] - tame[:1] if len(tame) == 2 else tame


def answer(meaning: Meaning, score: Array) -> Array:
    """What is said.

    Args:
        meaning: What the outputs say.
        score: Of :func:`scores`.

    Returns:
        (1, …), in the units of the colour scale; or (classes, …), each class's probability or
        share of votes.
    """
    if meaning.kind == "votes":
        return score + 0.5 if len(score) == 1 else score
    if meaning.kind == "probability":
        return 0.5 + 0.5 * np.tanh(0.5 * score)
    if meaning.kind == "tanh":
        return np.asarray(np.tanh(score))
    if meaning.kind == "classes":
        exponentials = np.exp(score - score.max(axis=0))
        return exponentials / exponentials.sum(axis=0)
    return score


def colours_of(
    meaning: Meaning, score: Array, colours: Colours, discrete: bool
) -> NDArray[np.uint32]:
    """The colours of a field, as Qt's 0xffrrggbb.

    Args:
        meaning: What the outputs say.
        score: Of :func:`scores`, (outputs, height, width).
        colours: The theme.
        discrete: Whether only the classes, or a few bands of values, are told apart.
    """
    if meaning.classes > 2:
        times = FINENESS if meaning.classes <= FEW_CLASSES else 1
        if discrete:
            return _class_tints(meaning, colours)[finer(score, times).argmax(axis=0)]
        if meaning.kind == "votes":
            return _majority(finer(score, times), colours)
        # A mix of colours is smooth as it is, and takes long.
        return _class_mix(answer(meaning, score), colours)
    said = answer(meaning, finer(score, FINENESS))[0]
    share = (said - meaning.low) * (2 / (meaning.high - meaning.low)) - 1
    if discrete and meaning.kind == "values":
        share = (np.floor((share + 1) * (BANDS / 2)) + 0.5) * (2 / BANDS) - 1
    elif discrete:
        share = np.where(share > 0, 1.0, -1.0)
    return shade(share, colours, FIELD_STRENGTH)


def shade(share: Array, colours: Colours, strength: float = 1.0) -> NDArray[np.uint32]:
    """The colours of numbers from -1 to 1 on the diverging scale; what lies beyond is clipped."""
    index = np.clip((share + 1) * ((SHADES - 1) / 2) + 0.5, 0, SHADES - 1)
    return diverging(colours, strength)[index.astype(np.intp)]


def hues_of(meaning: Meaning, colours: Colours) -> Sequence[str]:
    """The colours that points can have over a field."""
    if meaning.kind != "values":
        return class_colours(meaning.classes, colours)
    table = shade(np.linspace(-1, 1, VALUE_SHADES), colours)
    return [f"#{int(entry) & 0xFFFFFF:06x}" for entry in table]


def which_hue(targets: Array, meaning: Meaning) -> NDArray[np.intp]:
    """Which of :func:`hues_of` each point has (n,)."""
    if meaning.kind != "values":
        return targets.astype(np.intp)
    share = (targets - meaning.low) / (meaning.high - meaning.low)
    return np.rint(np.clip(share, 0, 1) * (VALUE_SHADES - 1)).astype(np.intp)


def _class_mix(chances: Array, colours: Colours) -> NDArray[np.uint32]:
    """Each class's colour by its probability, paler the less the network decides."""
    classes = len(chances)
    own = np.array([rgb(colour) for colour in class_colours(classes, colours)])
    neutral = rgb(colours.neutral)
    decided = (chances.max(axis=0) - 1 / classes) * (FIELD_STRENGTH / (1 - 1 / classes))
    weights = (chances * decided).astype(np.float32)
    return packed(np.stack([
        neutral[channel] + np.einsum("kyx,k->yx", weights, own[:, channel] - neutral[channel])
        for channel in range(3)
    ], axis=-1))  # fmt: skip


def _majority(shares: Array, colours: Colours) -> NDArray[np.uint32]:
    """The colour of the class with most votes, the paler the fewer they are."""
    classes = len(shares)
    shares = np.ascontiguousarray(shares)  # as it comes, the next line would take long
    winner, most = shares.argmax(axis=0), shares.max(axis=0)
    decided = (most - 1 / classes) * (1 / (1 - 1 / classes))
    level = np.clip(decided * (STRENGTHS - 1) + 0.5, 0, STRENGTHS - 1).astype(np.intp)
    return _strengths(classes, colours)[winner, level]


@lru_cache(maxsize=8)
def _strengths(classes: int, colours: Colours) -> NDArray[np.uint32]:
    """Each class's colour from pale to full: (classes, STRENGTHS)."""
    own = np.array([rgb(colour) for colour in class_colours(classes, colours)])
    neutral = rgb(colours.neutral)
    strength = np.linspace(0, FIELD_STRENGTH, STRENGTHS)[:, None]
    return packed(neutral + strength * (own - neutral)[:, None])


def _class_tints(meaning: Meaning, colours: Colours) -> NDArray[np.uint32]:
    own = np.array([rgb(colour) for colour in class_colours(meaning.classes, colours)])
    neutral = rgb(colours.neutral)
    return packed(neutral + FIELD_STRENGTH * (own - neutral))


def finer(field: Array, times: int) -> Array:
    """A field (outputs, n, n) with ``times`` as many cells a side, linear in between."""
    if times == 1:
        return field
    below, above, share = _between(field.shape[-1], times)
    rows = field[:, below] + share[:, None] * (field[:, above] - field[:, below])
    return rows[..., below] + share * (rows[..., above] - rows[..., below])


@lru_cache(maxsize=8)
def _between(count: int, times: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    at = np.clip((np.arange(count * times) + 0.5) / times - 0.5, 0, count - 1)
    below = np.minimum(at.astype(np.intp), count - 2)
    return below, below + 1, (at - below).astype(np.float32)


def boundary(score: Array) -> tuple[Array, Array]:
    """Where the class changes, as line segments.

    Between neighbours of different classes the place is found where their scores are equal if
    they are linear in between; such places around a cell of four are joined to their mean.

    Args:
        score: Of :func:`scores`: (1, n, n), whose sign decides, or a score a class (classes, n, n).

    Returns:
        x and y of the segments' ends (2·segments,), in cells: 0 is the centre of the first cell.
    """
    size = score.shape[-1]
    both = np.concatenate((np.zeros_like(score), score)) if len(score) == 1 else score
    winner = both.argmax(axis=0)
    crossings = [_crossings(both, winner, axis) for axis in (0, 1)]
    x = np.concatenate([found[0] for found in crossings])
    y = np.concatenate([found[1] for found in crossings])
    # The cells of four on both sides of each crossing; those beyond the edge are left out.
    cells, ends = [], []
    count = 0
    for axis, (column, row) in enumerate(crossings):
        index = np.arange(count, count + len(column))
        count += len(column)
        left, low = np.floor(column).astype(np.intp), np.floor(row).astype(np.intp)
        for back in (0, 1):
            cell_x, cell_y = (left - back, low) if axis == 0 else (left, low - back)
            inside = (cell_x >= 0) & (cell_y >= 0) & (cell_x < size - 1) & (cell_y < size - 1)
            cells.append((cell_y * size + cell_x)[inside])
            ends.append(index[inside])
    cell, end = np.concatenate(cells), np.concatenate(ends)
    crossed = np.bincount(cell, minlength=1)
    middle_x = np.bincount(cell, x[end], minlength=1)[cell] / crossed[cell]
    middle_y = np.bincount(cell, y[end], minlength=1)[cell] / crossed[cell]
    return np.stack((x[end], middle_x), 1).ravel(), np.stack((y[end], middle_y), 1).ravel()


def in_plane(
    ends: tuple[Array, Array], cells: int, extent: tuple[float, float, float, float]
) -> tuple[Array, Array]:
    """x1 and x2 of places that are given in cells, as :func:`boundary` gives them.

    Args:
        ends: Columns and rows; 0 is the centre of the first cell.
        cells: Along each side of the field.
        extent: The field's (x1 low, x1 high, x2 low, x2 high).
    """
    low1, high1, low2, high2 = extent
    across, up = ends
    return (
        low1 + (across + 0.5) * ((high1 - low1) / cells),
        low2 + (up + 0.5) * ((high2 - low2) / cells),
    )


def _crossings(both: Array, winner: NDArray[np.intp], axis: int) -> tuple[Array, Array]:
    """Columns and rows where the winner changes along an axis (0: from row to row)."""
    step = (1, 0) if axis == 0 else (0, 1)
    one = winner[: winner.shape[0] - step[0], : winner.shape[1] - step[1]]
    other = winner[step[0] :, step[1] :]
    row, column = np.nonzero(one != other)
    first, second = one[row, column], other[row, column]
    here = both[first, row, column] - both[second, row, column]
    next_row, next_column = row + step[0], column + step[1]
    there = both[second, next_row, next_column] - both[first, next_row, next_column]
    total = here + there
    share = np.divide(here, total, out=np.full(total.shape, 0.5, total.dtype), where=total > 0)
    share = np.minimum(share, 0.999)  # so that rounding down finds the cell again
    return column + step[1] * share, row + step[0] * share
