"""The command `train`: an experiment trained without a window."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from playground.cli import DONE, FAILED, INTERRUPTED, failed, load, tell_age
from playground.console import put_out, say
from playground.core.checks import warnings_in
from playground.core.editing import replace
from playground.core.errors import ExperimentError, PlaygroundError
from playground.core.experiment import Experiment
from playground.core.limits import HISTORY_ROWS
from playground.core.words import listed
from playground.data.checks import warnings_in_points
from playground.exchange import experiment_file, files
from playground.exchange.document import Document
from playground.exchange.exporting.registry import Subject, exporters
from playground.exchange.history_section import most_rows
from playground.exchange.trained import capture, restore
from playground.training.spread import counted, median
from playground.training.stopping import DIVERGED, MAX_EPOCHS
from playground.training.trainer import Trainer

TERMINAL_SECONDS = 0.1
LOG_SECONDS = 5.0
"""How often progress is shown on a terminal, and in a log."""
SCORES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")


def train(options: argparse.Namespace) -> int:
    """Train as the options of the command line say; the exit code.

    Raises:
        PlaygroundError: The input is wrong.
    """
    document = _document(options)
    try:
        files.make_folder(options.out)
    except files.WritingError as error:  # as what cannot be saved later; the input is right
        return failed(error)
    with _Interruption() as interruption:
        trainer = _trainer(document, options)
        drawn = warnings_in_points(document.experiment, trainer.dataset)
        for warning in (*warnings_in(document.experiment), *drawn):
            say(f"warning: {warning}")
        seconds = _run(trainer, interruption)
        try:
            written = _write(trainer, options)
        except PlaygroundError as error:
            return failed(error)
    stop = trainer.stop
    if stop is not None:
        say(stop.message)
    elif interruption.asked:
        say(f"Interrupted in epoch {trainer.epoch + 1:,}; --resume goes on from what is saved.")
    if some := _diverged(trainer):
        say(some)
    say(f"Wrote {listed(written)}.")
    if not put_out(json.dumps(_summary(trainer, seconds)) + "\n"):
        return FAILED
    if stop is None and interruption.asked:
        return INTERRUPTED
    return FAILED if stop is not None and stop.name == DIVERGED else DONE


def _document(options: argparse.Namespace) -> Document:
    """The file's content, with what the options put in its place."""
    document = load(options.file)
    tell_age(document, options.file)
    if options.resume:
        if document.trained is None:
            raise PlaygroundError(
                f'{options.file} is not trained (it has no section "trained"), so there is nothing '
                "to go on from; leave out --resume"
            )
        for option in ("seed", "replicas"):
            if getattr(options, option) is not None:
                raise PlaygroundError(
                    f"--{option} needs a new start and cannot be used with --resume"
                )
    if isinstance(options.file, str) and options.epochs is None:
        say("A link sets no end: Ctrl+C ends the run and saves it, or --epochs does.")
    experiment = document.experiment
    for option, field in (("epochs", "max_epochs"), ("seed", "seed"), ("replicas", "replicas")):
        value = getattr(options, option)
        if value is not None:
            experiment = _with(experiment, option, field, value)
    if options.resume:
        return dataclasses.replace(document, experiment=experiment)
    if document.trained is not None:
        say(f"{options.file} is trained already; this starts anew (--resume would go on).")
    return Document(experiment)


def _with(experiment: Experiment, option: str, field: str, value: int) -> Experiment:
    try:
        return replace(experiment, ("training", field), value)
    except ExperimentError as error:
        raise PlaygroundError(f"--{option}: {error.problems[0].message}") from None


def _trainer(document: Document, options: argparse.Namespace) -> Trainer:
    """A trainer that is ready to run as far as was asked for."""
    trained, most = document.trained, document.experiment.training.max_epochs
    if trained is not None and trained.resume is not None and options.epochs is None:
        most = trained.resume.epoch_limit or most
    if trained is not None and trained.epoch > most:
        raise PlaygroundError(
            f"{options.file} has {trained.epoch:,} epochs already, more than the {most:,} asked "
            "for; epochs are counted from the untrained network, so --epochs must be larger"
        )
    limit = HISTORY_ROWS
    if "csv" in options.format:  # one row for each epoch, as long as a file can hold them
        replicas = document.experiment.training.replicas
        limit = max(min(most + 2, most_rows(replicas)), limit)
    trainer = restore(document, limit)
    say(_headline(trainer, most))
    if trained is None:
        return trainer
    if trained.resume is None:
        say("The file holds weights alone: the optimizer's memory starts afresh.")
    if trainer.epoch == most:
        say(f"All {most:,} epochs are done already; for more use --epochs.")
    elif trainer.stop is not None:
        before = trainer.stop.message
        trainer.extend(most)
        if trainer.stop is not None:
            say(f"The run had stopped. {before} It goes on, and its rules start anew.")
            trainer.go_on()
    trainer.epoch_limit = most
    return trainer


