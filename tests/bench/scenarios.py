"""What the window is measured at, and what is asked of it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playground.core.editing import replace
from playground.core.experiment import Experiment
from tests.bench import engine, window
from tests.bench.bounds import Bound

MANY = 32
HEARTBEAT = "heartbeat, 99th percentile"
LONGEST = "heartbeat, longest"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A state of the window.

    Attributes:
        title: What is going on.
        experiment: Makes what is trained.
        measure: Given the window and how many seconds there are; gives figures by name.
        asked: The bounds of those figures that have one.
    """

    title: str
    experiment: Callable[[], Experiment]
    measure: Callable[..., dict[str, float]]
    asked: Mapping[str, Bound] = field(default_factory=dict)


def usual() -> Experiment:
    """2-8-8-8-1 with Adam on 500 points, ten in a batch."""
    return replace(engine.experiment((2, 8, 8, 8, 1), 10, "adam"), ("data", "samples"), 500)


def _many() -> Experiment:
    return replace(usual(), ("training", "replicas"), MANY)


def _large() -> Experiment:
    large = engine.experiment((2, *[32] * 6, 1), 10, "adam")
    return replace(large, ("data", "samples"), 10_000)


SMOOTH = {"frames/s": Bound("≥", 28), HEARTBEAT: Bound("≤", 20), LONGEST: Bound("≤", 150)}
SCENARIOS = {
    "training": Scenario(
        "training flat out", usual, window.training, {"ratio": Bound("≥", 0.8), **SMOOTH}
    ),
    "dragging": Scenario(
        "the learning rate is dragged",
        usual,
        window.dragging,
        {
            HEARTBEAT: Bound("≤", 40),
            LONGEST: Bound("≤", 150),
            "ms from move to use, longest": Bound("≤", 100),
            "steps of undo": Bound("≤", 1),
        },
    ),
    "an hour": Scenario(
        "a run of an hour against a fresh one",
        usual,
        window.ageing,
        {
            "frames/s, aged / fresh": Bound("≥", 0.95),
            "ms of window, aged / fresh": Bound("≤", 1.1),
            LONGEST: Bound("≤", 150),
        },
    ),
    "large": Scenario(
        "6 layers of 32 units, 10,000 points",
        _large,
        window.training,
        {"frames/s": Bound("≥", 20), LONGEST: Bound("≤", 150)},
    ),
    "replicas": Scenario(f"{MANY} replicas vote", _many, window.training),
}
