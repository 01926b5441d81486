"""The largest eigenvalue of the loss's Hessian, followed as the weights change."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from playground.core.experiment import Experiment, Layer
from playground.engine.calls import Array
from playground.engine.network import Network
from playground.training.comparison import work_of_a_pass
from playground.training.differences import Copies, Subject

STEPS = (1e-6, 1e-7, 1e-8)
"""How far the gradient is looked at along a direction of length 1; less where a corner is near."""
NUDGES = (0.0, 1e-5, 1e-4)
"""How far units that are exactly at a corner are moved to the side that the engine counts it to."""
KRYLOV, FEWEST_PRODUCTS = 4, 2
"""Products from which an estimate is made, before the next one starts from it; a look needs two."""
EXACT_ENOUGH = 1e-2
"""An eigenvalue that is known so well, relative to itself, is not improved further."""
WORK, MOST_PRODUCTS = 3e7, 32
"""Multiplications in a look, and products at most: both bound how long it takes."""
STRAY = 1e-2
"""How much chance there is in each start, so that an eigenvector that has grown is found."""
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """The largest eigenvalue, as far as it is known.

    Attributes:
        value: A lower bound, up to rounding; NaN where nothing can be told.
        residual: ``|Hv - value·v|`` with v of length 1: an eigenvalue is no farther from ``value``
            than that (Parlett 1998, "The Symmetric Eigenvalue Problem", theorem 4.5.1). That it is
            the largest one is only likely.
        at_a_corner: Whether nothing can be told because the loss has a corner just there, and so no
            Hessian.
    """

    value: float
    residual: float
    at_a_corner: bool = False


NOTHING = Estimate(float("nan"), float("nan"))


class Curvature:
    """Looks at the Hessian of an experiment's loss, the regulariser included, on some points.

    BatchNorm takes its statistics from these points, as in a step that sees them all; nothing is
    dropped. Products of the Hessian with a direction are central differences of the gradient, in
    double precision. Lanczos's method makes an estimate of a few of them (Rayleigh-Ritz in the
    space that they span), from which the next one starts, also in the next look: as long as the
    weights have not moved far, few products do. Unlike the power method it tells the largest
    eigenvalue from a negative one that is larger in size.

    A unit whose sum is exactly at its activation's corner, as where all that it is given is 0, has
    the slope of the lower side in a step; so it is looked at a little below.
    """

    def __init__(self, experiment: Experiment, inputs: Array, targets: Array) -> None:
        """``inputs`` (features, n), ``targets`` as the loss encodes them (outputs, n)."""
        network = experiment.network
        hidden = tuple(layer.model_copy(update={"dropout": 0.0}) for layer in network.hidden)
        still = network.model_copy(update={"hidden": hidden})
        experiment = experiment.model_copy(update={"network": still})
        self._subject = Subject(experiment, np.zeros(0), inputs, targets)
        self._copies: Copies | None = None
        work = 2 * work_of_a_pass(experiment.sizes, inputs.shape[1])
        self._products = int(np.clip(WORK / work, FEWEST_PRODUCTS, MOST_PRODUCTS))
        self._rng = np.random.default_rng(0)
        self._vector = self._thresholds = np.zeros(0)

    def look(self, theta: Array, scale: Array | None = None) -> Estimate:
        """Estimate the largest eigenvalue at some parameters.

        Args:
            theta: (P,).
            scale: (P,), not below 0. If given, the eigenvalue is that of ``D^½·H·D^½`` with
                ``D = diag(scale)``, which is also that of ``D·H``.
        """
        theta = theta.astype(np.float64)
        roots = None if scale is None else np.sqrt(scale.astype(np.float64))
        if not np.isfinite(theta).all() or (roots is not None and not np.isfinite(roots).all()):
            return NOTHING
        if self._copies is None:
            self._copies = Copies(replace(self._subject, theta=theta), 1)
            self._vector = self._rng.standard_normal(len(theta))
            self._thresholds = _thresholds(self._copies.network)
        for nudge in NUDGES:
            self._copies.put(theta - nudge * self._thresholds)
            found = self._estimate(roots)
            if not found.at_a_corner:
                break
        return found

    def _estimate(self, roots: Array | None) -> Estimate:
        """Improve on the last estimate, at the parameters where the copies are."""
        left, found = self._products, NOTHING
        start = self._vector + STRAY * self._stray()
        while left > 0:
            count = min(KRYLOV, left)
            left -= count
            basis, images, crossed = self._space(start, count, roots)
            if crossed or not np.isfinite(images).all():
                return replace(NOTHING, at_a_corner=crossed)
            _, vectors = np.linalg.eigh(_symmetric(basis @ images.T))
            start, image = vectors[:, -1] @ basis, vectors[:, -1] @ images
            value = float(start @ image)
            found = Estimate(value, float(np.linalg.norm(image - value * start)))
            self._vector = start
            if found.residual <= EXACT_ENOUGH * abs(value):
                break
        return found

    def _stray(self) -> Array:
        chance = self._rng.standard_normal(len(self._vector))
        return np.asarray(chance * (np.linalg.norm(self._vector) / np.linalg.norm(chance)))

    def _space(self, start: Array, count: int, roots: Array | None) -> tuple[Array, Array, bool]:
        """An orthonormal basis (k, P), what the Hessian makes of it, and whether at a corner.

        Each direction is what the last product adds to those before (Lanczos, orthogonalised in
        full); there are fewer where it adds nothing.
        """
        direction = start / np.linalg.norm(start)
        basis, images = direction[None], np.empty((0, len(start)))
        while True:
            image, crossed = self._product(direction, roots)
            images = np.vstack((images, image))
            if crossed or len(images) == count:
                return basis, images, crossed
            rest = image - (basis @ image) @ basis
            rest -= (basis @ rest) @ basis
            size = np.linalg.norm(rest)
            if not size > TINY * np.linalg.norm(image):
                return basis, images, False
            direction = rest / size
            basis = np.vstack((basis, direction))

    def _product(self, direction: Array, roots: Array | None) -> tuple[Array, bool]:
        assert self._copies is not None
        along = direction if roots is None else roots * direction
        size = float(np.linalg.norm(along))
        if not size > 0:
            return np.zeros_like(direction), False
        image, crossed = along, True
        for step in STEPS:
            image, crossed = self._copies.product(along / size, step)
            if not crossed:
                break
        image *= size if roots is None else roots * size
        return image, crossed


def _symmetric(matrix: Array) -> Array:
    return np.asarray((matrix + matrix.T) / 2)


def _thresholds(network: Network) -> Array:
    """1 where a parameter is added to what a hidden unit's activation is given, else 0: (P,)."""
    mask = np.zeros((1, network.layout.count))
    for layer, views in zip(network.layers[:-1], network.layout.views(mask), strict=False):
        before = isinstance(layer, Layer) and layer.batch_norm == "before"
        shift = views.beta if before else views.biases
        assert shift is not None
        shift[:] = 1
    return np.asarray(mask[0])
