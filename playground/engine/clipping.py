"""Bounds on the gradient of the loss, each one entry of the registry.

As in PyTorch (2.13, ``torch.nn.utils``), clipping comes right after the backward pass: what a
regulariser adds, and AdamW's decay, is not clipped.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from playground.core.families import Clipping, clippings
from playground.core.fields import number
from playground.engine.calls import Array, Call, call, scalar

PYTORCH = "PyTorch 2.13, torch.nn.utils"
NORM_EPSILON = 1e-6
"""What PyTorch adds to the norm before it divides by it."""


class GradientClipping(Clipping):
    """A bound that can be compiled."""

    @abstractmethod
    def compile(self, grad: Array) -> list[Call]:
        """Compile the change of ``grad`` (R, P) in place; no calls where nothing is clipped.

        Each replica gets what it would get alone. What is not a number stays so: a run that
        diverges must be seen to do so.
        """


@clippings.add
class NoClipping(GradientClipping):
    """The gradient as it is."""

    name = "none"
    label = "none"
    formula = "g"
    reference = ""

    def compile(self, grad: Array) -> list[Call]:
        return []


@clippings.add
class ClipNorm(GradientClipping):
    """Shortens a gradient that is too long, and keeps its direction.

    The norm is that of all parameters of a network together. It is summed in double precision, so
    that in single precision no gradient is too large to be squared; where the norm is infinite all
    the same, the gradient becomes not a number, and the run ends as diverged.
    """

    name = "norm"
    label = "By norm"
    formula = "g·min(1, c/(‖g‖ + 10⁻⁶))"
    reference = f"{PYTORCH}.clip_grad_norm_; Pascanu et al. 2013; Keras: global_clipnorm"

    max_norm: float = number(
        1.0,
        "Limit c",
        "The length that the gradient may have. A healthy one has 0.01 to 3 here.",
        minimum=0,
        maximum=1e9,
        slider=(1e-3, 100),
        scale="log",
        decimals=4,
        live=True,
    )

    def compile(self, grad: Array) -> list[Call]:
        largest = np.array(self.max_norm)
        norm = np.empty((len(grad), 1))
        flaw, coefficient = np.empty_like(norm), np.empty_like(grad, shape=norm.shape)
        wide = grad if grad.dtype == norm.dtype else np.empty_like(grad, dtype=norm.dtype)
        calls: list[Call] = [] if wide is grad else [call(np.copyto, wide, grad)]
        return [
            *calls,
            call(np.vecdot, wide, wide, norm[:, 0]),
            call(np.sqrt, norm, norm),
            call(np.subtract, norm, norm, flaw),  # 0, or not a number where the norm is not finite
            call(np.add, norm, np.array(NORM_EPSILON), norm),
            call(np.maximum, norm, largest, out=norm),
            call(np.divide, largest, norm, norm),
            call(np.add, norm, flaw, coefficient),
            call(np.multiply, grad, coefficient, grad),
        ]


@clippings.add
class ClipValue(GradientClipping):
    """Cuts each component by itself; the direction changes where any is cut."""

    name = "value"
    label = "By value"
    formula = "max(-c, min(c, g)) for each component"
    reference = f"{PYTORCH}.clip_grad_value_; Keras: clipvalue"

    clip_value: float = number(
        0.1,
        "Limit c",
        "The size that any component of the gradient may have.",
        minimum=0,
        maximum=1e9,
        slider=(1e-4, 10),
        scale="log",
        decimals=5,
        live=True,
    )

    def compile(self, grad: Array) -> list[Call]:
        return [
            call(np.maximum, grad, scalar(grad, -self.clip_value), out=grad),
            call(np.minimum, grad, scalar(grad, self.clip_value), out=grad),
        ]
