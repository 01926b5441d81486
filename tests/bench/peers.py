"""Steps a second of other engines on the same networks: PyTorch eager, scikit-learn, JAX.

All run on one thread in float32 on the 250 points of :mod:`tests.bench.floor`, with shuffled
batches and binary cross-entropy. None of them scores the network after each epoch, as ours does.
A peer that is not installed is left out; ``make bench`` installs the extra ``bench``.
"""

from __future__ import annotations

import importlib.util
import itertools
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.bench import engine

RATES = {"sgd": 0.03, "adam": 0.01}
Measure = Callable[[float], float]
"""Train for so many seconds; steps a second."""


def against_peers(pairs: int, seconds: float) -> list[dict[str, object]]:
    """For each shape, optimizer and peer the median of engine / peer over interleaved pairs."""
    rows: list[dict[str, object]] = []
    for sizes, batch in engine.SHAPES:
        for optimizer in ("sgd", "adam"):
            trainer = engine.alone(engine.experiment(sizes, batch, optimizer))
            for name, (module, build) in PEERS.items():
                if importlib.util.find_spec(module) is None:
                    continue
                peer = build(sizes, batch, optimizer)
                peer(seconds / 3)  # what is compiled or cached at first is not measured
                found = []
                for _ in range(pairs):
                    ours = engine.steps_per_second(trainer, seconds)
                    theirs = peer(seconds)
                    found.append((ours / theirs, ours, theirs))
                ratio, ours, theirs = (
                    statistics.median(column) for column in zip(*found, strict=True)
                )
                rows.append(
                    {
                        "network": "-".join(map(str, sizes)),
                        "batch": batch,
                        "optimizer": optimizer,
                        "peer": name,
                        "engine": round(ours),
                        "theirs": round(theirs),
                        "ratio": round(ratio, 2),
                    }
                )
    return rows


def missing() -> list[str]:
    """The peers that are not installed."""
    return [n for n, (module, _) in PEERS.items() if importlib.util.find_spec(module) is None]


def points(features: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The points (250, features) and classes (250,) of the floor."""
    rng = np.random.default_rng(0)
    inputs = rng.uniform(-6, 6, (250, features)).astype(np.float32)
    return inputs, (inputs[:, 0] * inputs[:, 1] > 0).astype(np.float32)


def pytorch(sizes: tuple[int, ...], batch: int, optimizer: str) -> Measure:
    """Eager, as one writes it: zero_grad, forward, backward, step."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    parts: list[nn.Module] = []
    for fan_in, fan_out in itertools.pairwise(sizes[:-1]):
        parts += [nn.Linear(fan_in, fan_out), nn.Tanh()]
    model = nn.Sequential(*parts, nn.Linear(sizes[-2], sizes[-1]))
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
    stepper = kind(model.parameters(), lr=RATES[optimizer])
    loss_of = nn.BCEWithLogitsLoss()
    inputs, targets = (torch.from_numpy(part) for part in points(sizes[0]))
    targets = targets[:, None]

    def measure(seconds: float) -> float:
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            order = torch.randperm(len(inputs))
            mixed, wanted = inputs[order], targets[order]
            for first in range(0, len(inputs), batch):
                stepper.zero_grad()
                loss_of(
                    model(mixed[first : first + batch]), wanted[first : first + batch]
                ).backward()
                stepper.step()
                count += 1
        return count / (time.perf_counter() - start)

    return measure


def scikit_learn(sizes: tuple[int, ...], batch: int, optimizer: str) -> Measure:
    """``MLPClassifier.fit`` over as many epochs as fill the time."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    inputs, targets = points(sizes[0])
    steps = -(-len(inputs) // batch)

    def fit(epochs: int) -> float:
        model = MLPClassifier(
            sizes[1:-1], activation="tanh", solver=optimizer, alpha=0, batch_size=batch,
            learning_rate_init=RATES[optimizer], momentum=0, nesterovs_momentum=False,
            max_iter=epochs, tol=0, n_iter_no_change=epochs, random_state=0,
        )  # fmt: skip
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped by the epochs
            model.fit(inputs, targets)
        return model.n_iter_ * steps / (time.perf_counter() - start)

    def measure(seconds: float) -> float:
        rate = fit(max(2, 100 // steps))
        return fit(max(2, round(rate * seconds / steps)))

    return measure


def jax_jit(sizes: tuple[int, ...], batch: int, optimizer: str) -> Measure:
    """An epoch compiled as one function: ``jit`` of ``lax.scan`` over its batches."""
    import jax
    import jax.numpy as jnp

    inputs, targets = (jnp.asarray(part) for part in points(sizes[0]))
    keys = jax.random.split(jax.random.key(0), len(sizes) - 1)
    start = [
        (jax.random.normal(key, (a, b)) * (2 / (a + b)) ** 0.5, jnp.zeros(b))
        for key, (a, b) in zip(keys, itertools.pairwise(sizes), strict=True)
    ]
    rate, steps = RATES[optimizer], len(inputs) // batch

    def loss(theta: Any, x: Any, y: Any) -> Any:
        for weights, biases in theta[:-1]:
            x = jnp.tanh(x @ weights + biases)
        z = (x @ theta[-1][0] + theta[-1][1])[:, 0]
        return (jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))).mean()

    def step(carry: Any, rows: Any) -> Any:
        theta, first, second, t = carry
        grad = jax.grad(loss)(theta, inputs[rows], targets[rows])
        tree, t = jax.tree.map, t + 1
        if optimizer == "sgd":
            return (tree(lambda w, g: w - rate * g, theta, grad), first, second, t), None
        first = tree(lambda m, g: 0.9 * m + 0.1 * g, first, grad)
        second = tree(lambda v, g: 0.999 * v + 0.001 * g * g, second, grad)

        def move(w: Any, m: Any, v: Any) -> Any:
            return w - rate * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)

        return (tree(move, theta, first, second), first, second, t), None

    @jax.jit
    def epoch(carry: Any, key: Any) -> Any:
        order = jax.random.permutation(key, len(inputs))[: steps * batch].reshape(steps, batch)
        return jax.lax.scan(step, carry, order)[0]

    zeros = jax.tree.map(jnp.zeros_like, start)
    carry, key = (start, zeros, zeros, 0.0), jax.random.key(1)

    def measure(seconds: float) -> float:
        nonlocal carry, key
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            key, own = jax.random.split(key)
            carry = jax.block_until_ready(epoch(carry, own))
            count += steps
        return count / (time.perf_counter() - began)

    return measure


PEERS: dict[str, tuple[str, Callable[[tuple[int, ...], int, str], Measure]]] = {
    "PyTorch eager": ("torch", pytorch),
    "scikit-learn": ("sklearn", scikit_learn),
    "JAX jit + scan": ("jax", jax_jit),
}
