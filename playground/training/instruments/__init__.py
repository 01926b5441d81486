"""Instruments: what is measured of a network beyond its scores, each one entry of a registry."""

from playground.training.instruments import doctor
from playground.training.instruments.base import Instrument, instruments

__all__ = ["Instrument", "doctor", "instruments"]
