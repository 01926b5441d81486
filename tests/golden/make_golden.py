"""Golden numbers: what PyTorch computes, in float64, for the engine's tests to agree with.

Run it where PyTorch and NumPy are installed; it imports nothing of the playground and writes its
seven JSON files beside itself (or into DIRECTORY):

    pip install torch==2.13.0 numpy
    python tests/golden/make_golden.py [DIRECTORY]

The stored files were made by PyTorch 2.13.0 (CPU); each file names its maker under "torch" and
"numpy". Numbers are the shortest decimals that read back as the same float64 (at most 17
significant digits). Another processor may change the last digit or two, nothing more.

Conventions in all files: a dense `weight` has shape (in, out), the transpose of PyTorch's; a matrix
is a list of rows; hyper-parameters bear the playground's names, and none is left to a default.
`hyper`, `activation`, `regularizer`, `schedule` and `clipping` are objects with a `name` and that
entry's parameters.

optimizers.json
    start         (7,) the parameters before the first step
    gradients     (12, 7) the loss gradient of each step, the same for every run; it does not depend
                  on the parameters. Column 3 is of the size of epsilon, column 5 always zero
    runs[]        id         "adam/default", "adam/custom" or "adam/l2"
                  hyper      {"name", "learning_rate", ...}
                  l2         rate of the coupled decay g += rate * w, or 0
                  steps      (12, 7) the parameters after each step
activations.json
    points        (n,) where everything is evaluated
    runs[]        id, activation, values (n,), derivatives (n,)
losses.json
    runs[]        id         "mse/ordinary", or "/extreme" with logits up to +-1000
                  loss       its name
                  logits     (samples, k); k is 3 for cross_entropy, otherwise 1
                  targets    (samples,); class numbers for cross_entropy, 0/1 for
                             binary_cross_entropy, -1/1 for hinge and tanh_half_mse, any number
                             for mse, half_mse and huber
                  value      the mean over samples
                  gradient   (samples, k) of the mean with respect to the logits
trajectories.json: 2-5-4-k networks, 24 samples, 50 full-batch steps in training mode
    setup         inputs        (24, 2)
                  targets       by loss, (24,) each, as in losses.json
                  hidden        [{weight, bias, gamma, beta}, ...] the initial parameters of the two
                                hidden layers; gamma and beta only count where there is BatchNorm
                  output        by number of outputs, "1" and "3": {weight, bias}
                  batch_norm    {epsilon, momentum}: running = (1 - momentum) * running
                                + momentum * batch; running mean starts at 0, variance at 1
                  before_bias_indices    positions in `parameters` of the two hidden biases when
                                batch_norm is "before"; see below
                  steps, loss_steps
    runs[]        id            "adam/before/mse", then "/l2" or "/relu" and so on where it differs
                  hyper         the optimizer
                  batch_norm    "none", "before" (dense, BatchNorm, activation) or "after" (dense,
                                activation, BatchNorm), the same in both hidden layers
                  loss, activation
                  regularizer   {"name": "none"}, or "l2" (g += rate * w) or "l1" (g += rate *
                                sign(w), sign(0) = 0), or "l1_dying" (after the optimizer's step
                                w -= learning_rate * rate * sign(w before it); a weight that this
                                takes past 0 is 0 from then on); on weights only, not on bias, gamma
                                and beta.
                                AdamW's own weight_decay acts on all parameters
                  losses        (6,) the loss, without penalty and with batch statistics, when
                                0, 10, 20, 30, 40 and 50 steps have been taken
                  parameters    (P,) after the last step: for each layer weight row by row, bias,
                                then gamma and beta if there is BatchNorm; output layer last
                  running_mean, running_var    [(5,), (4,)] after the last step's own forward
                                pass (50 updates), or [] without BatchNorm
    The bias ahead of a BatchNorm ("before") has no effect on the loss: its gradient is zero but for
    rounding, which division by a tiny root plus epsilon enlarges. Those biases, and the running
    means that follow them, are therefore noise in part: two right implementations differ there by
    1e-6 (Adagrad), 4e-9 (Adam, NAdam, AdamW), 1e-9 (RMSProp) and 1e-13 (SGD, momentum, Nesterov),
    everywhere else by less than 1e-10. No run comes nearer to a kink (ReLU's, hinge's, L1's) than
    1e-7, where rounding could choose another side.
schedules.json
    rates[]       schedule, learning_rate, rates (51,): of the steps 0 to 50 when the scheduler is
                  called after each. PyTorch has no inverse_time: there it is a LambdaLR
    runs[]        as in trajectories.json, with its setup, and with
                  schedule      {"name": "constant"} or one of those above, a step being an epoch
                  clipping      {"name": "none"}, "norm" (clip_grad_norm_ over all parameters) or
                                "value" (clip_grad_value_); then comes the regularizer, which with
                                AdamW too is coupled
                  clipped       how many of the 50 gradients were changed by that
initializers.json
    gains[]       {"activation", "gain"}
    runs[]        id            "he_normal/8x8/relu": the last part says whose gain it is
                  name, fan_in, fan_out, gain      gain is 1 where the initializer takes none
                  std           the standard deviation of a weight
                  bound         of a uniform distribution, null for a normal one; torch_default
                                draws the bias from the same range
batch_norm.json
    gamma, beta, epsilon, momentum
    batches[]     inputs (n, 5) with n = 6, 6, 3, upstream (n, 5), outputs (n, 5), the gradients of
                  sum(outputs * upstream): input_gradient, gamma_gradient, beta_gradient; and
                  running_mean, running_var after that batch. The last batch's last column is
                  constant: its variance is zero
    evaluation    inputs, outputs in evaluation mode after the three batches
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import lr_scheduler

Settings = dict[str, Any]

# NAdam keeps its product of momenta in the default dtype: with float32 it is wrong from digit 8 on.
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

STEPS = 50
LOSS_STEPS = [0, 10, 20, 30, 40, 50]
BATCH_NORM = {"epsilon": 1e-5, "momentum": 0.1}

DEFAULT_HYPER: dict[str, Settings] = {
    "sgd": {"learning_rate": 0.1},
    "momentum": {"learning_rate": 0.03, "momentum": 0.9},
    "nesterov": {"learning_rate": 0.03, "momentum": 0.9},
    "adagrad": {"learning_rate": 0.1, "initial_accumulator_value": 0.0, "epsilon": 1e-10},
    "rmsprop": {"learning_rate": 0.01, "rho": 0.99, "epsilon": 1e-8},
    "adam": {"learning_rate": 0.02, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
    "nadam": {
        "learning_rate": 0.02, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8,
        "momentum_decay": 0.004,
    },
    "adamw": {
        "learning_rate": 0.02, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8,
        "weight_decay": 0.01,
    },
}  # fmt: skip

CUSTOM_HYPER: dict[str, Settings] = {
    "sgd": {"learning_rate": 0.25},
    "momentum": {"learning_rate": 0.05, "momentum": 0.5},
    "nesterov": {"learning_rate": 0.05, "momentum": 0.7},
    "adagrad": {"learning_rate": 0.3, "initial_accumulator_value": 0.1, "epsilon": 1e-3},
    "rmsprop": {"learning_rate": 0.02, "rho": 0.9, "epsilon": 1e-4},
    "adam": {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4},
    "nadam": {
        "learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4,
        "momentum_decay": 0.1,
    },
    "adamw": {
        "learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4,
        "weight_decay": 0.1,
    },
}  # fmt: skip

OPTIMIZERS: dict[str, tuple[type[torch.optim.Optimizer], Settings]] = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {}),
    "nesterov": (torch.optim.SGD, {"nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
    "nadam": (torch.optim.NAdam, {}),
    "adamw": (torch.optim.AdamW, {}),
}

TORCH_NAMES = {"learning_rate": "lr", "rho": "alpha", "epsilon": "eps"}

ACTIVATIONS: list[tuple[Settings, Callable[[Tensor], Tensor]]] = [
    ({"name": "sigmoid"}, torch.sigmoid),
    ({"name": "tanh"}, torch.tanh),
    ({"name": "relu"}, torch.relu),
    ({"name": "leaky_relu", "negative_slope": 0.01}, lambda x: functional.leaky_relu(x, 0.01)),
    ({"name": "leaky_relu", "negative_slope": 0.2}, lambda x: functional.leaky_relu(x, 0.2)),
    ({"name": "linear"}, lambda x: x * 1.0),
    ({"name": "elu", "alpha": 1.0}, lambda x: functional.elu(x, 1.0)),
    ({"name": "elu", "alpha": 0.5}, lambda x: functional.elu(x, 0.5)),
    ({"name": "selu"}, torch.selu),
    ({"name": "gelu"}, lambda x: functional.gelu(x, approximate="none")),
    ({"name": "silu"}, functional.silu),
    ({"name": "mish"}, functional.mish),
    ({"name": "softplus"}, lambda x: functional.softplus(x, beta=1, threshold=20)),
]

SCHEDULES: list[tuple[Settings, Callable[..., lr_scheduler.LRScheduler]]] = [
    (
        {"name": "step", "step_size": 12, "gamma": 0.4},
        lambda optimizer: lr_scheduler.StepLR(optimizer, 12, 0.4),
    ),
    (
        {"name": "exponential", "gamma": 0.96},
        lambda optimizer: lr_scheduler.ExponentialLR(optimizer, 0.96),
    ),
    (
        {"name": "cosine", "t_max": 50, "alpha": 0.1, "warmup": 0.0},
        lambda optimizer: lr_scheduler.CosineAnnealingLR(
            optimizer, 50, 0.1 * optimizer.param_groups[0]["lr"]
        ),
    ),
    (
        {"name": "warm_up", "start_factor": 0.05, "total_iters": 15.0},
        lambda optimizer: lr_scheduler.LinearLR(optimizer, 0.05, 1.0, 15),
    ),
    (
        {"name": "inverse_time", "decay_rate": 0.08},
        lambda optimizer: lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + 0.08 * t)),
    ),
]

SIGNED = ("hinge", "tanh_half_mse")
"""The losses whose targets are -1 and 1."""
LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "binary_cross_entropy": lambda z, y: functional.binary_cross_entropy_with_logits(z[:, 0], y),
    "cross_entropy": functional.cross_entropy,
    "mse": lambda z, y: functional.mse_loss(z[:, 0], y),
    "half_mse": lambda z, y: functional.mse_loss(z[:, 0], y) / 2,
    "tanh_half_mse": lambda z, y: functional.mse_loss(torch.tanh(z[:, 0]), y) / 2,
    "huber": lambda z, y: functional.huber_loss(z[:, 0], y, delta=1.0),
    "hinge": lambda z, y: torch.clamp(1 - y * z[:, 0], min=0).mean(),
}


def label(settings: Settings) -> str:
    """`leaky_relu(0.2)` for {"name": "leaky_relu", "negative_slope": 0.2}."""
    values = [str(value) for key, value in settings.items() if key != "name"]
    return settings["name"] + (f"({','.join(values)})" if values else "")


def make_optimizer(hyper: Settings, groups: Iterable[Any]) -> torch.optim.Optimizer:
    """Build the PyTorch optimizer that `hyper` describes, over parameters or parameter groups."""
    cls, arguments = OPTIMIZERS[hyper["name"]]
    own = {TORCH_NAMES.get(key, key): value for key, value in hyper.items() if key != "name"}
    if "beta_1" in own:
        own["betas"] = (own.pop("beta_1"), own.pop("beta_2"))
    return cls(groups, **own, **arguments)


# --- optimizers ----------------------------------------------------------------------------------


def optimizers() -> Settings:
    rng = np.random.default_rng(1)
    start = np.array([1.0, -0.5, 0.25, 2.0, -3.0, 0.75, 0.0])
    # One column each: ordinary, noisy about a drift, small, near epsilon, large, absent, late.
    gradients = rng.normal(size=(12, 7)).round(3)
    gradients[:, 1] += 0.5
    gradients = gradients * [1.0, 1.0, 1e-4, 1e-9, 100.0, 0.0, 1.0]
    gradients[:, 5] = 0.0  # not -0.0
    gradients[:4, 6] = 0.0
    gradients = np.vectorize(lambda x: float(f"{x:.4g}"))(gradients)  # short decimals again

    def run(hyper: Settings, l2: float) -> list[list[float]]:
        parameter = nn.Parameter(torch.tensor(start))
        group = {"params": [parameter], **({"weight_decay": l2} if l2 else {})}
        optimizer = make_optimizer(hyper, [group])
        steps = []
        for gradient in gradients:
            parameter.grad = torch.tensor(gradient)
            optimizer.step()
            steps.append(parameter.tolist())
        return steps

    cases = [(name, "default", DEFAULT_HYPER[name], 0.0) for name in OPTIMIZERS]
    cases += [(name, "custom", CUSTOM_HYPER[name], 0.0) for name in OPTIMIZERS]
    cases += [(name, "l2", DEFAULT_HYPER[name], 0.1) for name in ("sgd", "momentum", "adam")]
    runs = []
    for name, variant, own, l2 in cases:
        hyper = {"name": name, **own}
        runs.append({"id": f"{name}/{variant}", "hyper": hyper, "l2": l2, "steps": run(hyper, l2)})
    return {"start": start.tolist(), "gradients": gradients.tolist(), "runs": runs}


# --- activations ---------------------------------------------------------------------------------


def activations() -> Settings:
    positive = [
        1e-8, 1e-5, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.2, 1.5, 1.8, 2.0, 2.5,
        3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 19.5, 20.0, 20.5, 25.0, 30.0, 100.0, 1000.0,
    ]  # fmt: skip
    points = [-x for x in reversed(positive)] + [0.0] + positive
    runs = []
    for settings, function in ACTIVATIONS:
        x = torch.tensor(points, requires_grad=True)
        values = function(x)
        values.sum().backward()
        runs.append({
            "id": label(settings), "activation": settings,
            "values": values.tolist(), "derivatives": x.grad.tolist(),
        })  # fmt: skip
    return {"points": points, "runs": runs}


# --- losses --------------------------------------------------------------------------------------


def losses() -> Settings:
    extreme = [-1000.0, 1000.0, -30.0, 30.0, -1e-8, 1e-8, 0.0]
    ordinary = [-2.7, -1.3, -0.6, -0.2, 0.1, 0.45, 0.8, 1.7, 3.1]
    classes = {
        "ordinary": [[0.2, -1.1, 0.7], [2.0, 0.3, -0.4], [-0.9, -0.8, -1.2], [0.0, 0.0, 0.0]],
        "extreme": [
            [1000.0, 0.0, -1000.0], [1000.0, 1000.0, -1000.0], [-1000.0, -999.0, -1000.0],
            [30.0, -30.0, 29.0], [1e-8, 0.0, -1e-8],
        ],
    }  # fmt: skip
    regression = [0.25, 1.5, -1.25, -0.3, 0.4, -2.0, 0.05]
    runs = []
    for name, function in LOSSES.items():
        for variant, column in (("ordinary", ordinary), ("extreme", extreme)):
            if name == "cross_entropy":
                rows = classes[variant]
                logits = [row for row in rows for _ in range(3)]
                targets = np.tile([0, 1, 2], len(rows))
            elif name in ("mse", "half_mse", "huber"):
                logits = [[z] for z in column]
                targets = np.resize(regression, len(column))
            else:  # each logit with either label; none of them is at hinge's kink, y * z = 1
                logits = [[z] for z in column for _ in range(2)]
                targets = np.tile([-1.0, 1.0] if name in SIGNED else [0.0, 1.0], len(column))
            z = torch.tensor(logits, requires_grad=True)
            value = function(z, torch.tensor(targets))
            value.backward()
            runs.append({
                "id": f"{name}/{variant}", "loss": name, "logits": logits,
                "targets": targets.tolist(), "value": value.item(), "gradient": z.grad.tolist(),
            })  # fmt: skip
    return {"runs": runs}


# --- trajectories --------------------------------------------------------------------------------


class Activation(nn.Module):
    """An activation function as a module."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.forward = function


