"""A bounded series of moments, evenly spread over the steps of a run."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar


class Moment(Protocol):
    """Something that was seen after a step."""

    @property
    def step(self) -> int:
        """Optimizer steps done by then."""


M = TypeVar("M", bound=Moment)


class Moments(Generic[M]):
    """Keeps moments, and drops every second one when there are too many.

    The moments come as often as someone looks, so it is their steps that space them. The last one
    is always there, and gives way to the next unless its turn had come.
    """

    def __init__(self, limit: int) -> None:
        """``limit``: the most moments that are kept, the last one included."""
        self._limit = max(limit, 4)
        self._gap = 1
        self._kept: list[M] = []
        self._last: M | None = None

    def add(self, moment: M) -> None:
        """Add a moment; one of the same step as the last is a later look at that."""
        last, kept = self._last, self._kept
        if last is not None and moment.step > last.step:
            if not kept or last.step - kept[-1].step >= self._gap:
                kept.append(last)
            if len(kept) == self._limit - 1:
                self._gap = max(2 * (kept[-1].step - kept[0].step) // self._limit, 1)
                del kept[1::2]
        self._last = moment

    def series(self) -> tuple[M, ...]:
        """From the first moment to the last."""
        return (*self._kept, *(() if self._last is None else (self._last,)))

    def until(self, step: int) -> Moments[M]:
        """A series that goes on from the moments until a step."""
        other: Moments[M] = Moments(self._limit)
        other._gap = self._gap
        seen = [moment for moment in self.series() if moment.step <= step]
        if seen:
            *other._kept, other._last = seen
        return other
