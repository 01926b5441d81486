"""The data sets: generators of labelled points, each one entry of the registry.

Those of TensorFlow Playground keep its geometry, on [-6, 6]², with its noise of 0 to 0.5; its class
+1 is class 1 here, its class -1 is class 0. Where a rule says which label a place has, noise moves
points before they are judged by it; elsewhere noise moves the points themselves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.core.families import Draw, Source, Task, sources

Array = NDArray[np.float64]
Labelled = tuple[Array, Array]
Scatter = Callable[[Draw, np.random.Generator], Labelled]
Rule = Callable[[Array, Draw, np.random.Generator], Array]

TWO_CLASSES = Task("classification", 2)
THREE_CLASSES = Task("classification", 3)
REGRESSION = Task("regression", 0)
TF_PLAYGROUND = "TensorFlow Playground, dataset.ts"


def _source(
    name: str,
    label: str,
    formula: str,
    task: Task,
    reference: str = TF_PLAYGROUND,
    *,
    rule: Rule | None = None,
    many: bool = False,
) -> Callable[[Scatter], Scatter]:
    def enter(scatter: Scatter) -> Scatter:
        sources.add(Source(name, label, formula, reference, task, scatter, rule, many))
        return scatter

    return enter


def class_of_each(count: int, classes: int, balance: float | None = None) -> NDArray[np.int64]:
    """Classes 0, 1, … (count,), in order.

    Args:
        balance: The share of class 0, rounded to whole points but at least one where others are
            left; the other classes get equal shares. None for equal shares of all.

    Returns:
        In equal shares, what is left over goes to the last classes.
    """
    if balance is None:
        return (np.arange(count) * classes // max(count, 1)).astype(np.int64)
    first = min(max(round(balance * count), 1), max(count - 1, 1))
    others = class_of_each(max(count - first, 0), classes - 1) + 1
    return np.concatenate((np.zeros(first, np.int64), others))[:count]


def _two(draw: Draw) -> NDArray[np.int64]:
    return class_of_each(draw.count, 2, draw.balance)


def _many(draw: Draw) -> NDArray[np.int64]:
    return class_of_each(draw.count, draw.classes, draw.balance)


def _polar(radius: Array, angle: Array) -> Array:
    """Points (n, 2), the angle clockwise from x2's axis as in TensorFlow Playground."""
    points: Array = radius[:, None] * np.column_stack((np.sin(angle), np.cos(angle)))
    return points


def _jittered(points: Array, reach: float, rng: np.random.Generator) -> Array:
    """Where noise has points judged: up to ``reach`` away in each coordinate."""
    return points + reach * rng.uniform(-1, 1, points.shape)


# --- two classes ---------------------------------------------------------------------------------


def _inside(points: Array, draw: Draw, rng: np.random.Generator) -> Array:
    judged = _jittered(points, 5 * draw.noise, rng)
    inside: Array = (np.hypot(*judged.T) < 2.5).astype(float)
    return inside


@_source(
    "circle", "Circle", "class 1 where r < 2.5, class 0 in a ring 3.5 < r < 5", TWO_CLASSES,
    rule=_inside,
)  # fmt: skip
def circle(draw: Draw, rng: np.random.Generator) -> Labelled:
    """A disc inside a ring; noise moves points over the border before they are labelled."""
    inside = _two(draw) == 1
    radius = rng.uniform(0, 1, draw.count)
    radius = np.where(inside, 2.5 * radius, 3.5 + 1.5 * radius)
    return _polar(radius, rng.uniform(0, 2 * np.pi, draw.count)), inside.astype(float)


def _same_sign(points: Array, draw: Draw, rng: np.random.Generator) -> Array:
    judged = _jittered(points, 5 * draw.noise, rng)
    same: Array = (judged.prod(axis=1) >= 0).astype(float)
    return same


