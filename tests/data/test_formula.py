"""Formulas of one's own, computed: against Python's own reading of the same text."""

from __future__ import annotations

import ast
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from playground.core.experiment import Data, Experiment
from playground.core.families import features
from playground.core.formula import CHOOSERS, parse
from playground.core.limits import LARGEST_FEATURE
from playground.data.checks import warnings_in_points
from playground.data.dataset import plane_inputs, prepare
from playground.data.features import compute, feature
from playground.data.formula import evaluate, undefined
from tests.formulas import texts

POINTS = np.random.default_rng(0).uniform(-6, 6, (40, 2))
POINTS[:4] = [[0, 0], [0, 1], [-1, 0], [2, 2]]
X1, X2 = POINTS.T


BINARY = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide,
    ast.Pow: np.power,
}  # fmt: skip
NAMES = {"x1": X1, "x2": X2, "r": np.hypot(X1, X2), "pi": np.pi, "e": np.e}


def by_python(text: str) -> Any:
    """The values of a formula as Python's own parser reads it, in which ``^`` is ``**``."""
    with np.errstate(all="ignore"):
        tree = ast.parse(text.replace("^", "**"), mode="eval")
        return np.broadcast_to(_computed(tree.body), X1.shape)


def _computed(node: ast.AST) -> Any:
    if isinstance(node, ast.Constant):
        return np.float64(node.value)
    if isinstance(node, ast.Name):
        return NAMES[node.id]
    if isinstance(node, ast.UnaryOp):
        assert isinstance(node.op, ast.USub)
        return -_computed(node.operand)
    if isinstance(node, ast.BinOp):
        return BINARY[type(node.op)](_computed(node.left), _computed(node.right))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    name = node.func.id
    name = f"{name}imum" if name in CHOOSERS else name.replace("atan2", "arctan2")
    function = getattr(np, name)
    return function(*map(_computed, node.args))


@given(texts())
def test_a_formula_is_what_python_makes_of_it(text: str) -> None:
    expected = by_python(text)
    usable = np.abs(expected) <= LARGEST_FEATURE
    formula = parse(text)
    found = evaluate(formula, X1, X2)
    assert found.dtype == np.float64
    assert np.isfinite(found).all()
    assert np.array_equal(undefined(formula, X1, X2), ~usable)
    assert np.array_equal(found[usable], expected[usable])
    assert (found[~usable] == 0).all()


@pytest.mark.parametrize(
    "text", ["log(x1)", "1/x1", "sqrt(-abs(x2))", "exp(exp(r^2))", "0/0", "r^r^9"]
)
def test_where_there_is_no_value_the_network_is_given_0(text: str) -> None:
    formula = parse(text)
    missing = undefined(formula, X1, X2)
    assert missing.any()
    assert (evaluate(formula, X1, X2)[missing] == 0).all()
    assert np.isfinite(compute([f"={text}", "x1"], POINTS)).all()


def test_a_formula_of_no_variable_is_the_same_everywhere() -> None:
    assert evaluate(parse("2*pi"), X1, X2).tolist() == [2 * np.pi] * len(X1)
    assert evaluate(parse("min(3, 2, 1, 4)"), X1, X2)[0] == reduce(min, (3, 2, 1, 4))
    for count in (0, 1):
        assert evaluate(parse("7"), X1[:count], X2[:count]).shape == (count,)


# --- registered features and formulas ------------------------------------------------------------


@pytest.mark.parametrize("name", features)
def test_a_registered_feature_is_what_its_expression_says(name: str) -> None:
    entry = features[name]
    assert np.allclose(entry.compute(X1, X2), evaluate(parse(entry.expression), X1, X2), rtol=1e-15)
    assert feature(name) is entry


def test_angle_and_radius() -> None:
    points = np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [0, 0], [-1, -1e-9]])
    radius, angle = compute(["radius", "angle"], points)
    assert np.allclose(radius, [1, 1, 1, 1, 0, 1])
    assert np.allclose(angle, [0, np.pi / 2, np.pi, -np.pi / 2, 0, -np.pi], atol=1e-8)


def test_a_formula_has_a_label_and_keeps_its_place_among_the_features() -> None:
    assert feature("=sin(3*x1)").label == "sin(3·x₁)"
    found = compute(["x2", "=sin(3*x1)", "x1"], POINTS)
    assert np.allclose(found, [X2, np.sin(3 * X1), X1])
    data = Data(features=("=x1*x2+1", "x1"))
    dataset = prepare(data)
    assert np.allclose(dataset.test.inputs[0], dataset.test.points.prod(axis=1) + 1)
    assert plane_inputs(dataset, data.features, 5).shape == (2, 25)


# --- warnings ------------------------------------------------------------------------------------


def warned(*names: str) -> dict[str, str]:
    given = Experiment.model_validate({"data": {"features": list(names)}})
    found = warnings_in_points(given, prepare(given.data))
    return {problem.place: problem.message for problem in found}


def test_points_where_a_formula_has_no_value_are_warned_of_with_the_first_one() -> None:
    found = warned("x1", "=log(x1)", "=log(1+abs(x1))")
    assert list(found) == ["data.features[1]"]
    message = found["data.features[1]"]
    assert message.startswith("the feature log x₁ has no finite value of usable size at x1")
    assert "more of the 500 points: there the network is given 0" in message
    assert "as in log(1 + abs(x1))" in message


def test_a_formula_that_never_has_a_value_is_one_warning() -> None:
    assert list(warned("x1", "=log(-1-r)")) == ["data.features[1]"]


def test_a_constant_formula_is_warned_of() -> None:
    assert (
        "the feature 2·π is 6.28319 at every training point"
        in warned("x1", "=2*pi")["data.features[1]"]
    )
