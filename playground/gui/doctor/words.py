"""What the line and the list of findings have in common."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from playground.core.experiment import Experiment
from playground.gui.theme import Colours
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.snapshot import Snapshot
from playground.training.doctor import Finding, Proposal, rules
from playground.training.doctor.base import NONE as NONE
from playground.training.doctor.base import WORDS as WORDS

INSTRUMENT = "doctor"
COLOURS = {"red": "red", "amber": "amber", "note": "accent"}
"""The severities, as theme's colours."""
IN_REPLICAS = "Replica {}: "


def findings_of(snapshot: Snapshot) -> tuple[Finding, ...] | None:
    """What the doctor says of a snapshot, the most serious first; None if it was not asked."""
    found: tuple[Finding, ...] | None = snapshot.readings.get(INSTRUMENT)
    return found


def sentence_of(finding: Finding, snapshot: Snapshot) -> str:
    """A finding's sentence; of several replicas it says of which."""
    if snapshot.replicas == 1:
        return finding.sentence
    return IN_REPLICAS.format((snapshot.shown or 0) + 1) + finding.sentence


def proposals(finding: Finding, experiment: Experiment) -> list[Proposal]:
    """What may help, the best first; nothing where a layer that is meant is gone by now."""
    if any(layer >= len(experiment.network.hidden) for layer in finding.where):
        return []
    return rules[finding.rule]().proposal(experiment, finding)


def colour_of(finding: Finding | None, colours: Colours) -> str:
    """The colour of a finding's dot, and of its absence."""
    return getattr(colours, "muted" if finding is None else COLOURS[finding.severity])


class WhyButton(QPushButton):
    """Asks for a finding's reasons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Why?", parent)
        self.setFocusPolicy(KEYS_ONLY)
        self.setToolTip("What this means, where it comes from, and how it is measured.")

    def name_for(self, finding: Finding) -> None:
        """Say to a screen reader what it is about."""
        self.setAccessibleName(f"Why? {rules[finding.rule].label}")


class TryButton(QPushButton):
    """Tries a proposal.

    Attributes:
        label: The proposal's.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = ""
        self.setFocusPolicy(KEYS_ONLY)

    def offer(self, label: str, finding: Finding) -> None:
        """Offer a proposal against a finding."""
        if label != self.label:
            self.label = label
            self.setText(f"Try {label}")
            self.setToolTip(f"Start anew from the same seed with {label}; Ctrl+Z takes it back.")
        self.setAccessibleName(f"Try {label} against: {rules[finding.rule].label}")
