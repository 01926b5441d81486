"""Opening and saving by dialog, with failures said in words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox, QWidget

from playground.core.errors import PlaygroundError
from playground.core.limits import MAX_EXPERIMENT_BYTES
from playground.exchange import experiment_file, points_csv, session_file
from playground.exchange.files import size_of
from playground.exchange.presets import Preset
from playground.exchange.trained import restore, since
from playground.gui.message_box import box_of
from playground.gui.saving import ask_where
from playground.gui.status_line import StatusLine
from playground.runtime.answer import WorkerError
from playground.runtime.recent import Recent
from playground.runtime.session import Session
from playground.training.trainer import Trainer

if TYPE_CHECKING:
    from playground.runtime.background import Background
    from playground.runtime.writing import Writing

LARGE = 1_000_000
"""Bytes of a file that is read beside the window; a smaller one takes some hundredths of a second.
"""
HUGE = 5_000_000
"""Bytes of a file that another process reads, which takes half a second to begin."""
MANY = 250_000
"""Weights of a network that is written beside the window; fewer take some hundredths of a second.
"""
EXPERIMENT_KIND = "Experiment with trained weights"
POINTS_KIND = "Points, one row each"
SHOWN_PROBLEMS = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What a file held.

    Attributes:
        trainer: That, ready to go on.
        file: Where it is saved to when asked.
        words: What to say of it.
        is_chosen: Whether the user has chosen the file, so that it is a recent one from now on.
    """

    trainer: Trainer
    file: Path | None
    words: str
    is_chosen: bool = False


