"""The network as a PyTorch module: source with ``build()``, and the weights in safetensors."""

from __future__ import annotations

import textwrap

from playground.core.limits import LARGEST_FEATURE
from playground.engine.activations import ActivationFunction
from playground.engine.batch_norm import EPSILON, MOMENTUM
from playground.exchange.exporting import tensors
from playground.exchange.exporting.plan import (
    PROGRAM,
    Activate,
    Dense,
    Norm,
    Plan,
    Step,
    native,
    plan_of,
)
from playground.exchange.exporting.python_text import (
    USABLE,
    Words,
    Writer,
    harmless,
)
from playground.exchange.exporting.registry import Export, Subject, exporters

WORDS = Words(
    calls={
        **{name: f"torch.{name}({{0}})" for name in (
            "sin", "cos", "tan", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "abs", "floor",
            "sigmoid",
        )},
        "r": "torch.hypot(x1, x2)", "atan2": "torch.atan2({0}, {1})",
        "min": "torch.minimum({0}, {1})", "max": "torch.maximum({0}, {1})",
        "where": "torch.where({0}, {1}, {2})",
        "sign": "sign({0})", "normal_cdf": "torch.special.ndtr({0})",
    },
    helpers={
        USABLE: f'''\
def usable(values):
    """What the network is given of a formula: 0 where it has no value of usable size."""
    return torch.where(values.abs() <= {LARGEST_FEATURE!r}, values, 0.0)
''',
        "sign": '''\
def sign(x):
    return torch.where(x.isnan(), x, x.sign())
''',
    },
    column="torch.full_like(x1, {})",
    array="torch.tensor({}, dtype=torch.float64)",  # of no dimension, it makes no result double
    strict=("min", "max", "atan2"),
)  # fmt: skip


def export(subject: Subject) -> Export:
    """``model.py``, and beside it ``model.safetensors``."""
    plan = plan_of(subject)
    name = exporters["torch"].file_name
    text = source(plan, name.removesuffix(".py"))
    weights = name.removesuffix(".py") + exporters["safetensors"].suffix
    return Export({name: text.encode(), weights: tensors.content(plan)}, notes=plan.notes)


def source(plan: Plan, module: str) -> str:
    """The module's text; ``module`` is its name in the example."""
    writer = Writer(WORDS)
    features, own = _features(plan, writer), _OwnModules(writer)
    layers = [f"        {step.name}={_layer(step, own)}," for step in plan.steps]
    parts = [
        *(text.rstrip("\n") for text in writer.used.values()),
        "\n".join(features),
        *own.sources,
        "\n".join(_build(plan, layers)),
    ]
    return _head(plan, module) + "\n\n\n" + "\n\n\n".join(parts) + "\n"


def _head(plan: Plan, module: str) -> str:
    about = [line for sentence in plan.about for line in textwrap.wrap(sentence, 100)]
    return f'''\
"""{harmless(plan.experiment.name)}

{chr(10).join(about)}

    from {module} import build
    network = build()
    network(torch.tensor([[0.5, -1.0]]))  # {plan.output_name}, shape (1, {plan.outputs})

Made by {PROGRAM}; it needs torch and safetensors. The weights lie beside it, in the
file of the same name that ends in .safetensors.
"""

from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

WEIGHTS = Path(__file__).with_suffix(".safetensors")'''


def _build(plan: Plan, layers: list[str]) -> list[str]:
    double = ".double()" if plan.dtype.name == "float64" else ""
    return [
        "def build():",
        f'    """The network in evaluation mode, from points (n, 2) to {plan.output_name} '
        f"(n, {plan.outputs}).",
        "",
        f"    {plan.answer}",
        '    """',
        "    layers = OrderedDict(",
        "        features=Features(),",
        *layers,
        "    )",
        f"    network = nn.Sequential(layers){double}",
        "    network.load_state_dict(load_file(WEIGHTS))",
        "    return network.eval()",
    ]


def _features(plan: Plan, writer: Writer) -> list[str]:
    lines = [
        "class Features(nn.Module):",
        '    """What the network is given of points (n, 2): a column an input."""',
        "",
        "    def forward(self, points):",
    ]
    kind = f"torch.{plan.dtype.name}"
    if plan.takes_points:
        return [*lines, f"        return points.to({kind})"]
    if plan.all_plain:
        columns = [("x1", "x2").index(column.name) for column in plan.columns]
        return [*lines, f"        return points[:, {columns}].to({kind})"]
    lines += ["        x1, x2 = points.double().unbind(dim=1)", "        columns = ("]
    lines += [f"            {writer.column(c)},  # {harmless(c.label)}" for c in plan.columns]
    return [*lines, "        )", f"        return torch.stack(columns, dim=1).to({kind})"]


def _layer(step: Step, own: _OwnModules) -> str:
    if isinstance(step, Dense):
        fan_in, fan_out = step.weights.shape
        return f"nn.Linear({fan_in}, {fan_out})"
    if isinstance(step, Norm):
        return f"nn.BatchNorm1d({len(step.mean)}, eps={EPSILON!r}, momentum={MOMENTUM!r})"
    if isinstance(step, Activate):
        return native(step.activation, "torch") or own.module(step.activation)
    return f"nn.Dropout({step.rate!r})"


class _OwnModules:
    """Modules for activations that PyTorch does not have.

    Attributes:
        sources: Their classes.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._names: dict[ActivationFunction, str] = {}
        self.sources: list[str] = []

    def module(self, activation: ActivationFunction) -> str:
        """The call that makes one."""
        if activation not in self._names:
            name = f"{type(activation).__name__}{len(self._names) + 1}"
            self._names[activation] = name
            self.sources.append(
                f"class {name}(nn.Module):\n"
                f'    """{activation.label}."""\n\n'
                "    def forward(self, x):\n"
                f"        return {self._writer.text(activation.expression)}"
            )
        return f"{self._names[activation]}()"
