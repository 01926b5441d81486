"""What of the plane is looked at closely."""

from __future__ import annotations

from dataclasses import dataclass

Extent = tuple[float, float, float, float]
"""A part of the plane: x1 low, x1 high, x2 low, x2 high."""


@dataclass(frozen=True, slots=True)
class Focus:
    """What of the plane is looked at closely, of whichever run.

    Attributes:
        extent: The part over which the field is made; None for all of the data's plane.
        point: A place (x1, x2) of which is followed what the network has answered over the run;
            None for none.
    """

    extent: Extent | None = None
    point: tuple[float, float] | None = None


EVERYTHING = Focus()
