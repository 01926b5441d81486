"""The gradient noise scale: how many points a step should see before more of them say the same.

McCandlish et al. 2018, "An Empirical Model of Large-Batch Training", equation 2.9: the simple noise
scale ``B = tr(Σ) / |G|²``, with G the gradient of the training loss and Σ the covariance of the
gradients of single training points. A step of B points has as much noise as signal. In smaller
batches the noise prevails: with twice the points about half the steps are needed. Batches that are
much larger buy nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from playground.engine.calls import Array
from playground.engine.regularizers import Penalty
from playground.training.history import History
from playground.training.instruments.base import SeriesInstrument, instruments
from playground.training.sample_gradients import SampleGradients, sample_gradients
from playground.training.stand_in import StandIn
from playground.training.trainer import Trainer

ROWS = 600
MOST_POINTS = 1024
"""Training points whose gradients are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class NoiseReading:
    """The noise scale over the epochs, and the batch size that it is to be compared with.

    Attributes:
        epochs: When the rows were taken (rows,).
        scale: The noise scale in points (rows,); NaN where there is none, since the gradient is 0
            or not finite, or too small to be told from its noise at the points looked at.
        batch: Points in a step at that time (rows,).
        points: How many training points were looked at.
        of: How many there are.
    """

    epochs: Array
    scale: Array
    batch: Array
    points: int
    of: int


@instruments.add
class NoiseScale(SeriesInstrument):
    """Reads a :class:`NoiseReading` from the gradients of the training points.

    The network is taken as it is judged: without dropout, and with BatchNorm's running statistics.
    """

    name = "noise_scale"

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._stand_in = StandIn(trainer)
        self._last: dict[int, object] = {}

    def read(self, replica: int) -> NoiseReading | None:
        trainer, past = self.trainer, self._past
        train = trainer.dataset.train
        if len(train) < 2:
            return None  # one point has no covariance
        history = past.setdefault(replica, History(("epoch", "scale", "batch"), 1, ROWS))
        chosen = slice(None, None, -(-len(train) // MOST_POINTS))
        inputs, targets = train.inputs[:, chosen], train.targets[chosen]
        ended = bool(trainer.outcome.ended[replica])
        moment = (None if ended else trainer.step, trainer.experiment)
        if moment != self._last.get(replica):
            self._last[replica] = moment
            network = self._stand_in.of(replica)
            found = sample_gradients(
                network, inputs, network.loss.encode(targets, network.sizes[-1])
            )
            scale = noise_scale(found, self._pull(network.theta), len(train))
            history.append(trainer.epochs_done, scale, self._batch)
        table = history.table()
        return NoiseReading(
            table["epoch"][:, 0],
            table["scale"][:, 0],
            table["batch"][:, 0],
            len(targets),
            len(train),
        )

    @property
    def _batch(self) -> int:
        size, count = self.trainer.experiment.training.batch_size, len(self.trainer.dataset.train)
        return count if size == "full" else min(size, count)

    def _pull(self, theta: Array) -> Array:
        """The gradient of the regulariser, (P,): the same whatever points a step sees."""
        penalty = cast(Penalty, self.trainer.experiment.training.regularizer)
        weights = theta.astype(np.float64).ravel()
        pull = np.zeros_like(weights)
        with np.errstate(all="ignore"):  # what is not finite is no scale
            for call in penalty.compile(weights, pull, self.trainer.network.layout.weight_mask()):
                call()
        return pull


def noise_scale(gradients: SampleGradients, pull: Array | float, count: int) -> float:
    """The noise scale from :func:`estimates`.

    Returns:
        NaN where the square of the gradient is not above 0, or something is not finite.
    """
    trace, signal = estimates(gradients, pull, count)
    if not (np.isfinite(trace) and np.isfinite(signal) and signal > 0):
        return float("nan")
    return trace / signal


def estimates(gradients: SampleGradients, pull: Array | float, count: int) -> tuple[float, float]:
    """Of ``count`` training points tr(Σ) and |G|², by the gradients of n of them, without bias.

    With ``g`` their mean these are ``S = (Σ|gᵢ|² - n·|g|²) / (n - 1)`` and
    ``|g + pull|² - S·(1/n - 1/count)``: McCandlish et al. 2018, appendix A.1, for points that are
    drawn without replacement (Cochran 1977, "Sampling Techniques", theorem 2.2). Where all are
    looked at, nothing is left to estimate and the last term is 0.

    Args:
        gradients: Of at least two points.
        pull: What is added to the gradient of any point, such as a regulariser's.
        count: How many training points there are.
    """
    n = len(gradients.squares)
    with np.errstate(all="ignore"):
        spread = float(gradients.squares.sum() - n * np.square(gradients.mean).sum())
        trace = np.fmax(spread, 0.0) / (n - 1) if np.isfinite(spread) else float("nan")
        signal = float(np.square(gradients.mean + pull).sum()) - trace * (1 / n - 1 / count)
    return float(trace), signal