@_source("xor", "Exclusive or", "class 1 where x1·x2 ≥ 0", TWO_CLASSES, rule=_same_sign)
def xor(draw: Draw, rng: np.random.Generator) -> Labelled:
    """Four quadrants, opposite ones alike, with a gap of 0.6 along the axes."""
    points = rng.uniform(-5, 5, (draw.count, 2))
    points += np.where(points > 0, 0.3, -0.3)
    if draw.balance is not None:  # a point of the wrong class is mirrored into the next quadrant
        wrong = (points.prod(axis=1) >= 0) != (_two(draw) == 1)
        points[wrong, 0] *= -1
    return points, (points.prod(axis=1) >= 0).astype(float)


@_source("gauss", "Two Gaussians", "N((±2, ±2), 0.5 + 7·noise)", TWO_CLASSES)
def gauss(draw: Draw, rng: np.random.Generator) -> Labelled:
    """Two round clouds; noise widens them."""
    targets = _two(draw)
    centres = np.where(targets == 1, 2.0, -2.0)[:, None]
    spread = np.sqrt(0.5 + 7 * draw.noise)
    return centres + spread * rng.normal(size=(draw.count, 2)), targets.astype(float)


def _arms(
    targets: NDArray[np.int64], noise: float, rng: np.random.Generator, arms: int, turns: float
) -> Labelled:
    along = np.empty(len(targets))
    for arm in range(arms):
        members = np.flatnonzero(targets == arm)
        along[members] = np.arange(len(members)) / max(len(members), 1)
    # The last arm starts at angle 0, as TensorFlow Playground's class +1 does.
    points = _polar(5 * along, 2 * np.pi * (turns * along + (arms - 1 - targets) / arms))
    return _jittered(points, noise, rng), targets.astype(float)


@_source("spiral", "Spiral", "r = 5s, angle = 1.75·2πs (+π), 0 ≤ s < 1", TWO_CLASSES)
def spiral(draw: Draw, rng: np.random.Generator) -> Labelled:
    """Two arms wound around each other."""
    return _arms(_two(draw), draw.noise, rng, 2, 1.75)


@_source(
    "moons", "Two moons", "two half circles of radius 3.3 that interlock", TWO_CLASSES,
    "scikit-learn, make_moons, enlarged 3.3 times",
)  # fmt: skip
def moons(draw: Draw, rng: np.random.Generator) -> Labelled:
    """Two half circles; noise is the standard deviation in radii."""
    targets = _two(draw)
    angle = np.pi * rng.uniform(0, 1, draw.count)
    x = np.where(targets == 0, np.cos(angle), 1 - np.cos(angle)) - 0.5
    y = np.where(targets == 0, np.sin(angle), 0.5 - np.sin(angle)) - 0.25
    points = np.column_stack((x, y)) + draw.noise * rng.normal(size=(draw.count, 2))
    return 3.3 * points, targets.astype(float)


FIELD = 3.0
"""The side of a field of the checkerboard."""


def _field_colour(points: Array) -> Array:
    colour: Array = 1 - np.floor(points / FIELD).sum(axis=1) % 2
    return colour


def _on_board(points: Array, draw: Draw, rng: np.random.Generator) -> Array:
    return _field_colour(_jittered(points, FIELD * draw.noise, rng))


@_source(
    "checkerboard", "Checkerboard", "class 1 where ⌊x1/3⌋ + ⌊x2/3⌋ is even", TWO_CLASSES,
    "4 × 4 fields of a checkerboard", rule=_on_board,
)  # fmt: skip
def checkerboard(draw: Draw, rng: np.random.Generator) -> Labelled:
    """Sixteen fields by turns; noise moves points over the borders before they are labelled."""
    points = rng.uniform(-6, 6, (draw.count, 2))
    if draw.balance is not None:  # a point of the wrong class is moved to the next field
        wrong = _field_colour(points) != _two(draw)
        points[wrong, 0] += np.where(points[wrong, 0] < 6 - FIELD, FIELD, FIELD - 12)
    return points, _field_colour(points)


# --- as many classes as are asked for ------------------------------------------------------------


LARGEST_RADIUS = 5.5


def _which_ring(points: Array, draw: Draw, rng: np.random.Generator) -> Array:
    width = LARGEST_RADIUS / draw.classes
    judged = _jittered(points, 2 * draw.noise * width, rng)
    ring: Array = np.minimum(np.floor(np.hypot(*judged.T) / width), draw.classes - 1)
    return ring