def trajectory_setup() -> Settings:
    """Short decimals for data and initial parameters, the same for all trajectories."""
    rng = np.random.default_rng(2)
    inputs = rng.uniform(-1.5, 1.5, size=(24, 2)).round(3)
    x1, x2 = inputs.T
    inside = np.where(x1**2 + x2**2 < 1.3, 1.0, 0.0)
    sector = np.floor((np.arctan2(x2, x1) + np.pi) / (2 * np.pi) * 3).astype(int)
    surface = (1.5 * x1 * x2 + np.sin(2 * x1) + 0.5).round(3)

    def dense(inside: int, outside: int) -> Settings:
        weight = (rng.normal(size=(inside, outside)) / math.sqrt(inside)).round(3)
        return {"weight": weight.tolist(), "bias": (rng.normal(size=outside) / 5).round(3).tolist()}

    hidden = []
    for fan_in, units in ((2, 5), (5, 4)):
        gamma = rng.uniform(0.7, 1.3, size=units).round(3)
        beta = (rng.normal(size=units) / 5).round(3)
        hidden.append({**dense(fan_in, units), "gamma": gamma.tolist(), "beta": beta.tolist()})
    hidden[0]["weight"][1][2] = 0.0  # where L1's sign(0) matters
    before_bias_indices: list[int] = []
    position = 0
    for given in hidden:
        units = len(given["bias"])
        position += len(given["weight"]) * units
        before_bias_indices += range(position, position + units)
        position += 3 * units  # bias, gamma, beta
    return {
        "inputs": inputs.tolist(),
        "targets": {
            "binary_cross_entropy": inside.tolist(),
            "cross_entropy": sector.tolist(),
            "mse": surface.tolist(),
            "half_mse": (surface / 2).round(3).tolist(),
            "tanh_half_mse": (2 * inside - 1).tolist(),
            "huber": surface.tolist(),
            "hinge": (2 * inside - 1).tolist(),
        },
        "hidden": hidden,
        "output": {"1": dense(4, 1), "3": dense(4, 3)},
        "batch_norm": BATCH_NORM,
        "before_bias_indices": before_bias_indices,
        "steps": STEPS,
        "loss_steps": LOSS_STEPS,
    }


