"""What the noise scale and the sharpness mean now, in sentences that fit above a small chart."""

from __future__ import annotations

import numpy as np

from playground.exchange.drawing.scales import Array, in_words
from playground.gui.views.verdict import Level
from playground.training.instruments.noise_scale import NoiseReading
from playground.training.instruments.sharpness import SharpnessReading

LAST_ROWS = 9
"""Of so many rows the median is judged: from step to step both go up and down."""
MUCH = 3.0
"""So many times as large is much larger, for a noise scale and a batch."""
NEAR = 0.15
"""So near to its bound a sharpness is at it, as a share."""
FAR = 1.5
"""At so many times its bound a sharpness is trouble; a little above it hovers."""
UNSETTLED = 0.1
"""A sharpness that is known less well, relative to itself, is still being found."""
LONGEST = (
    "Noise scale 31.2, batch 250: hardly any noise; a smaller batch would do about as well here."
)


def noise_words(reading: NoiseReading) -> tuple[str, Level]:
    """The noise scale beside the batch size."""
    scale, batch = _late(reading.scale), int(reading.batch[-1])
    if np.isnan(scale):
        return "The gradient is 0, or too small to be told from its noise.", "muted"
    what = f"Noise scale {in_words(scale, 2)}, batch {in_words(batch, 6)}"
    if batch >= reading.of:
        if batch > MUCH * scale:
            return f"{what}: all points; a smaller batch would do about as well.", "muted"
        return f"{what}: all points, so there is no noise in a step.", "muted"
    if batch * MUCH < scale:
        return f"{what}: noise prevails; a larger batch would be used well.", "muted"
    if batch > MUCH * scale:
        return f"{what}: hardly any noise; a smaller batch would do about as well.", "muted"
    return f"{what}: a step has about as much signal as noise.", "muted"


def sharpness_words(reading: SharpnessReading, full: bool) -> tuple[str, Level]:
    """The sharpness beside its bound; ``full``: whether a step sees all points."""
    value, bound = _late(reading.sharpness), float(reading.bound[-1])
    if np.isnan(value) or np.isnan(bound):
        if reading.at_a_corner:
            return "The loss has a corner just here, so there is no sharpness.", "muted"
        return "There is no sharpness to judge.", "muted"
    if value <= 0:
        return "The loss does not bend up here: no step is too long for it.", "muted"
    name = "Preconditioned sharpness" if reading.adaptive else "Sharpness"
    least = "at least " if reading.doubt > UNSETTLED else ""
    what = f"{name} {least}{in_words(value)}"
    limit = f"{limit_text(reading)} = {in_words(bound)}"
    share = value / bound
    steps = "steps" if full else "full-batch steps"
    if share < 1 - NEAR:
        return f"{what}, below {limit}: {steps} are stable.", "muted"
    if share <= 1 + NEAR:
        return f"{what}, at {limit}: the edge of stability.", "muted"
    level: Level = "amber" if full and share > FAR else "muted"
    return f"{what}, above {limit}: {steps} overshoot.", level


def limit_text(reading: SharpnessReading) -> str:
    """The bound as a formula, such as 2/η."""
    return f"{in_words(reading.limit)}/η"


def _late(values: Array) -> float:
    """The median of the last values; of the last one alone where it is none."""
    late = values[-LAST_ROWS:]
    if not len(late) or np.isnan(late[-1]):
        return float("nan")
    return float(np.nanmedian(late))
