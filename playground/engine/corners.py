"""Where a function is not smooth: finite differences across such a place are no derivative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from playground.engine.calls import Array


@dataclass(frozen=True, slots=True)
class Corner:
    """A value at which a function's slope, or the slope of its slope, jumps.

    Attributes:
        kind: ``kink`` where the slope jumps: there the function has no derivative, and an engine
            takes one by convention. ``bend`` where the slope is continuous but turns abruptly:
            differences across it err in proportion to their step, not to its square.
        quantity: What passes the value, in the letters of the function's formula.
        at: The value.
        mirrored: Whether there is another corner at ``-at``.
    """

    kind: Literal["kink", "bend"]
    quantity: str
    at: float
    mirrored: bool = False

    @property
    def where(self) -> str:
        """The place in words, such as ``x = 0``."""
        quantity = f"|{self.quantity}|" if self.mirrored else self.quantity
        return f"{quantity} = {self.at:g}"

    def sides(self, values: Array) -> Array:
        """On which side of the corner each value of the quantity is, as small whole numbers."""
        above = (values > self.at).astype(np.int8)
        return above + (values > -self.at) if self.mirrored else above
