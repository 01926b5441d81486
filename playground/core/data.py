"""The data part of an experiment: where the points come from, and what of them the network sees."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from pydantic import BeforeValidator, SerializeAsAny

from playground.core.choice import Part, parse
from playground.core.families import Shift, Task, shifts, sources
from playground.core.fields import integer, number, other
from playground.core.limits import LARGEST_SEED, MAX_FEATURES, MAX_SAMPLES
from playground.core.points import NO_POINTS, Points

ChosenShift = Annotated[SerializeAsAny[Shift], BeforeValidator(partial(parse, shifts)), shifts]


class Data(Part):
    """Where the points come from, and what of them the network sees."""

    source: str = other("circle", "Data set", "The shape of the data.")
    samples: int = integer(
        500,
        "Samples",
        "How many points there are, for training and test together.",
        minimum=1,
        maximum=MAX_SAMPLES,
        slider=(20, 5000),
        scale="log",
    )
    classes: int = integer(
        3,
        "Classes",
        "How many classes there are, for data sets that can have any number of them.",
        minimum=2,
        maximum=8,
        quiet=True,
    )
    balance: float | None = number(
        None,
        "Share of class 0",
        "How many of the points are of class 0; the other classes share the rest evenly. With a "
        "rare class a high accuracy says little: 0.95 is reached by never answering it.",
        minimum=0.01,
        maximum=0.99,
        decimals=2,
        none_label="equal",
        live=True,
        quiet=True,
    )
    noise: float = number(
        0.1,
        "Noise",
        "How far points stray from their shape, from 0 (clean) to 1. Changing it during a run "
        "draws new points and keeps the network.",
        minimum=0,
        maximum=1,
        decimals=2,
        live=True,
    )
    label_noise: float = number(
        0.0,
        "Label noise",
        "The share of training points whose label is exchanged for another class; for numbers, the "
        "standard deviation of what is added to the training targets, in units of their own. Test "
        "labels stay as they are, so the test loss shows what was learned of the truth.",
        minimum=0,
        maximum=1,
        slider=(0, 0.5),
        decimals=2,
        live=True,
        quiet=True,
    )
    test_share: float = number(
        0.5,
        "Test share",
        "The share of the points that is kept out of training to judge it. At 0 all points train.",
        minimum=0,
        maximum=0.9,
        decimals=2,
    )
    seed: int = integer(
        7,
        "Data seed",
        "The start of the random numbers that draw the points and split them.",
        minimum=0,
        maximum=LARGEST_SEED,
        slider=(0, 100),
    )
    shift: ChosenShift = other(
        lambda: shifts["none"](),
        "Test shift",
        "Whether the test points come from elsewhere than the training points. Training does not "
        "see it: only the test loss and accuracy do.",
        live=True,
        quiet=True,
    )
    features: tuple[str, ...] = other(
        ("x1", "x2"),
        "Features",
        "What the network is given of a point: named features, or formulas of x1 and x2 that begin "
        'with "=".',
        min_length=1,
        max_length=MAX_FEATURES,
    )
    points: Points = other(
        NO_POINTS,
        "Points",
        'Your own points as [x1, x2, target], used when the data set is "points". Changing them '
        "during a run keeps the network, as long as there are as many classes.",
        live=True,
    )
    problem: Literal["classification", "regression"] = other(
        "classification",
        "Problem",
        "Whether the targets of your own points are classes 0, 1, … or any numbers.",
        options={"classification": "classes", "regression": "numbers"},
    )

    @property
    def task(self) -> Task:
        """What is to be learned: for one's own points the number of classes is read off them."""
        known = sources[self.source].task_for(self.classes)
        if known is not None:
            return known
        if self.problem == "regression":
            return Task("regression", 0)
        return Task("classification", max(2, 1 + int(self.points.largest_target)))

    @property
    def unused(self) -> frozenset[str]:
        """The fields that have no effect with this data set; they may have any value."""
        source = sources[self.source]
        found = {"samples", "noise", "balance"} if source.name == "points" else {"problem"}
        if not source.many:
            found.add("classes")
        if self.task.kind == "regression":
            found.add("balance")
        if self.test_count == 0:
            found.add("shift")
        return frozenset(found)

    @property
    def count(self) -> int:
        """How many points there are in all."""
        return len(self.points) if self.source == "points" else self.samples

    @property
    def test_count(self) -> int:
        """How many points are kept for the test: at least one when there is to be a test set."""
        if self.test_share == 0 or self.count < 2:
            return 0
        return min(max(1, round(self.count * self.test_share)), self.count - 1)
