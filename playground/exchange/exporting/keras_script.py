"""The network as a Keras 3 script: built, with its weights or trained anew.

The numbers lie beside it in NumPy's own format: weights under the names of Keras's layers and
variables, and the points.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from playground.core.experiment import Layer, Output
from playground.core.limits import LARGEST_FEATURE
from playground.data.dataset import prepare
from playground.engine.activations import ActivationFunction
from playground.engine.batch_norm import EPSILON, MOMENTUM
from playground.engine.calls import Array
from playground.exchange.exporting import keras_words as words
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
from playground.exchange.exporting.python_text import USABLE, Words, Writer, harmless
from playground.exchange.exporting.registry import Export, Subject, exporters

WORDS = Words(
    calls={
        **{name: f"ops.{name}({{0}})" for name in (
            "sin", "cos", "tan", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "abs", "floor",
            "sigmoid",
        )},
        "r": "ops.sqrt(x1 * x1 + x2 * x2)", "atan2": "ops.arctan2({0}, {1})",
        "min": "ops.minimum({0}, {1})", "max": "ops.maximum({0}, {1})",
        "where": "ops.where({0}, {1}, {2})",
        "sign": "sign({0})", "normal_cdf": "normal_cdf({0})",
    },
    helpers={
        USABLE: f'''\
def usable(values):
    """What the network is given of a formula: 0 where it has no value of usable size."""
    return ops.where(ops.abs(values) <= {LARGEST_FEATURE!r}, values, 0.0)
''',
        "sign": '''\
def sign(x):
    return ops.where(ops.isnan(x), x, ops.sign(x))
''',
        "normal_cdf": '''\
def normal_cdf(x):
    return 0.5 * (1.0 + ops.erf(x * 0.5**0.5))
''',
    },
    column="ops.full_like(x1, {})",
)  # fmt: skip
LAYERS = {
    Dense: {"kernel": "weights", "bias": "biases"},
    Norm: {"gamma": "gamma", "beta": "beta", "moving_mean": "mean", "moving_variance": "variance"},
}
"""What Keras calls a layer's variables, in its order, and the plan."""


def export(subject: Subject) -> Export:
    """The script, and beside it the numbers."""
    plan, trained = plan_of(subject), subject.document.trained
    name = exporters["keras"].file_name
    frozen = [] if trained is None else [p for p in trained.frozen if p.replica == subject.replica]
    missing = tuple(words.missing(plan.experiment, len(frozen)))
    text = source(plan, Path(name).stem, missing)
    numbers = io.BytesIO()
    np.savez(numbers, **_numbers(plan))  # type: ignore[arg-type]  # its names are ours
    files = {name: text.encode(), f"{Path(name).stem}.npz": numbers.getvalue()}
    return Export(files, notes=plan.notes + missing)


def source(plan: Plan, module: str, missing: tuple[str, ...]) -> str:
    """The script's text; ``module`` is its name in the example."""
    writer = Writer(WORDS)
    features, own = _features(plan, writer), _OwnFunctions(writer)
    build = _build(plan, own, bool(features))
    parts = [
        *(text.rstrip("\n") for text in writer.used.values()),
        *(["\n".join(features)] if features else []),
        *own.sources.values(),
        *filter(None, [words.loss_source(plan.experiment)]),
        "\n".join(build),
        "\n".join(_train(plan)),
        'if __name__ == "__main__":\n    train()',
    ]
    text = "\n\n\n".join(parts) + "\n"
    return f"{_head(plan, module, missing, text)}\n\n\n{text}"


def _numbers(plan: Plan) -> dict[str, Array]:
    """Weights by layer and variable, and the points that train and test."""
    found: dict[str, Array] = {}
    for step in plan.steps:
        for variable, numbers in LAYERS.get(type(step), {}).items():
            found[f"{step.name}.{variable}"] = getattr(step, numbers)
    dataset = prepare(plan.experiment.data)
    for name, part in (("train", dataset.train), ("test", dataset.test)):
        targets = part.targets
        if plan.outputs == 1:
            targets = plan.loss.encode(targets, 1)[0]
        found[f"{name}_points"], found[f"{name}_targets"] = part.points, targets
    return found


def _head(plan: Plan, module: str, missing: tuple[str, ...], text: str) -> str:
    about = "\n".join(line for part in plan.about for line in textwrap.wrap(part, 100))
    others = "\n".join(line for part in missing for line in textwrap.wrap(part, 100))
    parts = [
        name
        for name in (
            "callbacks", "initializers", "layers", "losses", "metrics", "ops", "optimizers",
            "regularizers",
        )
        if f"{name}." in text
    ]  # fmt: skip
    _, steps = words.steps(plan.experiment)
    constants = ['NUMBERS = Path(__file__).with_suffix(".npz")']
    if "STEPS" in text:
        constants.append(f"STEPS = {steps}  # of an epoch")
    if plan.dtype == np.float64:
        constants += [
            f'keras.config.{setting}("float64")' for setting in ("set_floatx", "set_dtype_policy")
        ]
    return f'''\
"""{harmless(plan.experiment.name)}

{about}

    python {module}.py  # trains it anew, and says how good it becomes

    from {module} import build
    network = build()  # with the trained weights
    network.predict(np.array([[0.5, -1.0]]))  # {plan.output_name}, shape (1, {plan.outputs})

Made by {PROGRAM}; it needs Keras 3 with any backend (KERAS_BACKEND in the
environment says which: tensorflow, jax or torch). Weights and points lie beside it, in the file of
the same name that ends in .npz.

Trained anew, it goes otherwise than there:
{others}
"""

from pathlib import Path

import keras
import numpy as np
from keras import {", ".join(parts)}

{chr(10).join(constants)}'''


