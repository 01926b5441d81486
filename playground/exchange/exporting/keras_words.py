"""How Keras 3 says what an experiment says of training, and what it has no word for."""

from __future__ import annotations

import math
from collections.abc import Iterator

from playground.core.choice import Choice
from playground.core.experiment import Experiment, Layer, Output
from playground.core.families import loss_for

OPTIMIZERS = {
    "sgd": "SGD({rate})",
    "momentum": "SGD({rate}, momentum={momentum!r})",
    "nesterov": "SGD({rate}, momentum={momentum!r}, nesterov=True)",
    "adagrad": "Adagrad({rate}, {initial_accumulator_value!r}, epsilon={epsilon!r})",
    "rmsprop": "RMSprop({rate}, rho={rho!r}, epsilon={epsilon!r})",
    "adam": "Adam({rate}, beta_1={beta_1!r}, beta_2={beta_2!r}, epsilon={epsilon!r})",
    "nadam": "Nadam({rate}, beta_1={beta_1!r}, beta_2={beta_2!r}, epsilon={epsilon!r})",
    "adamw": (
        "AdamW({rate}, {weight_decay!r}, beta_1={beta_1!r}, beta_2={beta_2!r}, epsilon={epsilon!r})"
    ),
}
SCHEDULES = {
    "constant": "{rate}",
    "step": "ExponentialDecay({rate}, {step_size} * STEPS, {gamma!r}, staircase=True)",
    "exponential": "ExponentialDecay({rate}, STEPS, {gamma!r})",
    "cosine": "CosineDecay({rate}, {t_max} * STEPS, alpha={alpha!r})",
    "inverse_time": "InverseTimeDecay({rate}, STEPS, {decay_rate!r})",
}
"""STEPS are those of an epoch."""
WARM_COSINE = (
    "CosineDecay(0.0, {t_max} * STEPS, alpha={alpha!r}, warmup_target={rate}, "
    "warmup_steps=round({warmup!r} * STEPS))"
)
CLIPPINGS = {
    "none": "",
    "norm": "global_clipnorm={max_norm!r}",
    "value": "clipvalue={clip_value!r}",
}
REGULARIZERS = {"none": "", "l1": "L1({rate!r})", "l2": "L2({half!r})"}
INITIALIZERS = {
    "xavier_uniform": 'VarianceScaling({square!r}, "fan_avg", "uniform")',
    "xavier_normal": 'VarianceScaling({square!r}, "fan_avg", "untruncated_normal")',
    "he_uniform": 'VarianceScaling({square!r}, "fan_in", "uniform")',
    "he_normal": 'VarianceScaling({square!r}, "fan_in", "untruncated_normal")',
    "lecun_uniform": 'VarianceScaling({square!r}, "fan_in", "uniform")',
    "lecun_normal": 'VarianceScaling({square!r}, "fan_in", "untruncated_normal")',
    "orthogonal": "Orthogonal({gain!r})",
    "torch_default": 'VarianceScaling(1 / 3, "fan_in", "uniform")',
    "normal": "RandomNormal(0.0, {stddev!r})",
    "uniform": "RandomUniform(-{limit!r}, {limit!r})",
    "constant": "Constant({value!r})",
    "zeros": "Zeros()",
}
"""``square`` is the gain's."""
LOSSES = {
    "binary_cross_entropy": "losses.BinaryCrossentropy(from_logits=True)",
    "cross_entropy": "losses.SparseCategoricalCrossentropy(from_logits=True)",
    "mse": "losses.MeanSquaredError()",
    "half_mse": "half_squared_error",
    "tanh_half_mse": "half_squared_error_of_tanh",
    "huber": "losses.Huber()",
    "hinge": "losses.Hinge()",
}
LOSS_SOURCES = {
    "half_mse": """\
def half_squared_error(targets, outputs):
    return ops.mean(ops.square(outputs - targets), axis=-1) / 2""",
    "tanh_half_mse": '''\
def half_squared_error_of_tanh(targets, outputs):
    """Of targets -1 and 1."""
    return ops.mean(ops.square(ops.tanh(outputs) - targets), axis=-1) / 2''',
}
"""Those that Keras does not have."""
METRICS = {
    "binary_cross_entropy": 'BinaryAccuracy("accuracy", threshold=0.0)',
    "cross_entropy": 'SparseCategoricalAccuracy("accuracy")',
}
PLATEAU = "test_loss_plateau"


def optimizer(experiment: Experiment) -> str:
    """The optimizer with its schedule and clipping."""
    training = experiment.training
    rate = repr(training.optimizer.learning_rate)
    schedule = SCHEDULES.get(training.schedule.name, "{rate}")
    if getattr(training.schedule, "warmup", 0):
        schedule = WARM_COSINE
    if schedule != "{rate}":
        rate = f"optimizers.schedules.{_filled(schedule, training.schedule, rate=rate)}"
    template = OPTIMIZERS.get(training.optimizer.name, OPTIMIZERS["adam"])
    if training.optimizer.name not in OPTIMIZERS:
        template = OPTIMIZERS["sgd"]
    text = _filled(template, training.optimizer, rate=rate)
    clipping = _filled(CLIPPINGS.get(training.clipping.name, ""), training.clipping)
    return f"optimizers.{text[:-1]}, {clipping})" if clipping else f"optimizers.{text}"


