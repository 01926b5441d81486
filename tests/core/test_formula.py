"""Formulas that are typed in: what is understood, how it is written, and where faults are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.core.errors import problems_of
from playground.core.experiment import Experiment
from playground.core.formula import (
    CHOOSERS,
    FUNCTIONS,
    KNOWN,
    PAIRS,
    Apply,
    FormulaError,
    Name,
    Number,
    parse,
)
from playground.core.formula_text import key_of, label_of, text_of
from playground.core.limits import MAX_FEATURES, MAX_FORMULA_DEPTH, MAX_FORMULA_LENGTH
from tests.formulas import texts

X1, X2 = Name("x1"), Name("x2")


def number(value: float) -> Number:
    return Number(value)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("x1", X1),
        (" ( X1 ) ", X1),
        ("+x1", X1),
        ("-x1^2", Apply("negate", (Apply("^", (X1, number(2))),))),
        ("2^3^2", Apply("^", (number(2), Apply("^", (number(3), number(2)))))),
        ("x1^-2", Apply("^", (X1, Apply("negate", (number(2),))))),
        ("x1-x2-1", Apply("-", (Apply("-", (X1, X2)), number(1)))),
        ("x1/x2*3", Apply("*", (Apply("/", (X1, X2)), number(3)))),
        ("1+x1*x2", Apply("+", (number(1), Apply("*", (X1, X2))))),
        ("max(x1, x2, .5)", Apply("max", (X1, X2, number(0.5)))),
        ("-x1*x2", Apply("*", (Apply("negate", (X1,)), X2))),
    ],
)
def test_precedence_is_that_of_mathematics(text: str, tree: Any) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x₁·x₂", "x1*x2"), ("x1×x2", "x1*x2"), ("x1÷x2", "x1/x2"), ("x₁²", "x1^2"),
        ("2·π", "2*pi"), ("x1 − x2", "x1-x2"), ("x1**2", "x1^2"), ("SIN(X2)", "sin(x2)"),
        ("x1¹⁰", "x1^10"), ("1E2*x1", "100*x1"), ("1.e-1", "0.1"),
    ],
)  # fmt: skip
def test_other_spellings(one: str, other: str) -> None:
    assert parse(one) == parse(other)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("sin(3*x1)", "sin(3·x₁)"), ("x1^2*x2", "x₁²·x₂"), ("sin(x1)^2", "(sin x₁)²"),
        ("abs(x1-x2)", "|x₁ − x₂|"), ("x1-(x2-1)", "x₁ − (x₂ − 1)"), ("(-x1)^2", "(−x₁)²"),
        ("exp(-r^2/2)", "exp(−r²/2)"), ("x1^0.5", "x₁^0.5"), ("x1^-1", "x₁⁻¹"), ("2*pi", "2·π"),
        ("sqrt(x1+1)", "√(x₁ + 1)"), ("sqrt(x2)^3", "(√x₂)³"), ("min(x1,x2)", "min(x₁, x₂)"),
    ],
)  # fmt: skip
def test_labels_are_written_as_people_do(text: str, label: str) -> None:
    assert label_of(parse(text)) == label


@given(texts())
def test_what_is_written_is_read_as_the_same(text: str) -> None:
    tree = parse(text)
    assert parse(text_of(tree)) == tree
    assert label_of(tree)
    assert key_of(parse(text_of(tree))) == key_of(tree)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x1*x2", "x2*x1"), ("x1*x1", "x1^2"), ("1+x1", "x1+1"), ("max(x1,x2)", "max(x2,x1)"),
        ("(sin(x2))*x1", "x1*sin(x2)"),
    ],
)  # fmt: skip
def test_formulas_that_compute_the_same_have_one_key(one: str, other: str) -> None:
    assert key_of(parse(one)) == key_of(parse(other))


@pytest.mark.parametrize(
    ("one", "other"), [("x1-x2", "x2-x1"), ("x1/x2", "x2/x1"), ("x1^2", "2^x1"), ("x1", "x2")]
)
def test_formulas_that_differ_have_different_keys(one: str, other: str) -> None:
    assert key_of(parse(one)) != key_of(parse(other))


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "is empty; write for example sin(3*x1)"),
        ("   ", 4, "is empty"),
        ("2x1", 2, "expected one of + - * / ^: 2x1 is written 2*x1"),
        ("x1 x2", 4, "'x2' follows without an operator"),
        ("sin x1", 5, "expected (: write sin(x1)"),
        ("sin(x1", 7, "expected ) to close the ( of column 4"),
        ("x1)", 3, "there is no ( that this ) closes"),
        ("x1+", 4, "ends too early, expected a number, x1, x2, r, a function or ("),
        ("x1+*x2", 4, "nothing stands before '*', expected a number"),
        ("0,5*x1", 2, "decimals are written with a point"),
        ("x1+ foo", 5, "unknown name 'foo'; did you mean floor? a formula knows x1"),
        ("x+1", 1, "did you mean x1?"),
        ("1+y", 3, "did you mean x2?"),
        ("ln(x1)", 1, "did you mean log?"),
        ("min(x1)", 1, "min takes two arguments or more"),
        ("1+sin(x1,x2)", 3, "sin takes one argument, but has 2"),
        ("x1=2", 3, "'=' does not belong in a formula"),
        ("x1··x2", 4, "nothing stands before '*'"),
        ("__import__('os')", 12, "does not belong"),
        ("x1.real", 3, "does not belong"),
        ("1e999", 1, "too large"),
        ("(" * 30 + "x1", MAX_FORMULA_DEPTH + 1, "nested more than 24 levels"),
        ("x1" + "+1" * 200, MAX_FORMULA_LENGTH + 1, "at most 200 characters"),
    ],
)
def test_a_fault_is_said_with_its_column_and_a_remedy(text: str, column: int, words: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.column == column
    assert str(caught.value).startswith(f"column {column}: ")
    assert words in str(caught.value)


@given(st.text(max_size=60) | st.text(alphabet="x12+-*/^(), .e²·sincomax", max_size=60))
def test_any_text_is_a_formula_or_is_refused_at_a_column(text: str) -> None:
    problem = fault(text)
    if problem is None:
        tree = parse(text)
        assert parse(text_of(tree)) == tree
        return
    assert 1 <= problem.column <= len(text) + 1
    assert problem.column - 1 + problem.length <= len(text)
    assert len(str(problem)) < 300


def fault(text: str) -> FormulaError | None:
    try:
        parse(text)
    except FormulaError as error:
        return error
    return None


@pytest.mark.parametrize("name", KNOWN)
def test_a_name_nearly_right_is_guessed(name: str) -> None:
    if len(name) < 3:
        return
    with pytest.raises(FormulaError, match=f"did you mean {name}"):
        parse(f"{name}s(x1)")


def test_the_longest_chain_and_the_deepest_nest_are_taken() -> None:
    chain = "+".join(["r"] * (MAX_FORMULA_LENGTH // 2))
    assert text_of(parse(chain)) == chain
    nest = "(" * (MAX_FORMULA_DEPTH - 1) + "x1" + ")" * (MAX_FORMULA_DEPTH - 1)
    assert parse(nest) == X1


def test_every_function_needs_its_number_of_arguments() -> None:
    for name in FUNCTIONS:
        assert parse(f"{name}(x1)") == Apply(name, (X1,))
    for name in (*PAIRS, *CHOOSERS):
        assert parse(f"{name}(x1, x2)") == Apply(name, (X1, X2))


# --- in an experiment ----------------------------------------------------------------------------


def refused(*names: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate({"data": {"features": list(names)}})
    return {problem.place: problem.message for problem in problems_of(caught.value)}


def test_a_formula_is_a_feature_beside_the_registered_ones() -> None:
    experiment = Experiment.model_validate({"data": {"features": ["x1", "=sin(3*x1)", "=x₁·r"]}})
    assert experiment.data.features == ("x1", "=sin(3*x1)", "=x₁·r")  # as it was typed
    assert experiment.sizes[0] == 3


def test_a_faulty_formula_is_refused_at_its_place() -> None:
    found = refused("x1", "=sin(3*x1", "x2")
    assert list(found) == ["data.features[1]"]
    assert found["data.features[1]"].startswith(
        "'=sin(3*x1' is no formula: column 10: expected ) to close the ( of column 5"
    )


def test_a_formula_without_its_sign_is_answered_with_the_remedy() -> None:
    assert 'a formula of your own begins with "="' in refused("sin(3*x1)")["data.features[0]"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("=x1+x2", "= x2 + x1"), "'= x2 + x1' is listed twice (the other time as '=x1+x2')"),
        (("x1_x2", "=x2*x1"), "'=x2*x1' is listed twice (the other time as 'x1_x2')"),
        (("=x1*x1", "x1_squared"), "(the other time as '=x1*x1')"),
        (("radius", "=r"), "(the other time as 'radius')"),
        (("=r", "=r"), "'=r' is listed twice; once is enough"),
    ],
)
def test_the_same_feature_twice_is_refused(names: tuple[str, str], words: str) -> None:
    assert words in refused(*names)["data.features[1]"]


def test_there_is_a_limit_to_the_number_of_features() -> None:
    names = [f"=x1+{index}" for index in range(MAX_FEATURES + 1)]
    assert "33 entries; at most 32" in refused(*names)["data.features"]
    Experiment.model_validate({"data": {"features": names[1:]}})
