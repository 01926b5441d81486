"""The line below the plane: what can be done there, or what there is to know of what is shown."""

from __future__ import annotations

from playground.gui.views.points import Points
from playground.gui.views.probe import Point
from playground.runtime.snapshot import Snapshot
from playground.training.stopping import DIVERGED

READ = "Point at the plane to read its answer"
HINT = f"{READ}; the wheel zooms, a click pins a point."


def below_plane(
    snapshot: Snapshot | None, points: Points, ringed: bool, pin: Point | None, history: str
) -> str:
    """What matters most, in two lines at most.

    Args:
        snapshot: What is shown; None before there is anything.
        points: What is drawn of the points.
        ringed: Whether those that are answered wrongly are ringed.
        pin: The pinned point, or None.
        history: Where its history is, in words.
    """
    if snapshot is None:
        return HINT
    shown, several = snapshot.shown, snapshot.replicas > 1
    stop = snapshot.stops[shown] if several and shown is not None else None
    name = f"Replica {(shown or 0) + 1}"
    if stop is not None and stop.name == DIVERGED:
        return f"{name} diverged in epoch {stop.epoch:,}; this is what it last answered."
    if pin is not None:
        words = pin.words(snapshot.dataset.task.kind == "regression")
        return f"Pinned: a {words}. Its history is {history}. Esc lets it go."
    if stop is not None:
        return f"{name} has stopped: {stop.headline}. {READ}."
    if several and shown is None and ringed:
        return "Ringed in red: what replica 1 gets wrong. Choose a replica to see its own."
    if points.drawn < points.total:
        return f"{points.drawn:,} of {points.total:,} points drawn. {READ}."
    return HINT
