"""Copying a view as a picture and saving it, from its context menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.core.errors import PlaygroundError
from playground.exchange import files

FILTERS = {
    ".png": "PNG, twice as fine as the screen (*.png)",
    ".svg": "SVG, to be enlarged and edited (*.svg)",
    ".jpg": "JPEG (*.jpg)",
    ".bmp": "BMP (*.bmp)",
}


class PictureMenu(QObject):
    """Gives a view a context menu to copy or save how it looks.

    Attributes:
        copy, save: Its two actions.
    """

    def __init__(self, view: QWidget, name: str) -> None:
        super().__init__(view)
        self._view, self._name = view, name
        self.copy = QAction("Copy picture", view)
        self.copy.setToolTip(f"Put a picture of {name} on the clipboard.")
        self.copy.triggered.connect(self._copy)
        self.save = QAction("Save picture…", view)
        self.save.setToolTip(f"Write a picture of {name} to a file: SVG or PNG.")
        self.save.triggered.connect(self._save)
        view.addActions([self.copy, self.save])
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _copy(self) -> None:
        from playground.gui.views.rendering import image_of

        QGuiApplication.clipboard().setImage(image_of(self._view))

    def _save(self) -> None:
        from playground.gui.saving import may_replace
        from playground.gui.views.rendering import image_of, svg_of

        # Before the dialog covers the moment.
        image, shapes = image_of(self._view), svg_of(self._view, self._name)
        suggestion = f"{self._name.replace(' ', '-')}.png"
        chosen, kind = QFileDialog.getSaveFileName(
            self._view, "Save picture", suggestion, ";;".join(FILTERS.values())
        )
        if not chosen:
            return
        path = with_suffix(Path(chosen), kind)
        # The system's dialog has asked about the name that was typed.
        if path != Path(chosen) and path.exists() and not may_replace(self._view, [path]):
            return
        try:
            files.write(path, content_for(path, image, shapes))
        except PlaygroundError as error:
            QMessageBox.warning(
                self._view, "Save picture", f"{path.name} could not be written: {error}."
            )


def content_for(path: Path, image: QImage, shapes: bytes) -> bytes:
    """What belongs in a file of this name.

    Raises:
        PlaygroundError: Pictures do not have such names.
    """
    from playground.gui.views.rendering import encoded

    suffix = path.suffix.lower()
    if suffix not in FILTERS:
        raise PlaygroundError(f"the name of a picture must end in {' or '.join(FILTERS)}")
    return shapes if suffix == ".svg" else encoded(image, suffix)


def with_suffix(path: Path, kind: str) -> Path:
    """A name that was chosen, with the suffix of the kind of file where it has none."""
    if path.suffix:
        return path
    return path.with_suffix(next((s for s, text in FILTERS.items() if text == kind), ".png"))
