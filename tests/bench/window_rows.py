"""The window's figures as a table: what is asked beside what was found, on both platforms.

Qt's offscreen platform paints into memory; on a virtual screen (Xvfb) a server takes part, as it
does on a desktop. The heartbeat of an idle process beside it tells what is the machine's own doing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from tests.bench import idle, window
from tests.bench.bounds import Bound, Figures, table
from tests.bench.scenarios import SCENARIOS

SECONDS = 30.0
OFFSCREEN, SCREEN = "offscreen", "Xvfb"
VIRTUAL_SCREEN = ("xvfb-run", "-a", "-s", "-screen 0 1280x800x24")
OPENING = {"times a bare plot window's": Bound("≤", 1.6)}


def rows(seconds: float = SECONDS) -> list[dict[str, object]]:
    """Measure each scenario on each platform, in processes of their own."""
    found: list[dict[str, object]] = []
    for name, scenario in SCENARIOS.items():
        figures = {platform: run(name, platform, seconds) for platform in (OFFSCREEN, SCREEN)}
        found += table(scenario.title, scenario.asked, figures)
    return found + opening()


def opening() -> list[dict[str, object]]:
    """How long the window takes to open, against a bare one with the same packages."""
    found: dict[str, Figures | str] = {}
    for platform in (OFFSCREEN, SCREEN):
        wrapper = VIRTUAL_SCREEN if platform == SCREEN else ()
        if wrapper and shutil.which(wrapper[0]) is None:
            found[platform] = "no Xvfb"
            continue
        ours, bare = window.opening(environment_on(platform), wrapper)
        found[platform] = {
            "seconds": round(ours, 2),
            "times a bare plot window's": round(ours / bare, 2),
        }
    return table("start to the first painted window", OPENING, found)


def environment_on(platform: str) -> dict[str, str]:
    """The variables by which Qt paints on a platform, without words on what that cannot do."""
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen" if platform == OFFSCREEN else "xcb",
        "QT_LOGGING_RULES": "default.warning=false",
    }


def run(name: str, platform: str, seconds: float) -> Figures | str:
    """The figures of a scenario, or in a word why there are none."""
    command = [sys.executable, "-m", "tests.bench.window", name, str(seconds)]
    if platform == SCREEN:
        if shutil.which(VIRTUAL_SCREEN[0]) is None:
            return "no Xvfb"
        command = [*VIRTUAL_SCREEN, *command]
    with idle.beside() as machine:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=False, env=environment_on(platform)
        )
    if done.returncode:
        return "failed"  # what it had to say has gone to the terminal
    return {**json.loads(done.stdout.splitlines()[-1]), **machine}