@_source(
    "rings", "Rings", "k rings of equal width w = 5.5/k, class c where ⌊r/w⌋ = c", THREE_CLASSES,
    "k rings around a disc, with gaps", rule=_which_ring, many=True,
)  # fmt: skip
def rings(draw: Draw, rng: np.random.Generator) -> Labelled:
    """A disc and rings around it, the innermost class 0; noise is in the labels, as in a circle."""
    targets = _many(draw)
    width = LARGEST_RADIUS / draw.classes
    low = np.where(targets == 0, 0.0, targets + 0.15)
    radius = width * (low + rng.uniform(0, 1, draw.count) * (targets + 0.85 - low))
    return _polar(radius, rng.uniform(0, 2 * np.pi, draw.count)), targets.astype(float)


@_source(
    "blobs", "Blobs", "k clouds N(cₖ, (0.5 + 3·noise)²), centres evenly on a circle of radius 3.5",
    THREE_CLASSES, "scikit-learn, make_blobs, with fixed centres", many=True,
)  # fmt: skip
def blobs(draw: Draw, rng: np.random.Generator) -> Labelled:
    """A round cloud for each class; noise widens them."""
    targets = _many(draw)
    centres = _polar(np.full(draw.count, 3.5), 2 * np.pi * targets / draw.classes)
    spread = 0.5 + 3 * draw.noise
    return centres + spread * rng.normal(size=(draw.count, 2)), targets.astype(float)


@_source(
    "pinwheel", "Pinwheel", "k spiral arms of 0.6 turns", THREE_CLASSES,
    "CS231n, neural networks case study", many=True,
)  # fmt: skip
def pinwheel(draw: Draw, rng: np.random.Generator) -> Labelled:
    """Arms that start at the centre, one a class."""
    return _arms(_many(draw), draw.noise, rng, draw.classes, 0.6)


# --- regression ----------------------------------------------------------------------------------


def _everywhere(draw: Draw, rng: np.random.Generator) -> Labelled:
    """Points all over the field; their targets are the rule's."""
    return rng.uniform(-6, 6, (draw.count, 2)), np.zeros(draw.count)


def _regression(
    name: str, label: str, formula: str, reference: str = TF_PLAYGROUND
) -> Callable[[Callable[[Array], Array]], Callable[[Array], Array]]:
    """Enter a function of the place: ``(n, 2) -> (n,)``. Noise moves points before it is taken."""

    def enter(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
        def rule(points: Array, draw: Draw, rng: np.random.Generator) -> Array:
            return function(_jittered(points, 6 * draw.noise, rng))

        _source(name, label, formula, REGRESSION, reference, rule=rule)(_everywhere)
        return function

    return enter


@_regression("plane", "Plane", "(x1 + x2) / 10")
def plane(points: Array) -> Array:
    """A slope over the whole field."""
    height: Array = points.sum(axis=1) / 10
    return height


BUMPS = ((-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1))


@_regression("reg_gauss", "Six bumps", "±max(0, 1 - distance/2) around six centres")
def reg_gauss(points: Array) -> Array:
    """Cones of radius 2 that point up and down by turns."""
    heights = np.stack(
        [
            sign * np.maximum(0, 1 - np.hypot(points[:, 0] - x, points[:, 1] - y) / 2)
            for x, y, sign in BUMPS
        ]
    )
    strongest = np.abs(heights).argmax(axis=0)
    height: Array = np.take_along_axis(heights, strongest[None], axis=0)[0]
    return height


@_regression("sine", "Sine", "sin x1", "a wave of 1.9 periods")
def sine(points: Array) -> Array:
    """A wave along x1 that is the same for every x2."""
    return np.sin(points[:, 0])


@_regression("step", "Step", "1 where x1 ≥ 0, elsewhere -1", "the sign function")
def step(points: Array) -> Array:
    """A cliff: smooth networks can only come near it."""
    return np.where(points[:, 0] >= 0, 1.0, -1.0)


def _no_generator(draw: Draw, rng: np.random.Generator) -> Labelled:
    raise TypeError("one's own points are not generated")  # prepare() takes them as they are


sources.add(Source("points", "Your own points", "as given", "", None, _no_generator))
