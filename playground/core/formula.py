"""Formulas of x1 and x2 that are typed in: their grammar, their errors, and how they are written.

A formula is made of numbers, ``x1``, ``x2``, ``r`` (the distance from the origin), ``pi``, ``e``,
``+ - * / ^`` (or ``**``), parentheses and the functions below. As in mathematics, ``-x1^2`` is
``-(x1^2)`` and ``2^3^2`` is ``2^(3^2)``. Small letters and capitals are the same. ``·``, ``×``,
``÷``, ``−``, ``²``, ``x₁`` and ``π`` are understood. Nothing is ever run but these operations; how
they are computed, :mod:`playground.data.formula` says.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from playground.core.errors import PlaygroundError, shown
from playground.core.expressions import LEVELS, Apply, Name, Node, Number
from playground.core.limits import MAX_FORMULA_DEPTH, MAX_FORMULA_LENGTH

SIGN = "="
"""What a feature begins with that is a formula and not a name of the registry."""
VARIABLES = ("x1", "x2", "r")
CONSTANTS = ("pi", "e")
FUNCTIONS = ("sin", "cos", "tan", "tanh", "exp", "log", "sqrt", "abs", "sign", "floor")
"""Of one argument; log is the natural logarithm."""
CHOOSERS = ("min", "max")
"""Functions of two arguments or more."""
PAIRS = ("atan2",)
"""Functions of two arguments."""
KNOWN = (*VARIABLES, *CONSTANTS, *FUNCTIONS, *PAIRS, *CHOOSERS)


class FormulaError(PlaygroundError):
    """A text is no formula.

    Attributes:
        column: Where in the text, from 1.
        length: How many characters are concerned; 0 at the end of the text.
    """

    def __init__(self, column: int, length: int, message: str) -> None:
        self.column, self.length = column, length
        super().__init__(f"column {column}: {message}")


_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SAME = str.maketrans("·×∗⋅÷−–₁₂", "****/--12")
_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)"
    r"|(?P<name>[a-z_][a-z0-9_]*|π)"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<sign>\*\*|[-+*/^(),])",
    re.IGNORECASE | re.ASCII,
)
_BINARY = {sign: level for sign, level in LEVELS.items() if level <= 2}
_OTHER_NAMES = {
    "x": "x1", "y": "x2", "x_1": "x1", "x_2": "x2", "ln": "log", "sgn": "sign", "pow": "^",
    "square": "^2", "power": "^", "radius": "r", "arctan2": "atan2",
}  # fmt: skip
_EXAMPLE = "write for example sin(3*x1)"


class _Token(NamedTuple):
    kind: str
    text: str
    column: int
    length: int


@lru_cache(maxsize=512)
def parse(text: str) -> Node:
    """The formula that a text holds.

    Raises:
        FormulaError: It holds none; the error says where and why.
    """
    if len(text) > MAX_FORMULA_LENGTH:
        raise FormulaError(
            MAX_FORMULA_LENGTH + 1, 0, f"a formula has at most {MAX_FORMULA_LENGTH} characters"
        )
    return _Parser(list(_tokens(text)), len(text) + 1).formula()


def is_formula(feature: str) -> bool:
    """Whether a feature is a formula of one's own, not a name of the registry."""
    return feature.startswith(SIGN)


def formula_of(feature: str) -> Node:
    """What stands after the sign of a feature that :func:`is_formula`.

    Raises:
        FormulaError: It is no formula; columns count the sign.
    """
    return parse(feature.replace(SIGN, " ", 1))


