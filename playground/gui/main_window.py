"""The main window: it composes panels, views, actions and the session, and does little else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment
from playground.gui import theme
from playground.gui.actions import Actions
from playground.gui.data_bench import DataBench
from playground.gui.docks import Docks
from playground.gui.doctor.line import DoctorLine
from playground.gui.doctor.words import INSTRUMENT, NONE, proposals
from playground.gui.files import Files
from playground.gui.panels.data_panel import DataPanel
from playground.gui.panels.network_panel import NetworkPanel
from playground.gui.panels.training_panel import TrainingPanel
from playground.gui.status_line import StatusLine
from playground.gui.time_line import TimeLine
from playground.gui.toolbars import SpeedBox, bar_of, main_bar
from playground.gui.views.dead_chart import DeadChart
from playground.gui.views.gradient_chart import GradientChart
from playground.gui.views.later import Later
from playground.gui.views.loss_chart import LossChart
from playground.gui.views.output_view import OutputView
from playground.gui.views.readout import Readout
from playground.gui.views.view import View
from playground.gui.window_actions import WindowActions
from playground.runtime.session import Session
from playground.runtime.snapshot import Snapshot
from playground.training.doctor import Finding
from playground.training.trainer import Trainer

if TYPE_CHECKING:
    from playground.gui.doctor.view import DoctorView
    from playground.gui.doctor.why import WhyPanel
    from playground.gui.exports.dialog import ExportDialog
    from playground.gui.gradient_dialog import GradientDialog
    from playground.gui.keeping import Keeping
    from playground.gui.rate_dialog import RateDialog
    from playground.gui.welcome import WelcomeView

TITLE_BAR = QMargins(0, 30, 0, 0)
"""About what a desktop adds to a window."""


class MainWindow(WindowActions):
    """The workbench on one session.

    Attributes:
        fills_screen: Whether the screen has no more room than the window would like; it is then
            best shown maximised, since a title bar takes some of the room too.
        dark: The theme that was chosen; None follows the system.
        menus: By their titles.
        keeping: What keeps the session for the next start; None where nothing does.
    """

    def __init__(self, begin: Experiment | Trainer, dark: bool | None = None) -> None:
        """``begin``: what is worked on at first; a trainer brings what it has reached."""
        super().__init__()
        self.fills_screen = False
        self.session = Session(begin, self)
        self._snapshot: Snapshot | None = None
        self.dark = dark
        self.keeping: Keeping | None = None
        self._apply_theme()  # before there are widgets, which would each have to follow
        self._build_contents()
        self.actions_ = Actions(self)
        self.menus = self.actions_.fill_menus()
        self.speed = SpeedBox()
        self.toolbar = main_bar(self.actions_, self.speed)
        self.addToolBar(self.toolbar)
        self.addToolBarBreak()
        self.addToolBar(bar_of("Numbers of the run", self.readout))
        time = bar_of("Time line", self.time_line)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, time)
        self._build_docks()
        self._connect()
        self.files = Files(self, self.session, self.status)
        self.bench = DataBench(self, self.session, self.files, self.open_link, self.status)
        self.data_panel.import_asked.connect(self.on_import_points)
        self.data_panel.paint_asked.connect(self.on_paint_points)
        self.setAcceptDrops(True)
        self.dialogs: list[WhyPanel | GradientDialog | RateDialog | WelcomeView | ExportDialog] = []
        self._colour_parts()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()  # else the first control has it, and takes Space
        self.resize(1600, 1000)
        self._fit_screen()
        self._show_experiment(self.session.experiment)

    # --- building --------------------------------------------------------------------------

    def _build_contents(self) -> None:
        self.data_panel, self.training_panel = DataPanel(), TrainingPanel()
        self.network_panel = NetworkPanel()
        self.output, self.readout = OutputView(), Readout()
        self.loss_chart, self.gradient_chart = LossChart(), GradientChart()
        self.dead_chart, self.doctor_line = DeadChart(), DoctorLine()
        self.status, self.time_line = StatusLine(), TimeLine()
        self._panels = (self.data_panel, self.training_panel, self.network_panel)
        self._each_frame = (self.readout, self.time_line, self.status, self.doctor_line)
        self._groups: tuple[tuple[tuple[str, View], ...], ...] = (
            (("Loss", self.loss_chart), ("Distributions", Later(lambda: self.distributions))),
            (
                ("Gradients", self.gradient_chart),
                ("Profile", Later(lambda: self.gradient_profile)),
                ("Updates", Later(lambda: self.update_chart)),
                ("Trouble", Later(lambda: self.trouble)),
            ),
            (
                ("Dead neurons", self.dead_chart),
                ("Neurons", Later(lambda: self.neurons)),
                ("Doctor", Later(lambda: self.doctor)),
            ),
        )
        self.paint_tab = Later(lambda: self.paint)
        self._views = (*(view for group in self._groups for _, view in group), self.paint_tab)
        self._watched: tuple[str, ...] = ()
        self._turn = 0

    def _build_docks(self) -> None:
        self.setCentralWidget(self.network_panel)
        settings = _column(self.data_panel, self.training_panel)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its frame shows no focus; controls do
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(settings)
        self.docks = Docks(self, self.menus["&View"])
        self.docks.add("Data and training", scroll, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.docks.add("Output", self.output, Qt.DockWidgetArea.RightDockWidgetArea)
        self.docks.add_behind("Output", "Paint", self.paint_tab)
        for group in self._groups:
            self.docks.add_group(group)
        for line in (self.status, self.doctor_line):
            self.statusBar().addWidget(line, 1)

    def _connect(self) -> None:
        session = self.session
        for panel in self._panels:
            panel.edit_requested.connect(session.edit)
        session.experiment_changed.connect(self._show_experiment)
        session.frame.connect(self._show_snapshot)
        session.running_changed.connect(self._show_running)
        session.refused.connect(self._show_refusal)
        session.notice.connect(self.status.say)
        session.failed.connect(self._show_failure)
        self.output.boundary.replica_box.chosen.connect(session.show)
        self.output.focus_changed.connect(session.focus_on)
        self.output.instruments_changed.connect(self._show_seen)
        canvas = self.network_panel.canvas
        canvas.sight_changed.connect(partial(session.aim, "wiring"))
        canvas.weight_set.connect(session.set_weight)
        canvas.neuron_chosen.connect(self._show_neuron)
        self.time_line.moved.connect(session.look_back)
        self.time_line.branch_asked.connect(session.run_from_here)
        self.connect_doctor(self.doctor_line)
        self.docks.seen_changed.connect(self._show_seen)
        self.speed.speed_changed.connect(session.limit_speed)
        session.limit_speed(self.speed.epochs_per_second)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_theme_changed)

    def connect_doctor(self, doctor: DoctorLine | DoctorView) -> None:
        doctor.why_asked.connect(self._explain)
        doctor.try_asked.connect(self._try)

    def _fit_screen(self) -> None:
        """Take no more than the screen has."""
        screen = self.screen()
        if screen is not None:
            room = screen.availableGeometry().marginsRemoved(TITLE_BAR).size()
            self.fills_screen = self.size().boundedTo(room) != self.size()
            self.resize(self.size().boundedTo(room))
        self.docks.share_out()

    # --- showing ---------------------------------------------------------------------------

    def _show_experiment(self, experiment: Experiment) -> None:
        for panel in self._panels:
            panel.show_experiment(experiment)
        self.show_undo()
        self.show_title()

    def show_title(self) -> None:
        """Say what is worked on, and in which file it is."""
        file, name = self.session.file, self.session.experiment.name
        named = name if file is None else f"{name} ({file.name})"
        named = named.replace("[*]", "[*][*]")  # Qt has a meaning for the first
        self.setWindowTitle(f"{named} – Gradient Playground")

    def show_undo(self) -> None:
        unfinished = self.paint_tab.is_made and self.paint.unfinished
        self.actions_["undo"].setEnabled(self.session.can_undo or unfinished)
        self.actions_["redo"].setEnabled(self.session.can_redo)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.data_panel.show_points(snapshot.experiment, snapshot.dataset)
        self._turn += 1
        views: list[Any] = [self.network_panel, *self._seen_views()]
        output: list[Any] = [self.output] if self.docks.is_seen("Output") else []
        drawn = [*self._each_frame, *output]
        if not snapshot.running:
            drawn += views
        elif self.speed.epochs_per_second is not None:
            drawn.append(views[self._turn % len(views)])
        else:
            # Painting is taken from training: at full speed a part is drawn in each frame.
            turn, part = divmod(self._turn, 3)
            parts = (list(self._each_frame), output, [views[turn % len(views)]])
            drawn = parts[part]
        for view in drawn:
            if view.isVisible():
                view.render(snapshot)

    def _seen_views(self) -> list[View]:
        docks = (("Paint", self.paint_tab), *(dock for group in self._groups for dock in group))
        return [view for title, view in docks if self.docks.is_seen(title)]

    def _show_seen(self) -> None:
        """Draw the last snapshot on what has become visible, and have its instruments read."""
        seen: list[View] = [self.output] if self.docks.is_seen("Output") else []
        seen += self._seen_views()
        names = (name for view in seen for name in view.instruments)
        drawn = self.network_panel.canvas.instruments
        watched = tuple(dict.fromkeys((INSTRUMENT, *drawn, *names)))
        if watched != self._watched:
            self._watched = watched
            self.session.watch(watched)
        if self._snapshot is not None:
            self._show_snapshot(self._snapshot)

    def _show_running(self, running: bool) -> None:
        action = self.actions_["toggle_run"]
        action.setText("&Pause\tSpace" if running else "&Run\tSpace")
        action.setIconText("Pause" if running else "Run")
        self._colour_icons()

    def _show_refusal(self, sentence: str) -> None:
        self.status.say(sentence, "amber")

    def _show_failure(self, sentence: str) -> None:
        self.status.say(sentence, "red")

    def _show_neuron(self, column: int, unit: int) -> None:
        """Bring a hidden neuron that was clicked in the drawing to the front in its tab."""
        if 0 < column <= len(self.session.experiment.network.hidden):
            self.docks["Neurons"].show()
            self.docks["Neurons"].raise_()
            self.neurons.grid.choose((column - 1, unit))

    def _explain(self, finding: Finding) -> None:
        self.why.explain(finding, self.doctor_line)

    def _try(self, finding: Finding, label: str) -> None:
        """Start anew with a proposal of the doctor's, if it still makes sense."""
        before = self.session.experiment
        changed = dict(proposals(finding, before)).get(label)
        if changed is not None:
            self.session.try_out(changed)
            what = f"Tried {label}: {self.session.what_changed(before)}, the seed is the same."
            self.status.say(f"{what} Ctrl+Z takes it back.")
            self.doctor_line.note_tried(changed, f"{NONE} {what} Ctrl+Z takes it back.")

    def toggle_theme(self) -> None:
        self.dark = not self.is_dark
        self._use_theme()

    def _use_theme(self) -> None:
        self._apply_theme()
        self._colour_parts()

    def _apply_theme(self) -> None:
        self.colours = theme.apply(cast(QApplication, QApplication.instance()), self.dark)

    def _colour_parts(self) -> None:
        shown = (self.output, *self._each_frame, *self._views)
        for part in (*shown, *self._panels, *self.dialogs, self.bench):
            part.set_palette_colours(self.colours)
        self._colour_icons()

    @property
    def is_dark(self) -> bool:
        """Whether the window is dark now, by the system's wish or the user's."""
        return self.colours is theme.DARK

    def _colour_icons(self) -> None:
        self.actions_.colour_icons(self.colours.text, self.session.running, self.is_dark)

    def _system_theme_changed(self) -> None:
        if self.dark is None:
            self._use_theme()

    # --- Qt's events -------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys without modifiers reach the window when no focused widget wants them."""
        action = self.actions_.for_key(event)
        if event.key() == Qt.Key.Key_Escape:
            self.setFocus()  # lists and check boxes keep Space and letters for themselves
        elif action is None:
            super().keyPressEvent(event)
        else:
            action.trigger()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.bench.enter(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.bench.drop(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the session, and join the worker before anything of the window goes.

        A file that is being written is waited for; if that fails, the window stays.
        """
        if not self.files.finish():
            event.ignore()
            return
        for dialog in self.dialogs:
            dialog.close()
        self.bench.close()
        self.files.close()
        keeping, self.keeping = self.keeping, None
        if keeping is not None:
            try:
                keeping.close()
            except PlaygroundError as error:
                self.files.complain("The session could not be kept for the next start.", error)
        self.session.shut_down()
        super().closeEvent(event)


def _column(*widgets: QWidget) -> QWidget:
    """Widgets above each other, with the room that is left below them."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return column
