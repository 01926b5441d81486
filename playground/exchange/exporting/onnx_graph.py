"""Expressions and layers as nodes of an ONNX graph.

Runtimes compute in double precision with few operators only. What onnxruntime lacks there (1.20:
Cos, Tan, Atan, Erf, Elu, Selu, Softplus) is put together from those it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from playground.core.expressions import Apply, Name, Node, Number
from playground.core.limits import LARGEST_FEATURE
from playground.engine.calls import Array
from playground.exchange.exporting.plan import Column
from playground.exchange.exporting.python_text import folded, usable

OPERATORS = {
    "+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "^": "Pow", "negate": "Neg", "sin": "Sin",
    "tanh": "Tanh", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "abs": "Abs", "floor": "Floor",
    "min": "Min", "max": "Max", "where": "Where", "<=": "LessOrEqual",
}  # fmt: skip
"""Operations that are one operator, in single and in double precision."""
CDF_LIMIT, CDF_NODES = 9.0, 40
"""Beyond the limit the normal distribution's function is 0 or 1 to 1e-19; within, Gauss-Legendre
quadrature with so many nodes is exact to 1e-15."""


class Graph:
    """Nodes and constants that grow; values are known by their names.

    Attributes:
        nodes: In the order in which they are to run.
        constants: The initializers, by name.
    """

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}
        self._names: set[str] = set()

    def node(self, operator: str, inputs: Sequence[str], name: str, **attributes: Any) -> str:
        """Add a node; the name of its value, which is the node's own."""
        name = self._free(name)
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name, **attributes))
        return name

    def constant(self, name: str, array: Array) -> str:
        """Add an array."""
        name = self._free(name)
        self.constants[name] = numpy_helper.from_array(np.asarray(array, order="C"), name)
        return name

    def _free(self, name: str) -> str:
        number, found = 1, name
        while found in self._names:
            number += 1
            found = f"{name}_{number}"
        self._names.add(found)
        return found


