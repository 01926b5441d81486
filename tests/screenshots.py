"""`make screenshots`: the pictures of the README, taken of the real window.

Needs a display, real or virtual: xvfb-run -s "-screen 0 1600x1000x24" make screenshots
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication

from playground import resources
from playground.core.editing import replace
from playground.core.experiment import Experiment, Layer
from playground.core.families import activations, initializers
from playground.exchange.presets import welcome
from playground.gui.main_window import MainWindow

LONGEST_RUN_MILLISECONDS = 60_000


def main() -> None:
    """Train the welcome experiment until it stops by itself; take it light and dark.

    Then take a deep network of sigmoids, whose gradient vanishes.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=resources.path("screenshots"))
    parser.add_argument("--size", default="1600x1000")
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    app = QApplication([])
    app.setApplicationName("Gradient Playground")
    window = MainWindow(welcome().experiment)
    window.show()
    window.resize(QSize(width, height))
    _run(window)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in ("light", "dark"):
        _take(window, options.out / f"window-{name}.png", dark=name == "dark")
    window.session.change(_deep_sigmoid())
    for title in ("Distributions", "Profile", "Doctor"):
        window.docks[title].raise_()
    _run(window)
    _take(window, options.out / "vanishing.png", dark=False)
    window.close()


def _run(window: MainWindow) -> None:
    window.session.run()
    waited = 0
    while window.session.running and waited < LONGEST_RUN_MILLISECONDS:
        _wait(100)
        waited += 100
    _wait(500)


def _wait(milliseconds: int) -> None:
    """As the program waits; QTest's way leaves the training thread little time."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _take(window: MainWindow, path: Path, dark: bool) -> None:
    if dark != window.is_dark:
        window.on_toggle_theme()
    _wait(500)
    window.grab().save(str(path))
    print(f"Wrote {path}.")


def _deep_sigmoid() -> Experiment:
    layer = Layer(
        units=8,
        activation=activations["sigmoid"](),
        initializer=initializers["xavier_normal"](),
    )
    return replace(welcome().experiment, ("network", "hidden"), (layer,) * 8)


if __name__ == "__main__":
    main()
