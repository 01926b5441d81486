"""Scales of charts: ranges that grow in steps, ticks, numbers in words, thinning. No Qt here."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from playground.core.words import in_words as in_words  # charts take it from here
from playground.core.words import power

Array = NDArray[np.floating[Any]]
Tick = tuple[float, str]

NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
"""Ends of ranges, times powers of ten: at most a third of a range stays empty."""
MARGIN = 0.03
"""Room beyond a range's ends, so that a curve does not run on the frame."""
FEWEST_DECADES = 1
MOST_POINTS = 300
"""On a curve; more are not seen, and cost."""
LARGEST = 1e300
FIRST_EPOCHS, SMALLEST_TOP = 10.0, 0.1
"""Where the scales of epochs and of losses begin by ending."""
MOST_PLANE_TICKS = 7


def nice_above(value: float) -> float:
    """The first end of a range that is not below ``value`` > 0."""
    value = min(value, LARGEST)
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in NICE if step * power >= value * (1 - 1e-9))


class Scale(Protocol):
    """One axis of a chart. What is drawn is ``project(values)``."""

    def cover(self, values: Array) -> bool:
        """Grow to hold finite values; whether it has changed."""

    def project(self, values: Array) -> Array:
        """Values in the axis's own coordinates."""

    def limits(self) -> tuple[float, float]:
        """The ends of the axis, in its own coordinates."""

    def ticks(self, most: int) -> list[Tick]:
        """At most about so many ticks, in the axis's own coordinates."""


class Linear:
    """From 0 up to an end that grows.

    Attributes:
        top: The end.
        percent: Whether shares of 1 are written as percentages; then the end is 1.
        whole: Whether only whole numbers are marked.
    """

    def __init__(self, top: float, percent: bool = False, whole: bool = False) -> None:
        self.top, self.percent, self.whole = top, percent, whole

    def cover(self, values: Array) -> bool:
        highest = float(values.max(initial=0.0))
        if highest <= self.top or self.percent:
            return False
        self.top = nice_above(highest)
        return True

    def project(self, values: Array) -> Array:
        return values

    def limits(self) -> tuple[float, float]:
        return -MARGIN * self.top, (1 + MARGIN) * self.top

    def ticks(self, most: int) -> list[Tick]:
        step = _step(self.top / max(most, 2))
        if self.whole:
            step = max(step, 1.0)
        values = [index * step for index in range(int(self.top / step * (1 + 1e-9)) + 1)]
        return [(value, self._text(value, step)) for value in values]

    def _text(self, value: float, step: float) -> str:
        if self.percent:
            return f"{value:.0%}".replace("%", " %")
        if value >= 1e6 or step < 1e-4:
            return in_words(value)
        if value >= 1e3 and step >= 100:
            return f"{value / 1e3:g}k"
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return f"{value:.{decimals}f}"


class Log:
    """Decades that grow at both ends; exact zeros get a line of their own below, named 0.

    Its coordinates are decimal logarithms.
    """

    def __init__(self) -> None:
        self.low = self.high = 0
        self.empty, self.zeros = True, False

    def cover(self, values: Array) -> bool:
        before = (self.low, self.high, self.zeros)
        self.zeros |= bool((values <= 0).any())
        positive = values[values > 0]
        if positive.size:
            low = math.floor(math.log10(float(positive.min())) + 1e-9)
            high = math.ceil(math.log10(float(positive.max())) - 1e-9)
            self.low = low if self.empty else min(self.low, low)
            self.high = high if self.empty else max(self.high, high)
            self.high = max(self.high, self.low + FEWEST_DECADES)
            self.empty = False
        return before != (self.low, self.high, self.zeros)

    @property
    def _gap(self) -> float:
        """From the lowest decade down to the line of zeros, whatever the range about as far."""
        return max(0.12 * (self.high - self.low), 0.2)

    @property
    def _floor(self) -> float:
        return self.low - self._gap

    def project(self, values: Array) -> Array:
        positive = values > 0
        logs = np.full(values.shape, self._floor)
        return np.log10(values, out=logs, where=positive)

    def limits(self) -> tuple[float, float]:
        low = self._floor if self.zeros else self.low
        room = MARGIN * (self.high - low) or 1.0
        return low - room, self.high + room

    def ticks(self, most: int) -> list[Tick]:
        decades = self.high - self.low
        marks: list[Tick] = [(self._floor, "0")] if self.zeros else []
        if self.empty:
            return marks
        if most >= 3 * decades:
            parts: tuple[int, ...] = (1, 2, 5)
        elif most >= 2 * decades:
            parts = (1, 3)
        else:
            parts = (1,)
        plain = self.low >= -3 and self.high <= 4
        every = next(n for n in (1, 2, 3, 5, 10, 20, 50, 100, 1000) if decades / n <= max(most, 1))
        for decade in range(self.low, self.high + 1):
            if (self.high - decade) % every:
                continue
            for part in parts:
                value = decade + math.log10(part)
                if value <= self.high:
                    marks.append((value, _decade_text(decade, part, plain)))
        return marks


class Plane:
    """One of the plane's two coordinates: its ends are given and do not move."""

    def __init__(self, low: float, high: float) -> None:
        self._low, self._high = low, high

    def cover(self, values: Array) -> bool:
        return False

    def project(self, values: Array) -> Array:
        return values

    def limits(self) -> tuple[float, float]:
        return self._low, self._high

    def ticks(self, most: int) -> list[Tick]:
        step = _step((self._high - self._low) / min(max(most, 1), MOST_PLANE_TICKS))
        first, last = math.ceil(self._low / step), math.floor(self._high / step)
        values = [index * step for index in range(first, last + 1)]
        digits = 3
        texts = [in_words(value, digits) for value in values]
        while len(set(texts)) < len(texts) and digits < 15:  # far from 0, and close together
            digits += 1
            texts = [in_words(value, digits) for value in values]
        return list(zip(values, texts, strict=True))


def _decade_text(decade: int, part: int, plain: bool) -> str:
    if plain:
        return in_words(part * 10.0**decade)
    return power(decade) if part == 1 else f"{part}·{power(decade)}"


def _step(least: float) -> float:
    """The first of 1, 2, 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def thinned(count: int) -> NDArray[np.intp]:
    """Which of so many rows are drawn: evenly spread, the first and the last among them.

    The spacing is a power of two, so that from one frame to the next nearly all stay the same.
    """
    spacing = 1
    while count > spacing * (MOST_POINTS - 1):
        spacing *= 2
    rows = np.arange(0, count, spacing)
    return rows if not count or rows[-1] == count - 1 else np.append(rows, count - 1)
