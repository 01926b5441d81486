"""How a run ends: stop rules, best and last finite weights, replica by replica."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from playground.core.families import StopRule, stop_rules
from playground.engine.calls import Array
from playground.engine.network import Network
from playground.engine.optimizers import OptimizerState
from playground.training.stopping import (
    DIVERGED,
    MAX_EPOCHS,
    EpochMetrics,
    Stop,
    Watch,
    Watchable,
)


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What an :class:`Outcome` remembers; the arrays are copies, (R, ·) each.

    Attributes:
        stops: Why each replica has ended, or None.
        rules: What each rule remembers.
        best: Parameters and running statistics of each replica's best epoch.
        finite: The same and the optimizer's slots, at the end of the last epoch.
    """

    stops: tuple[Stop | None, ...]
    rules: list[dict[str, Any]]
    best: list[Array]
    finite: list[Array]


class _Kept:
    """Copies of the arrays that make up a replica's state."""

    def __init__(self, arrays: Sequence[Array]) -> None:
        self._copies = [array.copy() for array in arrays]

    def take(self, arrays: Sequence[Array], replicas: Array) -> None:
        for copy, array in zip(self._copies, arrays, strict=True):
            if replicas.all():
                np.copyto(copy, array)
            else:
                copy[replicas] = array[replicas]

    def renew(self, start: int, arrays: Sequence[Array]) -> None:
        """Copy other arrays from now on, in place of those from ``start`` on."""
        self._copies[start:] = [array.copy() for array in arrays]

    def copies(self) -> list[Array]:
        return [copy.copy() for copy in self._copies]

    def rows(self, replica: int) -> list[Array]:
        return [copy[replica] for copy in self._copies]

    def bring_back(self, arrays: Sequence[Array], replicas: Array) -> None:
        for copy, array in zip(self._copies, arrays, strict=True):
            array[replicas] = copy[replicas]