def loss(experiment: Experiment) -> str:
    """The loss."""
    return LOSSES.get(loss_name(experiment), LOSSES["mse"])


def loss_source(experiment: Experiment) -> str:
    """The definition of the loss; empty where Keras has it."""
    return LOSS_SOURCES.get(loss_name(experiment), "")


def metric(experiment: Experiment) -> str:
    """What is measured beside the loss; empty if nothing."""
    found = METRICS.get(loss_name(experiment), "")
    return f"metrics.{found}" if found else ""


def loss_name(experiment: Experiment) -> str:
    """The loss's name in our registry."""
    name: str = loss_for(experiment.training.loss, experiment.data.task).name
    return name


def callback(experiment: Experiment) -> str:
    """The plateau rule; empty if there is none."""
    for rule in experiment.training.stop:
        if rule.name == PLATEAU:
            return _filled(
                'callbacks.EarlyStopping("val_loss", min_delta={min_delta!r}, '
                "patience={patience!r}, restore_best_weights={restore_best!r}, "
                "start_from_epoch={from_epoch!r})",
                rule,
                from_epoch=max(0, rule.start_epoch - 1),  # type: ignore[attr-defined]  # it has
            )
    return ""


def dense(layer: Layer | Output, experiment: Experiment) -> Iterator[str]:
    """The arguments by which a dense layer starts and is held small."""
    start = layer.initializer
    gain = getattr(start, "gain", 1.0)
    if gain is None:
        gain = layer.activation.fitting_gain if isinstance(layer, Layer) else 1.0
    text = _filled(
        INITIALIZERS.get(start.name, "GlorotUniform()"), start, square=round(gain**2, 12)
    )
    yield f"kernel_initializer=initializers.{text}"
    if start.bias:
        yield f"bias_initializer=initializers.Constant({start.bias!r})"
    penalty = experiment.training.regularizer
    template = REGULARIZERS.get(penalty.name, "")
    if template:
        text = _filled(template, penalty, half=getattr(penalty, "rate", 0.0) / 2)
        yield f"kernel_regularizer=regularizers.{text}"


def steps(experiment: Experiment) -> tuple[int, int]:
    """The batch size and the steps of an epoch."""
    count = experiment.data.count - experiment.data.test_count
    batch = experiment.training.batch_size
    size = count if batch == "full" else min(int(batch), count)
    return size, math.ceil(count / size)


def missing(experiment: Experiment, frozen: int) -> Iterator[str]:
    """Sentences: what training anew in Keras does otherwise than here."""
    training, hidden = experiment.training, experiment.network.hidden
    name = training.optimizer.name
    if name not in OPTIMIZERS:
        yield f"Keras has no optimizer like {training.optimizer.label}; SGD stands in its place."
    elif name in ("adagrad", "rmsprop"):
        yield f"Keras’s {training.optimizer.label} adds epsilon inside the root, not outside."
    elif name == "nadam":
        yield "Keras’s Nadam has a fixed momentum decay, 0.96ᵗ."
    if training.schedule.name not in SCHEDULES:
        yield f"Keras has no schedule like {training.schedule.label}; the rate stays as it is."
    if training.clipping.name not in CLIPPINGS:
        yield f"Keras has no clipping like {training.clipping.label}; nothing is clipped."
    elif training.clipping.name != "none" and training.regularizer.name != "none":
        yield "Keras clips the regulariser’s part of the gradient too."
    if training.regularizer.name not in REGULARIZERS:
        yield f"Keras has no regulariser like {training.regularizer.label}; it is left out."
    if loss_name(experiment) not in LOSSES:
        yield "Keras has no loss like this one; mean squared error stands in its place."
    for rule in training.stop:
        if rule.name != PLATEAU:
            yield f"Keras has no stop rule like {rule.label}; it is left out."
    starts = [layer.initializer for layer in hidden] + [experiment.network.output.initializer]
    for start in starts:
        if start.name not in INITIALIZERS:
            yield f"Keras has no initialiser like {start.label}; GlorotUniform stands in its place."
    if any(start.name == "torch_default" for start in starts):
        yield "Biases start at one value; PyTorch’s default draws them."
    if frozen:
        yield "Keras freezes whole layers only: trained anew, weights that are frozen here move."
    yield "Random numbers are Keras’s own, so that a run is alike but not the same."


def _filled(template: str, choice: Choice, **more: object) -> str:
    """A template with a choice's parameters, and others that go before them."""
    return template.format(
        **{**{key: getattr(choice, key) for key in type(choice).model_fields}, **more}
    )
