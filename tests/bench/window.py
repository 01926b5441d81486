"""The real window at work, in one scenario: training speed against none, frames, stalls, opening.

Each run is a process of its own: ``python -m tests.bench.window SCENARIO SECONDS``. Training with
the window live and training alone take turns on the same trainer, so that a machine which is busy
with other things slows both.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

OPENINGS = 5
SETTLING, ROUNDS = 1.0, 6
"""Seconds before anything is measured, and how often live and alone take turns."""
LONG = 10.0
"""Seconds from which on a run is not a quick and rough one."""
ALONE_SHARE = 0.2
"""How long training alone is measured, in times of training live."""

OURS = """
import sys, time; started = time.perf_counter()
from pathlib import Path
from playground.startup import lasting
with lasting():
    from playground import cli, system
system.window_problem()
from PySide6 import QtWidgets
with lasting():
    from playground.gui import app
qt = QtWidgets.QApplication([])
app.MainWindow.restoreGeometry = lambda window, geometry: False  # not all screens are so large
app.MainWindow.showMaximized = lambda window: (window.resize(1280, 800), window.show())
with lasting():
    window = app.open_window(Path(sys.argv[1]))
assert (window.width(), window.height()) == (1280, 800)
frames = []; window.session.frame.connect(frames.append)
while not window.isVisible() or not frames: qt.processEvents()
window.grab()
print(time.perf_counter() - started)
window.session.run_epoch()
while window.session.running: qt.processEvents()
window.close()
"""
"""The way that the command goes, until the last session is on the screen; it trains for later."""
BARE = """
import time; started = time.perf_counter()
import numpy, numpy.random, pyqtgraph
from pydantic import BaseModel
from PySide6 import QtCore, QtGui, QtSvg, QtWidgets
app = QtWidgets.QApplication([])
widget = pyqtgraph.PlotWidget(); widget.resize(1280, 800); widget.show()
while not widget.isVisible(): app.processEvents()
widget.grab()
print(time.perf_counter() - started)
"""


def opened(experiment):
    """The window of 1280x800, painted; it keeps its session as it does at home."""
    from PySide6.QtWidgets import QApplication

    from playground.exchange.experiment_file import Document
    from playground.gui.app import open_window

    app = QApplication.instance() or QApplication([])
    folder = TemporaryDirectory()
    window = open_window(Path(folder.name), Document(experiment))
    window.destroyed.connect(folder.cleanup)
    window.session.show(None)
    window.showNormal()
    window.resize(1280, 800)
    app.processEvents()
    window.grab()
    return window


def measure(name: str, seconds: float) -> dict[str, float]:
    """Open the window, let it train, and time everything."""
    from tests.bench.scenarios import SCENARIOS

    scenario = SCENARIOS[name]
    window = opened(scenario.experiment())
    figures = scenario.measure(window, seconds)
    if not window.session.running:
        raise RuntimeError("the run has ended before its time")
    window.close()
    return figures


def training(window, seconds: float) -> dict[str, float]:
    """The window while the network trains flat out, by turns with training alone."""
    from statistics import median

    watch, alone, live, ratios = at_full_speed(window), [], [], []
    for _ in range(ROUNDS):
        alone.append(watch.steps_alone(ALONE_SHARE * seconds / ROUNDS))
        live.append(watch.look(seconds / ROUNDS).steps_per_second)
        ratios.append(live[-1] / alone[-1])
    return {
        "steps/s without a window": round(median(alone)),
        "steps/s with the window": round(median(live)),
        "ratio": round(median(ratios), 2),
        **watch.figures(),
    }


def dragging(window, seconds: float) -> dict[str, float]:
    """The same while the learning rate's slider is dragged all the time."""
    from tests.bench.drag import Drag

    watch, drag = at_full_speed(window), Drag(window)
    before = watch.steps_alone(ALONE_SHARE * seconds / 2)
    drag.start()
    live = watch.look(seconds).steps_per_second
    drag.stop()
    after = watch.steps_alone(ALONE_SHARE * seconds / 2)
    ratio = 2 * live / (before + after)
    return {"ratio": round(ratio, 2), **watch.figures(), **drag.figures()}


def ageing(window, seconds: float) -> dict[str, float]:
    """Runs that have just begun and runs as long as an hour's, by turns."""
    from tests.bench.age import age
    from tests.bench.watch import Watch, wait

    fresh, aged = Watch(window), Watch(window)
    rounds = ROUNDS // 2 if seconds >= LONG else 1  # to grow old takes its time
    for _ in range(rounds):
        for watch in (fresh, aged):
            window.session.reset()
            if watch is aged:
                age(window)
            window.session.run()
            wait(SETTLING)
            watch.look(seconds / rounds / 2)
    return {
        "rows of history": len(window.session.ask(lambda trainer: trainer.history)),
        "frames/s, fresh": round(fresh.frames_per_second, 1),
        "frames/s, aged": round(aged.frames_per_second, 1),
        "frames/s, aged / fresh": round(aged.frames_per_second / fresh.frames_per_second, 2),
        "ms of window a frame, fresh": round(fresh.work_of_a_frame, 1),
        "ms of window a frame, aged": round(aged.work_of_a_frame, 1),
        "ms of window, aged / fresh": round(aged.work_of_a_frame / fresh.work_of_a_frame, 2),
        "heartbeat, 99th percentile": aged.figures()["heartbeat, 99th percentile"],
        "heartbeat, longest": aged.figures()["heartbeat, longest"],
    }


def at_full_speed(window):
    """Let it train as fast as can be, and give the watch, once all has settled."""
    from tests.bench.watch import Watch, wait

    watch = Watch(window)
    window.speed.setCurrentIndex(window.speed.findData(None))
    window.session.run()
    wait(SETTLING)
    return watch


def opening(environment: dict[str, str], wrapper: tuple[str, ...] = ()) -> tuple[float, float]:
    """Seconds until our window is painted, and a bare plot window: each the least, by turns.

    Both find their modules compiled, as after a set-up.
    """
    environment = {k: v for k, v in environment.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with TemporaryDirectory() as folder:
        pairs = [
            [_seconds([script, folder], environment, wrapper) for script in (OURS, BARE)]
            for _ in range(1 + OPENINGS)
        ][1:]
    ours, bare = (min(column) for column in zip(*pairs, strict=True))
    return ours, bare


def _seconds(script: list[str], environment: dict[str, str], wrapper: tuple[str, ...]) -> float:
    command = [*wrapper, sys.executable, "-c", *script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], float(sys.argv[2]))))
