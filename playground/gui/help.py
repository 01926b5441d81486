"""The two small dialogs of the help menu."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from playground.gui.actions import ACTIONS

HINTS = (
    "Sliders: arrow keys step, double click restores the default, the field takes any number.",
    "Layer cards: + inserts, Del removes, Ctrl+Left and Ctrl+Right move, dragging the title too.",
    "Time: the slider under the charts goes back through the run; Left and Right step, End is now.",
    "Plane: the wheel zooms, dragging moves, a double click shows all; a click on a point pins it. "
    "With the focus on it: +, − and 0, arrow keys, Enter and Esc.",
    "Without a mouse: F6 goes from part to part, Tab from control to control, Alt to the menus; "
    "Esc leaves a list or a box, so that Space runs again.",
    "Own points: paint them (arrows move, Return dabs, Delete erases, digits choose the class), or "
    "drop or paste a table; an experiment file that is dropped is opened.",
    "Nothing is lost: undo also takes back New, Open, Reset and Run from here, and the next start "
    "goes on where the window was closed.",
    "Charts: click a name in the legend to hide its curve; the right mouse button copies or saves.",
)
MARGIN = QSize(80, 80)
"""What the list of keys leaves of the window, so that its button is on the smallest screen."""


def show_help(parent: QWidget) -> None:
    """Say what the keys do, in a dialog that scrolls where the window is low."""
    rows = "".join(
        f"<tr><td><b>{spec.shortcut}</b>&nbsp;&nbsp;</td><td>{spec.help}</td></tr>"
        for spec in ACTIONS
        if spec.shortcut
    )
    hints = "".join(f"<p>{hint}</p>" for hint in HINTS)
    dialog = QDialog(parent)
    dialog.setWindowTitle("Keys and hints")
    words = QTextBrowser()
    words.setHtml(f"<table>{rows}</table>{hints}")
    words.setAccessibleName("Keys and hints")
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(words)
    layout.addWidget(buttons)
    dialog.resize(QSize(640, 760).boundedTo(parent.size() - MARGIN))
    dialog.exec()
    dialog.deleteLater()


def show_about(parent: QWidget, version: str) -> None:
    """Say what this is."""
    QMessageBox.about(
        parent,
        "About Gradient Playground",
        f"<h3>Gradient Playground {version}</h3>"
        "<p>Assemble a small neural network, train it live, and see why it learns or does not.</p>"
        "<p>All training is done by its own engine in NumPy, in a thread of its own.</p>"
        "<p>MIT licence.</p>",
    )
