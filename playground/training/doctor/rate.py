"""Rules about the learning rate: steps that are too short, or too long."""

from __future__ import annotations

from playground.core.experiment import Experiment
from playground.core.words import in_words
from playground.training.doctor import changes
from playground.training.doctor.base import Finding, Proposal, Rule, rules
from playground.training.doctor.evidence import Evidence
from playground.training.doctor.gradients import no_gradient
from playground.training.doctor.units import SOLVED
from playground.training.spread import median_of_all


@rules.add
class _TooLarge(Rule):
    name = "rate_too_large"
    label = "The learning rate is too large"
    rank = 15
    red = 5e-2
    leap = 0.3
    """A single step of this size throws the weights where units die or saturate."""
    times_usual = 2.0
    """Only at so many times the usual rate is it blamed for a leap: tiny weights leap too."""
    window = 5
    why = (
        "A step follows the gradient, which holds only near the present weights. When a step "
        "moves the weights by a twentieth of their size or more, it leaves that neighbourhood: the "
        "loss jumps instead of falling, and a few leaps leave units dead or saturated. A tenth of "
        "the rate usually brings calm."
    )
    formula = (
        "‖Δw‖/‖w‖ in a step, while the loss does not fall; red above 0.05 of late, or above 0.3 "
        "in a single step"
    )

    def look(self, evidence: Evidence) -> Finding | None:
        if evidence.diverged:
            return None
        optimizer = evidence.experiment.training.optimizer
        high = optimizer.learning_rate >= self.times_usual * type(optimizer)().learning_rate
        leapt = high and evidence.largest_update > self.leap
        if not leapt and not evidence.update_ratio > self.red:
            return None
        losses = evidence.train_loss
        if len(losses) <= 2 * self.window or evidence.loss_of_chance(self.window) < SOLVED:
            return None
        late = median_of_all(losses[-self.window :])
        before = median_of_all(losses[-2 * self.window : -self.window])
        if late < 0.9 * before:
            return None
        leaps = leapt and not evidence.update_ratio > self.red
        ratio = evidence.largest_update if leaps else evidence.update_ratio
        how = "moved the weights by up to" if leaps else "moves the weights by"
        size = f"{in_words(ratio, 2)} times" if ratio >= 1 else f"{in_words(100 * ratio, 2)} % of"
        return self.found(
            "red",
            f"Learning rate too large: a step {how} {size} their size; the loss does not fall.",
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        return changes.smaller_rate(experiment)


@rules.add
class _TooSmall(Rule):
    name = "rate_too_small"
    label = "The learning rate is too small"
    rank = 70
    red = 1.2e-4
    least_norm = 1e-2
    """With a smaller gradient it is not the rate that keeps the weights where they are."""
    window = 5
    unsolved = 0.5
    why = (
        "A step is the gradient times the learning rate. There is a gradient to follow, but each "
        "step moves the weights by so little that thousands of them change nothing to speak of. "
        "A rate ten or a hundred times as large gets there in sight; stop rules that watch how far "
        "the weights move are fooled by a small one."
    )
    formula = "‖Δw‖/‖w‖ in a step, while the loss is high; red below 1.2·10⁻⁴"

    def look(self, evidence: Evidence) -> Finding | None:
        if not evidence.update_ratio < self.red or not evidence.norm > self.least_norm:
            return None
        if len(evidence.train_loss) <= self.window or no_gradient(evidence):
            return None
        base = evidence.experiment.training.optimizer.learning_rate
        scheduled_down = evidence.rate < base / 2
        if scheduled_down or not evidence.loss_of_chance(self.window) > self.unsolved:
            return None
        ratio = in_words(evidence.update_ratio, 1, least_plain=-2)
        return self.found(
            "red",
            f"Learning rate too small: a step moves the weights by {ratio} of their size.",
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        optimizer = experiment.training.optimizer
        usual, present = type(optimizer)().learning_rate, optimizer.learning_rate
        larger = usual if usual > 1.1 * present else 10 * present
        return [*changes.learning_rate(experiment, larger), *changes.adam(experiment)]
