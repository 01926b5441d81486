"""The parts of the window that are made, and their code loaded, when they are first wanted."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QMainWindow

from playground.gui.docks import Docks
from playground.gui.files import Files
from playground.gui.panels.network_panel import NetworkPanel
from playground.gui.status_line import StatusLine
from playground.gui.theme import Colours
from playground.gui.views.output_view import OutputView
from playground.runtime.session import Session

if TYPE_CHECKING:
    from playground.gui.doctor.line import DoctorLine
    from playground.gui.doctor.view import DoctorView
    from playground.gui.doctor.why import WhyPanel
    from playground.gui.exports.dialog import ExportDialog
    from playground.gui.gradient_dialog import GradientDialog
    from playground.gui.paint.view import PaintView
    from playground.gui.rate_dialog import RateDialog
    from playground.gui.tf_links import TfLinks
    from playground.gui.views.distributions_view import DistributionsView
    from playground.gui.views.gradient_profile import GradientProfile
    from playground.gui.views.neurons_view import NeuronsView
    from playground.gui.views.trouble_view import TroubleView
    from playground.gui.views.update_chart import UpdateChart
    from playground.gui.welcome import WelcomeView

D = TypeVar("D", "WhyPanel", "GradientDialog", "RateDialog", "WelcomeView", "ExportDialog")


class LaterParts(QMainWindow):
    """A window whose tabs and dialogs stand here, each as an attribute that makes it.

    Attributes:
        session: What they work on.
        files: Opens what a dialog has chosen.
        colours: The theme.
        dialogs: Those that have been made.
        docks, network_panel, output: What there can be pictures of.
        status: Where it is said what was done.
    """

    session: Session
    files: Files
    colours: Colours
    dialogs: list[WhyPanel | GradientDialog | RateDialog | WelcomeView | ExportDialog]

    docks: Docks
    network_panel: NetworkPanel
    output: OutputView
    status: StatusLine

    def connect_doctor(self, doctor: DoctorLine | DoctorView) -> None:
        """Do what the doctor is asked for."""
        raise NotImplementedError

    def show_undo(self) -> None:
        """Say whether there is something to undo."""
        raise NotImplementedError

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
        view.unfinished_changed.connect(self.show_undo)
        return view

    @cached_property
    def doctor(self) -> DoctorView:
        """The tab of all findings."""
        from playground.gui.doctor.view import DoctorView

        view = DoctorView()
        self.connect_doctor(view)
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

    @cached_property
    def export_dialog(self) -> ExportDialog:
        """The window of exports."""
        from playground.gui.exports.dialog import ExportDialog
        from playground.gui.exports.studio import Studio

        studio = Studio(self, self.session, self.docks, self.network_panel.canvas.diagram)
        dialog = ExportDialog(self.session, self.files, studio, self)
        dialog.said.connect(self.status.say)
        return self._dialog(dialog)

    @cached_property
    def links(self) -> TfLinks:
        """What opens and makes links of TensorFlow Playground."""
        from playground.gui.tf_links import TfLinks

        options = self.output.boundary.options
        return TfLinks(self, self.session, self.files, options, self.status)

    def open_link(self, link: str) -> None:
        """Open a link of TensorFlow Playground that was dropped or pasted."""
        self.links.open_link(link)

    def _dialog(self, dialog: D) -> D:
        dialog.set_palette_colours(self.colours)
        self.dialogs.append(dialog)
        return dialog
