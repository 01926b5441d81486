"""What a report says of a run, gathered before anything is written or drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from playground import __version__
from playground.core.experiment import Experiment
from playground.core.words import NOTHING, accuracy_text, in_words, loss_text
from playground.data.dataset import Dataset, extent, plane_inputs
from playground.engine.calls import Array
from playground.exchange.exporting.registry import Subject
from playground.exchange.trained import restore
from playground.training.diagnostics import GradientSizes, gradient_sizes
from playground.training.doctor import Doctor, Finding, rules
from playground.training.instruments.errors import Errors, ErrorsReading
from playground.training.outcome import ways_of
from playground.training.spread import counted, quantiles
from playground.training.stand_in import StandIn
from playground.training.stopping import Stop
from playground.training.trainer import Trainer

GRID = 100
"""Cells along each side of the field."""
MOST_CLASSES = 20
"""Of more, a table of what is taken for what cannot be read."""
SCORES = (
    ("train_loss", "Train loss"),
    ("test_loss", "Test loss"),
    ("train_accuracy", "Train accuracy"),
    ("test_accuracy", "Test accuracy"),
)
Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding of the doctor's with its reasons.

    Attributes:
        finding: What is the case, and how serious it is.
        label: What the trouble is called.
        why, formula: The reasons, and how it is measured.
        remedies: What may help, the best first.
    """

    finding: Finding
    label: str
    why: str
    formula: str
    remedies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Which classes are taken for which.

    Attributes:
        title: How many are right.
        counts: A row for each class, a column for each answer.
    """

    title: str
    counts: list[list[int]]

    @property
    def header(self) -> list[str]:
        """Above the columns; the first one is above the rows' names."""
        return ["class ↓, answer →", *map(str, range(len(self.counts)))]


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """All that a report says.

    Attributes:
        experiment: What was chosen.
        dataset: Its points.
        replica: The network that is looked at, from 0.
        trained: Whether any step was made.
        epoch, step: How far it has come.
        stops: Why each replica's run ended, or None.
        best_epoch: Its best epoch, where a rule looked for one.
        diverged: Which replicas have diverged (R,).
        history: Its columns, (rows, R) each.
        figures: Names and values, of this replica.
        spread: For several replicas: a score, its median, its least and its greatest value.
        sizes: The gradient in each layer at the present weights; None where it is not known.
        field: Raw outputs over the plane (outputs, GRID, GRID).
        extent: Where the field lies.
        errors: On training and test points.
        verdicts: The doctor's, the most serious first.
        versions: Of what it was computed with.
    """

    experiment: Experiment
    dataset: Dataset
    replica: int
    trained: bool
    epoch: int
    step: int
    stops: tuple[Stop | None, ...]
    best_epoch: int | None
    diverged: Array
    history: dict[str, Array]
    figures: tuple[tuple[str, str], ...]
    spread: tuple[tuple[str, str, str, str], ...]
    sizes: GradientSizes | None
    field: Array
    extent: Extent
    errors: ErrorsReading
    verdicts: tuple[Verdict, ...]
    versions: tuple[tuple[str, str], ...]

    @property
    def replicas(self) -> int:
        """How many networks were trained at once."""
        return self.experiment.training.replicas

    @property
    def stop(self) -> Stop | None:
        """Why the run of the replica that is looked at ended, or None."""
        return self.stops[self.replica]

    @property
    def whose(self) -> str:
        """Whose figures these are; empty where there is but one network."""
        if self.replicas == 1:
            return ""
        seed = self.experiment.training.seed + self.replica
        return f"replica {self.replica + 1} of {self.replicas} (seed {seed})"

    @property
    def confusions(self) -> list[Confusion]:
        """What is taken for what, among the training and among the test points."""
        found = []
        for part, name in ((self.errors.train, "training"), (self.errors.test, "test")):
            counts = part.confusion
            if counts is not None and part.count and len(counts) <= MOST_CLASSES:
                right = int(np.trace(counts))
                share = accuracy_text(part.accuracy)
                title = f"{share} of the {name} points right: {right:,} of {part.count:,}"
                found.append(Confusion(title, counts.tolist()))
        return found

    @property
    def residuals(self) -> tuple[tuple[str, str, str], ...]:
        """How far values are off: the measure, of training points, of test points."""
        train, test = self.errors.train, self.errors.test
        if train.confusion is not None:
            return ()
        return (
            ("Root of the mean squared error", in_words(train.rmse), in_words(test.rmse)),
            ("Mean absolute error", in_words(train.mae), in_words(test.mae)),
            ("R²", in_words(train.r2), in_words(test.r2)),
        )

    @property
    def ending(self) -> str:
        """How the run ended, in sentences: of several replicas all, and then this one."""
        ways = ways_of(self.stops) if self.replicas > 1 else ""
        return (
            f"{ways} Replica {self.replica + 1}: {self._own_ending}" if ways else self._own_ending
        )

    @property
    def _own_ending(self) -> str:
        if self.stop is not None:
            return self.stop.message
        if not self.trained:
            return "Not trained yet: these are the network’s initial weights."
        return f"The run had not ended: it can go on from epoch {self.epoch:,}."


