"""Expressions: numbers, names, and operations on them.

Formulas that are typed in are read into them (:mod:`playground.core.formula`), and activations say
by them what they compute, so that it can be written in other programs' words. In code they are put
together by arithmetic: ``maximum(x, 0.01 * x)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

Operand = Union["Node", float]

LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "negate": 3, "^": 4}
"""How strongly an operation binds its parts."""


class _Arithmetic:
    """What all nodes share: their sums, products and so on are nodes again."""

    __slots__ = ()

    def __add__(self, other: Operand) -> Apply:
        return apply("+", self, other)

    def __radd__(self, other: float) -> Apply:
        return apply("+", other, self)

    def __sub__(self, other: Operand) -> Apply:
        return apply("-", self, other)

    def __mul__(self, other: Operand) -> Apply:
        return apply("*", self, other)

    def __rmul__(self, other: float) -> Apply:
        return apply("*", other, self)


@dataclass(frozen=True, slots=True)
class Number(_Arithmetic):
    """A number, never negative."""

    value: float


@dataclass(frozen=True, slots=True)
class Name(_Arithmetic):
    """A variable or a constant."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply(_Arithmetic):
    """An operation on parts: one of ``+ - * / ^``, ``negate``, or a function.

    Beside the functions that a formula may have there are ``expm1`` and ``log1p``, ``sigmoid``,
    ``normal_cdf`` (the normal distribution's cumulative function), and ``where``: the second part
    where the first one, which is ``<=`` of two parts, holds, else the third.
    """

    operation: str
    parts: tuple[Node, ...]


Node = Number | Name | Apply


def apply(operation: str, *parts: _Arithmetic | float) -> Apply:
    """An operation on nodes and numbers."""
    return Apply(operation, tuple(map(_node, parts)))


def _node(part: _Arithmetic | float) -> Node:
    if isinstance(part, Number | Name | Apply):
        return part
    assert isinstance(part, float | int)
    return apply("negate", Number(-float(part))) if part < 0 else Number(float(part))


X = Name("x")
"""What a function of one variable is given."""


def maximum(one: Operand, other: Operand) -> Apply:
    """The larger one."""
    return apply("max", one, other)


def minimum(one: Operand, other: Operand) -> Apply:
    """The smaller one."""
    return apply("min", one, other)


def up_to(value: Operand, limit: Operand, then: Operand, otherwise: Operand) -> Apply:
    """``then`` where ``value <= limit``, else ``otherwise``, also where the value is none."""
    return apply("where", apply("<=", value, limit), then, otherwise)