class Expressions:
    """Adds expressions of some values to a graph."""

    def __init__(self, graph: Graph, dtype: np.dtype[Any], prefix: str, **names: str) -> None:
        """``names``: the graph's values that the expressions' names stand for."""
        self._graph, self._dtype, self._prefix, self._names = graph, dtype, prefix, names
        self._numbers: dict[float, str] = {}
        self._made: dict[Node, str] = {}
        self._special: dict[str, Callable[[list[str]], str]] = {
            "cos": self._cos,
            "tan": lambda parts: self._add("Div", self._op("sin", parts[0]), self._cos(parts)),
            "expm1": lambda parts: self._add("Sub", self._op("exp", parts[0]), self.number(1.0)),
            "log1p": lambda parts: self._op("log", self._add("Add", parts[0], self.number(1.0))),
            "sigmoid": self._sigmoid,
            "sign": self._sign,
            "atan2": self._atan2,
            "normal_cdf": self._normal_cdf,
        }

    def column(self, column: Column) -> str:
        """A feature."""
        node = folded(column.node)
        if isinstance(node, Number):
            return self.number(usable(node.value))
        value = self.value(node)
        if not column.own:
            return value
        has_value = self._add("LessOrEqual", self._op("abs", value), self.number(LARGEST_FEATURE))
        return self._add("Where", has_value, value, self.number(0.0))

    def value(self, node: Node) -> str:
        """An expression; equal parts are added once."""
        node = folded(node)
        if isinstance(node, Number):
            return self.number(node.value)
        if isinstance(node, Name):
            if node.name not in self._names:
                assert node.name == "r"
                self._names["r"] = self._radius(self._names["x1"], self._names["x2"])
            return self._names[node.name]
        if node not in self._made:
            self._made[node] = self._apply(node)
        return self._made[node]

    def number(self, value: float) -> str:
        """A number."""
        if value not in self._numbers:
            array = np.array(value, self._dtype)
            self._numbers[value] = self._graph.constant(f"{self._prefix}.{value:.6g}", array)
        return self._numbers[value]

    def _apply(self, node: Apply) -> str:
        parts = [self.value(part) for part in node.parts]
        if node.operation in ("min", "max"):
            return reduce(lambda one, other: self._op(node.operation, one, other), parts)
        if node.operation in OPERATORS:
            return self._op(node.operation, *parts)
        return self._special[node.operation](parts)

    def _op(self, operation: str, *parts: str) -> str:
        return self._add(OPERATORS[operation], *parts)

    def _add(self, operator: str, *parts: str, **attributes: Any) -> str:
        name = f"{self._prefix}.{operator.lower()}"
        return self._graph.node(operator, parts, name, **attributes)

    def _sigmoid(self, parts: list[str]) -> str:
        if self._dtype == np.float32:
            return self._add("Sigmoid", *parts)
        # onnxruntime 1.20 makes one operator of x·Sigmoid(x), which it then lacks in double.
        one = self.number(1.0)
        return self._add(
            "Div", one, self._add("Add", one, self._op("exp", self._op("negate", *parts)))
        )

    def _cos(self, parts: list[str]) -> str:
        return self._op("sin", self._add("Add", parts[0], self.number(np.pi / 2)))

    def _sign(self, parts: list[str]) -> str:
        """As NumPy's, none of what is not a number, about which runtimes differ."""
        same = self._add("Equal", parts[0], parts[0])
        return self._add("Where", same, self._add("Sign", parts[0]), parts[0])

    def _radius(self, x1: str, x2: str) -> str:
        squares = (self._add("Mul", x, x) for x in (x1, x2))
        return self._op("sqrt", self._add("Add", *squares))

    def _atan2(self, parts: list[str]) -> str:
        """In single precision by Atan, then one step that leaves the third power of its error.

        With (cos t, sin t) known, ``t = u + asin(sin t·cos u - cos t·sin u)`` for any u near t.
        """
        y, x = parts
        zero, one = self.number(0.0), self.number(1.0)
        r = self._radius(x, y)
        at_origin = self._op("<=", r, zero)
        r = self._add("Where", at_origin, one, r)
        # tan(t/2) = y / (r + x); from the left side (r - x) / y, which does not cancel there.
        left = self._op("<=", x, zero)
        flat = self._add("And", left, self._add("Equal", y, zero))
        upper = self._add("Where", left, self._add("Sub", r, x), y)
        lower = self._add("Where", left, y, self._add("Add", r, x))
        half = self._add("Div", upper, self._add("Where", flat, one, lower))
        single = self._add("Cast", half, to=TensorProto.FLOAT)
        rough = self._add("Cast", self._add("Atan", single), to=TensorProto.DOUBLE)
        near = self._add("Add", rough, rough)
        sine = self._add("Mul", self._add("Div", y, r), self._cos([near]))
        sine = self._add(
            "Sub", sine, self._add("Mul", self._add("Div", x, r), self._op("sin", near))
        )
        angle = self._add("Add", near, sine)
        on_axis = self._add("Where", at_origin, zero, self.number(float(np.pi)))
        return self._add("Where", flat, on_axis, angle)

    def _normal_cdf(self, parts: list[str]) -> str:
        if self._dtype == np.float32:
            erf = self._add("Erf", self._add("Mul", parts[0], self.number(0.5**0.5)))
            half = self.number(0.5)
            return self._add("Add", self._add("Mul", erf, half), half)
        # x in its bounds; 1/2 + x/√(2π)·∫ exp(-x²·t²/2) dt over t from 0 to 1
        bounds = (self.number(CDF_LIMIT), self.number(-CDF_LIMIT))
        x = self._add("Max", self._add("Min", parts[0], bounds[0]), bounds[1])
        nodes, weights = _quadrature()
        squares = self._graph.constant(f"{self._prefix}.squares", -((nodes**2) / 2)[None])
        shares = self._graph.constant(f"{self._prefix}.shares", weights / (2 * np.pi) ** 0.5)
        axis = self._graph.constant(f"{self._prefix}.axis", np.array([-1]))
        square = self._add("Unsqueeze", self._add("Mul", x, x), axis)
        bells = self._op("exp", self._add("Mul", square, squares))
        integral = self._add("MatMul", bells, shares)
        return self._add("Add", self._add("Mul", x, integral), self.number(0.5))


def _quadrature() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights (CDF_NODES,) of Gauss and Legendre on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(CDF_NODES)
    return (nodes + 1) / 2, weights / 2


def operator_of(native: str) -> tuple[str, dict[str, float]]:
    """What an activation's ``onnx`` says: the operator and its attributes."""
    match = re.fullmatch(r"(\w+)\((.*)\)", native)
    assert match is not None
    pairs = (pair.split("=") for pair in match[2].split(", ") if pair)
    return match[1], {name: float(value) for name, value in pairs}
