"""The data sets: generators of labelled points, each one entry of the registry.

Those of TensorFlow Playground keep its geometry, on [-6, 6]², with its noise of 0 to 0.5; its class
+1 is class 1 here, its class -1 is class 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.core.families import Source, Task, sources

Array = NDArray[np.float64]
Labelled = tuple[Array, Array]
Generate = Callable[[int, float, np.random.Generator], Labelled]

TWO_CLASSES = Task("classification", 2)
THREE_CLASSES = Task("classification", 3)
REGRESSION = Task("regression", 0)
TF_PLAYGROUND = "TensorFlow Playground, dataset.ts"


def _source(
    name: str, label: str, formula: str, task: Task, reference: str = TF_PLAYGROUND
) -> Callable[[Generate], Generate]:
    def enter(generate: Generate) -> Generate:
        sources.add(Source(name, label, formula, reference, task, generate))
        return generate

    return enter


def class_of_each(count: int, classes: int) -> NDArray[np.int64]:
    """Classes 0, 1, … in equal shares (count,); what is left over goes to the last ones."""
    return (np.arange(count) * classes // max(count, 1)).astype(np.int64)


@_source("circle", "Circle", "class 1 where r < 2.5, class 0 in a ring 3.5 < r < 5", TWO_CLASSES)
def circle(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    """A disc inside a ring; noise moves points over the border before they are labelled."""
    inside = class_of_each(count, 2) == 1
    radius = rng.uniform(0, 1, count)
    radius = np.where(inside, 2.5 * radius, 3.5 + 1.5 * radius)
    angle = rng.uniform(0, 2 * np.pi, count)
    points = radius[:, None] * np.column_stack((np.sin(angle), np.cos(angle)))
    judged = points + 5 * noise * rng.uniform(-1, 1, (count, 2))
    return points, (np.hypot(*judged.T) < 2.5).astype(float)


@_source("xor", "Exclusive or", "class 1 where x1·x2 ≥ 0", TWO_CLASSES)
def xor(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Four quadrants, opposite ones alike, with a gap of 0.6 along the axes."""
    points = rng.uniform(-5, 5, (count, 2))
    points += np.where(points > 0, 0.3, -0.3)
    judged = points + 5 * noise * rng.uniform(-1, 1, (count, 2))
    return points, (judged.prod(axis=1) >= 0).astype(float)


@_source("gauss", "Two Gaussians", "N((±2, ±2), 0.5 + 7·noise)", TWO_CLASSES)
def gauss(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Two round clouds; noise widens them."""
    targets = class_of_each(count, 2)
    centres = np.where(targets == 1, 2.0, -2.0)[:, None]
    spread = np.sqrt(0.5 + 7 * noise)
    return centres + spread * rng.normal(size=(count, 2)), targets.astype(float)


def _arms(count: int, noise: float, rng: np.random.Generator, arms: int, turns: float) -> Labelled:
    targets = class_of_each(count, arms)
    along = np.empty(count)
    for arm in range(arms):
        members = np.flatnonzero(targets == arm)
        along[members] = np.arange(len(members)) / max(len(members), 1)
    # The last arm starts at angle 0, as TensorFlow Playground's class +1 does.
    angle = 2 * np.pi * (turns * along + (arms - 1 - targets) / arms)
    points = 5 * along[:, None] * np.column_stack((np.sin(angle), np.cos(angle)))
    return points + noise * rng.uniform(-1, 1, (count, 2)), targets.astype(float)


@_source("spiral", "Spiral", "r = 5s, angle = 1.75·2πs (+π), 0 ≤ s < 1", TWO_CLASSES)
def spiral(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Two arms wound around each other."""
    return _arms(count, noise, rng, 2, 1.75)


@_source(
    "moons", "Two moons", "two half circles of radius 3.3 that interlock", TWO_CLASSES,
    "scikit-learn, make_moons, enlarged 3.3 times",
)  # fmt: skip
def moons(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Two half circles; noise is the standard deviation in radii."""
    targets = class_of_each(count, 2)
    angle = np.pi * rng.uniform(0, 1, count)
    x = np.where(targets == 0, np.cos(angle), 1 - np.cos(angle)) - 0.5
    y = np.where(targets == 0, np.sin(angle), 0.5 - np.sin(angle)) - 0.25
    points = np.column_stack((x, y)) + noise * rng.normal(size=(count, 2))
    return 3.3 * points, targets.astype(float)


@_source(
    "pinwheel", "Pinwheel (3 classes)", "three spiral arms of 0.6 turns", THREE_CLASSES,
    "CS231n, neural networks case study",
)  # fmt: skip
def pinwheel(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Three arms, one a class."""
    return _arms(count, noise, rng, 3, 0.6)


@_source("plane", "Plane", "(x1 + x2) / 10", REGRESSION)
def plane(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    """A slope over the whole field."""
    points = rng.uniform(-6, 6, (count, 2))
    judged = points + 6 * noise * rng.uniform(-1, 1, (count, 2))
    return points, judged.sum(axis=1) / 10


BUMPS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


@_source("reg_gauss", "Six bumps", "±max(0, 1 - distance/2) around six centres", REGRESSION)
def reg_gauss(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    """Cones of radius 2 that point up and down by turns."""
    points = rng.uniform(-6, 6, (count, 2))
    judged = points + 6 * noise * rng.uniform(-1, 1, (count, 2))
    heights = np.stack(
        [
            sign * np.maximum(0, 1 - np.hypot(judged[:, 0] - x, judged[:, 1] - y) / 2)
            for x, y, sign in BUMPS
        ]
    )
    strongest = np.abs(heights).argmax(axis=0)
    return points, np.take_along_axis(heights, strongest[None], axis=0)[0]


def _no_generator(count: int, noise: float, rng: np.random.Generator) -> Labelled:
    raise TypeError("one's own points are not generated")  # prepare() takes them as they are


sources.add(Source("points", "Your own points", "as given", "", None, _no_generator))
