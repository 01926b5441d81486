"""Python source for other programs: expressions in a library's words, and texts that are safe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np

from playground.core.expressions import LEVELS, Apply, Name, Node, Number
from playground.core.formula import CHOOSERS
from playground.core.limits import LARGEST_FEATURE
from playground.data.formula import CONSTANTS, raw
from playground.exchange.exporting.plan import Column

_ATOM = 5
_SIGNS = {"^": "**", "+": " + ", "-": " - ", "*": " * ", "/": " / "}
USABLE = "usable"
"""The helper for :attr:`~playground.exchange.exporting.plan.Column.own`."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a library computes what is no operator of Python.

    Attributes:
        calls: For each operation, or ``r``, how it is written; ``{0}``, ``{1}``, … are its parts.
        helpers: The definitions of functions of our own that calls use, by their names.
        column: How a number is written that is the same at all points.
        array: How a number is written among the parts of a function that takes arrays only.
        strict: The operations to which that applies.
    """

    calls: Mapping[str, str]
    helpers: Mapping[str, str]
    column: str
    array: str = "{}"
    strict: tuple[str, ...] = ()


class Writer:
    """Writes expressions in a library's words.

    Attributes:
        used: The helpers that were needed so far, by name.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self.used: dict[str, str] = {}

    def column(self, column: Column) -> str:
        """A feature of the arrays ``x1`` and ``x2``."""
        node = folded(column.node)
        if isinstance(node, Number):
            return self._words.column.format(usable(node.value))
        text = self.text(node)
        return f"{self._need(USABLE)}({text})" if column.own else text

    def text(self, node: Node) -> str:
        """An expression whose names are variables of the source."""
        return self._written(folded(node), 0)

    def _need(self, helper: str) -> str:
        self.used[helper] = self._words.helpers[helper]
        return helper

    def _written(self, node: Node, least: int) -> str:
        """A part, in parentheses if it binds less than ``least``."""
        if isinstance(node, Number):
            return _literal(node.value, least)
        if isinstance(node, Name):
            return self._words.calls.get(node.name, node.name)
        operation, parts = node.operation, node.parts
        if operation == "where":
            return self._call(operation, [self._written(part, 0) for part in parts])
        if operation == "<=":
            return " <= ".join(self._written(part, 1) for part in parts)
        level = LEVELS.get(operation, _ATOM)
        if operation == "negate":
            text = "-" + self._written(parts[0], level)
        elif operation == "^":
            text = f"{self._written(parts[0], _ATOM)}**{self._written(parts[1], LEVELS['negate'])}"
        elif operation in LEVELS:
            left, right = (self._written(part, level + i) for i, part in enumerate(parts))
            text = left + _SIGNS[operation] + right
        else:
            texts = [self._part(operation, part) for part in parts]
            if operation in CHOOSERS:
                return reduce(lambda one, other: self._call(operation, [one, other]), texts)
            return self._call(operation, texts)
        return f"({text})" if level < least else text

    def _part(self, operation: str, part: Node) -> str:
        text = self._written(part, 0)
        plain = isinstance(part, Number) and operation in self._words.strict
        return self._words.array.format(text) if plain else text

    def _call(self, operation: str, parts: list[str]) -> str:
        call = self._words.calls[operation]
        name = call.partition("(")[0]
        if name in self._words.helpers:
            self._need(name)
        return call.format(*parts)


def usable(value: float) -> float:
    """What the network is given of a formula that is the same everywhere."""
    return value if abs(value) <= LARGEST_FEATURE else 0.0  # also where it is not a number


def folded(node: Node) -> Node:
    """The same with every part computed that has no variable; such a number may be negative.

    Python would raise where NumPy gives an infinity, as at 1/0, or give a complex number.
    """
    if isinstance(node, Number) or (isinstance(node, Name) and node.name not in CONSTANTS):
        return node
    parts = tuple(map(folded, node.parts)) if isinstance(node, Apply) else ()
    if any(not isinstance(part, Number) for part in parts):
        assert isinstance(node, Apply)
        return Apply(node.operation, parts)
    return Number(float(raw(node, np.zeros(1), np.zeros(1))[0]))


def _literal(value: float, least: int) -> str:
    if not math.isfinite(value):
        return f'float("{value}")'
    text = repr(value)
    return f"({text})" if value < 0 and least > LEVELS["negate"] else text


def harmless(text: str) -> str:
    """A text as it may stand in a docstring or a comment, whatever a user has written."""
    kept = "".join(c if c.isprintable() and c not in '"\\' else " " for c in text)
    return " ".join(kept.split())
