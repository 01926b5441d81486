"""Rules about the losses: nothing is learned, or too much by heart; and who picks the epoch."""

from __future__ import annotations

import numpy as np

from playground.core.experiment import Experiment, Layer
from playground.core.families import regularizers, stop_rules
from playground.core.words import in_words
from playground.engine.calls import Array
from playground.training.doctor import changes
from playground.training.doctor.base import Finding, Proposal, Rule, Severity, rules
from playground.training.doctor.evidence import Evidence
from playground.training.spread import median_of_all
from playground.training.stopping import ALL_ALIKE

WIDE = 32
"""From so many units on dropout leaves enough of a layer."""
ENOUGH_TEST_POINTS = 100


@rules.add
class _Stuck(Rule):
    name = "stuck_at_chance"
    label = "No better than chance"
    rank = 80
    share = 0.97
    amber, red = 10, 20
    window = 10
    why = (
        "The loss is that of a network which answers the same to every point: it has learned how "
        "often each answer occurs, and nothing of where. A plateau of this kind looks like "
        "convergence to a stop rule, but it is a start that has failed. Other findings often name "
        "the cause; if there are none, another activation, optimizer or a larger network may do."
    )
    formula = (
        "training loss ≥ 0.97 times that of the best constant answer, in the median of 10 epochs; "
        "amber from epoch 10, red from epoch 20"
    )

    def look(self, evidence: Evidence) -> Finding | None:
        if evidence.epoch < self.amber or evidence.diverged:
            return None
        if not evidence.loss_of_chance(self.window) >= self.share:
            return None
        late = float(median_of_all(evidence.train_loss[-self.window :]))
        severity: Severity = "red" if evidence.epoch >= self.red else "amber"
        return self.found(
            severity,
            f"No better than chance: the training loss is {in_words(late)}, a constant answer "
            f"gets {in_words(evidence.train_chance)}.",
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        hidden = experiment.network.hidden
        if not hidden:
            layers = (Layer(), Layer(), Layer())
            return changes.tried("three layers", experiment, (("network", "hidden"), layers))
        found: list[Proposal] = []
        if any(layer.activation.name in (*changes.SQUEEZING, "linear") for layer in hidden):
            found += changes.relu_and_he(experiment)
        if experiment.training.optimizer.name in ("sgd", "momentum", "nesterov"):
            found += changes.adam(experiment)
        return found


@rules.add
class _Overfitting(Rule):
    name = "overfitting"
    label = "Overfitting"
    rank = 90
    window = 10
    rise = 1.3
    least_rise = 0.1
    """Of a constant answer's loss: noise raises a small loss by as much as it likes."""
    why = (
        "The network goes on to fit the training points, their noise included, and what it learns "
        "of that noise is wrong elsewhere. So the training loss falls while the test loss rises. "
        "More points are the best cure; weight decay and dropout hold the network back, and the "
        "plateau rule stops at the best epoch."
    )
    formula = (
        "medians over 10 epochs: the test loss above 1.3 times its best, and by a tenth of a "
        "constant answer’s loss, while the training loss is below what it was then"
    )

    def look(self, evidence: Evidence) -> Finding | None:
        test, train = evidence.test_loss, evidence.train_loss
        if evidence.diverged or not evidence.test_count or len(test) < 3 * self.window:
            return None
        if not evidence.test_chance > ALL_ALIKE:
            return None
        if evidence.stop is not None and evidence.stop.restored:
            return None  # the weights are those of the best epoch again
        smooth, smooth_train = _medians(test, self.window), _medians(train, self.window)
        if not np.isfinite(smooth).all():
            return None
        best = int(smooth.argmin())
        low, late = float(smooth[best]), float(smooth[-1])
        rises = late > self.rise * low and late - low > self.least_rise * evidence.test_chance
        if not rises or smooth_train[-1] >= smooth_train[best]:
            return None
        epoch = round(float(evidence.epochs[best + self.window // 2]))
        return self.found(
            "amber",
            f"Overfitting: since about epoch {epoch} the test loss has risen from "
            f"{in_words(low, 2)} to {in_words(late, 2)}, the training loss has fallen.",
        )

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        data, training = experiment.data, experiment.training
        found: list[Proposal] = []
        if all(rule.name != "test_loss_plateau" for rule in training.stop):
            stop = (*training.stop, stop_rules["test_loss_plateau"]())
            found += changes.tried("stopping in time", experiment, (("training", "stop"), stop))
        wide = [i for i, layer in enumerate(experiment.network.hidden) if layer.units >= WIDE]
        last_norm = max(
            (i for i, one in enumerate(experiment.network.hidden) if one.batch_norm != "none"),
            default=-1,
        )
        wide = [index for index in wide if index >= last_norm]
        if any(experiment.network.hidden[index].dropout < 0.5 for index in wide):
            found += changes.with_layers("dropout 0.5", experiment, wide, dropout=0.5)
        if training.regularizer.name == "none":
            decay = regularizers["l2"].model_validate({"rate": 0.01})
            found += changes.tried("L2 0.01", experiment, (("training", "regularizer"), decay))
        if data.source != "points":
            path = ("data", "samples")
            found += changes.tried("4 times the points", experiment, (path, 4 * data.samples))
        return found


@rules.add
class _FewTestPoints(Rule):
    name = "few_test_points"
    label = "Few points pick the epoch"
    rank = 140
    certain = True
    why = (
        "The plateau rule takes the epoch with the lowest test loss, and of many noisy numbers the "
        "lowest is too low by chance. The fewer the test points, the more: the loss of the chosen "
        "epoch flatters itself by about 0.09 with 30 points, 0.04 with 100, nothing to speak of "
        "with 200. More test points make the choice, and the number, honest."
    )
    formula = "a stop on the test loss with fewer than 100 test points"

    def look(self, evidence: Evidence) -> Finding | None:
        count = evidence.test_count
        watched = any(rule.needs_test_set for rule in evidence.experiment.training.stop)
        if not watched or count >= ENOUGH_TEST_POINTS:
            return None
        words = "1 test point picks" if count == 1 else f"{count} test points pick"
        return self.found("note", f"Only {words} the best epoch; 100 or more are safer.")

    def proposal(self, experiment: Experiment, finding: Finding) -> list[Proposal]:
        data = experiment.data
        half = changes.tried("test share 0.5", experiment, (("data", "test_share"), 0.5))
        if data.count >= 2 * ENOUGH_TEST_POINTS and data.test_share < 0.5:
            return half
        if data.source == "points":
            return []
        samples = -(-ENOUGH_TEST_POINTS // data.test_share)
        path = ("data", "samples")
        return changes.tried(f"{int(samples):,} samples", experiment, (path, int(samples)))


def _medians(values: Array, window: int) -> Array:
    """The median of each stretch of so many rows: (rows - window + 1,)."""
    return median_of_all(np.lib.stride_tricks.sliding_window_view(values, window))
