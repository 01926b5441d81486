"""The thread that trains: it takes commands, passes the gate, and leaves snapshots to fetch."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment
from playground.runtime.answer import ANSWER_SECONDS, Answer
from playground.runtime.attic import Attic
from playground.runtime.focus import EVERYTHING, Focus
from playground.runtime.gate import Gate
from playground.runtime.snapshot import Before, Photographer, Snapshot
from playground.runtime.stash import Stash, compared_with
from playground.runtime.task import Task
from playground.training.frozen import Place
from playground.training.trainer import Trainer, needs_rebuild

T = TypeVar("T")
RATE_SECONDS = 0.5
"""Over how long the steps a second are averaged."""
TURN_SECONDS = 0.02
"""How long a task and training work by turns, when there is a task."""

log = logging.getLogger(__name__)


class Worker:
    """Trains one trainer at a time in a thread of its own.

    Commands come through a queue and are carried out between steps. Snapshots go through a place
    for one: the worker fills it when asked, so that nothing piles up however slow the window is.
    No signal leaves this thread.

    Attributes:
        gate: Passed between steps.
        failure: The error that ended the thread; None while all is well.
    """

    def __init__(self) -> None:
        self.gate = Gate()
        self.failure: BaseException | None = None
        self._commands: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._attention = False  # set by the GUI thread
        self._wanted = False
        self._quit = False
        self._mailbox: tuple[int, Snapshot | None] = (0, None)
        self._sent = self._done = self._builds = 0
        self._trainer: Trainer | None = None
        self._photographer: Photographer | None = None
        self._attic = Attic()
        self._shown: int | None = 0
        self._watched: tuple[str, ...] = ()
        self._aims: dict[str, Any] = {}
        self._focus = EVERYTHING
        self._running = False
        self._tasks: list[Task] = []
        self._turn_end = 0.0
        self._one_epoch = False
        self._epochs_per_second: float | None = None
        self._allowance = 0.0
        self._rate = 0.0
        self._rate_from = (0.0, 0)
        self._thread = threading.Thread(target=self._live, name="trainer", daemon=True)
        self._thread.start()

    # --- called from the GUI thread ----------------------------------------------------------

    def build(self, make: Callable[[], Trainer], stash: Stash | None = None) -> None:
        """Train what ``make()`` gives from now on; going on if running.

        ``stash``, here and below, receives the run that is left, if it is to be kept.
        """
        self._post(lambda: self._build(make, stash))

    def apply(self, experiment: Experiment, stash: Stash | None = None) -> None:
        """Take over a change, with a new trainer only if it needs one."""
        self._post(lambda: self._apply(experiment, stash))

    def swap(self, stash: Stash, experiment: Experiment, anew: bool = False) -> None:
        """Return to a run that was left, and leave the present one there.

        Where none was kept, the experiment is taken over as in :meth:`apply`, or started ``anew``.
        """
        self._post(lambda: self._swap(stash, experiment, anew))

    def let_go(self, stash: Stash) -> None:
        """Give up the run that is kept there once what was asked for before is done."""
        self._post(stash.drop)

    def store(self, stash: Stash) -> None:
        """Put the run in it away, where it takes no memory."""
        self._post(lambda: stash.store(self._attic))

    def look_back(self, epoch: int | None) -> None:
        """Pause, and make snapshots of the moment nearest to an epoch; None for the present.

        Questions and tasks are then about that moment too. Any command that trains returns to the
        present.
        """
        self._post(lambda: self._look_back(epoch))

    def return_to_present(self) -> None:
        """Make snapshots of the present again, and answer questions about it."""
        self._post(self._to_present)

    def branch(self, experiment: Experiment, stash: Stash) -> None:
        """Train on from the moment that is looked back at, with these settings."""
        self._post(lambda: self._branch(experiment, stash))

    def set_running(self, running: bool) -> None:
        """Run or pause; a run that had stopped goes on."""
        self._post(lambda: self._set_running(running))

    def single_step(self) -> None:
        """Pause and make one optimizer step."""
        self._post(self._single_step)

    def single_epoch(self) -> None:
        """Run to the end of the epoch, then pause."""
        self._post(self._run_one_epoch)

    def show(self, replica: int | None) -> None:
        """Make snapshots of this replica, from 0, or of all together; also of later trainers."""
        self._post(lambda: self._show(replica))

    def watch(self, names: Iterable[str]) -> None:
        """Read these instruments for each snapshot, and no others; also of later trainers."""
        wanted = tuple(names)
        self._post(lambda: self._watch(wanted))

    def aim(self, instrument: str, target: Any) -> None:
        """Have an instrument look at something in particular; also of later trainers."""
        self._post(lambda: self._aim(instrument, target))

    def focus_on(self, focus: Focus) -> None:
        """Look closely at a part of the plane, or follow a point; also of later trainers."""
        self._post(lambda: self._focus_on(focus))

    def set_weight(self, place: Place, value: float | None, held: bool | None) -> None:
        """Set a weight of the present network, and hold it or let it go; None leaves that."""
        self._post(lambda: self._set_weight(place, value, held))

    def limit_speed(self, epochs_per_second: float | None) -> None:
        """Train at most so fast; None is as fast as can be."""
        self._post(lambda: self._limit(epochs_per_second))

    def ask(self, question: Callable[[Trainer], T]) -> T:
        """Wait for what ``question(trainer)`` answers between two steps.

        Raises:
            WorkerError: The worker has ended.
        """
        return self.ask_later(question).wait()

    def ask_later(self, question: Callable[[Trainer], T]) -> Answer[T]:
        """The same for another thread to wait for: the one that calls this goes on."""

        def look() -> T:
            assert self._photographer is not None
            return question(self._photographer.in_view)

        return self._put(look)

    def ask_with_number(self, question: Callable[[Trainer, int], T]) -> T:
        """Wait for what ``question(trainer, number)`` answers of the present run and its number.

        Raises:
            WorkerError: The worker has ended.
        """

        def look() -> T:
            assert self._photographer is not None
            return question(self._photographer.trainer, self._photographer.number)

        return self._put(look).wait()

    def ask_of_present(self, question: Callable[[Trainer], T]) -> Answer[T]:
        """The same of the present, whatever is looked at."""

        def look() -> T:
            assert self._trainer is not None
            return question(self._trainer)

        return self._put(look)

    def _put(self, question: Callable[[], T]) -> Answer[T]:
        answer: Answer[T] = Answer(self._thread)
        self._post(lambda: answer.give(question))
        self.gate.open()  # the asker handles an event, so the worker may be parked
        return answer

    def begin(self, task: Task) -> None:
        """Work on a task in turns with training, if that goes on."""
        self._post(lambda: self._tasks.append(task))

    def want_snapshot(self) -> None:
        """Have a snapshot made as soon as the present step is done."""
        self._wanted = True
        self._call_attention()

    def take_snapshot(self) -> Snapshot | None:
        """The latest snapshot, once; None if there is none that knows of all commands so far."""
        (done, snapshot), self._mailbox = self._mailbox, (0, None)
        return snapshot if done == self._sent else None

    def shut_down(self) -> None:
        """End the thread and wait for it; what was trained is gone unless asked for before."""
        self._quit = True
        self._call_attention()
        self.gate.open()
        self._thread.join(ANSWER_SECONDS)

    def _post(self, command: Callable[[], object]) -> None:
        self._sent += 1
        self._commands.put(command)
        self._call_attention()

    def _call_attention(self) -> None:
        self._attention = True
        self.gate.end_slice()
        self._wake.set()

    # --- in the worker's thread --------------------------------------------------------------

    def _live(self) -> None:
        try:
            while True:
                self._attention = False
                self._wake.clear()
                if self._quit:  # looked at after the wake-up was cleared, so that none is lost
                    return
                self._carry_out_commands()
                if self._wanted and self._photographer is not None:
                    self._wanted = False
                    self._publish()
                if self._running:
                    self._train()
                if self._tasks:
                    self._work()
                elif not self._running and not self._attention:
                    self._wake.wait()
        except BaseException as error:
            log.exception("the training thread has ended")
            self.failure = error
        finally:
            self._attic.close()

    def _carry_out_commands(self) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except queue.Empty:
                return
            command()
            self._done += 1

    def _publish(self) -> None:
        trainer, photographer = self._trainer, self._photographer
        assert trainer is not None
        assert photographer is not None
        now, steps = time.perf_counter(), trainer.step
        since, before = self._rate_from
        if self._running and now - since > RATE_SECONDS:
            if steps > before:
                self._rate = (steps - before) / (now - since)
            self._rate_from = (now, steps)
        breathe = self.gate.pass_through
        photographer.flat_out = self._epochs_per_second is None
        self._mailbox = (self._done, photographer.take(self._running, self._rate, breathe))

    def _train(self) -> None:
        trainer = self._trainer
        assert trainer is not None
        self._turn_end = time.perf_counter() + TURN_SECONDS
        if self._one_epoch:
            trainer.run(self._interrupted_at_epoch_end)
            self._running = trainer.position > 0
        elif self._epochs_per_second is None:
            trainer.run(self._interrupted)
        else:
            self._train_slowly(trainer, self._epochs_per_second)
        if trainer.stop is not None or not self._running:
            self._running = False
            self._publish()

    def _work(self) -> None:
        """Do some pieces of the task that waits the longest."""
        task, photographer = self._tasks[0], self._photographer
        assert photographer is not None
        end = time.perf_counter() + TURN_SECONDS
        while not (task.is_over or self._quit) and time.perf_counter() < end:
            task.advance(photographer.in_view)
            self.gate.pass_through()
        if task.is_over:
            self._tasks.remove(task)
            self._restart_rate()

    def _train_slowly(self, trainer: Trainer, epochs_per_second: float) -> None:
        seconds = 1 / (epochs_per_second * trainer.steps_per_epoch)
        now = time.perf_counter()
        # Time lost (a pause, a slow step) is not made up for by a burst.
        self._allowance = max(self._allowance, now - 0.1)
        if self._allowance > now:
            if not self._tasks:
                self._wake.wait(min(self._allowance - now, 0.05))
            return
        while self._allowance <= now and trainer.stop is None and not self._attention:
            trainer.run(self._interrupted_at_once)
            self._allowance += seconds

    def _interrupted(self) -> bool:
        if time.perf_counter() < self.gate.slice_end:  # asked after every step
            return False
        self.gate.pass_through()
        return self._attention or (bool(self._tasks) and time.perf_counter() >= self._turn_end)

    def _interrupted_at_epoch_end(self) -> bool:
        trainer = self._trainer
        assert trainer is not None
        return self._interrupted() or trainer.position == trainer.steps_per_epoch

    def _interrupted_at_once(self) -> bool:
        self.gate.pass_through()
        return True

    def _build(self, make: Callable[[], Trainer], stash: Stash | None = None) -> None:
        trainer, old = make(), self._photographer
        self._builds += 1
        new = Photographer(
            trainer, self._builds, self._shown, self._watched, self._aims, self._focus
        )
        if old is not None:
            left = stash is not None and stash.run is None
            new.before = compared_with(old, trainer.experiment, left)
        self._take_up(new, stash)

    def _take_up(self, new: Photographer, stash: Stash | None) -> None:
        """Work on this run from now on, and leave the present one in the stash."""
        if self._photographer is not None:
            self._to_present()  # a run that undo finds again may train at once
            if stash is not None:
                stash.keep(self._photographer)
            else:
                self._photographer.end()
        self._photographer, self._trainer = new, new.trainer
        self._rate = 0.0
        self._restart_rate()
        self._running = self._running and new.trainer.stop is None
        if new.trainer.position and not self._running:  # it may have been left as it trained
            new.trainer.rescore()

    def _apply(self, experiment: Experiment, stash: Stash | None = None) -> None:
        assert self._trainer is not None
        if needs_rebuild(self._trainer.experiment, experiment):
            self._build(lambda: Trainer(experiment), stash)
        else:
            self._trainer.apply(experiment)

    def _swap(self, stash: Stash, experiment: Experiment, anew: bool) -> None:
        run = stash.take() or self._from_attic(stash)
        if run is None and (anew or stash.is_dropped):
            self._build(lambda: Trainer(experiment), stash)
            return
        if run is None:
            self._apply(experiment, stash)
            return
        run.wish, run.focus = self._shown, self._focus
        run.readings.watch(self._watched)
        for instrument, target in self._aims.items():
            run.readings.aim(instrument, target)
        self._take_up(run, stash)
        self._apply(experiment)  # a live change may have gone before the one that left it

    def _from_attic(self, stash: Stash) -> Photographer | None:
        stored = stash.take_stored()
        if stored is None:
            return None
        try:
            trainer = self._attic.get(stored.place)
        except (PlaygroundError, OSError, MemoryError):
            log.exception("a run that was put away does not come back")
            return None
        run = Photographer(
            trainer, stored.number, self._shown, self._watched, self._aims, self._focus
        )
        run.before = stored.before
        return run

    def _look_back(self, epoch: int | None) -> None:
        assert self._photographer is not None
        self._set_running(False)
        self._photographer.look_back(epoch)

    def _branch(self, experiment: Experiment, stash: Stash) -> None:
        assert self._photographer is not None
        old = self._photographer
        if old.in_view is old.trainer:
            return
        old.in_view.apply(experiment)  # what has changed since was live, so it is here as well
        self._builds += 1
        new = old.branch(self._builds)
        new.before = Before(old.trainer.experiment, old.trainer.history.table())
        self._take_up(new, stash)

    def _to_present(self) -> None:
        assert self._photographer is not None
        self._photographer.look_back(None)

    def _set_running(self, running: bool) -> None:
        assert self._trainer is not None
        if running:
            self._to_present()
            self._trainer.go_on()
            self._restart_rate()
        elif self._running and self._trainer.position:
            self._trainer.rescore()
        self._running, self._one_epoch = running, False

    def _single_step(self) -> None:
        assert self._trainer is not None
        self._running = False
        self._to_present()
        self._trainer.go_on()
        self._trainer.single_step()

    def _run_one_epoch(self) -> None:
        self._set_running(True)
        self._one_epoch = True

    def _set_weight(self, place: Place, value: float | None, held: bool | None) -> None:
        assert self._trainer is not None
        self._trainer.set_weight(place, value, held)

    def _show(self, replica: int | None) -> None:
        self._shown = replica
        if self._photographer is not None:
            self._photographer.wish = replica

    def _watch(self, names: tuple[str, ...]) -> None:
        self._watched = names
        if self._photographer is not None:
            self._photographer.readings.watch(names)

    def _aim(self, instrument: str, target: Any) -> None:
        self._aims[instrument] = target
        if self._photographer is not None:
            self._photographer.readings.aim(instrument, target)

    def _focus_on(self, focus: Focus) -> None:
        self._focus = focus
        if self._photographer is not None:
            self._photographer.focus = focus

    def _limit(self, epochs_per_second: float | None) -> None:
        self._epochs_per_second = epochs_per_second
        self._allowance = 0.0

    def _restart_rate(self) -> None:
        assert self._trainer is not None
        self._rate_from = (time.perf_counter(), self._trainer.step)
