"""Which part of the plane is seen: zoomed about a place, moved, or all of it. No Qt here."""

from __future__ import annotations

from playground.runtime.focus import Extent

CLOSEST, FARTHEST = 1 / 500, 4.0
"""The least and the largest side of what is seen, in times of the whole plane's."""
ALL = (0.0, 1.0, 0.0, 1.0)


class Sight:
    """A square of the plane.

    Attributes:
        whole: All that the data's plane has.
        seen: The part that is seen.
    """

    def __init__(self) -> None:
        self.whole: Extent = ALL
        self.seen: Extent = ALL

    @property
    def is_part(self) -> bool:
        """Whether anything but the whole plane is seen."""
        return self.seen != self.whole

    def use(self, whole: Extent) -> bool:
        """Look at a plane, all of it if it is another one; whether it is."""
        if whole == self.whole:
            return False
        self.whole = self.seen = whole
        return True

    def show_all(self) -> None:
        """See all of the plane."""
        self.seen = self.whole

    def zoom(self, factor: float, x1: float, x2: float) -> None:
        """See ``factor`` times as much along each side; this place stays where it is."""
        low1, high1, low2, _ = self.seen
        usual = self.whole[1] - self.whole[0]
        side = min(max((high1 - low1) * factor, CLOSEST * usual), FARTHEST * usual)
        factor = side / (high1 - low1)
        self._see(x1 + (low1 - x1) * factor, x2 + (low2 - x2) * factor, side)

    def move(self, across: float, up: float) -> None:
        """See what lies so far to the right and above."""
        low1, high1, low2, _ = self.seen
        self._see(low1 + across, low2 + up, high1 - low1)

    def _see(self, low1: float, low2: float, side: float) -> None:
        """A square, moved so that its middle lies in the whole plane."""
        first1, last1, first2, last2 = self.whole
        low1 = min(max(low1, first1 - side / 2), last1 - side / 2)
        low2 = min(max(low2, first2 - side / 2), last2 - side / 2)
        self.seen = (low1, low1 + side, low2, low2 + side)
