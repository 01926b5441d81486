"""What deserves a warning once the points are drawn; what shows before, ``core.checks`` says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from playground.core.errors import Path, Problem
from playground.core.experiment import Experiment
from playground.core.formula import formula_of, is_formula
from playground.data.dataset import Array, Dataset
from playground.data.features import feature
from playground.data.formula import undefined

NEARLY_ALL = 0.9
"""The share of a class from which on accuracy tells little."""


def warnings_in_points(experiment: Experiment, dataset: Dataset) -> list[Problem]:
    """What is odd about the points of an experiment: allowed, but nothing to learn from.

    Args:
        dataset: What ``prepare`` gives for the experiment's data.
    """
    place: Path = ("data", "points" if experiment.data.source == "points" else "samples")
    count = len(dataset.train)
    if count == 1:
        sentence = "there is only one training point, which any network learns by heart; take more"
        return [Problem(place, sentence)]
    found: list[Problem] = []
    targets = dataset.train.targets
    if (targets == targets[0]).all():
        what = "are of class" if dataset.task.kind == "classification" else "have the target"
        found.append(
            Problem(
                place,
                f"all {count:,} training points {what} {targets[0]:g}: the same answer everywhere "
                "is right, and there is nothing to learn; take points with different targets",
            )
        )
    elif dataset.task.kind == "classification":
        found += _one_rules(place, targets)
    if dataset.task.kind == "classification":
        unseen = sorted(set(dataset.test.targets.tolist()) - set(targets.tolist()))
        if unseen:
            classes = ", ".join(f"{value:g}" for value in unseen)
            found.append(
                Problem(
                    place,
                    f"of class {classes} there are test points but no training points, so it "
                    "cannot be learned; take more points or another data seed",
                )
            )
    found += _undefined_features(experiment, dataset)
    known = {problem.path for problem in found}
    constant = _constant_features(experiment, dataset)
    return [*found, *(problem for problem in constant if problem.path not in known)]


def _one_rules(place: Path, targets: Array) -> Iterator[Problem]:
    """A class that nearly all training points are of."""
    largest = int(np.bincount(targets.astype(int)).argmax())
    share = float((targets == largest).mean())
    if share >= NEARLY_ALL:
        yield Problem(
            place,
            f"{share:.1%} of the training points are of class {largest}: always to answer it is "
            f"right that often, so an accuracy of {share:.3f} says nothing; look at the loss, or "
            "take more points of the other classes",
        )


def _undefined_features(experiment: Experiment, dataset: Dataset) -> Iterator[Problem]:
    """Formulas that have no value at some of the points."""
    points = np.concatenate((dataset.train.points, dataset.test.points))
    for index, name in enumerate(experiment.data.features):
        if not is_formula(name):
            continue
        bad = np.flatnonzero(undefined(formula_of(name), *points.T))
        if len(bad):
            x1, x2 = points[bad[0]]
            others = f" and at {len(bad) - 1:,} more of the {len(points):,} points"
            yield Problem(
                ("data", "features", index),
                f"the feature {feature(name).label} has no finite value of usable size at x1 = "
                f"{x1:.4g}, x2 = {x2:.4g}{others if len(bad) > 1 else ''}: there the network is "
                "given 0; keep roots and logarithms to positive numbers, as in log(1 + abs(x1)), "
                "and divisors away from 0",
            )


def _constant_features(experiment: Experiment, dataset: Dataset) -> Iterator[Problem]:
    """Features that are alike at all training points, in the numbers that the network sees."""
    inputs = dataset.train.inputs.astype(experiment.training.precision)
    constant = (inputs == inputs[:, :1]).all(axis=1)
    if constant.all():
        yield Problem(
            ("data", "features"),
            "all training points look alike to the network, as no feature differs between them; "
            "take other features or points",
        )
        return
    for index in np.flatnonzero(constant):
        label = feature(experiment.data.features[index]).label
        yield Problem(
            ("data", "features", int(index)),
            f"the feature {label} is {inputs[index, 0]:g} at every training point and tells the "
            "network nothing; leave it out",
        )