def _tokens(text: str) -> Iterator[_Token]:
    plain, at = text.translate(_SAME), 0
    while at < len(plain):
        if plain[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(plain, at)
        if match is None:
            raise FormulaError(at + 1, 1, f"{text[at]!r} does not belong in a formula; {_EXAMPLE}")
        kind, found, length = str(match.lastgroup), match.group().lower(), len(match.group())
        if found == "**":
            found, length = ("^", 2) if text[at : at + 2] == "**" else ("*", 1)
        yield _Token(kind, "pi" if found == "π" else found, at + 1, length)
        at += length


class _Parser:
    """Reads tokens by precedence climbing."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = [*tokens, _Token("end", "", end, 0)]
        self._at = self._depth = 0

    def formula(self) -> Node:
        if self._next.kind == "end":
            raise _error(self._next, f"the formula is empty; {_EXAMPLE}")
        found = self._expression(1)
        token = self._next
        if token.text == ")":
            raise _error(token, "there is no ( that this ) closes; leave it out")
        if token.kind != "end":
            raise self._no_operator(token)
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _expression(self, least: int) -> Node:
        left = self._signed()
        while self._next.kind == "sign" and _BINARY.get(self._next.text, 0) >= least:
            operation = self._take().text
            left = Apply(operation, (left, self._expression(_BINARY[operation] + 1)))
        return left

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > MAX_FORMULA_DEPTH:
            raise _error(self._next, f"is nested more than {MAX_FORMULA_DEPTH} levels deep")
        if self._next.text in ("-", "+"):
            found = (
                Apply("negate", (self._signed(),)) if self._take().text == "-" else (self._signed())
            )
        else:
            found = self._power()
        self._depth -= 1
        return found

    def _power(self) -> Node:
        base = self._operand()
        if self._next.kind == "raised":
            return Apply("^", (base, Number(float(self._take().text.translate(_LOWERED)))))
        if self._next.text == "^":
            self._take()
            return Apply("^", (base, self._signed()))
        return base

    def _operand(self) -> Node:
        token = self._take()
        if token.kind == "number":
            value = float(token.text)
            if value == float("inf"):
                raise _error(token, "the number is too large")
            return Number(value)
        if token.kind == "name":
            return self._named(token)
        if token.text == "(":
            found = self._expression(1)
            self._close(token)
            return found
        self._at -= 1
        wanted = "expected a number, x1, x2, r, a function or ("
        if token.kind == "end":
            raise _error(token, f"the formula ends too early, {wanted}")
        raise _error(token, f"nothing stands before {token.text!r}, {wanted}")

    def _named(self, token: _Token) -> Node:
        name = token.text
        if name in VARIABLES or name in CONSTANTS:
            return Name(name)
        if name not in KNOWN:
            near = difflib.get_close_matches(name, KNOWN, 1)
            meant = _OTHER_NAMES.get(name) or (near[0] if near else "")
            guess = f"did you mean {meant}? " if meant else ""
            raise _error(token, f"unknown name {shown(name)}; {guess}{_known()}")
        opening = self._next
        if opening.text != "(":
            raise _error(opening, f"{name} needs parentheses, expected (: write {name}(x1)")
        self._take()
        parts = [self._expression(1)]
        while self._next.text == ",":
            self._take()
            parts.append(self._expression(1))
        self._close(opening)
        if name in CHOOSERS and len(parts) < 2:
            raise _error(token, f"{name} takes two arguments or more: write {name}(x1, x2)")
        if name in PAIRS and len(parts) != 2:
            raise _error(token, f"{name} takes two arguments: write {name}(x2, x1)")
        if name in FUNCTIONS and len(parts) > 1:
            raise _error(token, f"{name} takes one argument, but has {len(parts)}; {_DECIMALS}")
        return Apply(name, tuple(parts))

    def _close(self, opening: _Token) -> None:
        token = self._next
        if token.text == ")":
            self._take()
        elif token.kind == "end":
            raise _error(token, f"expected ) to close the ( of column {opening.column}")
        else:
            raise self._no_operator(token)

    @staticmethod
    def _no_operator(token: _Token) -> FormulaError:
        if token.text == ",":
            only = "a comma only stands between the arguments of min, max and atan2"
            return _error(token, f"{only}; {_DECIMALS}")
        return _error(
            token,
            f"{token.text!r} follows without an operator, expected one of + - * / ^: "
            "2x1 is written 2*x1",
        )


def _error(token: _Token, message: str) -> FormulaError:
    return FormulaError(token.column, token.length, message)


_DECIMALS = "decimals are written with a point, as in 0.5"


def _known() -> str:
    return "a formula knows " + ", ".join(KNOWN)