def build(
    setup: Settings, outputs: int, batch_norm: str, function: Callable[[Tensor], Tensor]
) -> nn.Sequential:
    """The 2-5-4-outputs network at its initial parameters."""

    def dense(given: Settings) -> nn.Linear:
        weight = torch.tensor(given["weight"]).T.contiguous()
        layer = nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight = nn.Parameter(weight)
        layer.bias = nn.Parameter(torch.tensor(given["bias"]))
        return layer

    def normalization(given: Settings) -> nn.BatchNorm1d:
        layer = nn.BatchNorm1d(
            len(given["gamma"]), eps=BATCH_NORM["epsilon"], momentum=BATCH_NORM["momentum"]
        )
        layer.weight = nn.Parameter(torch.tensor(given["gamma"]))
        layer.bias = nn.Parameter(torch.tensor(given["beta"]))
        return layer

    modules: list[nn.Module] = []
    for given in setup["hidden"]:
        modules.append(dense(given))
        if batch_norm == "before":
            modules.append(normalization(given))
        modules.append(Activation(function))
        if batch_norm == "after":
            modules.append(normalization(given))
    modules.append(dense(setup["output"][str(outputs)]))
    return nn.Sequential(*modules).train()


def flat(model: nn.Sequential) -> list[float]:
    """All parameters in the stored order, weights as (in, out)."""
    return [x for p in model.parameters() for x in p.detach().t().reshape(-1).tolist()]


