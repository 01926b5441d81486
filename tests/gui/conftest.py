"""Windows and views for the tests, which must leave nothing behind: no thread, timer or window."""

import gc
import threading

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from playground.exchange.experiment_file import Document
from playground.exchange.trained import restore
from playground.gui.main_window import MainWindow
from playground.gui.theme import LIGHT


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


@pytest.fixture
def open_window(qtbot):
    """Opens the real window on a document or an experiment, and waits for its first snapshot.

    All that it is given to draw are gathered in its attribute ``frames``.
    """
    windows = []

    def open_on(opened, size=None, full_speed=False):
        if isinstance(opened, Document):
            opened = opened.experiment if opened.trained is None else restore(opened)
        window = MainWindow(opened)
        windows.append(window)
        window.frames = []
        window.session.frame.connect(window.frames.append)
        qtbot.addWidget(window)
        if size is not None:
            window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        qtbot.waitUntil(lambda: bool(window.frames))
        if full_speed:
            window.speed.setCurrentIndex(window.speed.findData(None))
        return window

    yield open_on
    for window in windows:
        window.close()


@pytest.fixture
def said(monkeypatch):
    """What message boxes have said that would wait for a click: headlines and reasons."""
    found = []
    monkeypatch.setattr(
        QMessageBox, "exec", lambda box: found.append((box.text(), box.informativeText()))
    )
    return found


@pytest.fixture
def shown(qtbot):
    """Makes a view, shows it and draws snapshots on it."""
    views = []

    def show(kind, *moments, colours=LIGHT, size=(420, 300)):
        view = kind()
        views.append(view)
        qtbot.addWidget(view)
        view.resize(*size)
        view.set_palette_colours(colours)
        view.show()
        for moment in moments:
            view.render(moment)
        QApplication.processEvents()
        return view

    return show
