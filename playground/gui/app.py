"""Starting the window."""

from __future__ import annotations

import sys

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from playground import __version__, resources
from playground.exchange.experiment_file import Document
from playground.exchange.presets import welcome
from playground.gui.main_window import MainWindow
from playground.startup import lasting


def run_app(document: Document | None = None) -> int:
    """Open the window on a document, or on the welcome experiment, until it is closed.

    Returns:
        The exit code.
    """
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Gradient Playground")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("gradient-playground")
    app.setWindowIcon(QIcon(str(resources.path("icons", "app.svg"))))
    with lasting():
        window = MainWindow(document or welcome())
        if window.fills_screen:
            window.showMaximized()
        else:
            window.show()
    return app.exec()