def contents_of(subject: Subject) -> Contents:
    """Gather all of it; the document is not changed."""
    trainer, replica = restore(subject.document), subject.replica
    field, errors = _field(trainer, replica), Errors(trainer).read(replica)
    figures = _figures(trainer, replica)
    spread, history = _spread(trainer), trainer.history.table()
    program = trainer.last_program if trainer.step else trainer.gradient_at_start()
    findings = Doctor(trainer).examine(replica)
    trained = subject.document.trained
    return Contents(
        experiment=trainer.experiment,
        dataset=trainer.dataset,
        replica=replica,
        trained=trainer.step > 0,
        epoch=trainer.epoch,
        step=trainer.step,
        stops=trainer.outcome.stops,
        best_epoch=trainer.outcome.best_epoch(replica),
        diverged=trainer.outcome.diverged,
        history=history,
        figures=figures,
        spread=spread,
        sizes=None if program is None else gradient_sizes(trainer.network, program),
        field=field,
        extent=extent(trainer.dataset),
        errors=errors,
        verdicts=tuple(_verdict(finding, trainer.experiment) for finding in findings),
        versions=_versions(trained.versions if trained is not None else {}),
    )


def _field(trainer: Trainer, replica: int) -> Array:
    inputs = plane_inputs(trainer.dataset, trainer.experiment.data.features, GRID)
    outputs = StandIn(trainer).of(replica).outputs(inputs)[0]
    return np.array(outputs.reshape(-1, GRID, GRID))


def _figures(trainer: Trainer, replica: int) -> tuple[tuple[str, str], ...]:
    found = [("Epoch", f"{trainer.epoch:,}"), ("Optimizer steps", f"{trainer.step:,}")]
    best = trainer.outcome.best_epoch(replica)
    if best:
        found.append(("Best epoch", f"{best:,}"))
    for name, label in SCORES:
        value = float(getattr(trainer.scores, name)[replica])
        text = accuracy_text(value) if name.endswith("accuracy") else loss_text(value)
        if text != NOTHING:
            found.append((label, text))
    return tuple(found)


def _spread(trainer: Trainer) -> tuple[tuple[str, str, str, str], ...]:
    if trainer.network.replicas == 1:
        return ()
    found, there = [], counted(trainer.outcome.diverged)
    for name, label in SCORES:
        low, middle, high = quantiles(getattr(trainer.scores, name)[there], (0.0, 0.5, 1.0))
        if np.isfinite(middle):
            text = accuracy_text if name.endswith("accuracy") else loss_text
            found.append((label, text(float(middle)), text(float(low)), text(float(high))))
    return tuple(found)


def _verdict(finding: Finding, experiment: Experiment) -> Verdict:
    rule = rules[finding.rule]
    remedies = tuple(label for label, _ in rule().proposal(experiment, finding))
    return Verdict(finding, rule.label, rule.why, rule.formula, remedies)


def _versions(of_training: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    names = {"playground": "Gradient Playground", "numpy": "NumPy", "python": "Python"}
    known = of_training or {"playground": __version__, "numpy": np.__version__}
    return tuple((names.get(name, name), version) for name, version in known.items())
