"""Between a slider's whole positions and values, on a linear or a logarithmic scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

from playground.core.fields import Control

POSITIONS = 200
"""About how many a linear slider has."""
POSITIONS_PER_DECADE = 100
DIGITS = 3
"""Of a value on a logarithmic scale: finer than its positions lie apart."""


@dataclass(frozen=True, slots=True)
class SliderScale:
    """The range of a slider, cut into positions 0, 1, … ``last`` with round values.

    Attributes:
        low: The value at position 0; above 0 on a logarithmic scale.
        high: The value at the last position.
        log: Whether positions count magnitudes.
        whole: Whether values are whole numbers.
        decimals: Digits after the point that a value on a linear scale may have.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False
    decimals: int = 3

    @classmethod
    def of(cls, control: Control, *, whole: bool) -> SliderScale:
        """The scale that a control asks for."""
        low, high = control.low, control.high
        assert low is not None
        assert high is not None
        return cls(low, high, control.scale == "log", whole, control.decimals)

    @property
    def last(self) -> int:
        """The last position."""
        if self.log:
            return max(1, math.ceil(POSITIONS_PER_DECADE * math.log10(self.high / self.low)))
        return max(1, math.ceil((self.high - self.low) / self._stride - 1e-9))

    def position(self, value: float) -> int:
        """The position nearest to a value; the first or the last for what lies outside."""
        if value <= self.low:
            return 0
        if value >= self.high:
            return self.last
        if self.log:
            span = math.log(self.high / self.low)
            return round(self.last * math.log(value / self.low) / span)
        return min(round((value - self.low) / self._stride), self.last)

    def value(self, position: int) -> float:
        """The value at a position."""
        if position <= 0:
            return self._typed(self.low)
        if position >= self.last:
            return self._typed(self.high)
        if self.log:
            value = self.low * (self.high / self.low) ** (position / self.last)
            return self._typed(float(f"{value:.{DIGITS}g}"))
        return self._typed(round(self.low + position * self._stride, 12))

    def stepped(self, value: float, direction: int, *, page: bool = False) -> float:
        """The next value for an arrow key, or with ``page`` for page up and page down.

        On a logarithmic scale 1, 2, 5, 10, …, or decades; on a linear one a hundredth or a tenth of
        the range. Not bounded by the range.
        """
        if self.log:
            return self._typed(_on_magnitudes(value, direction, page, self.low))
        stride = nice((self.high - self.low) / (10 if page else 100))
        stride = max(stride, 10.0**-self.decimals)
        if self.whole:
            stride = max(round(stride), 1) if page else 1
        return self._typed(round(value + direction * stride, 12))

    @property
    def _stride(self) -> float:
        finest = 1.0 if self.whole else 10.0**-self.decimals
        return max(nice((self.high - self.low) / POSITIONS), finest)

    def _typed(self, value: float) -> float:
        return round(value) if self.whole else float(value)


def nice(value: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above a positive value."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    factor = next(f for f in (5, 2, 1) if f * power <= value * (1 + 1e-9))
    return float(f"{factor * power:.6g}")


def _on_magnitudes(value: float, direction: int, page: bool, low: float) -> float:
    if value <= 0:
        return low if direction > 0 else value
    if page:
        return float(f"{value * 10.0**direction:.{DIGITS}g}")
    if direction > 0:
        below = nice(value)
        return float(f"{below * _up(below):.6g}")
    below = nice(value)
    if below < value * (1 - 1e-9):
        return below
    return nice(value * 0.6)  # 0.6 of 1, 2 and 5 leads to 5, 1 and 2


def _up(stop: float) -> float:
    """From a stop of the 1-2-5 series to the next: 2, 2.5 or 2 times."""
    return 2.5 if f"{stop:e}"[0] == "2" else 2.0
