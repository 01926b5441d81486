"""The session: the experiment that is worked on, its changes, and the worker that trains it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace as replace_in
from pathlib import Path as FilePath
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from playground.core.editing import control_at, differences, replace, value_at
from playground.core.errors import ExperimentError, Path, place
from playground.core.experiment import Experiment
from playground.exchange.experiment_file import Document
from playground.exchange.trained import capture, restore
from playground.runtime.answer import Answer
from playground.runtime.focus import Focus
from playground.runtime.gate import LoopWatch
from playground.runtime.snapshot import Snapshot
from playground.runtime.stash import Stash
from playground.runtime.task import Task
from playground.runtime.undo import Step, Undo, Weight
from playground.runtime.worker import Worker
from playground.training.frozen import Place
from playground.training.trainer import Trainer, needs_rebuild

T = TypeVar("T")
FRAME_MILLISECONDS = 33
LATE_MILLISECONDS = 8
"""A frame that a change has made late is looked for again so soon."""
PAINTING_SHARE = 0.4
"""Frames come more slowly rather than that the window takes more than this share of the time."""
SLOWEST_FRAME_MILLISECONDS = 250


class Session(QObject):
    """Holds the experiment, its undo history and the worker. Lives in the GUI thread.

    Attributes:
        running: Whether training goes on.
        file: Where the experiment is saved to when asked; None where that is not known.
        moment: The epoch that the last frame looks back at; None at the present.

    Signals:
        experiment_changed: The new :class:`Experiment`.
        frame: A new :class:`Snapshot` to be drawn.
        running_changed: Whether training goes on.
        advanced: A :class:`Task` that has come further, or is over.
        leaving: Work that is not in a file is about to be left for another document.
        refused: An edit was not possible; the sentence says why. What was there has stayed.
        notice: Something worth a word, such as that a change needed a new network.
        failed: The worker has ended by an error; the sentence says so.
    """

    experiment_changed = Signal(object)
    frame = Signal(object)
    running_changed = Signal(bool)
    advanced = Signal(object)
    leaving = Signal()
    refused = Signal(str)
    notice = Signal(str)
    failed = Signal(str)

    def __init__(self, begin: Experiment | Trainer, parent: QObject | None = None) -> None:
        """``begin``: what is worked on at first; a trainer brings what it has reached."""
        super().__init__(parent)
        trainer = begin if isinstance(begin, Trainer) else None
        self._undo = Undo(self._let_go, self._store)
        self._experiment = begin.experiment if isinstance(begin, Trainer) else begin
        self.running = self._ended = False
        self._touched = self._unsaved = False
        self._changes = 0
        self.file: FilePath | None = None
        self.moment: int | None = None
        self._idle_frames, self._busy = 0, 0.0
        self._tasks: list[Task] = []
        self._worker = Worker()
        app = QCoreApplication.instance()
        assert app is not None
        self._loop_watch = LoopWatch(app, self._worker.gate)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._tick)
        app.aboutToQuit.connect(self.shut_down)
        if trainer is None:
            self._build(self._experiment)
        else:
            self._work_on(trainer)

    # --- the experiment ----------------------------------------------------------------------

    @property
    def experiment(self) -> Experiment:
        """What is worked on."""
        return self._experiment

    @property
    def unsaved(self) -> bool:
        """Whether there is work that is in no file."""
        return self._unsaved

    @unsaved.setter
    def unsaved(self, unsaved: bool) -> None:
        self._unsaved = unsaved
        self._changes += unsaved

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._undo.past)

    @property
    def is_touched(self) -> bool:
        """Whether the network may be another than the one that the experiment begins with."""
        return self._touched

    @property
    def can_redo(self) -> bool:
        """Whether something undone can be done again."""
        return bool(self._undo.future)

    def edit(self, path: Path, value: object) -> None:
        """Put a value at a place of the experiment, or say why that is not possible."""
        if value_at(self._experiment, path) == value:
            return
        try:
            changed = replace(self._experiment, path, value)
        except ExperimentError as error:
            self.refused.emit(self._in_words(error))
            self.experiment_changed.emit(self._experiment)  # editors return to what holds
            return
        self.unsaved = True
        self._follow(changed, self._undo.remember_edit(self._experiment, path))

    def change(self, experiment: Experiment) -> None:
        """Replace the experiment as a whole, as one step of undo."""
        if experiment != self._experiment:
            self._follow(experiment, self._remember())

    def try_out(self, experiment: Experiment) -> None:
        """Replace the experiment, as one step of undo, and start it from its seed.

        A run goes on with it, and one that had ended starts again, so that both can be compared.
        """
        goes_on = self.running or self._ended
        self._follow(experiment, self._remember(leaves=True), anew=True)
        if goes_on:
            self.run()

    def undo(self) -> None:
        """Return to the experiment before the last change, and to its run if that was left."""
        self._return(self._undo.past, self._undo.future)

    def redo(self) -> None:
        """Make the change again that was undone last."""
        self._return(self._undo.future, self._undo.past)

    def _return(self, steps: list[Step], others: list[Step]) -> None:
        if not steps:
            return
        step = steps.pop()
        now = None if step.weight is None else self._weight(step.weight.place)
        kept = replace_in(step, experiment=self._experiment, weight=now)
        self._undo.end_edit()
        old, self._experiment = self._experiment, step.experiment
        if step.files:
            kept, self.file = replace_in(kept, files=(self.file,)), step.files[0]
        others.append(kept)
        lost = step.stash.is_dropped
        if lost and step.leaves:
            seed = step.experiment.training.seed
            self.notice.emit(f"There was no room for this run: it starts anew from seed {seed}.")
        elif lost:
            self._say_if_anew(old)
        if step.weight is None or now is None:
            self._worker.swap(step.stash, step.experiment, lost and step.leaves)
            step.stash.is_sent = False  # what is left there now is whole
            self._touched = True
        elif step.weight.run == now.run:
            self._worker.set_weight(*step.weight[:3])
        else:
            self.notice.emit("That weight was one of a run that is no longer kept.")
        self._undo.make_room()
        self._ended = False  # the next frame says so if that run had
        self._expect_frames()
        self.experiment_changed.emit(step.experiment)

    def set_weight(
        self, place: Place, value: float | None = None, held: bool | None = None
    ) -> None:
        """Set a weight of the network, and hold it or let it go, as one step of undo.

        Args:
            place: Which one.
            value: What it is to be; None leaves it.
            held: Whether training leaves it as it is from now on; None leaves that.
        """
        if self.moment is not None:
            self.refused.emit("Weights of an earlier moment stay: press Run from here, then set.")
            return
        self._remember(self._weight(place))
        self._touched = True
        self._worker.set_weight(place, value, held)
        self._expect_frames()
        self.experiment_changed.emit(self._experiment)  # there is something to undo

    def _let_go(self, stash: Stash) -> None:
        """Give a run up: at once for undo, and in its turn for the worker, who may be taking it."""
        stash.is_dropped = True
        self._worker.let_go(stash)

    def _store(self, stash: Stash) -> None:
        self._worker.store(stash)

    def _weight(self, place: Place) -> Weight:
        def look(trainer: Trainer, run: int) -> Weight:
            table = trainer.network.views[place.layer].table
            value = float(table[place.replica, place.row, place.unit])
            return Weight(place, value, trainer.frozen.holds(place), run)

        self._worker.return_to_present()  # a weight that is set is one of the present network
        return self._worker.ask_with_number(look)

    def _remember(
        self,
        weight: Weight | None = None,
        leaves: bool = False,
        files: tuple[FilePath | None, ...] = (),
    ) -> Stash:
        """Make the present a step of undo; gives the room for its run."""
        self.unsaved = True
        step = Step(self._experiment, weight=weight, leaves=leaves, files=files)
        return self._undo.remember(step)

    def new_seed(self) -> None:
        """Start again from another seed."""
        seed = self._experiment.training.seed
        other = random.choice([s for s in range(1000) if s != seed])
        self.change(replace(self._experiment, ("training", "seed"), other))

    # --- running -----------------------------------------------------------------------------

    def run(self) -> None:
        """Train; a run that has stopped goes on."""
        self._touched = self.unsaved = True
        self._set_running(True)
        self._worker.set_running(True)
        self._expect_frames()

    def pause(self) -> None:
        """Hold the run where it is."""
        self._worker.set_running(False)
        self._set_running(False)
        self._expect_frames()

    def toggle(self) -> None:
        """Run or pause."""
        if self.running:
            self.pause()
        else:
            self.run()

    def step(self) -> None:
        """Make one optimizer step."""
        self._touched = self.unsaved = True
        self._worker.single_step()
        self._set_running(False)
        self._expect_frames()

    def run_epoch(self) -> None:
        """Train to the end of the epoch."""
        self._touched = self.unsaved = True
        self._set_running(True)
        self._worker.single_epoch()
        self._expect_frames()

    def reset(self) -> None:
        """Start again from the same seed: the same weights, the same run. Pauses.

        One step of undo, unless there is nothing that would be lost.
        """
        self.pause()
        self._build(self._experiment, self._remember(leaves=True) if self._touched else None)
        self.experiment_changed.emit(self._experiment)  # there may be something to undo

    def look_back(self, epoch: int | None) -> None:
        """Pause and look at the run as it was after an epoch; None looks at the present again."""
        self.pause()
        self._worker.look_back(epoch)
        self._expect_frames()

    def run_from_here(self) -> None:
        """Train on from the moment that is looked back at, as one step of undo.

        The settings are the present ones; what came after that moment is left, and undo finds it.
        """
        self._worker.branch(self._experiment, self._remember(leaves=True))
        self.run()
        self.experiment_changed.emit(self._experiment)  # there is something to undo

    def limit_speed(self, epochs_per_second: float | None) -> None:
        """Train at most so many epochs a second; None is as fast as can be."""
        self._worker.limit_speed(epochs_per_second)

    def show(self, replica: int | None) -> None:
        """Look at this replica, from 0, or at all together; of later runs too."""
        self._worker.show(replica)
        self._expect_frames()

    def watch(self, names: Iterable[str]) -> None:
        """Have these instruments read for every frame, and no others; of later runs too."""
        self._worker.watch(names)
        self._expect_frames()

    def refresh(self) -> None:
        """Have what is looked at drawn again, with all that is watched by then."""
        self._expect_frames()

    def aim(self, instrument: str, target: Any) -> None:
        """Have an instrument look at something in particular, such as a unit; of later runs too."""
        self._worker.aim(instrument, target)
        self._expect_frames()

    def focus_on(self, focus: Focus) -> None:
        """Look closely at a part of the plane, or follow a point; of later runs too."""
        self._worker.focus_on(focus)
        self._expect_frames()

    # --- documents ---------------------------------------------------------------------------

    def document(self) -> Document:
        """The experiment with what had been trained at the moment that is looked at."""
        return self.ask(capture)

    def document_later(self) -> Answer[Document]:
        """The same for another thread to wait for."""
        return self._worker.ask_later(capture)

    def present(self) -> Document:
        """The experiment with what has been trained so far, whatever is looked at."""
        return self.present_later().wait()

    def present_later(self) -> Answer[Document]:
        """The same for another thread to wait for."""
        return self._worker.ask_of_present(capture)

    def ask(self, question: Callable[[Trainer], T]) -> T:
        """What ``question`` answers of the trainer, asked between two steps."""
        return self._worker.ask(question)

    def save_to(self, file: FilePath) -> None:
        """It has just been saved there, and will be when asked."""
        self.file, self.unsaved = file, self.unsaved and not self._is_all_in_view
        self.experiment_changed.emit(self._experiment)

    def saving_to(self, file: FilePath) -> Callable[[bool], None]:
        """It is being saved there as it is now, and will be when asked.

        Returns:
            What is to be told whether that went well. Until then, all of it counts as unsaved; and
            what has come meanwhile afterwards too.
        """
        changes, before, self.file = self._changes, self.file, file
        is_all = self._is_all_in_view
        self.experiment_changed.emit(self._experiment)

        def end(went_well: bool) -> None:
            if not went_well:
                self.file = before if self.file == file else self.file
            elif is_all and changes == self._changes:
                self.unsaved = False
            self.experiment_changed.emit(self._experiment)

        return end

    @property
    def _is_all_in_view(self) -> bool:
        """Whether what :meth:`document` gives is all there is: no run goes on from it."""
        return not self.running and self.moment is None

    def begin(self, task: Task) -> None:
        """Have a task worked on beside training; :attr:`advanced` tells how it goes."""
        self._tasks.append(task)
        self._worker.begin(task)
        self._expect_frames()

    def open(self, document: Document, file: FilePath | None = None) -> None:
        """Take over a document, as a step of undo; with its weights and all else if it is trained.

        Args:
            document: That one.
            file: Where it is saved to when asked.
        """
        self.take_up(restore(document), file)
        self._touched = document.trained is not None

    def take_up(self, trainer: Trainer, file: FilePath | None, undoable: bool = True) -> None:
        """The same for a document that has been restored already.

        ``undoable``: Whether this is a step of undo; what was there is lost if not.
        """
        self.pause()
        if undoable and self.unsaved:
            self.leaving.emit()
        stash = self._remember(leaves=True, files=(self.file,)) if undoable else None
        self.unsaved = False
        self._experiment, self.file = trainer.experiment, file
        self._work_on(trainer, stash)
        self.experiment_changed.emit(self._experiment)

    def shut_down(self) -> None:
        """End the worker and wait for it; harmless when done before."""
        self._timer.stop()
        self._loop_watch.stop()
        self._worker.shut_down()

    # --- inside ------------------------------------------------------------------------------

    def _build(self, experiment: Experiment, stash: Stash | None = None) -> None:
        self._ended, self._touched = False, self.running
        self._worker.build(lambda: Trainer(experiment), stash)
        self._expect_frames()

    def _work_on(self, trainer: Trainer, stash: Stash | None = None) -> None:
        self._touched = True
        self._worker.build(lambda: trainer, stash)
        self._expect_frames()

    def _follow(self, experiment: Experiment, stash: Stash | None, anew: bool = False) -> None:
        old, self._experiment = self._experiment, experiment
        self._say_if_anew(old)
        if needs_rebuild(old, experiment):
            self._touched = self.running
            if stash is not None:
                self._undo.expect_run(stash)
        if anew:
            self._build(experiment, stash)
        else:
            self._worker.apply(experiment, stash)
            self._expect_frames()
        self.experiment_changed.emit(experiment)

    def _say_if_anew(self, old: Experiment) -> None:
        if needs_rebuild(old, self._experiment):
            seed = self._experiment.training.seed
            self.notice.emit(f"Built anew from seed {seed}: {self.what_changed(old)}.")

    def what_changed(self, old: Experiment) -> str:
        """In which settings the experiment differs from an earlier one, in words."""
        labels = []
        for path in differences(old, self._experiment):
            parent = value_at(old, path[:-1])
            name = path[-1]
            control = control_at(parent, name) if isinstance(name, str) else None
            labels.append(control.label.lower() if control else place(path))
        unique = list(dict.fromkeys(labels))
        listing = " and ".join(unique[:2]) + (" and more" if len(unique) > 2 else "")
        return f"{listing} changed"

    def _in_words(self, error: ExperimentError) -> str:
        """The first problem, with the control's label instead of the path where there is one."""
        problem = error.problems[0]
        try:
            parent = value_at(self._experiment, problem.path[:-1])
            control = control_at(parent, str(problem.path[-1]))
        except (AttributeError, KeyError, IndexError, TypeError):
            control = None
        return f"{control.label if control else problem.place} {problem.message}."

    def _set_running(self, running: bool) -> None:
        if running != self.running:
            self.running = running
            self.running_changed.emit(running)

    def _expect_frames(self) -> None:
        self._idle_frames = 0
        self._worker.want_snapshot()
        self._loop_watch.start()
        if not self._timer.isActive():
            self._timer.start()

    def _tick(self) -> None:
        if self._worker.failure is not None:
            self._timer.stop()
            self._loop_watch.stop()
            self._set_running(False)
            self._tasks.clear()
            self.failed.emit(f"Training has ended by an error: {self._worker.failure}")
            return
        self._busy += self._worker.gate.take_closed_seconds()
        interval = round(1000 * self._busy / PAINTING_SHARE)
        interval = min(max(interval, FRAME_MILLISECONDS), SLOWEST_FRAME_MILLISECONDS)
        snapshot = self._worker.take_snapshot()
        if snapshot is None:
            interval = LATE_MILLISECONDS
        else:
            self._busy = 0.0
            self._show(snapshot)
        if interval != self._timer.interval():
            self._timer.setInterval(interval)
        tasks, self._tasks = self._tasks, [task for task in self._tasks if not task.is_over]
        for task in tasks:
            self.advanced.emit(task)
        if self.running or self._idle_frames < 3:
            self._worker.want_snapshot()
        elif not self._tasks:
            self._timer.stop()
            self._loop_watch.stop()

    def _show(self, snapshot: Snapshot) -> None:
        self._ended = snapshot.stop is not None
        self.moment = snapshot.moment
        if not snapshot.running:  # it has ended by itself: what is older was dropped
            self._set_running(False)
        if not self.running:
            self._idle_frames += 1
        self.frame.emit(snapshot)
