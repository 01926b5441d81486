"""What the window's actions do: a method for each of ``gui.actions.ACTIONS``."""

from __future__ import annotations

from PySide6.QtCore import Qt

from playground import __version__
from playground.exchange.presets import welcome
from playground.gui.areas import go_to_area
from playground.gui.data_bench import DataBench
from playground.gui.docks import Docks
from playground.gui.help import show_about, show_help
from playground.gui.later_parts import LaterParts
from playground.gui.panels.network_panel import NetworkPanel
from playground.gui.status_line import StatusLine
from playground.gui.time_line import TimeLine
from playground.gui.views.later import Later
from playground.runtime.snapshot import Snapshot


class WindowActions(LaterParts):
    """A window that does what its menus, buttons and keys say.

    Attributes:
        bench: Brings points in.
        paint_tab: The tab in which points are painted, be it made or not.
        network_panel, docks, time_line: Its parts, between which the keyboard goes.
        status: What says what goes on.
    """

    bench: DataBench
    paint_tab: Later
    network_panel: NetworkPanel
    docks: Docks
    time_line: TimeLine
    status: StatusLine
    _snapshot: Snapshot | None

    def toggle_theme(self) -> None:
        """Switch between light and dark."""
        raise NotImplementedError

    def on_new(self) -> None:
        """Start from the welcome experiment; the present one can be brought back by undo."""
        self.session.open(welcome())
        self.status.say("A new experiment. Ctrl+Z brings back the one before.")

    def on_presets(self) -> None:
        """Offer the experiments that come with the program."""
        self.presets.open_view()

    def on_open(self) -> None:
        """Ask for a file and open it."""
        self.files.open()

    def on_save(self) -> None:
        """Save to the file that was opened or saved last, or ask for one."""
        self.files.save()

    def on_save_as(self) -> None:
        """Ask for a file and save to it."""
        self.files.save_as()

    def on_export(self) -> None:
        """Show what can be exported of what is looked at, and how it would look."""
        self.export_dialog.open_on(self._snapshot)

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
        seen = self.paint if self.docks.is_seen("Paint") else self.output  # its tab is as high
        self.docks["Paint"].show()
        self.docks["Paint"].raise_()
        self.docks.widen("Paint", self.paint.room_in(seen.height()))
        self.paint.surface.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_next_area(self) -> None:
        """Take the keyboard to the next part of the window."""
        go_to_area((self.network_panel, *self.docks.seen, self.time_line), 1)

    def on_previous_area(self) -> None:
        """Take the keyboard to the part of the window before."""
        go_to_area((self.network_panel, *self.docks.seen, self.time_line), -1)

    def on_open_link(self) -> None:
        """Ask for a link of TensorFlow Playground and open it."""
        self.links.ask()

    def on_copy_link(self) -> None:
        """Copy the link that comes nearest to the experiment."""
        self.links.copy()

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
        if not (self.paint_tab.is_made and self.paint.take_back()):
            self.session.undo()

    def on_redo(self) -> None:
        """Make the undone change again."""
        self.session.redo()

    def on_first_layout(self) -> None:
        """Undo what was closed, torn off and moved."""
        self.docks.restore_first()

    def on_toggle_theme(self) -> None:
        """Switch between light and dark."""
        self.toggle_theme()

    def on_help(self) -> None:
        """Say what the keys do."""
        show_help(self)

    def on_about(self) -> None:
        """Say what this is."""
        show_about(self, __version__)
