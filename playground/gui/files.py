"""Opening, saving and exporting by dialog, with failures said in words."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox

from playground.core.errors import PlaygroundError
from playground.exchange import experiment_file, history_csv, points_csv
from playground.exchange.document import Document
from playground.exchange.presets import Preset
from playground.gui.status_line import StatusLine
from playground.runtime.session import Session
from playground.runtime.worker import WorkerError

if TYPE_CHECKING:
    from playground.runtime.background import Background

LARGE = 1_000_000
"""Bytes of a file that is read beside the window; a smaller one takes some hundredths of a second.
"""
EXPERIMENT_FILTER = "Experiment with trained weights (*.json)"
HISTORY_FILTER = "History, one row an epoch (*.csv)"
POINTS_FILTER = "Points, one row each (*.csv)"
SHOWN_PROBLEMS = 8


class Files:
    """The files of a window."""

    def __init__(self, window: QMainWindow, session: Session, status: StatusLine) -> None:
        self._window, self._session, self._status = window, session, status
        self.path: Path | None = None
        self._asked_for = Path()

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
        self.close()
        self._asked_for = path
        if _is_large(path):
            self._status.say(f"Reading {path.name}…")
            self._reader.do(partial(experiment_file.load, path))
            return
        try:
            document = experiment_file.load(path)
        except PlaygroundError as error:
            self._refuse(error)
            return
        self._take(document)

    def close(self) -> None:
        """Have nothing come of a file that is still being read."""
        if "_reader" in self.__dict__:
            self._reader.forget()

    @cached_property
    def _reader(self) -> Background:
        """What reads large files beside the window; made when there is one."""
        from playground.runtime.background import Background

        reader = Background(self._window)
        reader.finished.connect(self._take)
        reader.failed.connect(self._refuse)
        return reader

    def _refuse(self, error: Exception) -> None:
        self._complain(f"{self._asked_for.name} cannot be opened.", error)

    def _take(self, document: Document) -> None:
        path = self._asked_for
        try:
            self._session.open(document)
        except PlaygroundError as error:
            self._refuse(error)
            return
        self.path = path
        kind = "experiment" if document.trained is None else "trained experiment"
        self._status.say(f"Opened the {kind} {path.name}.")

    def open_preset(self, preset: Preset) -> None:
        """Open an experiment that comes with the program; what is saved then needs a new file."""
        try:
            self._session.open(preset.document())
        except PlaygroundError as error:
            self._complain(f"The preset {preset.name} cannot be opened.", error)
            return
        self.path = None
        self._status.say(preset.shows)

    def save(self) -> None:
        """Save where the experiment came from, or ask."""
        if self.path is None:
            self.export()
        else:
            self._write(self.path)

    def export(self) -> None:
        """Ask for a file and a format, and write it."""
        name, chosen = QFileDialog.getSaveFileName(
            self._window,
            "Export the trained configuration",
            str(Path(self.folder) / "experiment.json"),
            f"{EXPERIMENT_FILTER};;{HISTORY_FILTER};;{POINTS_FILTER}",
        )
        if name:
            path = Path(name)
            if not path.suffix:
                path = path.with_suffix(".json" if chosen == EXPERIMENT_FILTER else ".csv")
            self._write(path, points=chosen == POINTS_FILTER)

    def export_points(self) -> None:
        """Ask for a file, and write the points that the network sees as a table."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Export the points", str(Path(self.folder) / "points.csv"), POINTS_FILTER
        )
        if name:
            path = Path(name)
            self._write(path if path.suffix else path.with_suffix(".csv"), points=True)

    def _write(self, path: Path, *, points: bool = False) -> None:
        try:
            if points:
                points_csv.save(self._session.ask(lambda trainer: trainer.dataset), path)
            elif path.suffix.lower() == ".csv":
                text = self._session.ask(lambda trainer: history_csv.dumps(trainer.history))
                history_csv.save(text, path)
            else:
                experiment_file.save(self._session.document(), path)
                self.path = path
        except (PlaygroundError, WorkerError) as error:
            self._complain(f"{path.name} could not be written.", error)
            return
        moment = self._session.moment
        back = "" if moment is None else f" as of epoch {moment:,}, which is looked at"
        self._status.say(f"Wrote {path}{back}.")

    @property
    def folder(self) -> str:
        """Where dialogs begin."""
        return str(self.path.parent if self.path else Path.home())

    def _complain(self, headline: str, error: Exception) -> None:
        lines = str(error).splitlines()
        if len(lines) > SHOWN_PROBLEMS:
            lines = [*lines[:SHOWN_PROBLEMS], f"… and {len(lines) - SHOWN_PROBLEMS} more"]
        box = QMessageBox(QMessageBox.Icon.Warning, "Gradient Playground", headline)
        box.setParent(self._window, box.windowFlags())
        box.setInformativeText("\n".join(lines))
        box.exec()


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size > LARGE
    except (OSError, ValueError):  # reading it says why
        return False
