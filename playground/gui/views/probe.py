"""What the network says at a place of the plane, in words, and the box that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from PySide6.QtWidgets import QWidget

from playground.core.families import features
from playground.data.dataset import Dataset
from playground.data.features import compute
from playground.exchange.drawing.field import Meaning, answer
from playground.exchange.drawing.scales import Array, in_words
from playground.gui.theme import Colours, class_colours
from playground.gui.views.cursor_box import CursorBox
from playground.gui.views.points import Points
from playground.runtime.focus import Extent

WIDTH = 17
"""Of the box, in heights of a line of text."""


@dataclass(frozen=True, slots=True)
class Point:
    """A training or test point.

    Attributes:
        is_test: Which of the two.
        row: Which one, from 0, of its part of the data set.
        place: x1 and x2.
        target: Its class or value.
    """

    is_test: bool
    row: int
    place: tuple[float, float]
    target: float

    def is_in(self, dataset: Dataset) -> bool:
        """Whether a data set has this point, in its place."""
        part = dataset.test if self.is_test else dataset.train
        if self.row >= len(part):
            return False
        here = (*part.points[self.row].tolist(), float(part.targets[self.row]))
        return here == (*self.place, self.target)

    def words(self, regression: bool) -> str:
        """Such as "training point of class 1"."""
        kind = "test point" if self.is_test else "training point"
        if regression:
            return f"{kind} of value {in_words(self.target)}"
        return f"{kind} of class {int(self.target)}"


def nearest(
    points: Points, dataset: Dataset, x1: float, x2: float
) -> tuple[Point, int, float] | None:
    """The nearest point that is drawn, which one of its part's drawn ones, and how far it is."""
    best: tuple[Point, int, float] | None = None
    for marks, rows, part, is_test in zip(
        (points.train, points.test), points.rows, (dataset.train, dataset.test), (False, True),
        strict=True,
    ):  # fmt: skip
        if not marks.visible or not len(rows):
            continue
        distances = np.hypot(marks.places[:, 0] - x1, marks.places[:, 1] - x2)
        index = int(distances.argmin())
        if best is None or distances[index] < best[2]:
            row = int(rows[index])
            place = (float(part.points[row, 0]), float(part.points[row, 1]))
            found = Point(is_test, row, place, float(part.targets[row]))
            best = (found, index, float(distances[index]))
    return best


def sentence(meaning: Meaning, said: Array, score: Array, x1: float, x2: float) -> str:
    """Where that is and what is answered there.

    Args:
        meaning: What the field says.
        said: Of ``field.answer`` there.
        score: Of ``field.scores`` there.
        x1, x2: The place.
    """
    place = f"x1 {x1:.2f}, x2 {x2:.2f}: ".replace("-", "−")
    if meaning.kind == "votes":
        return place + _votes(said, meaning.together)
    if meaning.kind == "values":
        caption = "median output" if meaning.together > 1 else "output"
        return f"{place}{caption} {in_words(float(said[0]))}"
    if meaning.kind == "classes":
        best = int(said.argmax())
        return f"{place}class {best}, P(class {best}) = {said[best]:.3f}"
    likely = int(score[0] > 0)
    if meaning.is_signed:
        caption = "margin" if meaning.kind == "margin" else "output"
        return f"{place}class {likely}, {caption} {in_words(float(said[0]))}"
    return f"{place}class {likely}, P(class 1) = {said[0]:.3f}"


def _votes(shares: Array, replicas: int) -> str:
    """The class with most votes and how many there are, from shares (1,) or (classes,)."""
    of_each = _of_each(shares)
    best = int(of_each.argmax())
    return f"class {best}, {round(float(of_each[best]) * replicas)} of {replicas} votes"


def _of_each(said: Array) -> Array:
    """A share for each class, from that of class 1 alone or from all."""
    return np.array([1 - said[0], said[0]]) if len(said) == 1 else said


