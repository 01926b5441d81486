"""The marks of a run on charts: its best epoch, where and why it stopped, what is looked at."""

from __future__ import annotations

from playground.gui.theme import Colours
from playground.gui.views.plot_layers import Mark
from playground.runtime.snapshot import Snapshot
from playground.training.stopping import DIVERGED


def marks_of(snapshot: Snapshot, colours: Colours) -> list[Mark]:
    """The best epoch of the shown replica, and where it stopped; of all together, where all had.

    The last one is the moment that is looked back at, if one is.
    """
    shown, stop, of_one = snapshot.shown, snapshot.stop, ""
    if shown is not None and snapshot.replicas > 1:
        stop, of_one = snapshot.stops[shown], f"replica {shown + 1}: "
    marks = []
    if snapshot.best_epoch:
        text = f"{of_one}best {snapshot.best_epoch:,}"
        marks.append(Mark(snapshot.best_epoch, text, colours.muted, dashed=True))
    if stop is not None:
        colour = colours.amber if stop.stuck else colours.text
        colour = colours.red if stop.name == DIVERGED else colour
        text = f"{of_one}stop {stop.epoch:,}: {stop.headline}"
        marks.append(Mark(stop.epoch, text, colour))
    if snapshot.moment is not None:
        text = f"epoch {snapshot.moment:,}"
        marks.append(Mark(snapshot.moment, text, colours.accent))
    return marks
