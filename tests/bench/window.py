"""The real window at work: training speed against none, frames, stalls, time to open.

Each run is a process of its own: ``python -m tests.bench.window REPLICAS``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

STARTED = time.perf_counter()
SECONDS = 20.0
MANY = 32

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


def measure(replicas: int = 1, seconds: float = SECONDS) -> dict[str, float]:
    """Open the window, train flat out, and time everything; several replicas vote in each frame."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from playground.core.editing import replace
    from playground.exchange.experiment_file import Document
    from playground.gui.main_window import MainWindow
    from playground.training.trainer import Trainer
    from tests.bench import engine
    from tests.heartbeat import Heartbeat

    app = QApplication([])
    experiment = replace(engine.experiment((2, 8, 8, 8, 1), 10, "adam"), ("data", "samples"), 500)
    experiment = replace(experiment, ("training", "replicas"), replicas)
    window = MainWindow(Document(experiment))
    window.session.show(None)
    window.resize(1280, 800)
    window.show()
    app.processEvents()
    window.grab()
    opened = time.perf_counter() - STARTED
    alone = engine.steps_per_second(Trainer(experiment), 2)
    beat, marks = Heartbeat(), []
    window.session.frame.connect(beat.note_frame)
    window.session.frame.connect(lambda s: marks.append((time.perf_counter(), s.step)))
    window.speed.setCurrentIndex(window.speed.findData(None))
    window.session.run()
    QTimer.singleShot(1000, beat.start)
    QTimer.singleShot(1000, marks.clear)
    QTimer.singleShot(round(1000 + 1000 * seconds), app.quit)
    app.exec()
    beat.stop()
    (since, first), (until, last) = marks[0], marks[-1]
    after = engine.steps_per_second(Trainer(experiment), 2)
    live = (last - first) / (until - since)
    gaps = sorted(beat.gaps)
    return {
        "seconds to the first window": round(opened, 2),
        "steps/s without a window": round((alone + after) / 2),
        "steps/s with the window": round(live),
        "ratio": round(live / ((alone + after) / 2), 2),
        "frames/s": round(beat.frames_per_second, 1),
        "heartbeat of 10 ms, median": round(gaps[len(gaps) // 2], 1),
        "heartbeat, 99th percentile": round(gaps[int(0.99 * len(gaps))], 1),
        "heartbeat, longest": round(gaps[-1], 1),
    }


def rows() -> list[dict[str, object]]:
    """The figures of :func:`run` as a table: for one network, and for many."""
    one, many = run(1), run(MANY)
    return [{"": name, "1 network": one[name], f"{MANY} replicas": many[name]} for name in one]


def run(replicas: int) -> dict[str, float]:
    """The same in a process of its own, with the opening time of a bare window beside it."""
    bare = min(
        float(subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True,
                             check=True).stdout)
        for _ in range(3)
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window", str(replicas)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    figures["times a bare plot window's opening"] = round(
        figures["seconds to the first window"] / bare, 2
    )
    return figures


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:2]))))
