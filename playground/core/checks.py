"""What must hold between the parts of an experiment, and what deserves a warning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from playground.core.errors import Problem, shown
from playground.core.families import features, loss_for, losses, sources
from playground.core.fields import control_of
from playground.core.formula import FormulaError, formula_of, is_formula, parse
from playground.core.formula_text import key_of
from playground.core.limits import MAX_ACTIVATIONS, MAX_CLASSES, MAX_PARAMETERS

if TYPE_CHECKING:
    from playground.core.experiment import Data, Experiment


def errors_in(experiment: Experiment) -> list[Problem]:
    """All that makes an experiment impossible; fields are valid one by one already."""
    found = list(_data_errors(experiment.data))
    if not found:  # what follows needs to know the task
        found += _training_errors(experiment)
        found += _size_errors(experiment)
    return found


def warnings_in(experiment: Experiment) -> list[Problem]:
    """What is allowed, works, and is probably not what was meant.

    What takes the drawn points to tell, ``data.checks`` says.
    """
    found = [*_training_warnings(experiment), *_data_warnings(experiment.data)]
    for index, layer in enumerate(experiment.network.hidden):
        activation = layer.activation
        if activation.name == "leaky_relu" and getattr(activation, "negative_slope", 0) == 1:
            found.append(
                Problem(
                    ("network", "hidden", index, "activation", "negative_slope"),
                    "a slope of 1 makes the activation the identity: layers then add nothing to a "
                    "linear model; take less than 1",
                )
            )
    uses_test = any(rule.needs_test_set for rule in experiment.training.stop)
    tests = experiment.data.test_count
    if uses_test and tests < 100:
        pick = "test point picks" if tests == 1 else "test points pick"
        found.append(
            Problem(
                ("data", "test_share"),
                f"{tests} {pick} the best epoch, and an epoch that was picked by few points "
                "flatters itself; 100 or more are safer",
            )
        )
    return found


def _training_warnings(experiment: Experiment) -> Iterator[Problem]:
    training, data = experiment.training, experiment.data
    points = data.count - data.test_count
    if training.batch_size != "full" and training.batch_size > points:
        yield Problem(
            ("training", "batch_size"),
            f"a batch of {training.batch_size:,} is more than the {points:,} training "
            f"{'point' if points == 1 else 'points'}: each step takes all there are, as with "
            '"full"',
        )
    rate = training.optimizer.learning_rate
    usual = control_of(type(training.optimizer).model_fields["learning_rate"]).high
    place = ("training", "optimizer", "learning_rate")
    if usual is not None and rate > usual:
        yield Problem(
            place,
            f"with a learning rate of {rate:g} the loss most likely jumps or becomes infinite; "
            "from 0.001 to 1 is usual",
        )
    elif rate == 0:
        yield Problem(place, "with a learning rate of 0 nothing is learned; take more than 0")


def _data_warnings(data: Data) -> Iterator[Problem]:
    source, shift = sources[data.source], data.shift
    if shift.by_the_rule and source.rule is None and "shift" not in data.unused:
        yield Problem(
            ("data", "shift"),
            "nothing says how a place is labelled where the data set has no points, so test "
            "points keep their labels as they move, and P(y|x) changes as well; a data set with a "
            "rule, such as circle, shows covariate shift alone",
        )
    classes = data.task.classes
    if classes and data.label_noise > (classes - 1) / classes:
        yield Problem(
            ("data", "label_noise"),
            f"with {classes} classes and {data.label_noise:g} of the labels exchanged, the right "
            "label is the rarest one at every place, and the network learns wrong ones; stay below "
            f"{(classes - 1) / classes:.2g}",
        )


def _data_errors(data: Data) -> Iterator[Problem]:
    if data.source not in sources:
        yield Problem(("data", "source"), sources.unknown(data.source))
        return
    yield from _feature_errors(data.features)
    own = data.source == "points"
    if own and not data.points:
        yield Problem(("data", "points"), 'must list at least one point for the source "points"')
    if data.points and not own:
        yield Problem(
            ("data", "points"), f'are only used by the source "points", not by "{data.source}"'
        )
    if own and data.problem == "classification":
        row = data.points.first_no_class(MAX_CLASSES)
        if row is not None:
            yield Problem(
                ("data", "points", row, 2),
                f"must be a class 0, 1, … {MAX_CLASSES - 1}, but is {data.points[row][2]:g}; for "
                'any numbers set "problem": "regression"',
            )


def _feature_errors(names: tuple[str, ...]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for index, name in enumerate(names):
        place = ("data", "features", index)
        key = name
        if is_formula(name):
            try:
                key = key_of(formula_of(name))
            except FormulaError as error:
                yield Problem(place, f"{shown(name)} is no formula: {error}")
                continue
        elif name not in features:
            own = 'a formula of your own begins with "=", as in "=sin(3*x1)"'
            yield Problem(place, f"{features.unknown(name)}; {own}")
            continue
        else:
            key = key_of(parse(features[name].expression))
        if key in seen:
            other = "" if seen[key] == name else f" (the other time as {seen[key]!r})"
            yield Problem(place, f"{name!r} is listed twice{other}; once is enough")
        seen.setdefault(key, name)


def _training_errors(experiment: Experiment) -> Iterator[Problem]:
    training, data = experiment.training, experiment.data
    if training.loss != "auto" and training.loss not in losses:
        yield Problem(("training", "loss"), losses.unknown(training.loss, "auto"))
    elif not loss_for(training.loss, data.task).fits(data.task):
        fitting = ", ".join(["auto", *(n for n, loss in losses.items() if loss.fits(data.task))])
        yield Problem(
            ("training", "loss"),
            f"{training.loss} does not fit {data.task}; what fits: {fitting}",
        )
    normalised = any(layer.batch_norm != "none" for layer in experiment.network.hidden)
    smallest = min(
        data.count - data.test_count,
        data.count if training.batch_size == "full" else training.batch_size,
    )
    if normalised and smallest < 2:
        yield Problem(
            ("training", "batch_size"),
            "BatchNorm needs at least 2 points in a batch: the mean of one point is the point "
            "itself, and nothing would be left; take a larger batch or no BatchNorm",
        )
    seen: set[str] = set()
    for index, rule in enumerate(training.stop):
        if rule.needs_test_set and data.test_count == 0:
            remedy = "raise the test share or take another rule"
            if data.count < 2:  # no share of one point is a point
                remedy = "take more points or another rule"
            yield Problem(
                ("training", "stop", index),
                f"watches the test loss, but there are no test points; {remedy}",
            )
        if rule.name in seen:
            yield Problem(("training", "stop", index, "name"), f"{rule.name!r} is listed twice")
        seen.add(rule.name)


def _size_errors(experiment: Experiment) -> Iterator[Problem]:
    training, data = experiment.training, experiment.data
    if training.loss != "auto" and training.loss not in losses:
        return
    sizes, replicas = experiment.sizes, training.replicas
    count = experiment.weights
    if count > MAX_PARAMETERS:
        yield Problem(
            ("network", "hidden"),
            f"{count:,} parameters in {replicas} network(s) are more than the {MAX_PARAMETERS:,} "
            "that are allowed; take fewer units, layers or replicas",
        )
    points = data.count - data.test_count
    batch = points if training.batch_size == "full" else min(training.batch_size, points)
    activations = replicas * batch * sum(sizes)
    if activations > MAX_ACTIVATIONS:
        yield Problem(
            ("training", "batch_size"),
            f"{activations:,} values at once (units × points in a batch × replicas) are more than "
            f"the {MAX_ACTIVATIONS:,} that fit; take a smaller batch, fewer units or replicas",
        )