def trajectory(
    setup: Settings,
    hyper: Settings,
    batch_norm: str,
    loss: str,
    activation: tuple[Settings, Callable[[Tensor], Tensor]],
    regularizer: Settings,
    scheduler: Callable[..., lr_scheduler.LRScheduler] | None = None,
    clip: Callable[[list[Tensor]], None] | None = None,
) -> Settings:
    """Train for STEPS full-batch steps; return one entry of `runs`."""
    settings, function = activation
    inputs, targets = torch.tensor(setup["inputs"]), torch.tensor(setup["targets"][loss])
    model = build(setup, 3 if loss == "cross_entropy" else 1, batch_norm, function)
    weights = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
    coupled = regularizer["name"] == "l2" and hyper["name"] != "adamw"
    if coupled:
        others = [p for p in model.parameters() if not any(p is weight for weight in weights)]
        groups = [{"params": weights, "weight_decay": regularizer["rate"]}, {"params": others}]
        optimizer = make_optimizer(hyper, groups)
    else:
        optimizer = make_optimizer(hyper, model.parameters())
    schedule = scheduler(optimizer) if scheduler else None

    history = []
    dead: list[Tensor] = []
    clipped = 0
    for step in range(STEPS):
        value = LOSSES[loss](model(inputs), targets)
        if step in LOSS_STEPS:
            history.append(value.item())
        optimizer.zero_grad()
        value.backward()
        if clip:
            before = [parameter.grad.clone() for parameter in model.parameters()]
            clip(list(model.parameters()))
            after = [parameter.grad for parameter in model.parameters()]
            clipped += not all(map(torch.equal, before, after))
        if regularizer["name"] == "l1":
            for weight in weights:
                weight.grad += regularizer["rate"] * torch.sign(weight.detach())
        if regularizer["name"] == "l2" and not coupled:  # AdamW's weight_decay is another thing
            for weight in weights:
                weight.grad += regularizer["rate"] * weight.detach()
        before = [weight.detach().clone() for weight in weights]
        optimizer.step()
        if regularizer["name"] == "l1_dying":
            pull = hyper["learning_rate"] * regularizer["rate"]
            dead = dead or [torch.zeros_like(weight, dtype=torch.bool) for weight in before]
            for weight, old, died in zip(weights, before, dead, strict=True):
                pulled = weight.detach() - pull * torch.sign(old)
                died |= weight.detach() * pulled < 0
                weight.data = torch.where(died, 0.0, pulled)
        if schedule:
            schedule.step()
    # Taken before the last loss, whose forward pass would count as one more update.
    norms = [layer for layer in model if isinstance(layer, nn.BatchNorm1d)]
    means = [layer.running_mean.tolist() for layer in norms]
    variances = [layer.running_var.tolist() for layer in norms]
    history.append(LOSSES[loss](model(inputs), targets).item())

    parts = [hyper["name"], batch_norm, loss]
    parts += [regularizer["name"]] if regularizer["name"] != "none" else []
    parts += [label(settings)] if settings["name"] != "tanh" else []
    if not history[-1] < history[0]:
        raise RuntimeError(f"{'/'.join(parts)} does not learn: {history}")
    more: Settings = {"clipped": clipped} if clip else {}
    if dead:
        more["dead"] = sum(int(died.sum()) for died in dead)
    return {
        "id": "/".join(parts),
        "hyper": hyper,
        "batch_norm": batch_norm,
        "loss": loss,
        "activation": settings,
        "regularizer": regularizer,
        "losses": history,
        "parameters": flat(model),
        "running_mean": means,
        "running_var": variances,
        **more,
    }