class Outcome:
    """Judges each epoch and keeps what may have to be brought back.

    A replica that has ended stands still: with the weights that its rule brought back, or, if it
    has diverged, with its last finite ones. Steps are made for all replicas at once, so its rows
    of the network still move; :meth:`settle` puts them back before anyone looks at them.

    Attributes:
        ended: Which replicas have ended.
        sound: Which replicas have had a finite loss, to be set where that is not so at the start;
            one that has had none does not diverge by its steps.
        watches: The rules at work.
        state: The optimizer's memory, kept along with the weights.
    """

    def __init__(self, network: Network, state: OptimizerState, rules: Sequence[StopRule]) -> None:
        self.state, self._network = state, network
        self.rules = [cast(Watchable, rule) for rule in rules]
        self.watches: list[Watch] = [rule.watch(network.replicas) for rule in self.rules]
        self.ended = np.zeros(network.replicas, dtype=bool)
        self.sound = np.ones(network.replicas, dtype=bool)
        self._stops: list[Stop | None] = [None] * network.replicas
        self._weights = (network.theta, network.running)
        self._best = _Kept(self._weights)
        self._finite = _Kept(self._all())
        self._final = _Kept(self._all())

    @property
    def needs_scores(self) -> bool:
        """Whether a rule looks at the losses."""
        return any(rule.needs_scores for rule in self.rules)

    @property
    def needs_gradient(self) -> bool:
        """Whether a rule looks at the gradient."""
        return any(rule.needs_gradient for rule in self.rules)

    @property
    def needs_weights(self) -> bool:
        """Whether a rule looks at how far an epoch moved the weights."""
        return any(rule.needs_weights for rule in self.rules)

    @property
    def stops(self) -> tuple[Stop | None, ...]:
        """Why each replica has ended, or None."""
        return tuple(self._stops)

    @property
    def diverged(self) -> Array:
        """Which replicas have ended because they diverged: boolean (R,)."""
        return np.array([stop is not None and stop.name == DIVERGED for stop in self._stops])

    def best_epoch(self, replica: int) -> int | None:
        """A replica's best epoch so far, or until it ended, where a rule looks for one."""
        stop = self._stops[replica]
        if stop is not None:
            return stop.best_epoch
        found = (int(watch.best_epoch[replica]) for watch in self.watches)
        return next((epoch for epoch in found if epoch), None)

    def use(self, state: OptimizerState) -> None:
        """Go on with another optimizer's memory; weights that are kept stay kept."""
        self.state = state
        start = len(self._weights)
        for kept in (self._finite, self._final):
            kept.renew(start, self._all()[start:])

    def present(self) -> list[Array]:
        """Copies of parameters, running statistics and the optimizer's slots, (R, ·) each.

        As they are now; for a replica that has ended, as they were then.
        """
        arrays = [array.copy() for array in self._all()]
        self._final.bring_back(arrays, self.ended)
        return arrays

    def weights_of(self, replica: int) -> tuple[Array, Array]:
        """A replica's parameters (P,) and running statistics (S,) as they are worth a look.

        Its present ones; if it has ended, those that it ended with; if it has diverged within the
        epoch, the last finite ones. Not copies.
        """
        theta, running = (array[replica] for array in self._weights)
        if self.ended[replica]:
            theta, running, *_ = self._final.rows(replica)
        elif not (np.isfinite(theta).all() and np.isfinite(running).all()):
            theta, running, *_ = self._finite.rows(replica)
        return theta, running

    def memory(self) -> Memory:
        """All that is remembered, to be written to a file."""
        rules = [watch.memory() for watch in self.watches]
        return Memory(tuple(self._stops), rules, self._best.copies(), self._finite.copies())

    def remember(self, memory: Memory) -> None:
        """Take up a memory, once the network and the optimizer hold what :meth:`present` gave."""
        self._stops = list(memory.stops)
        self.ended = np.array([stop is not None for stop in memory.stops])
        for watch, notes in zip(self.watches, memory.rules, strict=True):
            watch.remember(notes)
        self._best.renew(0, memory.best)
        self._finite.renew(0, memory.finite)
        self._final.take(self._all(), self.ended)

    def lift(self, name: str) -> bool:
        """Let replicas go on that ended by this rule, with all memory; whether there are any."""
        lifted = [stop is not None and stop.name == name for stop in self._stops]
        self.ended &= ~np.array(lifted)
        self._stops = [None if up else stop for stop, up in zip(self._stops, lifted, strict=True)]
        return any(lifted)

    def recover(self) -> None:
        """Bring replicas that have diverged within the epoch back to their last finite state."""
        lost = ~self._are_finite() & ~self.ended
        if lost.any():
            self._finite.bring_back(self._all(), lost)

    def _are_finite(self) -> Array:
        """Of each replica, whether all of its numbers are finite, the optimizer's included."""
        rows = [np.isfinite(array).all(axis=1) for array in self._all()]
        return np.asarray(np.logical_and.reduce(rows))

    def take_in(self) -> None:
        """Take over weights that were set from outside, after :meth:`settle`."""
        self._final.take(self._all(), self.ended)
        self._finite.take(self._all(), ~self.ended & self._are_finite())

    def settle(self) -> None:
        """Give the replicas that have ended their final weights; the others keep theirs."""
        if self.ended.any():
            self._final.bring_back(self._all(), self.ended)

    def _all(self) -> list[Array]:
        rows = [slot.reshape(self._network.theta.shape) for slot in self.state.slots.values()]
        return [*self._weights, *rows]

    def judge(self, metrics: EpochMetrics, epoch_limit: int) -> Stop | None:
        """Look at an epoch that has ended; the reason when no replica goes on."""
        running = ~self.ended
        finite = self._are_finite()
        if metrics.scored:
            finite &= np.isfinite(metrics.train_loss)
            finite &= np.isfinite(metrics.test_loss) | np.isnan(metrics.chance_loss)
        for replica in np.flatnonzero(running & ~finite):
            self._finite.bring_back(self._all(), _only(int(replica), len(running)))
            self._end(int(replica), _diverged(metrics.epoch, bool(self.sound[replica])))
        running &= finite
        self.sound |= running
        self._finite.take(self._all(), running)
        for rule, watch in zip(self.rules, self.watches, strict=True):
            done = watch.update(metrics) & running & ~self.ended
            if getattr(rule, "restore_best", False):
                self._best.take(self._weights, watch.improved & running)
            for replica in np.flatnonzero(done):
                self._stop_by(rule, watch, metrics, int(replica))
        if metrics.epoch >= epoch_limit:
            message = f"Reached the limit of {epoch_limit:,} epochs."
            for replica in np.flatnonzero(~self.ended):
                best = self.best_epoch(int(replica))
                self._end(int(replica), Stop(MAX_EPOCHS, metrics.epoch, message, best))
        if not self.ended.all():
            return None
        self.settle()
        return self._summary(metrics.epoch)

    def _stop_by(self, rule: Watchable, watch: Watch, metrics: EpochMetrics, replica: int) -> None:
        best = self.best_epoch(replica)
        restores = bool(getattr(rule, "restore_best", False)) and bool(watch.best_epoch[replica])
        if restores:
            self._best.bring_back(self._weights, _only(replica, len(self.ended)))
        reason = watch.reason(metrics, replica)
        self._end(replica, Stop(rule.name, metrics.epoch, reason, best, restores))

    def _end(self, replica: int, stop: Stop) -> None:
        self.ended[replica] = True
        self._stops[replica] = stop
        self._final.take(self._all(), _only(replica, len(self.ended)))

    def _summary(self, epoch: int) -> Stop:
        stops = [stop for stop in self._stops if stop is not None]
        if len(stops) == 1:
            return stops[0]
        well = [stop.name for stop in stops if stop.name != DIVERGED]
        name = Counter(well).most_common(1)[0][0] if well else DIVERGED
        message = f"{ways_of(stops)} The first: {stops[0].message}"
        restored = any(stop.restored for stop in stops)
        return Stop(name, epoch, message, stops[0].best_epoch, restored)


def ways_of(stops: Sequence[Stop | None]) -> str:
    """How several replicas have ended, each for itself, as a sentence; empty where none has."""
    ended = [stop for stop in stops if stop is not None]
    if not ended:
        return ""
    counts = Counter(_way(stop) for stop in ended).most_common()
    parts = ", ".join(f"{count} {way}" for way, count in counts)
    if len(ended) == len(stops):
        return f"All {len(stops)} replicas have ended: {parts}."
    have = "has" if len(ended) == 1 else "have"
    return f"{len(ended)} of {len(stops)} replicas {have} ended: {parts}."


def _only(replica: int, count: int) -> Array:
    return np.asarray(np.arange(count) == replica)


def _way(stop: Stop) -> str:
    """How a replica has ended, in words that follow a number of replicas."""
    if stop.name == DIVERGED:
        return "diverged"
    if stop.name == MAX_EPOCHS:
        return "by the limit of epochs"
    if stop.stuck:
        return stop.message.partition(":")[0].lower()
    return f"by {stop_rules[stop.name].label.lower()}"


def _diverged(epoch: int, sound: bool) -> Stop:
    reason = (
        "a value became infinite or not a number. The last finite weights are kept. A smaller "
        "learning rate usually helps."
    )
    if not sound:
        reason = (
            "the loss was infinite or not a number before the first step already. The weights are "
            "kept as they were. Smaller initial weights or inputs help."
        )
    return Stop(DIVERGED, epoch, f"Diverged in epoch {epoch}: {reason}", restored=True)