def rows_of(
    meaning: Meaning, names: Sequence[str], outputs: Array, x1: float, x2: float
) -> list[str]:
    """The network's inputs and its raw outputs, in words.

    Args:
        meaning: What the field says.
        names: The features.
        outputs: Raw, of one network (outputs,).
        x1, x2: The place.
    """
    inputs = compute(names, np.array([[x1, x2]]))[:, 0]
    listed = zip(names, inputs.tolist(), strict=True)
    rows = ["inputs: " + ", ".join(f"{features[n].label} {in_words(v)}" for n, v in listed)]
    if meaning.together == 1 and meaning.kind != "values":
        caption = "logit" if len(outputs) == 1 else "logits"
        caption = {"margin": "output", "tanh": "before tanh"}.get(meaning.kind, caption)
        rows.append(f"{caption}: " + ", ".join(in_words(v) for v in outputs.tolist()))
    return rows


def chances(meaning: Meaning, said: Array, colours: Colours) -> str:
    """Each class with its share, as rich text; empty where there are no shares."""
    if meaning.kind == "values" or meaning.is_signed:
        return ""
    shares = _of_each(said)
    hues = class_colours(len(shares), colours)
    caption = "votes" if meaning.kind == "votes" else "P"
    parts = [
        f'<span style="color:{hue}">●</span>&nbsp;{index}:&nbsp;{share:.3f}'
        for index, (hue, share) in enumerate(zip(hues, shares.tolist(), strict=True))
    ]
    return f"{caption}(class) " + " ".join(parts)


class ProbeBox(CursorBox):
    """The box; its width is fixed, and while it is shown it does not get lower again.

    Attributes:
        title: The first line.
        rows: The lines below it, plain.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = ""
        self.rows: list[str] = []
        self.setWordWrap(True)
        self._highest = 0

    def say_more(self, title: str, rows: Sequence[str], rich: str, last: str) -> None:
        """Say a sentence, some lines, one as rich text, and a last one; empty ones are left out."""
        self.title, self.rows = title, [*rows, last]
        lines = (f"<b>{escape(title)}</b>", *map(escape, rows), rich, escape(last))
        text = "<br>".join(filter(None, lines))
        if text == self.text():
            return
        parent = self.parentWidget()
        assert parent is not None
        width = min(WIDTH * self.fontMetrics().height(), parent.width())
        self.setText(text)
        self._highest = max(self.heightForWidth(width), self._highest if self.isVisible() else 0)
        self.resize(width, self._highest)


def between(field: Array, x1: float, x2: float, extent: Extent) -> Array:
    """The values (outputs,) at a point, linear between the four nearest of the field."""
    low1, high1, low2, high2 = extent
    size = field.shape[-1]
    column = np.clip((x1 - low1) / (high1 - low1) * size - 0.5, 0, size - 1.001)
    row = np.clip((x2 - low2) / (high2 - low2) * size - 0.5, 0, size - 1.001)
    left, low = int(column), int(row)
    right_share, upper_share = column - left, row - low
    lower = field[:, low, left] * (1 - right_share) + field[:, low, left + 1] * right_share
    upper = field[:, low + 1, left] * (1 - right_share) + field[:, low + 1, left + 1] * right_share
    return lower * (1 - upper_share) + upper * upper_share


def within(field: Array, x1: float, x2: float, extent: Extent) -> Array:
    """The values (outputs,) of the cell that a point lies in."""
    low1, high1, low2, high2 = extent
    size = field.shape[-1]
    column = int(np.clip((x1 - low1) / (high1 - low1) * size, 0, size - 1))
    row = int(np.clip((x2 - low2) / (high2 - low2) * size, 0, size - 1))
    return field[:, row, column]


def said_at(
    meaning: Meaning, field: Array, score: Array, x1: float, x2: float, extent: Extent
) -> tuple[Array, Array, Array]:
    """At a place: the field's values, their scores, and what is said."""
    find = within if meaning.kind == "votes" else between
    there = find(score, x1, x2, extent)
    return find(field, x1, x2, extent), there, answer(meaning, there)