def trajectories() -> Settings:
    setup = trajectory_setup()
    by_name = {name: {"name": name, **own} for name, own in DEFAULT_HYPER.items()}
    tanh = next(entry for entry in ACTIVATIONS if entry[0]["name"] == "tanh")
    none: Settings = {"name": "none"}
    runs = [
        trajectory(setup, hyper, batch_norm, loss, tanh, none)
        for hyper in by_name.values()
        for batch_norm in ("none", "before", "after")
        for loss in LOSSES
    ]
    runs += [
        trajectory(setup, by_name["adam"], "none", "binary_cross_entropy", activation, none)
        for activation in ACTIVATIONS
        if activation is not tanh  # it is in the grid above
    ]
    runs += [
        trajectory(setup, by_name[name], batch_norm, "binary_cross_entropy", tanh, regularizer)
        for name in ("adam", "sgd")
        for batch_norm in ("none", "after")
        for regularizer in (
            {"name": "l2", "rate": 0.01},
            {"name": "l1", "rate": 0.001},
            {"name": "l1_dying", "rate": 0.03},
        )
    ]
    return {"setup": setup, "runs": runs}


# --- schedules and clipping ----------------------------------------------------------------------


def schedules() -> Settings:
    setup = trajectory_setup()
    tanh = next(entry for entry in ACTIVATIONS if entry[0]["name"] == "tanh")
    none: Settings = {"name": "none"}
    l2: Settings = {"name": "l2", "rate": 0.01}
    constant: tuple[Settings, Any] = ({"name": "constant"}, None)
    unclipped: tuple[Settings, Any] = (none, None)
    by_norm = (
        {"name": "norm", "max_norm": 0.3},
        lambda parameters: nn.utils.clip_grad_norm_(parameters, 0.3),
    )
    by_value = (
        {"name": "value", "clip_value": 0.1},
        lambda parameters: nn.utils.clip_grad_value_(parameters, 0.1),
    )
    by_name = {settings["name"]: (settings, make) for settings, make in SCHEDULES}
    cases = [(schedule, unclipped, none) for schedule in by_name.values()]
    cases += [(constant, clip, l2) for clip in (by_norm, by_value)]
    cases += [(by_name["cosine"], by_norm, l2), (by_name["warm_up"], by_value, l2)]
    runs = []
    for name in ("sgd", "adam", "adamw", "nadam"):
        hyper = {"name": name, **DEFAULT_HYPER[name]}
        for (schedule, make), (clipping, clip), regularizer in cases:
            run = trajectory(
                setup, hyper, "none", "binary_cross_entropy", tanh, regularizer, make, clip
            )
            if clip and not 5 <= run["clipped"] < STEPS:
                raise RuntimeError(f"{name}: {run['clipped']} steps are clipped by {clipping}")
            run["id"] = "/".join(entry["name"] for entry in (hyper, schedule, clipping))
            runs.append({**run, "schedule": schedule, "clipping": clipping})
    rates = []
    for settings, make in SCHEDULES:
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.3)
        scheduler, found = make(optimizer), []
        for _ in range(STEPS + 1):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        rates.append({"schedule": settings, "learning_rate": 0.3, "rates": found})
    return {"rates": rates, "runs": runs}


