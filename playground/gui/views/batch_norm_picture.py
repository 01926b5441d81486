"""The single units of a layer before BatchNorm, in a row of distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from playground.exchange.drawing.scales import in_words
from playground.gui.views.distribution_pictures import Look, plot_of
from playground.training.instruments.distributions import UnitStatistics


@dataclass(frozen=True, slots=True)
class Units:
    """The statistics of each unit before BatchNorm: mean and std, running and of the last batch."""

    units: UnitStatistics

    def paint(self, painter: QPainter, frame: QRectF, look: Look) -> None:
        units, plot = self.units, plot_of(frame, QFontMetricsF(painter.font()))
        low, high = _bounds(units)
        count = len(units.running_mean)
        step = plot.width() / count
        height = plot.height() / (high - low)
        pale = QColor(look.colour)
        pale.setAlphaF(0.3)
        solid = max(min(step / 4, 4.0), 1.0)
        pairs = (
            (units.running_mean, units.running_std, pale, max(step - 1, 1.0)),
            (units.batch_mean, units.batch_std, QColor(look.colour), solid),
        )
        for means, stds, colour, width in pairs:
            bars = [
                QRectF(
                    plot.left() + (index + 0.5) * step - width / 2,
                    plot.bottom() - (mean + std - low) * height,
                    width,
                    max(2 * std * height, 1.0),
                )
                for index, (mean, std) in enumerate(zip(means.tolist(), stds.tolist(), strict=True))
                if math.isfinite(mean) and math.isfinite(std)
            ]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRects(bars)

    def read(self, plot: QRectF, at: QPointF) -> str:
        if at.x() < plot.left():
            return ""
        units, count = self.units, len(self.units.running_mean)
        index = min(int((at.x() - plot.left()) / max(plot.width(), 1) * count), count - 1)
        parts = (
            ("running", units.running_mean, units.running_std),
            ("last batch", units.batch_mean, units.batch_std),
            ("training points", units.points_mean, units.points_std),
        )
        words = (
            f"{name} {in_words(float(mean[index]))} ± {in_words(float(std[index]))}"
            for name, mean, std in parts
        )
        return f"unit {index + 1}: " + ", ".join(words)


def _bounds(units: UnitStatistics) -> tuple[float, float]:
    """A range that holds all means with their stds."""
    ends = [
        mean + sign * std
        for mean, std in (
            (units.running_mean, units.running_std),
            (units.batch_mean, units.batch_std),
        )
        for sign in (-1, 1)
    ]
    finite = np.concatenate(ends).astype(np.float64)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return low, high if high > low else low + 1.0
