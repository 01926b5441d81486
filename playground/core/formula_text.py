"""How a formula is written: to be typed in again, to be read, and to be compared."""

from __future__ import annotations

from playground.core.expressions import LEVELS, Apply, Name, Node, Number
from playground.core.formula import CHOOSERS

_ATOM = 5
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_PRETTY = {"x1": "x₁", "x2": "x₂", "pi": "π"}


def text_of(node: Node) -> str:
    """The formula as it can be typed in, with as few parentheses as it needs."""
    return _written(node, 0, pretty=False)


def label_of(node: Node) -> str:
    """The formula as it is read: ``sin(3·x₁)``, ``x₁²``, ``|x₂|``."""
    return _written(node, 0, pretty=True)


def key_of(node: Node) -> str:
    """A text that is the same for formulas that compute the same in the same way.

    The order of two summands or factors does not count, and a product with itself is a square.
    """
    if not isinstance(node, Apply):
        return _written(node, 0, pretty=False)
    parts = [key_of(part) for part in node.parts]
    if node.operation == "*" and parts[0] == parts[1]:
        return f"^({parts[0]},2)"
    if node.operation in ("+", "*", *CHOOSERS):
        parts.sort()
    return f"{node.operation}({','.join(parts)})"


def _written(node: Node, least: int, *, pretty: bool) -> str:
    """A part, in parentheses if it binds less than ``least``."""
    if isinstance(node, Number):
        return f"{node.value:.6g}" if pretty else repr(node.value).removesuffix(".0")
    if isinstance(node, Name):
        return _PRETTY.get(node.name, node.name) if pretty else node.name
    operation, parts = node.operation, node.parts
    level = LEVELS.get(operation, _ATOM)

    def part(index: int, least: int) -> str:
        return _written(parts[index], least, pretty=pretty)

    if operation == "negate":
        text = ("−" if pretty else "-") + part(0, level)
    elif operation == "^":
        raised = _raised(parts[1]) if pretty else ""
        text = part(0, _ATOM) + (raised or f"^{part(1, LEVELS['negate'])}")
    elif operation in LEVELS:
        # The right operand of - and / needs parentheses at the same level; so does that of + and *
        # for the tree to come back as it was.
        sign = {"*": "·", "-": " − ", "+": " + "}.get(operation, "/") if pretty else operation
        text = part(0, level) + sign + part(1, level + 1)
    elif pretty and operation == "abs":
        text = f"|{part(0, 0)}|"
    elif pretty and operation == "sqrt":
        text = f"√{part(0, _ATOM)}"
        level = LEVELS["^"]
    elif pretty and len(parts) == 1 and not isinstance(parts[0], Apply):
        text = f"{operation} {part(0, 0)}"
        level = LEVELS["^"]  # (sin x₁)² is not sin x₁²
    else:
        text = f"{operation}({', '.join(part(i, 0) for i in range(len(parts)))})"
    return f"({text})" if level < least else text


def _raised(exponent: Node) -> str:
    """A whole exponent in raised digits; empty for any other."""
    if isinstance(exponent, Apply) and exponent.operation == "negate":
        inner = _raised(exponent.parts[0])
        return f"⁻{inner}" if inner else ""
    if isinstance(exponent, Number) and exponent.value.is_integer() and exponent.value < 100:
        return f"{exponent.value:.0f}".translate(_RAISED)
    return ""
