"""The main window: it composes panels, views, actions and the session, and does little else."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QMargins, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QMainWindow,
    QScrollArea,
    QSizePolicy,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from playground import __version__
from playground.core.experiment import Experiment
from playground.exchange.experiment_file import Document
from playground.exchange.presets import welcome
from playground.gui import theme
from playground.gui.actions import Actions
from playground.gui.areas import go_to_area
from playground.gui.data_bench import DataBench
from playground.gui.docks import Docks
from playground.gui.doctor.line import DoctorLine
from playground.gui.doctor.words import INSTRUMENT, NONE, proposals
from playground.gui.files import Files
from playground.gui.help import show_about, show_help
from playground.gui.panels.data_panel import DataPanel
from playground.gui.panels.network_panel import NetworkPanel
from playground.gui.panels.training_panel import TrainingPanel
from playground.gui.status_line import StatusLine
from playground.gui.time_line import TimeLine
from playground.gui.views.dead_chart import DeadChart
from playground.gui.views.gradient_chart import GradientChart
from playground.gui.views.later import Later
from playground.gui.views.loss_chart import LossChart
from playground.gui.views.output_view import OutputView
from playground.gui.views.readout import Readout
from playground.gui.views.view import View
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.session import Session
from playground.runtime.snapshot import Snapshot
from playground.training.doctor import Finding

if TYPE_CHECKING:
    from playground.gui.doctor.view import DoctorView
    from playground.gui.doctor.why import WhyPanel
    from playground.gui.gradient_dialog import GradientDialog
    from playground.gui.paint.view import PaintView
    from playground.gui.rate_dialog import RateDialog
    from playground.gui.views.distributions_view import DistributionsView
    from playground.gui.views.gradient_profile import GradientProfile
    from playground.gui.views.neurons_view import NeuronsView
    from playground.gui.views.trouble_view import TroubleView
    from playground.gui.views.update_chart import UpdateChart
    from playground.gui.welcome import WelcomeView

SPEEDS = (
    ("Full speed", None),
    ("100 epochs/s", 100.0),
    ("30 epochs/s", 30.0),
    ("10 epochs/s", 10.0),
    ("1 epoch/s", 1.0),
    ("0.1 epochs/s", 0.1),
)
D = TypeVar("D", "WhyPanel", "GradientDialog", "RateDialog", "WelcomeView")
FIRST_SPEED = 30.0
"""Slow enough to see the boundary move; at full speed an easy problem is solved in a blink."""
TITLE_BAR = QMargins(0, 30, 0, 0)
"""About what a desktop adds to a window."""


class MainWindow(QMainWindow):
    """The workbench on one session.

    Attributes:
        fills_screen: Whether the screen has no more room than the window would like; it is then
            best shown maximised, since a title bar takes some of the room too.
    """

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.fills_screen = False
        self.session = Session(document.experiment, self)
        self._snapshot: Snapshot | None = None
        self._dark: bool | None = None
        self._apply_theme()  # before there are widgets, which would each have to follow
        self._build_contents()
        self.actions_ = Actions(self)
        self._menus = self.actions_.fill_menus()
        self._build_toolbar()
        self._build_docks()
        self._connect()
        self.files = Files(self, self.session, self.status)
        self.bench = DataBench(self, self.session, self.files, self.status)
        self.data_panel.import_asked.connect(self.on_import_points)
        self.data_panel.paint_asked.connect(self.on_paint_points)
        self.setAcceptDrops(True)
        self._dialogs: list[WhyPanel | GradientDialog | RateDialog | WelcomeView] = []
        self._colour_parts()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()  # else the first control has it, and takes Space
        self.resize(1600, 1000)
        self._fit_screen()
        if document.trained is not None:
            self.session.open(document, undoable=False)
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
        self._paint = Later(lambda: self.paint)
        self._views = (*(view for group in self._groups for _, view in group), self._paint)
        self._watched: tuple[str, ...] = ()
        self._turn = 0

    def _build_toolbar(self) -> None:
        self.toolbar = QToolBar("Training")
        self.toolbar.setObjectName("training toolbar")
        self.toolbar.setMovable(False)
        self.toolbar.setIconSize(QSize(20, 20))
        self.toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        training = ("toggle_run", "step", "epoch", "reset", "new_seed")
        self.actions_.fill_toolbar(self.toolbar, training)
        self.speed = QComboBox()
        self.speed.setFocusPolicy(KEYS_ONLY)  # after a click, Space still runs and pauses
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("How fast to train: slowly enough to watch, or as fast as can be.")
        for text, value in SPEEDS:
            self.speed.addItem(text, value)
        self.toolbar.addSeparator()
        self.toolbar.addWidget(self.speed)
        self.toolbar.addSeparator()
        self.actions_.fill_toolbar(self.toolbar, ("undo", "redo"))
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.toolbar.addWidget(space)
        self.name_label = QLabel()
        self.toolbar.addWidget(self.name_label)
        self.actions_.fill_toolbar(self.toolbar, ("presets", "toggle_theme"))
        self.addToolBar(self.toolbar)
        self.addToolBarBreak()
        numbers = QToolBar("Numbers of the run")
        numbers.setObjectName("numbers toolbar")
        numbers.setMovable(False)
        numbers.addWidget(self.readout)
        self.addToolBar(numbers)
        time = QToolBar("Time line")
        time.setObjectName("time line toolbar")
        time.setMovable(False)
        time.addWidget(self.time_line)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, time)

    def _build_docks(self) -> None:
        self.setCentralWidget(self.network_panel)
        settings = _column(self.data_panel, self.training_panel)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its frame shows no focus; controls do
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(settings)
        self.docks = Docks(self, self._menus["&View"])
        self.docks.add("Data and training", scroll, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.docks.add("Output", self.output, Qt.DockWidgetArea.RightDockWidgetArea)
        self.docks.add_behind("Output", "Paint", self._paint)
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
        self._connect_doctor(self.doctor_line)
        self.docks.seen_changed.connect(self._show_seen)
        self.speed.currentIndexChanged.connect(self._change_speed)
        self.speed.setCurrentIndex(self.speed.findData(FIRST_SPEED))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_theme_changed)

    def _connect_doctor(self, doctor: DoctorLine | DoctorView) -> None:
        doctor.why_asked.connect(self._explain)
        doctor.try_asked.connect(self._try)

    # --- what is made, and its code loaded, when it is first wanted ----------------------------

    @cached_property
    def distributions(self) -> DistributionsView:
        """The tab of distributions."""
        from playground.gui.views.distributions_view import DistributionsView

        return DistributionsView()

    @cached_property
    def gradient_profile(self) -> GradientProfile:
        """The tab of the gradient from layer to layer."""
        from playground.gui.views.gradient_profile import GradientProfile

        return GradientProfile()

    @cached_property
    def update_chart(self) -> UpdateChart:
        """The tab of the steps' sizes."""
        from playground.gui.views.update_chart import UpdateChart

        return UpdateChart()

    @cached_property
    def trouble(self) -> TroubleView:
        """The tab of noise, sharpness and the range test."""
        from playground.gui.views.trouble_view import TroubleView

        return TroubleView(self.session)

    @cached_property
    def neurons(self) -> NeuronsView:
        """The tab of single neurons."""
        from playground.gui.views.neurons_view import NeuronsView

        view = NeuronsView()
        view.chosen.connect(partial(self.session.aim, "unit_field"))
        return view

    @cached_property
    def paint(self) -> PaintView:
        """The tab in which points are painted."""
        from playground.gui.paint.view import PaintView

        view = PaintView(self.session)
        view.unfinished_changed.connect(self._show_undo)
        return view

    @cached_property
    def doctor(self) -> DoctorView:
        """The tab of all findings."""
        from playground.gui.doctor.view import DoctorView

        view = DoctorView()
        self._connect_doctor(view)
        return view

    @cached_property
    def why(self) -> WhyPanel:
        """The reasons of a finding."""
        from playground.gui.doctor.why import WhyPanel

        return self._dialog(WhyPanel(self))

    @cached_property
    def gradient_dialog(self) -> GradientDialog:
        """The gradient check."""
        from playground.gui.gradient_dialog import GradientDialog

        return self._dialog(GradientDialog(self.session, self))

    @cached_property
    def rate_dialog(self) -> RateDialog:
        """The learning-rate range test."""
        from playground.gui.rate_dialog import RateDialog

        return self._dialog(RateDialog(self.session, self))

    @cached_property
    def presets(self) -> WelcomeView:
        """The view of the experiments that come with the program."""
        from playground.gui.welcome import WelcomeView

        view = WelcomeView(self)
        view.chosen.connect(self.files.open_preset)
        return self._dialog(view)

    def _dialog(self, dialog: D) -> D:
        dialog.set_palette_colours(self.colours)
        self._dialogs.append(dialog)
        return dialog

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
        self._show_undo()
        self.setWindowTitle(f"{experiment.name} – Gradient Playground")

    def _show_undo(self) -> None:
        unfinished = self._paint.is_made and self.paint.unfinished
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
        elif self.speed.currentData() is not None:
            drawn.append(views[self._turn % len(views)])
        elif self._turn % 2 or not output:
            # Painting is taken from training: at full speed a part is drawn in each frame.
            drawn = [*self._each_frame, views[self._turn // 2 % len(views)]]
        else:
            drawn = output
        for view in drawn:
            if view.isVisible():
                view.render(snapshot)

    def _seen_views(self) -> list[View]:
        docks = (("Paint", self._paint), *(dock for group in self._groups for dock in group))
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

    def _use_theme(self) -> None:
        self._apply_theme()
        self._colour_parts()

    def _apply_theme(self) -> None:
        self.colours = theme.apply(cast(QApplication, QApplication.instance()), self._dark)

    def _colour_parts(self) -> None:
        shown = (self.output, *self._each_frame, *self._views)
        for part in (*shown, *self._panels, *self._dialogs, self.bench):
            part.set_palette_colours(self.colours)
        self._colour_icons()

    @property
    def is_dark(self) -> bool:
        """Whether the window is dark now, by the system's wish or the user's."""
        return self.colours is theme.DARK

    def _colour_icons(self) -> None:
        self.actions_.colour_icons(self.colours.text, self.session.running, self.is_dark)

    def _system_theme_changed(self) -> None:
        if self._dark is None:
            self._use_theme()

    def _change_speed(self) -> None:
        self.session.limit_speed(self.speed.currentData())

    # --- actions -----------------------------------------------------------------------------

    def on_new(self) -> None:
        """Start from the welcome experiment; the present one can be brought back by undo."""
        self.session.pause()
        self.session.change(welcome().experiment)

    def on_presets(self) -> None:
        """Offer the experiments that come with the program."""
        self.presets.open_view()

    def on_open(self) -> None:
        """Ask for a file and open it."""
        self.files.open()

    def on_save(self) -> None:
        """Save to the file that was opened or saved last, or ask for one."""
        self.files.save()

    def on_export(self) -> None:
        """Ask for a file and a format, and write the trained configuration."""
        self.files.export()

    def on_import_points(self) -> None:
        """Ask for a table, and show it before it becomes the experiment's points."""
        self.bench.ask_for_table()

    def on_export_points(self) -> None:
        """Ask for a file, and write the points as a table."""
        self.files.export_points()

    def on_paste(self) -> None:
        """Show what table the clipboard holds."""
        self.bench.paste()

    def on_paint_points(self) -> None:
        """Bring the plane that is painted on to the front, with the keyboard on it."""
        self.docks["Paint"].show()
        self.docks["Paint"].raise_()
        self.paint.surface.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_next_area(self) -> None:
        """Take the keyboard to the next part of the window."""
        go_to_area((self.network_panel, *self.docks.seen, self.time_line), 1)

    def on_previous_area(self) -> None:
        """Take the keyboard to the part of the window before."""
        go_to_area((self.network_panel, *self.docks.seen, self.time_line), -1)

    def on_quit(self) -> None:
        """Close the window."""
        self.close()

    def on_toggle_run(self) -> None:
        """Run or pause."""
        self.session.toggle()

    def on_step(self) -> None:
        """Make one optimizer step."""
        self.session.step()

    def on_epoch(self) -> None:
        """Train to the end of the epoch."""
        self.session.run_epoch()

    def on_reset(self) -> None:
        """Start again from the same seed."""
        self.session.reset()

    def on_new_seed(self) -> None:
        """Start again from another seed."""
        self.session.new_seed()

    def on_check_gradient(self) -> None:
        """Compare backpropagation with central differences, beside training."""
        self.gradient_dialog.open_and_begin()

    def on_find_rate(self) -> None:
        """Try the network at rising learning rates, beside training."""
        self.rate_dialog.open_and_begin()

    def on_undo(self) -> None:
        """Take the last change back."""
        if not (self._paint.is_made and self.paint.take_back()):
            self.session.undo()

    def on_redo(self) -> None:
        """Make the undone change again."""
        self.session.redo()

    def on_toggle_theme(self) -> None:
        """Switch between light and dark."""
        self._dark = not self.is_dark
        self._use_theme()

    def on_help(self) -> None:
        """Say what the keys do."""
        show_help(self)

    def on_about(self) -> None:
        """Say what this is."""
        show_about(self, __version__)

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
        """Join the worker before anything of the window goes."""
        for dialog in self._dialogs:
            dialog.close()
        self.bench.close()
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
