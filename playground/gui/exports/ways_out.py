"""The ways out of the window: a file and those beside it, the clipboard, and what is dragged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QTemporaryDir, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from playground.core.errors import PlaygroundError
from playground.exchange import files
from playground.exchange.exporting.registry import Export
from playground.gui.saving import ask_where


@dataclass(frozen=True, slots=True)
class Made:
    """An export that is ready to go out.

    Attributes:
        label: What it is called.
        export: Its files.
        image: What a picture looks like; None for all else.
        page: Of a page for a browser its words and charts as Markdown; None for all else.
        epoch: How far the network had been trained.
        beginning: Of its text, as much as is looked at.
        characters: How long that is as a whole.
    """

    label: str
    export: Export
    image: QImage | None = None
    page: Export | None = None
    epoch: int = 0
    beginning: str = ""
    characters: int = 0

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(map(len, self.export.files.values()))

    @property
    def name(self) -> str:
        """Of the main file."""
        return next(iter(self.export.files))


class TemporaryFiles:
    """Files that another program is given by drag or clipboard; they go with the window."""

    def __init__(self) -> None:
        self._folder: QTemporaryDir | None = None
        self._count = 0

    def paths_of(self, made: Made) -> list[Path]:
        """Write the files into a folder of their own.

        Raises:
            PlaygroundError: They cannot be written.
        """
        if self._folder is None:
            self._folder = QTemporaryDir()
        if not self._folder.isValid():
            raise PlaygroundError(f"no temporary file can be made: {self._folder.errorString()}")
        self._count += 1
        folder = Path(self._folder.filePath(str(self._count)))
        files.make_folder(folder)
        return made.export.write(folder / made.name)


def as_mime(made: Made, paths: Iterable[Path] = ()) -> QMimeData:
    """What is offered to other programs: files, and the text or the picture."""
    data = QMimeData()
    urls = [QUrl.fromLocalFile(str(path)) for path in paths]
    if urls:
        data.setUrls(urls)
    if made.image is not None:
        data.setImageData(made.image)
    text = made.export.text
    if text:
        data.setText(text)
    return data


def ask_for(parent: QWidget, made: Made, folder: Path) -> Path | None:
    """Ask for a name for the main file; None if the user does not want it. None is taken unasked.

    Raises:
        PlaygroundError: It is the name of a file that belongs beside it.
    """
    return ask_where(
        parent,
        f"Save: {made.label}",
        folder / made.name,
        made.label,
        beside=lambda path: list(made.export.files_at(path))[1:],
    )
