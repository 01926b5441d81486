"""Copying a view as an image and saving it, from its context menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPixmap
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

SHARPNESS = 2
"""Pixels of the picture for each of the screen's, along a side."""


class PictureMenu(QObject):
    """Gives a view a context menu to copy or save how it looks.

    Attributes:
        copy, save: Its two actions.
    """

    def __init__(self, view: QWidget, name: str) -> None:
        super().__init__(view)
        self._view, self._name = view, name
        self.copy = QAction("Copy image", view)
        self.copy.setToolTip(f"Put a picture of {name} on the clipboard.")
        self.copy.triggered.connect(self._copy)
        self.save = QAction("Save image…", view)
        self.save.setToolTip(f"Write a picture of {name} to a file.")
        self.save.triggered.connect(self._save)
        view.addActions([self.copy, self.save])
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def picture(self) -> QPixmap:
        """How the view looks now."""
        ratio = SHARPNESS * self._view.devicePixelRatioF()
        pixmap = QPixmap(self._view.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(self._view.palette().window().color())
        QWidget.render(self._view, pixmap, QPoint())  # a view's own render is another one
        return pixmap

    def _copy(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.picture())

    def _save(self) -> None:
        picture = self.picture()  # before the dialog covers the moment
        suggestion = f"{self._name.replace(' ', '-')}.png"
        chosen, _ = QFileDialog.getSaveFileName(
            self._view, "Save image", suggestion, "Images (*.png *.jpg *.bmp)"
        )
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(".png")
        if not picture.save(str(path)):
            QMessageBox.warning(
                self._view,
                "Save image",
                f"{path.name} could not be written. Choose another folder, and a name that ends "
                "in .png, .jpg or .bmp.",
            )
