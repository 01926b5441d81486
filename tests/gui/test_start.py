"""What the start leaves for later, and that it all comes, in place and at once, when wanted."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from playground.core.experiment import Experiment
from playground.gui import theme
from playground.gui.views.later import Later

START = """
import json, sys
from playground import cli, system
system.window_problem()
from PySide6.QtWidgets import QApplication
from playground.core import families
from pathlib import Path
from playground.gui import app
qt = QApplication([])
window = app.open_window(Path(sys.argv[1]))
frames = []
window.session.frame.connect(frames.append)
while not frames:
    qt.processEvents()
seen = window.grab()
built = [name for name, entry in families.initializers.items() if entry.__pydantic_complete__]
print(json.dumps([list(sys.modules), built]))
window.close()
"""
LATER = (
    "playground.commands",
    "playground.exchange.exporting.plan",
    "playground.exchange.exporting.registry",
    "playground.exchange.history_section",
    "playground.exchange.resume_section",
    "playground.exchange.tf_state",
    "playground.exchange.trained_section",
    "playground.gui.doctor.view",
    "playground.gui.doctor.why",
    "playground.exchange.table",
    "playground.gui.exports.dialog",
    "playground.gui.gradient_dialog",
    "playground.gui.imports.dialog",
    "playground.gui.paint.view",
    "playground.gui.rate_dialog",
    "playground.gui.signals",
    "playground.gui.task_dialog",
    "playground.gui.tf_links",
    "playground.gui.views.confusion",
    "playground.gui.views.distributions_view",
    "playground.gui.views.errors_page",
    "playground.gui.views.gradient_profile",
    "playground.gui.views.interactive",
    "playground.gui.views.neurons_view",
    "playground.gui.views.point_page",
    "playground.gui.views.rendering",
    "playground.gui.views.residuals",
    "playground.gui.views.unit_picture",
    "playground.gui.views.trouble_view",
    "playground.gui.views.update_chart",
    "playground.gui.welcome",
    "playground.parsers",
    "playground.training.comparison",
    "playground.training.gradient_check",
    "playground.training.range_test",
)
"""Modules of our own that no first frame needs."""
FOREIGN = (
    "numpy.ma", "numpy.polynomial", "numpy.testing", "onnx", "pyqtgraph", "safetensors", "scipy",
    "tqdm",
)  # fmt: skip
"""What others have written and would take long."""
TABS = ("Distributions", "Profile", "Updates", "Trouble", "Neurons", "Doctor")


@pytest.mark.parametrize("is_first", [True, False], ids=["the first", "with a last session"])
def test_the_start_loads_what_the_first_frame_needs_and_no_more(tmp_path, is_first):
    for _ in range(1 if is_first else 2):
        run = subprocess.run(
            [sys.executable, "-c", START, str(tmp_path)],
            capture_output=True, text=True, check=True, timeout=120,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )  # fmt: skip
    assert len(list(tmp_path.glob("sessions/*/session.zip"))) == 1
    modules, built = json.loads(run.stdout)
    assert "playground.gui.views.loss_chart" in modules, "this looks at a window that has opened"
    assert not set(LATER) & set(modules)
    assert not set(FOREIGN) & set(modules)
    assert "he_normal" in built, "what the welcome experiment has chosen is validated"
    assert "orthogonal" not in built, "of what nobody has chosen no validator is built"


@pytest.fixture
def window(open_window):
    return open_window(Experiment())


def tabs_of(window):
    return {title: view for group in window._groups for title, view in group}


def test_a_tab_is_made_when_it_is_first_seen_and_only_it(window):
    later = {title: view for title, view in tabs_of(window).items() if isinstance(view, Later)}
    assert sorted(later) == sorted(TABS)
    for count, title in enumerate(TABS):
        assert sum(view.is_made for view in later.values()) == count
        assert not window.docks.is_seen(title)
        window.docks[title].raise_()
        QApplication.processEvents()
        assert later[title].is_made
        made = later[title].view
        assert made.isVisible()
        assert made.size() == later[title].size(), "it has the place that was kept for it"


@pytest.mark.parametrize("title", TABS)
def test_nothing_moves_when_a_tab_is_first_seen(window, title):
    titles = list(tabs_of(window))
    before = {name: window.docks[name].size() for name in titles if window.docks.is_seen(name)}
    window.docks[title].raise_()
    QApplication.processEvents()
    seen = {name: window.docks[name].size() for name in titles if window.docks.is_seen(name)}
    assert title in seen
    assert list(seen.values()) == list(before.values())


@pytest.mark.parametrize("title", TABS)
def test_a_tab_shows_something_in_the_present_theme(window, qtbot, title):
    window.on_toggle_theme()
    window.docks[title].raise_()
    view = tabs_of(window)[title].view
    instruments = set(view.instruments)
    qtbot.waitUntil(lambda: instruments <= set(window.frames[-1].readings))
    QApplication.processEvents()
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    painted = np.array(image.constBits()).view(np.uint32)
    ground = {QColor(colour).rgb() for colour in (window.colours.panel, window.colours.background)}
    assert len(set(np.unique(painted).tolist()) - ground) > 3, "there are words, at the least"
    other = theme.LIGHT if window.is_dark else theme.DARK
    assert not (painted == QColor(other.panel).rgb()).mean() > 0.2


def test_it_follows_the_theme_whether_it_was_seen_before_or_not(window):
    window.docks["Updates"].raise_()
    QApplication.processEvents()
    for _ in range(2):
        window.on_toggle_theme()
        assert window.update_chart.plot.colours is window.colours
        assert window.gradient_profile.plot.colours is not None
    window.docks["Profile"].raise_()
    QApplication.processEvents()
    assert window.gradient_profile.plot.colours is window.colours


def test_dialogs_are_made_once_and_in_the_present_theme(window):
    assert not {"gradient_dialog", "rate_dialog", "why"} & set(vars(window))
    window.on_toggle_theme()
    dialog = window.rate_dialog
    assert window.rate_dialog is dialog
    assert dialog.colours is window.colours
    window.on_toggle_theme()
    assert dialog.colours is window.colours
    assert not dialog.isVisible()


def test_a_dock_that_was_closed_before_it_was_seen_comes_when_it_is_opened(window):
    window.docks["Neurons"].close()
    QApplication.processEvents()
    later = tabs_of(window)["Neurons"]
    assert not later.is_made
    window.docks["Neurons"].toggleViewAction().trigger()
    window.docks["Neurons"].raise_()
    QApplication.processEvents()
    assert window.neurons.isVisible()
    assert window.neurons.mapTo(later, QPoint()) == QPoint()
