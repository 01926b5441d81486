"""How the network errs: the confusion matrices of classes, the residuals of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from playground.gui.theme import LIGHT, Colours
from playground.gui.views.confusion import ConfusionMatrix
from playground.gui.views.picture import PictureMenu
from playground.gui.views.view import View
from playground.runtime.snapshot import Snapshot

if TYPE_CHECKING:
    from playground.gui.views.residuals import Residuals

BESIDE = 1.4
"""A page that is so many times wider than high has both matrices beside each other."""


class ErrorsPage(View):
    """Of the shown replica, or of the first one where all are shown together.

    Attributes:
        train, test: The confusion matrices.
        whose: Whose errors they are, where there are several networks.
        picture: The context menu.

    Signals:
        instruments_changed: Others are to be read.
    """

    instruments_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Errors")
        self._snapshot: Snapshot | None = None
        self._colours: Colours = LIGHT
        self._residuals: Residuals | None = None
        self.train, self.test = ConfusionMatrix("Training points"), ConfusionMatrix("Test points")
        self.whose = QLabel()
        self._build()
        self.picture = PictureMenu(self, "errors")

    @property
    def instruments(self) -> tuple[str, ...]:
        return ("errors", "answers") if self._has_values else ("errors",)

    @property
    def _has_values(self) -> bool:
        return self._snapshot is not None and self._snapshot.dataset.task.kind == "regression"

    @property
    def residuals(self) -> Residuals:
        """The page for values, made when there are some."""
        if self._residuals is None:
            from playground.gui.views.residuals import Residuals

            self._residuals = Residuals()
            self._residuals.set_palette_colours(self._colours)
            self._pages.addWidget(self._residuals)
        return self._residuals

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        if not self.isVisible() or snapshot is self._snapshot:
            return
        before = self._snapshot is not None and self._has_values
        self._snapshot = snapshot
        if self._has_values != before:
            self.instruments_changed.emit()
        self._say_whose(snapshot)
        errors = snapshot.readings.get("errors")
        if errors is not None and errors.dataset is not snapshot.dataset:
            errors = None  # it was read before the data changed
        if self._has_values:
            self.residuals.show_errors(snapshot, errors)
            self._pages.setCurrentWidget(self.residuals)
        else:
            self._pages.setCurrentIndex(0)
            if errors is not None:
                self.train.show_errors(errors.train)
                self.test.show_errors(errors.test)

    def _say_whose(self, snapshot: Snapshot) -> None:
        text = ""
        if snapshot.replicas > 1:
            text = f"Of replica {(snapshot.shown or 0) + 1}."
            if snapshot.shown is None:
                text += " Choose another one above the plane."
        if text != self.whose.text():
            self.whose.setText(text)
            self.whose.setVisible(bool(text))

    def set_palette_colours(self, colours: Colours) -> None:
        self._colours = colours
        self.train.set_palette_colours(colours)
        self.test.set_palette_colours(colours)
        if self._residuals is not None:
            self._residuals.set_palette_colours(colours)
            if self._snapshot is not None and self._has_values:
                snapshot, self._snapshot = self._snapshot, None
                self.render(snapshot)

    def _build(self) -> None:
        self.whose.hide()
        self.whose.setWordWrap(True)
        matrices = QWidget()
        self._matrices = QBoxLayout(QBoxLayout.Direction.TopToBottom, matrices)
        self._matrices.setContentsMargins(0, 0, 0, 0)
        self._matrices.setSpacing(8)
        self._matrices.addWidget(self.train, 1)
        self._matrices.addWidget(self.test, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(matrices)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.whose, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._pages, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        direction = QBoxLayout.Direction
        beside = self.width() > BESIDE * self.height()
        self._matrices.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        super().resizeEvent(event)