def _headline(trainer: Trainer, most: int) -> str:
    experiment = trainer.experiment
    sizes = "-".join(map(str, experiment.sizes))
    several = experiment.training.replicas
    networks = f"{several} networks {sizes}" if several > 1 else f"a network {sizes}"
    start = f" from epoch {trainer.epoch:,}" if trainer.epoch else ""
    return f"{experiment.name}: training {networks}{start}, to epoch {most:,} at most."


def _run(trainer: Trainer, interruption: _Interruption) -> float:
    """Train until a stop or Ctrl+C, showing progress; the seconds that it took."""
    started = time.monotonic()
    if trainer.epoch >= trainer.epoch_limit:
        return 0.0
    progress = _Progress(trainer)

    def interrupted() -> bool:
        return interruption.asked or time.monotonic() >= progress.due

    while trainer.stop is None and not interruption.asked:
        trainer.run(interrupted)
        progress.show(trainer)
    seconds = time.monotonic() - started
    progress.close()
    return seconds


def _write(trainer: Trainer, options: argparse.Namespace) -> list[Path]:
    """Write the experiment, and then all other formats that were asked for or none; the names.

    Raises:
        PlaygroundError: They cannot be written; or a format cannot hold the network, and what comes
            before that one was written.
    """
    subject = Subject(capture(trainer))
    first = options.out / exporters["json"].file_name
    experiment_file.save(subject.document, first)  # a long run is not lost by the others
    written = [first]
    notes: dict[str, list[str]] = {}
    faults: list[PlaygroundError] = []

    def contents() -> Iterator[tuple[Path, bytes]]:
        for name in (name for name in dict.fromkeys(options.format) if name != "json"):
            try:
                made = exporters[name].make(subject)  # in turn: all of them may fill the memory
            except PlaygroundError as error:
                faults.append(error)
                return
            for file, content in made.files.items():
                path = options.out / file
                if path not in written:  # the weights of one format are those of another
                    written.append(path)
                    yield path, content
            for note in made.notes:
                notes.setdefault(note, []).append(exporters[name].file_name)

    try:
        files.write_together(contents())
    except PlaygroundError as error:
        raise PlaygroundError(f"{error}; what was trained is in {first}") from None
    if faults:
        raise faults[0]
    for note, names in notes.items():
        say(f"{listed(names)}: {note}")
    return written


def _summary(trainer: Trainer, seconds: float) -> dict[str, Any]:
    """The JSON object of standard output."""
    stop = trainer.stop
    done = MAX_EPOCHS if trainer.epoch >= trainer.epoch_limit else "interrupted"
    return {
        "epoch": trainer.epoch,
        "stop_reason": stop.name if stop is not None else done,
        **{name: _median(trainer, name) for name in SCORES},
        "steps": trainer.step,
        "seconds": round(seconds, 3),
    }


def _median(trainer: Trainer, score: str) -> float | None:
    """The median of a score over the replicas that count; None where there is none."""
    values = getattr(trainer.scores, score)[counted(trainer.outcome.diverged)]
    value = float(median(values))
    return value if np.isfinite(value) else None


def _diverged(trainer: Trainer) -> str:
    """How many of several replicas have diverged and what that means, or empty."""
    lost, count = int(trainer.outcome.diverged.sum()), trainer.network.replicas
    if count == 1 or not lost:
        return ""
    have = f"{lost} of {count} replicas {'has' if lost == 1 else 'have'} diverged"
    if lost == count:
        return f"All {count} replicas have diverged; losses and accuracies are of what they had."
    others = (
        "that of the other one" if count - lost == 1 else f"the medians of the other {count - lost}"
    )
    return f"{have}; losses and accuracies are {others}."


def _has_room() -> bool:
    """Whether standard error is a terminal that a bar fits on; some have a width of 0."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns > 0
    except (OSError, ValueError):  # it is none
        return False


class _Progress:
    """A bar on a terminal, a line now and then in a log.

    Attributes:
        due: When to show it next, by ``time.monotonic``.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._bar: Any = None
        self._every = LOG_SECONDS
        if _has_room():
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # no thread: the bar is drawn when it is due
            self._every = TERMINAL_SECONDS
            self._bar = tqdm(
                total=trainer.epoch_limit,
                initial=trainer.epoch,
                unit="epoch",
                file=sys.stderr,
                dynamic_ncols=True,
            )
        self.due = time.monotonic() + self._every

    def show(self, trainer: Trainer) -> None:
        self.due = time.monotonic() + self._every
        losses = []
        for name in SCORES[:2]:
            value = _median(trainer, name)
            if value is not None:
                losses.append(f"{name.replace('_', ' ')} {value:.4g}")
        if self._bar is None:
            said = ", ".join(losses) or "no finite loss"
            say(f"epoch {trainer.epoch:,} of {trainer.epoch_limit:,}: {said}")
        else:
            self._bar.set_postfix_str(", ".join(losses), refresh=False)
            self._bar.n = trainer.epoch
            self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class _Interruption:
    """Ctrl+C as a wish that is granted between two steps; the second one ends at once.

    Attributes:
        asked: Whether it was pressed.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> _Interruption:
        # Where it is ignored, as for a shell's background jobs, it stays so.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
