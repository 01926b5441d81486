"""The network as an ONNX model: from points to raw outputs, features and BatchNorm included.

Operator set 17 and format 8 are what runtimes have taken since the middle of 2022 (onnxruntime from
1.12 on), and hold all that is needed.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper

from playground import __version__
from playground.core.expressions import X
from playground.core.words import in_words
from playground.engine.batch_norm import EPSILON
from playground.exchange.exporting.onnx_graph import Expressions, Graph, operator_of
from playground.exchange.exporting.plan import (
    Activate,
    Dense,
    Norm,
    Plan,
    Step,
    native,
    plan_of,
)
from playground.exchange.exporting.registry import Export, Subject, exporters
from playground.exchange.own_files import EXPERIMENT

OPSET, FORMAT = 17, 8
POINTS = "points"
DOUBLE = np.dtype(np.float64)


def export(subject: Subject) -> Export:
    """The model, and for the preview its listing."""
    plan = plan_of(subject)
    made = model(plan)
    content = made.SerializeToString()
    return Export({exporters["onnx"].file_name: content}, _listing(made), plan.notes)


def model(plan: Plan) -> ModelProto:
    """The model, checked."""
    graph = Graph()
    value = _features(plan, graph)
    for step in plan.steps:
        value = _layer(step, value, plan, graph)
    outputs = {graph.node("Identity", [value], plan.output_name): plan.outputs}
    outputs |= _answers(plan, value, graph)
    kind = helper.np_dtype_to_tensor_dtype(plan.dtype)
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "network",
            [helper.make_tensor_value_info(POINTS, kind, ["n", 2])],
            [helper.make_tensor_value_info(name, kind, ["n", n]) for name, n in outputs.items()],
            list(graph.constants.values()),
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=FORMAT,
        producer_name="Gradient Playground",
        producer_version=__version__,
        doc_string="\n".join((plan.experiment.name, *plan.about, *_meanings(plan, list(outputs)))),
    )
    helper.set_model_props(
        made,
        {
            EXPERIMENT: plan.experiment_text,
            "features": ", ".join(column.name for column in plan.columns),
        },
    )
    onnx.checker.check_model(made, full_check=True)
    return made


def _features(plan: Plan, graph: Graph) -> str:
    """From points (n, 2) to inputs (n, features), in double precision where they are computed."""
    if plan.takes_points:
        return POINTS
    if plan.all_plain:
        names = [column.name for column in plan.columns]
        order = graph.constant("features.columns", np.array([("x1", "x2").index(n) for n in names]))
        return graph.node("Gather", [POINTS, order], "features", axis=1)
    points = graph.node("Cast", [POINTS], "points.double", to=TensorProto.DOUBLE)
    coordinates = {}
    for index, name in enumerate(("x1", "x2")):
        column = graph.constant(f"{name}.column", np.array([index]))
        coordinates[name] = graph.node("Gather", [points, column], name, axis=1)
    expressions = Expressions(graph, DOUBLE, "features", **coordinates)
    columns = [expressions.column(column) for column in plan.columns]
    if not set(columns).isdisjoint(graph.constants):  # a number becomes a column, as the others
        zeros = graph.node("Mul", [coordinates["x1"], expressions.number(0.0)], "zeros")
        columns = [
            graph.node("Add", [value, zeros], "column") if value in graph.constants else value
            for value in columns
        ]
    value = graph.node("Concat", columns, "features", axis=1)
    if plan.dtype == DOUBLE:
        return value
    return graph.node("Cast", [value], "features.single", to=TensorProto.FLOAT)


def _layer(step: Step, value: str, plan: Plan, graph: Graph) -> str:
    if isinstance(step, Dense):
        weights = graph.constant(f"{step.name}.weights", step.weights)
        biases = graph.constant(f"{step.name}.biases", step.biases)
        return graph.node("Gemm", [value, weights, biases], step.name)
    if isinstance(step, Norm):
        names = ("gamma", "beta", "mean", "variance")
        numbers = [graph.constant(f"{step.name}.{n}", getattr(step, n)) for n in names]
        return graph.node("BatchNormalization", [value, *numbers], step.name, epsilon=EPSILON)
    if isinstance(step, Activate):
        own = native(step.activation, "onnx")
        if own and plan.dtype != DOUBLE:
            operator, attributes = operator_of(own)
            return graph.node(operator, [value], step.name, **attributes)
        expressions = Expressions(graph, plan.dtype, step.name, **{X.name: value})
        return expressions.value(step.activation.expression)
    return value  # dropout does nothing here


def _answers(plan: Plan, value: str, graph: Graph) -> dict[str, int]:
    """What people are shown of the outputs as a second output, where that is something else."""
    kind = plan.loss.answer
    if kind == "softmax":
        return {graph.node("Softmax", [value], "probabilities", axis=1): plan.outputs}
    if kind == "tanh":
        return {graph.node("Tanh", [value], "answers"): plan.outputs}
    if not kind:
        return {}
    one = graph.constant("one", np.ones(1, plan.dtype))
    second = graph.node("Sigmoid", [value], "probability_1")
    first = graph.node("Sub", [one, second], "probability_0")
    return {graph.node("Concat", [first, second], "probabilities", axis=1): 2}


def _meanings(plan: Plan, outputs: list[str]) -> list[str]:
    """What goes in and what comes out, in words."""
    found = [
        f'The input "{POINTS}" has the shape (n, 2): x1 and x2, as they are. The output '
        f'"{plan.output_name}" has the shape (n, {plan.outputs}). {plan.answer}'
    ]
    if "probabilities" in outputs:
        found.append('The output "probabilities" has a column a class.')
    elif "answers" in outputs:
        found.append('The output "answers" is from -1 for class 0 to 1 for class 1.')
    return found


def _listing(made: ModelProto) -> str:
    """The graph as text."""
    graph = made.graph
    shapes = {entry.name: tuple(entry.dims) for entry in graph.initializer}
    lines = [made.doc_string, "", f"opset {OPSET}, IR version {FORMAT}", ""]
    for node in graph.node:
        attributes = ", ".join(f"{entry.name}={_attribute(entry)}" for entry in node.attribute)
        settings = f" ({attributes})" if attributes else ""
        inputs = ", ".join(
            f"{name} {list(shapes[name])}" if shapes.get(name) else name for name in node.input
        )
        lines.append(f"{node.output[0]} = {node.op_type}{settings} of {inputs}")
    return "\n".join(lines) + "\n"


def _attribute(entry: onnx.AttributeProto) -> str:
    value = helper.get_attribute_value(entry)
    return in_words(value) if isinstance(value, float) else str(value)
