"""Ctrl+C in the terminal, and a request to end, close the window as the user would."""

from __future__ import annotations

import os
import signal

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QApplication

ENDING = (signal.SIGINT, signal.SIGTERM)


def close_on_signals(parent: QObject) -> None:
    """Close all windows on these signals, so that the session is kept.

    Python would carry out a signal's handler only with its next instruction, which may be long in
    coming, or right within one of the window's methods, which a KeyboardInterrupt would then leave
    half done. So all that a signal does is to write a byte, and the event loop reads that.
    """
    if os.name == "nt":  # where only a socket would do, and nobody ends a window like this
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in ENDING:
        signal.signal(number, lambda *_: None)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, parent)

    def close() -> None:
        os.read(reading, 100)
        QApplication.closeAllWindows()

    notifier.activated.connect(close)
