"""Instruments: what is measured of a network beyond its scores, each one entry of a registry."""

from playground.training.instruments import (
    answers,
    distributions,
    doctor,
    errors,
    neurons,
    noise_scale,
    sharpness,
    unit_field,
    updates,
    wiring,
)
from playground.training.instruments.base import Instrument, instruments

__all__ = [
    "Instrument",
    "answers",
    "distributions",
    "doctor",
    "errors",
    "instruments",
    "neurons",
    "noise_scale",
    "sharpness",
    "unit_field",
    "updates",
    "wiring",
]