# --- initializers --------------------------------------------------------------------------------


class Recorder(torch.Tensor):
    """A tensor that notes which distribution torch.nn.init asks of it, instead of drawing."""

    __torch_function__ = torch._C._disabled_torch_function_impl
    bound: float | None

    def uniform_(self, low: float, high: float, **_: Any) -> Recorder:
        self.bound, self.std = high, high / math.sqrt(3)
        return self

    def normal_(self, mean: float, std: float, **_: Any) -> Recorder:
        self.bound, self.std = None, std
        return self


def initializers() -> Settings:
    gains: list[Settings] = []
    for settings in (
        {"name": "linear"}, {"name": "sigmoid"}, {"name": "tanh"}, {"name": "relu"},
        {"name": "leaky_relu", "negative_slope": 0.01},
        {"name": "leaky_relu", "negative_slope": 0.2}, {"name": "selu"},
    ):  # fmt: skip
        gain = nn.init.calculate_gain(settings["name"], settings.get("negative_slope"))
        gains.append({"activation": settings, "gain": float(gain)})
    runs: list[Settings] = []

    def record(
        name: str, shape: tuple[int, int], entry: Settings, draw: Callable, **arguments: Any
    ) -> None:
        fan_in, fan_out = shape
        weight = torch.empty(fan_out, fan_in).as_subclass(Recorder)
        draw(weight, **arguments)
        runs.append({
            "id": f"{name}/{fan_in}x{fan_out}/{label(entry['activation'])}", "name": name,
            "fan_in": fan_in, "fan_out": fan_out, "gain": entry["gain"],
            "std": weight.std, "bound": weight.bound,
        })  # fmt: skip

    init, linear = nn.init, gains[0]
    uniform, normal = init.kaiming_uniform_, init.kaiming_normal_
    for shape in ((2, 8), (8, 8), (16, 3), (100, 64), (1, 1)):
        for entry in gains:
            slope = entry["activation"].get("negative_slope", 0)
            he = {"a": slope, "nonlinearity": entry["activation"]["name"]}
            record("xavier_uniform", shape, entry, init.xavier_uniform_, gain=entry["gain"])
            record("xavier_normal", shape, entry, init.xavier_normal_, gain=entry["gain"])
            record("he_uniform", shape, entry, uniform, **he)
            record("he_normal", shape, entry, normal, **he)
        record("lecun_uniform", shape, linear, uniform, nonlinearity="linear")
        record("lecun_normal", shape, linear, normal, nonlinearity="linear")
        record("torch_default", shape, linear, reset_linear)
    return {"gains": gains, "runs": runs}


