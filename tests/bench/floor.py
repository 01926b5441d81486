"""The floor: a training step written out by hand in NumPy, without any engine around it.

Samples are rows and biases are added by themselves, as one would write it first. Binary
cross-entropy, tanh, preallocated float32 buffers.
"""

from __future__ import annotations

import itertools
import time

import numpy as np


def steps_per_second(sizes: tuple[int, ...], batch: int, optimizer: str, seconds: float) -> float:
    """Train 250 points for so long and count."""
    step, points, targets, rng = _compile(sizes, batch, optimizer)
    count = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        order = rng.permutation(len(points))
        mixed, wanted = points[order], targets[order]
        for first in range(0, len(points), batch):
            step(mixed[first : first + batch], wanted[first : first + batch])
            count += 1
    return count / (time.perf_counter() - start)


def _compile(sizes, batch, optimizer):
    rng = np.random.default_rng(0)
    single = np.float32
    points = rng.uniform(-6, 6, (250, sizes[0])).astype(single)
    targets = (np.sign(points[:, :1] * points[:, 1:2]) > 0).astype(single)
    shapes = list(itertools.pairwise(sizes))
    count = sum((a + 1) * b for a, b in shapes)
    theta, grad, update, first, second = (np.zeros(count, single) for _ in range(5))
    weights, biases, weight_grads, bias_grads, at = [], [], [], [], 0
    for a, b in shapes:
        weights.append(theta[at : at + a * b].reshape(a, b))
        weight_grads.append(grad[at : at + a * b].reshape(a, b))
        at += a * b
        biases.append(theta[at : at + b])
        bias_grads.append(grad[at : at + b])
        at += b
        weights[-1][:] = rng.normal(size=(a, b)) * np.sqrt(2 / (a + b))
    outs, deltas, temps = ([np.empty((batch, b), single) for b in sizes[1:]] for _ in range(3))
    last = len(shapes) - 1
    steps = 0

    def step(x, y):
        nonlocal steps
        below = x
        for i in range(last + 1):
            z = outs[i]
            np.matmul(below, weights[i], out=z)
            z += biases[i]
            if i != last:
                np.tanh(z, out=z)
            below = z
        delta = deltas[last]
        np.negative(below, out=delta)
        np.exp(delta, out=delta)
        delta += 1
        np.reciprocal(delta, out=delta)
        delta -= y
        delta *= 1 / batch
        for i in range(last, -1, -1):
            delta, below = deltas[i], outs[i - 1] if i else x
            if i != last:
                temp = temps[i]
                np.multiply(outs[i], outs[i], out=temp)
                np.subtract(1, temp, out=temp)
                delta *= temp
            np.matmul(below.T, delta, out=weight_grads[i])
            np.add.reduce(delta, 0, out=bias_grads[i])
            if i:
                np.matmul(delta, weights[i].T, out=deltas[i - 1])
        steps += 1
        if optimizer == "sgd":
            np.multiply(grad, 0.03, out=update)
            np.subtract(theta, update, out=theta)
            return
        np.multiply(first, 0.9, out=first)
        np.multiply(grad, 0.1, out=update)
        np.add(first, update, out=first)
        np.multiply(second, 0.999, out=second)
        np.multiply(grad, grad, out=update)
        np.multiply(update, 0.001, out=update)
        np.add(second, update, out=second)
        np.sqrt(second, out=update)
        np.multiply(update, 1 / np.sqrt(1 - 0.999**steps), out=update)
        np.add(update, 1e-8, out=update)
        np.divide(first, update, out=update)
        np.multiply(update, 0.01 / (1 - 0.9**steps), out=update)
        np.subtract(theta, update, out=theta)

    return step, points, targets, rng
