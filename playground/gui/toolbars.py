"""The bars of the window: what is pressed most often, and how fast to train."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QSizePolicy, QToolBar, QWidget

from playground.gui.actions import Actions
from playground.gui.widgets.editor import KEYS_ONLY

SPEEDS = (
    ("Full speed", None),
    ("100 epochs/s", 100.0),
    ("30 epochs/s", 30.0),
    ("10 epochs/s", 10.0),
    ("1 epoch/s", 1.0),
    ("0.1 epochs/s", 0.1),
)
FIRST_SPEED = 30.0
"""Slow enough to see the boundary move; at full speed an easy problem is solved in a blink."""


class SpeedBox(QComboBox):
    """How many epochs a second.

    Signals:
        speed_changed: The number, or None for as fast as can be.
    """

    speed_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(KEYS_ONLY)  # after a click, Space still runs and pauses
        self.setAccessibleName("Speed")
        self.setToolTip("How fast to train: slowly enough to watch, or as fast as can be.")
        for text, value in SPEEDS:
            self.addItem(text, value)
        self.setCurrentIndex(self.findData(FIRST_SPEED))
        self.currentIndexChanged.connect(self._change)

    @property
    def epochs_per_second(self) -> float | None:
        """The speed that is chosen."""
        speed: float | None = self.currentData()
        return speed

    @Slot()
    def _change(self) -> None:
        self.speed_changed.emit(self.epochs_per_second)


def main_bar(actions: Actions, speed: SpeedBox) -> QToolBar:
    """Run and pause, the speed, undo, presets and the theme."""
    bar = bar_of("Training")
    bar.setIconSize(QSize(20, 20))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    actions.fill_toolbar(bar, ("toggle_run", "step", "epoch", "reset", "new_seed"))
    bar.addSeparator()
    bar.addWidget(speed)
    bar.addSeparator()
    actions.fill_toolbar(bar, ("undo", "redo"))
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    actions.fill_toolbar(bar, ("presets", "export", "toggle_theme"))
    return bar


def bar_of(title: str, *widgets: QWidget) -> QToolBar:
    """A bar that stays where it is."""
    bar = QToolBar(title)
    bar.setObjectName(f"{title.lower()} toolbar")
    bar.setMovable(False)
    for widget in widgets:
        bar.addWidget(widget)
    return bar
