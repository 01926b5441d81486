"""Every test of the window must leave nothing behind: no thread, no running timer, no window."""

import gc
import threading

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication


@pytest.fixture(scope="module", autouse=True)
def look_only_at_what_is_new():
    """What the tests before have left for good need not be looked through for leaks each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_leaks(qapp):
    threads = set(threading.enumerate())
    windows = set(QApplication.topLevelWidgets())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    left = [t for t in threading.enumerate() if t not in threads and t.name == "trainer"]
    assert not left, f"threads left: {left}"
    # By its type alone: asking an object for its class may run code of other packages.
    timers = [
        entry
        for entry in gc.get_objects()
        if issubclass(type(entry), QTimer) and shiboken6.isValid(entry) and entry.isActive()
    ]
    assert not timers, f"timers left running: {[(t, t.parent()) for t in timers]}"
    shown = [w for w in QApplication.topLevelWidgets() if w not in windows and w.isVisible()]
    assert not shown, f"windows left open: {shown}"