def _features(plan: Plan, writer: Writer) -> list[str]:
    """A layer, unless the network is given the points as they are."""
    if plan.takes_points:
        return []
    lines = [
        "class Features(layers.Layer):",
        '    """What the network is given of points (n, 2): a column an input."""',
        "",
        "    def call(self, points):",
        "        x1, x2 = points[:, 0], points[:, 1]",
        "        columns = (",
    ]
    lines += [f"            {writer.column(c)},  # {harmless(c.label)}" for c in plan.columns]
    return [*lines, "        )", "        return ops.stack(columns, axis=1)"]


def _build(plan: Plan, own: _OwnFunctions, has_features: bool) -> list[str]:
    lines = [
        "def build(trained=True):",
        f'    """The network, from points (n, 2) to {plan.output_name} (n, {plan.outputs}).',
        "",
        f"    {plan.answer}",
        '    """',
        "    network = keras.Sequential(",
        "        [",
        "            keras.Input((2,)),",
    ]
    if has_features:
        lines.append('            Features(name="features"),')
    network = plan.experiment.network
    chosen: Iterator[Layer | Output] = chain(network.hidden, (network.output,))
    for step in plan.steps:
        if not isinstance(step, Dense):
            lines.append(f"            {_layer(step, own)},")
            continue
        arguments = [str(len(step.biases)), *words.dense(next(chosen), plan.experiment)]
        lines.append("            layers.Dense(")
        lines += [f"                {part}," for part in (*arguments, f'name="{step.name}"')]
        lines.append("            ),")
    return [
        *lines,
        "        ]",
        "    )",
        "    if trained:",
        "        with np.load(NUMBERS) as numbers:",
        "            for layer in network.layers:",
        '                names = [f"{layer.name}.{variable.name}" for variable in layer.weights]',
        "                layer.set_weights([numbers[name] for name in names])",
        "    return network",
    ]


def _layer(step: Step, own: _OwnFunctions) -> str:
    if isinstance(step, Norm):
        momentum = f"momentum={1 - MOMENTUM!r}, epsilon={EPSILON!r}"
        return f'layers.BatchNormalization({momentum}, name="{step.name}")'
    if isinstance(step, Activate):
        text = native(step.activation, "keras") or own.layer(step.activation)
        more = "" if text.endswith("()") else ", "
        return f'{text[:-1]}{more}name="{step.name}")'
    assert not isinstance(step, Dense)
    return f'layers.Dropout({step.rate!r}, name="{step.name}")'


class _OwnFunctions:
    """Functions for activations that Keras does not have.

    Attributes:
        sources: Their definitions.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.sources: dict[ActivationFunction, str] = {}
        self._names: dict[ActivationFunction, str] = {}

    def layer(self, activation: ActivationFunction) -> str:
        """The call that makes a layer of one."""
        if activation not in self._names:
            name = f"{activation.name}_{len(self._names) + 1}"
            self._names[activation] = name
            text = self._writer.text(activation.expression)
            self.sources[activation] = f"def {name}(x):\n    return {text}"
        return f"layers.Activation({self._names[activation]})"


def _train(plan: Plan) -> Iterator[str]:
    experiment, training = plan.experiment, plan.experiment.training
    batch, _ = words.steps(experiment)
    metric, callback = words.metric(experiment), words.callback(experiment)
    tested = experiment.data.test_count > 0
    yield "def train():"
    yield '    """A network of the same kind, trained anew as the experiment says."""'
    yield f"    keras.utils.set_random_seed({training.seed})"
    yield "    network = build(trained=False)"
    yield "    network.compile("
    yield f"        optimizer={words.optimizer(experiment)},"
    yield f"        loss={words.loss(experiment)},"
    if metric:
        yield f"        metrics=[{metric}],"
    yield "    )"
    yield "    with np.load(NUMBERS) as numbers:"
    yield '        points, targets = numbers["train_points"], numbers["train_targets"]'
    if tested:
        yield '        tests = (numbers["test_points"], numbers["test_targets"])'
    yield "    network.fit("
    yield "        points,"
    yield "        targets,"
    yield f"        batch_size={batch},"
    yield f"        epochs={training.max_epochs},"
    if not training.shuffle:
        yield "        shuffle=False,"
    if tested:
        yield "        validation_data=tests,"
    if callback:
        yield f"        callbacks=[{callback}],"
    yield "        verbose=2,"
    yield "    )"
    if tested:
        yield "    print(network.evaluate(*tests, verbose=0, return_dict=True))"
    yield "    return network"
