"""The trainer: epochs and single steps of an experiment, without clock, thread or window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np

from playground.core.editing import control_at, differences, is_live
from playground.core.experiment import Experiment
from playground.core.families import Optimizer
from playground.core.limits import HISTORY_ROWS
from playground.data.dataset import prepare
from playground.engine.calls import Array, Call, call
from playground.engine.clipping import GradientClipping
from playground.engine.network import Network
from playground.engine.optimizers import StepRule
from playground.engine.program import Program
from playground.engine.regularizers import Around, Penalty
from playground.engine.schedules import Rate, RateSchedule
from playground.training.batches import Feed, spans
from playground.training.evaluation import Evaluator, Scores
from playground.training.frozen import Frozen, Place
from playground.training.history import History
from playground.training.outcome import Outcome
from playground.training.spread import counted
from playground.training.stopping import MAX_EPOCHS, EpochMetrics, Stop

INITIALISE, SHUFFLE, DROPOUT = 0, 1, 2
"""Separate random streams of a seed, so that a change of one thing leaves the others alone."""

ORDERING = {("training", "batch_size"), ("training", "shuffle")}
"""The settings that say which points make which step."""

HISTORY_COLUMNS = ("epoch", "step", "train_loss", "test_loss", "train_accuracy", "test_accuracy")


def never() -> bool:
    """Nothing interrupts."""
    return False


def streams(seed: int, replicas: int, purpose: int) -> list[np.random.Generator]:
    """A generator for each replica: replica r has what seed ``seed + r`` has alone."""
    return [np.random.default_rng((seed + replica, purpose)) for replica in range(replicas)]


def needs_rebuild(old: Experiment, new: Experiment) -> bool:
    """Whether a change needs a new network, instead of acting on the one that is there.

    Other points are no reason, unless there are more classes or fewer: outputs are one a class.
    """
    if old.data is not new.data and old.data.task != new.data.task:
        return True
    return any(not is_live(old, path) for path in differences(old, new))


class Trainer:
    """Trains all replicas of an experiment.

    The same experiment gives the same bytes, whether it runs in one go, in slices or in steps.

    Replica r is the network that is trained alone with the seed ``seed + r``: bit for bit with
    OpenBLAS, which NumPy's packages for Linux and Windows hold. Another linear algebra library may
    round the products of many matrices otherwise than that of one: the first steps then agree to
    1e-6 relative, and training makes the difference larger.

    Attributes:
        experiment: What is trained.
        dataset: Its points.
        network: Its replicas.
        frozen: The weights that training leaves as they are.
        epoch: Epochs done.
        step: Optimizer steps done.
        history: Scores over the epochs, epoch 0 (before training) included; NaN for a replica that
            has diverged while others go on.
        stop: Why the run ended; None while it may go on.
        after_epoch: Called at the end of each epoch, once it has been judged; or None.
    """

    def __init__(self, experiment: Experiment, history_limit: int = HISTORY_ROWS) -> None:
        self.experiment = experiment
        self.dataset = prepare(experiment.data)
        training = experiment.training
        replicas = training.replicas
        self.network = Network(experiment, streams(training.seed, replicas, INITIALISE))
        self.frozen = Frozen(self.network)
        self.shuffle_rngs = streams(training.seed, replicas, SHUFFLE)
        self.dropout_rngs = streams(training.seed, replicas, DROPOUT)
        self.epoch = self.step = self.position = 0
        self.epoch_limit = training.max_epochs
        self.stop: Stop | None = None
        self.after_epoch: Callable[[], object] | None = None
        self.order_start: list[Any] = []
        self.optimizer_state = self._optimizer.start(self._flat(self.network.theta))
        self.history = History(HISTORY_COLUMNS, replicas, history_limit)
        self._use_data()
        self.outcome = Outcome(self.network, self.optimizer_state, training.stop)
        self._compile()
        self._scores: Scores | None = None
        self.note_scores()
        self.outcome.sound = np.isfinite(self.scores.train_loss)

    # --- running ---------------------------------------------------------------------------

    def run(self, interrupted: Callable[[], bool] = never) -> None:
        """Train until a stop, or until ``interrupted()``, asked after every step, is true."""
        with np.errstate(all="ignore"):  # values that are not finite are looked for and reported
            while self.stop is None and not self._advance(interrupted):
                pass

    def run_epoch(self) -> None:
        """Train to the end of the present epoch."""
        with np.errstate(all="ignore"):
            if self.stop is None:
                self._advance(never)

    def single_step(self) -> None:
        """Make one optimizer step and score it."""
        with np.errstate(all="ignore"):
            if self.stop is not None:
                return
            self._advance(lambda: True)
            if self.position:
                self.rescore()

    def rescore(self) -> None:
        """Score the network anew when someone looks, within an epoch."""
        self._scores = None

    def go_on(self) -> None:
        """Take up a run that has stopped: rules start anew, and the epochs count further."""
        if self.stop is None:
            return
        if self.epoch >= self.epoch_limit:
            self.epoch_limit = self.epoch + self.experiment.training.max_epochs
        self.stop = None
        self._watch_anew()

    def extend(self, epoch_limit: int) -> None:
        """Raise the limit of epochs: replicas that only it has ended go on, rules and all."""
        self.epoch_limit = epoch_limit
        if self.outcome.lift(MAX_EPOCHS):
            self.stop = None

    def _advance(self, interrupted: Callable[[], bool]) -> bool:
        """Train to the end of the epoch; true if interrupted before the next one."""
        if self.position == 0:
            self._begin_epoch()
        ordered, copyto = self._feed.ordered, np.copyto
        for start, end in self._spans[self.position :]:
            feed, calls = self._runners[end - start]
            copyto(feed, ordered[..., start:end])
            for step in calls:
                step()
            self.position += 1
            if interrupted():
                self._count_steps()
                if self.position == len(self._spans):
                    self._end_epoch()
                return True
        self._count_steps()
        self._end_epoch()
        return False

    def _count_steps(self) -> None:
        self.step = self._steps_before + self.position
        start, end = self._spans[self.position - 1]
        self._last_batch = end - start

    def _begin_epoch(self) -> None:
        self._steps_before = self.step
        if len(self._spans) > 1:
            self.order_start = [rng.bit_generator.state for rng in self.shuffle_rngs]
        if self._shuffles:
            self._feed.shuffle(self.shuffle_rngs)
        self._gradient_sum.fill(0)
        if self.outcome.needs_weights:
            self._theta_before = self.network.theta.copy()

    def _end_epoch(self) -> None:
        self.epoch += 1
        count, self.position = len(self._spans), 0
        self._scores = None
        scored = self.history.is_due or self.outcome.needs_scores
        if scored:
            self.note_scores()
        else:
            self.history.skip()
        before = int(self.outcome.ended.sum())
        unasked = np.full(self.network.replicas, np.nan)
        self.stop = self.outcome.judge(
            EpochMetrics(
                self.epoch,
                self.scores.train_loss if scored else unasked,
                self.scores.test_loss if scored else unasked,
                np.linalg.norm(self._gradient_sum / count, axis=-1)
                if self.outcome.needs_gradient
                else unasked,
                np.linalg.norm(self.network.theta - self._theta_before, axis=-1)
                if self.outcome.needs_weights
                else unasked,
                self._evaluator.chance_loss,
                scored,
            ),
            self.epoch_limit,
        )
        if int(self.outcome.ended.sum()) > before:  # weights may have been brought back
            self._scores = None
        if self.after_epoch is not None:
            self.after_epoch()

    @property
    def scores(self) -> Scores:
        """Losses and accuracies after the last epoch, or after a single step.

        They are computed when someone looks at them, for the weights as they are by then: the
        history when it takes a row, a stop rule that watches a loss, or the caller. A replica that
        has ended has those of its final weights.
        """
        if self._scores is None:
            self.outcome.settle()
            with np.errstate(all="ignore"):
                self._scores = self._evaluator.scores()
        return self._scores

    def note_scores(self) -> None:
        """Offer the history a row with the present scores."""
        scores = [getattr(self.scores, name) for name in HISTORY_COLUMNS[2:]]
        if self.outcome.ended.any():
            there = counted(self.outcome.diverged)
            scores = [np.where(there, values, np.nan) for values in scores]
        self.history.append(self.epoch, self.step, *scores)

    # --- changing --------------------------------------------------------------------------

    def apply(self, experiment: Experiment) -> None:
        """Take over a change that the running network can follow (see :func:`needs_rebuild`)."""
        if needs_rebuild(self.experiment, experiment):
            raise ValueError("this change needs a new trainer")
        old, self.experiment = self.experiment, experiment
        places = {path[:2] for path in differences(old, experiment)}
        if places <= {("name",)}:
            return
        self.outcome.recover()
        if self._forgets(old.training.optimizer):
            self.optimizer_state = self._optimizer.start(self._flat(self.network.theta))
            self.outcome.use(self.optimizer_state)
        new_data = experiment.data != old.data
        new_rules = experiment.training.stop != old.training.stop
        if new_data or new_rules or places & ORDERING:
            self.position = 0  # the epoch under way starts anew, with its steps counted
        if new_data:
            self.dataset = prepare(experiment.data)
            self._use_data()
        if experiment.training.max_epochs != old.training.max_epochs:
            self.epoch_limit = experiment.training.max_epochs
        self._compile()
        if new_data or new_rules:
            self.stop = None
            self._watch_anew()
        self.rescore()

    def set_weight(
        self, place: Place, value: float | None = None, held: bool | None = None
    ) -> None:
        """Set a weight or bias, and hold it or let it go; called between two steps.

        Args:
            place: Which one.
            value: What it is to be; None leaves it.
            held: Whether training leaves it as it is from now on; None leaves that.
        """
        self.outcome.settle()
        if value is not None:
            self.network.views[place.layer].table[place.replica, place.row, place.unit] = value
        if held is not None:
            self.frozen.hold(place, held)
        self.outcome.take_in()
        self._link()
        self.rescore()

    def hold_all(self, places: Iterable[Place]) -> None:
        """Hold these weights, and no others, at what they are."""
        self.frozen.hold_all(places)
        self._link()

    def _forgets(self, old: Optimizer) -> bool:
        """Whether an optimizer differs so from the old one that its memory starts anew."""
        new = self._optimizer
        if type(new) is not type(old):
            return True
        controls = (control_at(new, str(path[0])) for path in differences(old, new))
        return any(control is not None and not control.live for control in controls)

    def use_order_of(self, start: list[Any], position: int) -> None:
        """Return to a place within an epoch, given where its shuffle's generators started."""
        for rng, state in zip(self.shuffle_rngs, start, strict=True):
            rng.bit_generator.state = state
        self._begin_epoch()
        self._steps_before = self.step - position
        self.position = position

    @property
    def epoch_sums(self) -> dict[str, Array]:
        """What the epoch under way gathers for the stop rules, (R, P) each; not copies."""
        found: dict[str, Array] = {}
        if self.position and self.outcome.needs_gradient:
            found["gradient_sum"] = self._gradient_sum
        if self.position and self.outcome.needs_weights:
            found["weights_before"] = self._theta_before
        return found

    def _watch_anew(self) -> None:
        self.outcome.settle()
        self.frozen.revive(self.network.theta)  # better weights may have been brought back
        self.outcome = Outcome(self.network, self.optimizer_state, self.experiment.training.stop)
        self.rescore()
        self.outcome.sound = np.isfinite(self.scores.train_loss)

    # --- building --------------------------------------------------------------------------

    @property
    def _optimizer(self) -> StepRule:
        return cast(StepRule, self.experiment.training.optimizer)

    @property
    def normalised(self) -> bool:
        """Whether any layer has BatchNorm."""
        return any(layer.batch_norm != "none" for layer in self.experiment.network.hidden)

    @staticmethod
    def _flat(array: Array) -> Array:
        return array.reshape(-1)

    def _use_data(self) -> None:
        network, train = self.network, self.dataset.train
        targets = network.loss.encode(train.targets, network.sizes[-1])
        self._feed = Feed(train.inputs, targets, network.replicas, network.dtype)
        self._evaluator = Evaluator(network, self.dataset)

    def _compile(self) -> None:
        """Compile a step for each size of batch that occurs."""
        network, training = self.network, self.experiment.training
        count = len(self.dataset.train)
        size = count if training.batch_size == "full" else min(training.batch_size, count)
        self._shuffles = training.shuffle and size < count
        if not self._shuffles:
            self._feed.restore_order()
        self._spans = spans(count, size, self.normalised)
        if not self.position:  # within an epoch what has been gathered stays
            self._gradient_sum = np.zeros_like(network.grad)
            self._theta_before = network.theta
        dropout = [layer.dropout for layer in self.experiment.network.hidden]
        self.programs: dict[int, Program] = {}
        self._last_batch = 0
        for batch in sorted({end - start for start, end in self._spans}, reverse=True):
            program = Program(network, batch, "training", dropout, self.dropout_rngs)
            self.programs[batch] = program
        self._link()

    def _link(self) -> None:
        """Put together what makes a step, for each size of batch."""
        decoupled = cast(Penalty, self.experiment.training.regularizer).decoupled
        self.frozen.revive(self.network.theta if decoupled else None)
        update = self._update()
        self._runners = {
            batch: (program.feed, [*program.forward, *program.backward, *update])
            for batch, program in self.programs.items()
        }

    def _update(self) -> list[Call]:
        """Compile what follows the backward pass: from the gradient of the loss to the step."""
        network, training = self.network, self.experiment.training
        theta, grad = self._flat(network.theta), self._flat(network.grad)
        mask = np.tile(network.layout.weight_mask().astype(network.dtype), network.replicas)
        penalty = cast(Penalty, training.regularizer)
        clip = cast(GradientClipping, training.clipping).compile(network.grad)
        pull = penalty.compile(theta, grad, mask)
        calls = [*clip, *pull]
        if any(getattr(rule, "needs_gradient", False) for rule in training.stop):
            sums = self._gradient_sum
            gather = call(np.add, sums, network.grad, sums)
            if clip:  # rules look at the gradient as it is, not as it is cut
                calls = [gather, *penalty.compile(theta, self._flat(sums), mask), *calls]
            else:
                calls.append(gather)
        rate = Rate(theta, self.learning_rate)
        if training.schedule.changes:
            calls.append(lambda: rate.set(self.learning_rate))
        step = self._optimizer.compile(theta, grad, self.optimizer_state, rate)
        before, after = penalty.around(theta, self._around(rate, mask))
        return [*calls, *before, *step, *after, *self.frozen.compile()]

    def _around(self, rate: Rate, mask: Array) -> Around:
        update, frozen = self.optimizer_state.update, self.frozen
        assert update is not None
        pulled = np.where(self._flat(frozen.mask), mask.dtype.type(0), mask)
        return Around(rate, pulled, update, self._flat(frozen.dead))

    @property
    def epochs_done(self) -> float:
        """Epochs done, with the part that is done of the one under way."""
        return self.epoch + self.position / len(self._spans)

    @property
    def learning_rate(self) -> float:
        """Of the next step: the optimizer's rate times the schedule's factor."""
        schedule = cast(RateSchedule, self.experiment.training.schedule)
        return self._optimizer.learning_rate * schedule.factor(self.epochs_done)

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps in an epoch."""
        return len(self._spans)

    @property
    def last_program(self) -> Program | None:
        """The program of the last step, with what that step left in its buffers.

        None when no step was made since programs were last compiled.
        """
        return self.programs.get(self._last_batch)

    def gradient_at_start(self) -> Program:
        """Before the first step: fill the first program's buffers without changing anything."""
        program = next(iter(self.programs.values()))
        with self._taken_back():
            np.copyto(program.feed, self._feed.ordered[..., : program.feed.shape[-1]])
            program.run()
        return program

    def rehearse(self) -> None:
        """Make a step and take it back, so that the buffers hold what a step here leaves there.

        For a trainer that has made no step of its own, such as one restored from a file. Nothing
        that training depends on is changed.
        """
        batch, (feed, calls) = next(iter(self._runners.items()))
        with self._taken_back():
            np.copyto(feed, self._feed.ordered[..., :batch])
            for step in calls:
                step()
        self._last_batch = batch

    @contextmanager
    def _taken_back(self) -> Iterator[None]:
        """Restore what a step changes, except the buffers in which it works."""
        state = self.optimizer_state
        arrays = [self.network.theta, self.network.running, *state.slots.values()]
        arrays += [self._gradient_sum, self.frozen.dead]
        copies = [array.copy() for array in arrays]
        counts = state.step, state.momentum_product
        states = [rng.bit_generator.state for rng in self.dropout_rngs]
        with np.errstate(all="ignore"):
            yield
        for array, copy in zip(arrays, copies, strict=True):
            array[:] = copy
        state.step, state.momentum_product = counts
        for rng, kept in zip(self.dropout_rngs, states, strict=True):
            rng.bit_generator.state = kept
