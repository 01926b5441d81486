"""The doctor: asks all rules again and again, and speaks calmly."""

from __future__ import annotations

from dataclasses import dataclass

from playground.training.doctor.base import SEVERITIES, Finding, Rule, rules
from playground.training.doctor.evidence import Evidence
from playground.training.doctor.witness import Witness
from playground.training.trainer import Trainer

ONSET, LINGER, HOLD = 3, 6, 10
"""Looks in a row after which a finding is taken up, is dropped, and may change its numbers."""


@dataclass(slots=True)
class _Opinion:
    """What is said of one rule, and how the last looks agreed with it."""

    rule: Rule
    said: Finding | None = None
    looks: int = 0
    against: int = 0

    def hear(self, found: Finding | None, at_once: bool) -> None:
        """Take note of a look; ``at_once`` if it is to be believed by itself."""
        said, self.looks = self.said, self.looks + 1
        same = (found is None) == (said is None) and (
            found is None or said is None or found.severity == said.severity
        )
        if at_once:
            self._say(found)
        elif same:
            self.against = 0
            if found is not None and self.looks >= HOLD:
                self._say(found)
        else:
            self.against += 1
            if self.against >= (LINGER if found is None else ONSET):
                self._say(found)

    def _say(self, found: Finding | None) -> None:
        self.said, self.looks, self.against = found, 0, 0


class Doctor:
    """Gives the findings on one replica of a run, the most serious first.

    While a run goes on, a finding appears when some looks in a row agree on it, and vanishes when
    some more agree that it is gone, so that what is said does not flicker. Before the first step,
    at the end, and where a rule is certain, a look is believed by itself.
    """

    def __init__(self, trainer: Trainer, witness: Witness | None = None) -> None:
        """``witness``: one that other doctors of the same trainer ask too."""
        self._witness = Witness(trainer) if witness is None else witness
        self._opinions = [_Opinion(rule()) for rule in rules.values()]
        self._moment: object = None
        self._replica: int | None = None
        self._findings: tuple[Finding, ...] = ()

    def examine(self, replica: int) -> tuple[Finding, ...]:
        """What is to be said of a replica, from 0, now."""
        moment = (replica, *self._witness.moment)
        if moment != self._moment:
            self._listen(self._witness.evidence(replica), replica != self._replica)
            self._moment, self._replica = moment, replica
        return self._findings

    def _listen(self, evidence: Evidence, another: bool) -> None:
        settled = another or evidence.step == 0 or evidence.stop is not None
        for opinion in self._opinions:
            opinion.hear(opinion.rule.look(evidence), settled or opinion.rule.certain)
        there = [(opinion.rule.rank, opinion.said) for opinion in self._opinions]
        findings = [(rank, said) for rank, said in there if said is not None]
        findings.sort(key=lambda pair: (SEVERITIES.index(pair[1].severity), pair[0]))
        self._findings = tuple(said for _, said in findings)
