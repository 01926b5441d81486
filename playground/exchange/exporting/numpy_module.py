"""The network as a Python module that needs NumPy alone."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator

import numpy as np

from playground.core.limits import LARGEST_FEATURE
from playground.engine.batch_norm import EPSILON
from playground.engine.calls import Array
from playground.exchange.exporting.plan import PROGRAM, Activate, Dense, Norm, Plan, plan_of
from playground.exchange.exporting.python_text import USABLE, Words, Writer, harmless
from playground.exchange.exporting.registry import Export, Subject, exporters, one_text
from playground.exchange.json_writing import decimals

READABLE = 20_000
"""So many numbers are written in decimals; more would take long to load, and nobody reads them."""

WORDS = Words(
    calls={
        **{name: f"np.{name}({{0}})" for name in (
            "sin", "cos", "tan", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "abs", "sign",
            "floor",
        )},
        "r": "np.hypot(x1, x2)", "atan2": "np.arctan2({0}, {1})",
        "min": "np.minimum({0}, {1})", "max": "np.maximum({0}, {1})",
        "where": "np.where({0}, {1}, {2})",
        "sigmoid": "sigmoid({0})", "normal_cdf": "normal_cdf({0})",
    },
    helpers={
        USABLE: f'''\
def usable(values):
    """What the network is given of a formula: 0 where it has no value of usable size."""
    return np.where(np.abs(values) <= {LARGEST_FEATURE!r}, values, 0.0)
''',
        "sigmoid": '''\
def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))
''',
        "normal_cdf": '''\
def normal_cdf(x):
    """The normal distribution's cumulative function, for which NumPy has none."""
    return 0.5 * np.vectorize(math.erfc, otypes=[x.dtype])(-x * 0.5**0.5)
''',
    },
    column="np.full_like(x1, {})",
)  # fmt: skip


def export(subject: Subject) -> Export:
    """Source text with ``predict(X)``, and the weights below it."""
    plan = plan_of(subject)
    name = exporters["numpy"].file_name
    return one_text(name, source(plan, name.removesuffix(".py")), plan.notes)


def source(plan: Plan, module: str) -> str:
    """The module's text; ``module`` is its name in the example."""
    writer = Writer(WORDS)
    features, network = _features(plan, writer), _network(plan, writer)
    shown = plan.output_name
    head = [
        f'"""{harmless(plan.experiment.name)}',
        "",
        *(line for sentence in plan.about for line in textwrap.wrap(sentence, 100)),
        "",
        f"    from {module} import predict",
        f"    predict([[0.5, -1.0]])  # {shown} of one point: shape (1, {plan.outputs})",
        "",
        f"Made by {PROGRAM}; it needs NumPy alone.",
        '"""',
        "",
    ]
    imports = [f"import {name}" for name in ("base64", "math")]
    numbers = list(_numbers(plan))
    text = "\n".join(network + numbers) + "".join(writer.used.values())
    needed = [line for line in imports if line.split()[1] + "." in text]
    parts = ["\n".join([*head, *needed, *([""] if needed else []), "import numpy as np"])]
    parts += [text.rstrip("\n") for text in writer.used.values()]
    parts += [*(["\n".join(features)] if features else []), "\n".join(network)]
    return "\n\n\n".join(parts) + "\n\n\n" + "\n".join(numbers) + "\n"


def _features(plan: Plan, writer: Writer) -> list[str]:
    """A function, unless the network is given the points as they are."""
    if plan.takes_points:
        return []
    lines = [
        "def features(X):",
        '    """What the network is given of points (n, 2): a column an input."""',
        "    x1, x2 = X.T",
        "    columns = (",
    ]
    lines += [f"        {writer.column(c)},  # {harmless(c.label)}" for c in plan.columns]
    return [
        *lines,
        "    )",
        "    return np.stack(columns, axis=1)",
    ]


def _network(plan: Plan, writer: Writer) -> list[str]:
    lines = [
        "def predict(X):",
        f'    """The {plan.output_name} (n, {plan.outputs}) of points (n, 2), as they are.',
        "",
        f"    {plan.answer}",
        '    """',
        "    X = np.atleast_2d(np.asarray(X, dtype=np.float64))",
        "    if X.ndim != 2 or X.shape[1] != 2:",
        '        raise ValueError(f"points must have the shape (n, 2), but have {X.shape}")',
        '    with np.errstate(all="ignore"):  # exp may overflow on its way to a limit',
        f"        x = {'X' if plan.takes_points else 'features(X)'}.astype({_type(plan)})",
    ]
    for step in plan.steps:
        if isinstance(step, Dense):
            lines.append(f"        x = x @ {step.name}_weights + {step.name}_biases")
        elif isinstance(step, Norm):
            name = step.name
            scale = f"{name}_gamma / np.sqrt({name}_variance + {EPSILON!r})"
            lines.append(f"        scale = {scale}  # BatchNorm")
            lines.append(f"        x = x * scale + ({name}_beta - {name}_mean * scale)")
        elif isinstance(step, Activate):
            text = writer.text(step.activation.expression)
            if text != "x":
                lines.append(f"        x = {text}  # {step.activation.label}")
    return [*lines, "    return x"]


def _type(plan: Plan) -> str:
    return f"np.{plan.dtype.name}"


def _numbers(plan: Plan) -> Iterator[str]:
    """The weights, as assignments."""
    arrays = dict(_arrays(plan))
    readable = sum(array.size for array in arrays.values()) <= READABLE
    if not readable:
        yield "# Numbers in the bytes that NumPy has in memory, written as Base64 text."
    for name, array in arrays.items():
        yield _readable(name, array, plan) if readable else _packed(name, array)


def _arrays(plan: Plan) -> Iterator[tuple[str, Array]]:
    for step in plan.steps:
        if isinstance(step, Dense):
            keys: tuple[str, ...] = ("weights", "biases")
        elif isinstance(step, Norm):
            keys = ("gamma", "beta", "mean", "variance")
        else:
            continue
        for key in keys:
            yield f"{step.name}_{key}", getattr(step, key)


def _readable(name: str, array: Array, plan: Plan) -> str:
    rows = [f"[{', '.join(decimals(row))}]" for row in np.atleast_2d(array)]
    if array.ndim == 1:
        return f"{name} = np.array({rows[0]}, {_type(plan)})"
    lines = ",\n        ".join(rows)
    return f"{name} = np.array(\n    [\n        {lines},\n    ],\n    {_type(plan)},\n)"


def _packed(name: str, array: Array) -> str:
    kind = array.dtype.newbyteorder("<")
    text = base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode()
    lines = "\n".join(text[start : start + 100] for start in range(0, len(text), 100))
    return (
        f'{name} = np.frombuffer(base64.b64decode("""\n{lines}\n"""), "{kind.str}").reshape('
        f"{array.shape})"
    )
