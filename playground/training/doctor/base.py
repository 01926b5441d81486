"""What a rule of the doctor's is, and what it finds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from playground.core.choice import Registry
from playground.core.experiment import Experiment
from playground.training.doctor.evidence import Evidence

Severity = Literal["red", "amber", "note"]
SEVERITIES: tuple[Severity, ...] = ("red", "amber", "note")
"""The most serious first: it does not learn, it learns badly, it is worth knowing."""
NONE = "The doctor finds nothing that hinders learning."
"""Where no rule fires; charts may mark what does no harm yet, such as some dead neurons."""
WORDS = {"red": "Serious", "amber": "Warning", "note": "Note"}
"""The severities, for those who do not see colours."""

Proposal = tuple[str, Experiment]
"""What is tried, in a few words, and the experiment in which it is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found.

    Attributes:
        rule: The rule's name.
        severity: How serious it is.
        sentence: What is the case, with numbers and layers by name.
        where: The hidden layers that are meant, from 0; empty for the whole.
    """

    rule: str
    severity: Severity
    sentence: str
    where: tuple[int, ...] = ()


class Rule(ABC):
    """Looks for one kind of trouble.

    Its thresholds are class attributes; where a rule has ``amber`` and ``red``, they are the values
    at which it becomes that serious.

    Attributes:
        name: By which findings name it.
        label: What the trouble is called.
        rank: Of two equally serious findings, that of the lower rank explains more.
        why: Three sentences: what happens, why, and what helps.
        formula: What is measured, and where it becomes serious.
        certain: Whether it holds or not without any noise, so that it is said at once.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    rank: ClassVar[int]
    why: ClassVar[str]
    formula: ClassVar[str]
    certain: ClassVar[bool] = False

    @abstractmethod
    def look(self, evidence: Evidence) -> Finding | None:
        """Judge the evidence; None where there is nothing to be said."""

    @abstractmethod
    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        """What may help, the best first; each is another experiment. May be empty."""

    def found(self, severity: Severity, sentence: str, where: tuple[int, ...] = ()) -> Finding:
        """A finding of this rule's."""
        return Finding(self.name, severity, sentence, where)


rules: Registry[type[Rule]] = Registry("rule")