class Files:
    """The files of a window.

    Attributes:
        recent: The list that what is opened or saved goes into; None where there is none.
    """

    def __init__(self, window: QMainWindow, session: Session, status: StatusLine) -> None:
        self._window, self._session, self._status = window, session, status
        self.recent: Recent | None = None
        self._headline = ""

    @property
    def path(self) -> Path | None:
        """Where the experiment is saved to; None asks."""
        return self._session.file

    def open(self) -> None:
        """Ask for a file and open it; if that fails, all stays as it was."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open an experiment",
            self.folder,
            "Experiments (*.json);;All files (*)",
        )
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a file, a large one once it is read; if that fails, all stays as it was."""
        if self.is_writing and self.writing.is_about(path):
            self.writing.wait()  # what was saved is what is opened
        self._bring(partial(_read, path), size_of(path), path.name)

    def open_session(self, path: Path) -> None:
        """Open what an earlier session has left, as a file is opened."""
        self._bring(partial(_read_session, path), size_of(path), "This session")

    def open_text(self, text: str, name: str) -> None:
        """Open the text of an experiment file, which was pasted or dropped, in the same way."""
        self._bring(partial(_read_text, text, name), len(text), name)

    def close(self) -> None:
        """Have nothing come of a file that is still being read."""
        if "_reader" in self.__dict__:
            self._reader.forget()

    def finish(self) -> bool:
        """Wait until all is written that was to be; gives whether that went well."""
        return not self.is_writing or self.writing.wait()

    def _bring(self, read: Callable[[], _Found], size: int, name: str) -> None:
        self.close()
        self._headline = f"{name} cannot be opened."
        if size > LARGE:
            self._status.say(f"{name} is being read…")
            self._reader.do(read)
            return
        try:
            found = read()
        except PlaygroundError as error:
            self._refuse(error)
            return
        self._take(found)

    @cached_property
    def _reader(self) -> Background:
        """What reads large files beside the window; made when there is one."""
        from playground.runtime.background import Background

        reader = Background(self._window)
        reader.finished.connect(self._take)
        reader.failed.connect(self._refuse)
        return reader

    def _refuse(self, error: Exception) -> None:
        self._status.say(self._headline, "amber")  # no longer that it is read
        self.complain(self._headline, error)

    def _take(self, found: _Found) -> None:
        self._session.take_up(found.trainer, found.file)
        if found.is_chosen and found.file is not None:
            self._note(found.file)
        self._status.say(found.words)

    def open_preset(self, preset: Preset) -> None:
        """Open an experiment that comes with the program; what is saved then needs a new file."""
        try:
            self._session.open(preset.document())
        except PlaygroundError as error:
            self.complain(f"The preset {preset.name} cannot be opened.", error)
            return
        self._status.say(preset.shows)

    def save(self) -> None:
        """Save where the experiment came from, or ask."""
        if self.path is None:
            self.save_as()
        else:
            self._write(self.path)

    def save_as(self) -> None:
        """Ask for a file, and save there from now on."""
        start = self.path or Path(self.folder) / "experiment.json"
        path = ask_where(self._window, "Save the experiment", start, EXPERIMENT_KIND)
        if path is not None:
            self._write(path)

    def export_points(self) -> None:
        """Ask for a file, and write the points that the network sees as a table."""
        start = Path(self.folder) / "points.csv"
        path = ask_where(self._window, "Export the points", start, POINTS_KIND)
        if path is not None:
            self._write(path, points=True)

    def _write(self, path: Path, *, points: bool = False) -> None:
        session, moment = self._session, self._session.moment
        back = "" if moment is None else f" as of epoch {moment:,}, which is looked at"
        words = f"Wrote {path}{back}."
        try:
            if points:
                points_csv.save(session.ask(lambda trainer: trainer.dataset), path)
            elif session.experiment.weights > MANY or self.is_writing:
                self._write_beside(path, words)
                return
            else:
                experiment_file.save(session.document(), path)
                session.save_to(path)
                self._note(path)
        except (PlaygroundError, WorkerError) as error:
            self.complain_of(path, error)
            return
        self._status.say(words)

    def _write_beside(self, path: Path, words: str) -> None:
        """Write what there is now, with the window going on."""
        from playground.runtime.writing import Job

        document, end = self._session.document_later(), self._session.saving_to(path)

        def then(_: object) -> None:
            end(True)
            self._note(path)
            self._status.say(words)

        def otherwise(error: Exception) -> None:
            end(False)
            self._status.say(f"{path.name} could not be written.", "amber")  # no longer that it is
            self.complain_of(path, error)

        self._status.say(f"{path.name} is being written…")
        self.writing.do(
            Job(
                path,
                lambda breathe: experiment_file.save(document.wait(), path, breathe),
                then,
                otherwise,
            )
        )

    @cached_property
    def writing(self) -> Writing:
        """What writes large files beside the window; made when there is one."""
        from playground.runtime.writing import Writing

        return Writing(self._window)

    @property
    def is_writing(self) -> bool:
        """Whether a large file is being written."""
        return "writing" in self.__dict__ and self.writing.is_busy

    def complain_of(self, path: Path, error: Exception) -> None:
        """Say that a file could not be written, and why."""
        if not isinstance(error, PlaygroundError | WorkerError):
            log.error("%s could not be written", path, exc_info=error)
        self.complain(f"{path.name} could not be written.", error)

    def _note(self, path: Path) -> None:
        if self.recent is not None:
            self.recent.add(path)

    @property
    def folder(self) -> str:
        """Where dialogs begin."""
        return str(self.path.parent if self.path else Path.home())

    def complain(self, headline: str, error: Exception, over: QWidget | None = None) -> None:
        """Say what is not possible, and why; over another window than this one, if given."""
        lines, icon = str(error).splitlines(), QMessageBox.Icon.Warning
        box_of(over or self._window, icon, headline, lines, most=SHOWN_PROBLEMS).exec()


def _read(path: Path) -> _Found:
    """What a file holds, made ready to be worked on; in any thread."""
    if size_of(path) > HUGE:
        from playground.exchange import apart

        document = apart.load(path)
    else:
        document = experiment_file.load(path)
    trainer = restore(document)
    kind = "trained experiment" if trainer.step else "experiment"
    words = f"Opened the {kind} {path.name}. {since(document)}".rstrip()
    return _Found(trainer, path, words, is_chosen=True)


def _read_text(text: str, name: str) -> _Found:
    if len(text) > MAX_EXPERIMENT_BYTES:
        raise PlaygroundError(
            f"{name} holds more than the {MAX_EXPERIMENT_BYTES // 1_000_000} MB that can be "
            "pasted; save it to a file and open that"
        )
    document = experiment_file.loads(text, name)
    return _Found(restore(document), None, f"Opened {document.experiment.name}.")


def _read_session(path: Path) -> _Found:
    kept = session_file.load(path)
    words = f"Brought back {kept.document.experiment.name}."
    return _Found(restore(kept.document), kept.file, words)