def reset_linear(weight: Recorder) -> None:
    """What nn.Linear's constructor does; its bias has the same bound as its weight."""
    bias = torch.empty(weight.shape[0]).as_subclass(Recorder)
    nn.Linear.reset_parameters(SimpleNamespace(weight=weight, bias=bias))
    if not np.isclose(weight.std, bias.std, rtol=1e-14, atol=0):
        raise RuntimeError("nn.Linear no longer draws weight and bias alike")


# --- batch norm ----------------------------------------------------------------------------------


def batch_norm() -> Settings:
    rng = np.random.default_rng(3)
    spread, centre = [1.0, 0.1, 5.0, 1.0, 1.0], [0.0, 1.0, -3.0, 0.5, 0.0]
    layer = nn.BatchNorm1d(5, eps=BATCH_NORM["epsilon"], momentum=BATCH_NORM["momentum"])
    layer.weight = nn.Parameter(torch.tensor([1.0, 0.5, 2.0, -1.5, 0.8]))
    layer.bias = nn.Parameter(torch.tensor([0.0, 0.1, -0.4, 1.0, -2.0]))
    batches = []
    for size in (6, 6, 3):
        inputs = (rng.normal(size=(size, 5)) * spread + centre).round(3)
        if size == 3:
            inputs[:, 4] = 0.5
        upstream = rng.normal(size=(size, 5)).round(3)
        x = torch.tensor(inputs, requires_grad=True)
        outputs = layer(x)
        layer.zero_grad()
        (outputs * torch.tensor(upstream)).sum().backward()
        batches.append({
            "inputs": inputs.tolist(), "upstream": upstream.tolist(), "outputs": outputs.tolist(),
            "input_gradient": x.grad.tolist(), "gamma_gradient": layer.weight.grad.tolist(),
            "beta_gradient": layer.bias.grad.tolist(),
            "running_mean": layer.running_mean.tolist(), "running_var": layer.running_var.tolist(),
        })  # fmt: skip
    inputs = (rng.normal(size=(5, 5)) * spread + centre).round(3)
    outputs = layer.eval()(torch.tensor(inputs))
    return {
        "gamma": layer.weight.tolist(), "beta": layer.bias.tolist(), **BATCH_NORM,
        "batches": batches,
        "evaluation": {"inputs": inputs.tolist(), "outputs": outputs.tolist()},
    }  # fmt: skip


# --- files ---------------------------------------------------------------------------------------


def encode(value: Any, indent: str = "") -> str:
    """JSON with each flat list or object on one line, so that a difference shows where it is."""
    items = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)) or not any(isinstance(x, (dict, list)) for x in items):
        return json.dumps(value, allow_nan=False)
    inner = indent + " "
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {encode(x, inner)}" for key, x in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + encode(x, inner) for x in value) + f"\n{indent}]"


def main() -> None:
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    maker = {"torch": str(torch.__version__), "numpy": np.__version__, "dtype": "float64"}
    for make in (
        optimizers,
        activations,
        losses,
        trajectories,
        schedules,
        initializers,
        batch_norm,
    ):
        path = directory / f"{make.__name__}.json"
        path.write_text(encode({**maker, **make()}) + "\n", encoding="utf-8", newline="\n")
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
