"""Starting the window."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from playground import __version__, resources
from playground.exchange.experiment_file import Document
from playground.gui.keeping import Keeping
from playground.gui.look import dark_in
from playground.gui.main_window import MainWindow
from playground.gui.opening import opening
from playground.runtime.recent import Recent
from playground.runtime.slots import Slots, state_folder
from playground.startup import lasting


def run_app(document: Document | None = None, file: Path | None = None) -> int:
    """Open the window on a document, or on the last session, until it is closed.

    Args:
        document: That one; None is the last session, or the welcome experiment the first time.
        file: Where the document came from.

    Returns:
        The exit code.
    """
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Gradient Playground")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("gradient-playground")
    app.setWindowIcon(QIcon(str(resources.path("icons", "app.svg"))))
    with lasting():
        window = open_window(state_folder(), document, file)
    from playground.gui.signals import close_on_signals  # once it can be seen

    close_on_signals(window)
    return app.exec()


def open_window(
    folder: Path | None, document: Document | None = None, file: Path | None = None
) -> MainWindow:
    """The window, shown; as :func:`run_app` does, with all that is kept in a folder, or nothing."""
    slots, recent = (Slots(folder), Recent(folder)) if folder else (None, None)
    found = opening(slots, document, file)
    window = MainWindow(found.begin, dark_in(found.look))
    Keeping(window, found, slots, recent)
    if recent is not None and file is not None:
        recent.add(file)
    if window.fills_screen:
        window.showMaximized()
    else:
        window.show()
    window.docks.raise_torn_off()
    return window
