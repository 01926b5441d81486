"""The doctor: rules that say in words what is wrong with a run, and what may help."""

from playground.training.doctor import gradients, learning, normalisation, rate, start, units
from playground.training.doctor.base import SEVERITIES, Finding, Proposal, Rule, Severity, rules
from playground.training.doctor.doctor import Doctor
from playground.training.doctor.evidence import Evidence
from playground.training.doctor.witness import Witness

__all__ = [
    "SEVERITIES",
    "Doctor",
    "Evidence",
    "Finding",
    "Proposal",
    "Rule",
    "Severity",
    "Witness",
    "gradients",
    "learning",
    "normalisation",
    "rate",
    "rules",
    "start",
    "units",
]
