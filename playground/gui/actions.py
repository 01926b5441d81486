"""The actions of the window: each declared once, for menus, the toolbar and the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar

from playground.gui.icons import icon

FUNCTION_KEY = re.compile(r"F\d+")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    Attributes:
        name: The name of the window's method that it calls, and of its icon.
        text: What menus show; & marks the letter for Alt.
        help: What the tooltip says.
        shortcut: Its keys, or empty.
        menu: The menu that it stands in.
        toolbar: Whether it is a button too.
        separated: Whether a line stands before it.
    """

    name: str
    text: str
    help: str
    shortcut: str
    menu: str
    toolbar: bool = False
    separated: bool = False


ACTIONS = (
    ActionSpec("new", "&New", "Start from the default experiment.", "Ctrl+N", "&File"),
    ActionSpec(
        "presets", "&Presets…", "Choose among experiments that each show one thing.", "Ctrl+P",
        "&File", toolbar=True,
    ),
    ActionSpec("open", "&Open…", "Open an experiment file, trained or not.", "Ctrl+O", "&File"),
    ActionSpec(
        "save", "&Save", "Save the experiment with its trained weights.", "Ctrl+S", "&File",
        separated=True,
    ),
    ActionSpec(
        "save_as", "Save &as…", "Save the experiment to another file.", "Ctrl+Shift+S", "&File",
    ),
    ActionSpec(
        "export", "&Export…",
        "Take the network, the run or a picture to other programs: formats, reports, images.",
        "Ctrl+E", "&File", toolbar=True,
    ),
    ActionSpec(
        "import_points", "&Import points…",
        "Make a table your own points: CSV, TSV, also dropped or pasted.", "Ctrl+I", "&File",
        separated=True,
    ),
    ActionSpec(
        "export_points", "Export &points…",
        "Write the points that the network sees as a table: CSV.", "Ctrl+Shift+E", "&File",
    ),
    ActionSpec(
        "open_link", "Open a &TensorFlow Playground link…",
        "Make the experiment that a link stands for; a link can also be pasted or dropped.", "",
        "&File", separated=True,
    ),
    ActionSpec(
        "copy_link", "&Copy as TensorFlow Playground link",
        "Copy the link that comes nearest to the experiment, and say what it cannot carry.", "",
        "&File",
    ),
    ActionSpec("quit", "&Quit", "Close the window.", "Ctrl+Q", "&File", separated=True),
    ActionSpec(
        "toggle_run", "&Run", "Train; press again to pause.", "Space", "&Training", toolbar=True
    ),
    ActionSpec(
        "step", "&Step", "Make one optimizer step: one batch.", "S", "&Training", toolbar=True
    ),
    ActionSpec(
        "epoch", "&Epoch", "Train to the end of the epoch.", "E", "&Training", toolbar=True
    ),
    ActionSpec(
        "reset", "Rese&t", "Start again from the same seed: the same weights, the same run.", "R",
        "&Training", toolbar=True, separated=True,
    ),
    ActionSpec(
        "new_seed", "&New seed", "Start again from other weights and another order of batches.",
        "N", "&Training", toolbar=True,
    ),
    ActionSpec(
        "check_gradient", "Check &gradient…",
        "Compare the gradient of backpropagation with central differences, layer by layer.", "G",
        "&Training", separated=True,
    ),
    ActionSpec(
        "find_rate", "&Find learning rate…",
        "Try a copy of the network at rising learning rates, and suggest one.", "F", "&Training",
    ),
    ActionSpec("undo", "&Undo", "Take the last change back.", "Ctrl+Z", "&Edit", toolbar=True),
    ActionSpec(
        "redo", "&Redo", "Make the change again that was undone.", "Ctrl+Y", "&Edit", toolbar=True
    ),
    ActionSpec(
        "paste", "&Paste points",
        "Make the cells of a table that was copied your own points, or open a link or an "
        "experiment that was.",
        "Ctrl+V", "&Edit", separated=True,
    ),
    ActionSpec(
        "paint_points", "Paint po&ints…", "Paint your own points on the plane.", "P", "&Edit"
    ),
    ActionSpec(
        "next_area", "&Next area", "Take the keyboard to the next part of the window.", "F6",
        "&View",
    ),
    ActionSpec(
        "previous_area", "Previous &area", "Take the keyboard to the part before.", "Shift+F6",
        "&View",
    ),
    ActionSpec(
        "first_layout", "&First layout", "Put all parts of the window back where they belong.", "",
        "&View", separated=True,
    ),
    ActionSpec(
        "toggle_theme", "&Light or dark", "Switch between light and dark.", "Ctrl+L", "&View",
        toolbar=True,
    ),
    ActionSpec("help", "&Keys and hints", "What the keys do.", "F1", "&Help"),
    ActionSpec("about", "&About", "What this is.", "", "&Help"),
)  # fmt: skip


class Actions:
    """The actions at work on a window that has a method for each, named ``on_<name>``."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._actions: dict[str, QAction] = {}
        self._plain_keys: dict[Qt.Key, QAction] = {}
        for spec in ACTIONS:
            action = QAction(spec.text, window)
            action.setIconText(spec.text.replace("&", "").removesuffix("…"))
            keys = QKeySequence(spec.shortcut)
            if "+" in spec.shortcut or FUNCTION_KEY.fullmatch(spec.shortcut):
                action.setShortcut(keys)
            elif spec.shortcut:
                # As a shortcut of Qt's it would be taken away from fields, lists and check boxes.
                action.setText(f"{spec.text}\t{spec.shortcut}")
                self._plain_keys[Qt.Key[f"Key_{spec.shortcut}"]] = action
            hint = f" ({keys.toString(QKeySequence.SequenceFormat.NativeText)})"
            action.setToolTip(spec.help + (hint if spec.shortcut else ""))
            slot: Callable[[], None] = getattr(window, f"on_{spec.name}")
            action.triggered.connect(slot)
            self._actions[spec.name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def for_key(self, event: QKeyEvent) -> QAction | None:
        """The action of a key without modifiers that no focused widget has wanted."""
        if event.modifiers() or event.isAutoRepeat():
            return None
        return self._plain_keys.get(Qt.Key(event.key()))

    def fill_menus(self) -> dict[str, QMenu]:
        """Add all to the window's menu bar; gives the menus by title."""
        menus: dict[str, QMenu] = {}
        for title in ("&File", "&Edit", "&Training", "&View", "&Help"):
            menus[title] = self._window.menuBar().addMenu(title)
        for spec in ACTIONS:
            if spec.separated:
                menus[spec.menu].addSeparator()
            menus[spec.menu].addAction(self._actions[spec.name])
        return menus

    def fill_toolbar(self, toolbar: QToolBar, names: tuple[str, ...]) -> None:
        """Add the named ones that are meant for a toolbar, with lines where they are separated."""
        for spec in ACTIONS:
            if spec.name in names and spec.toolbar:
                if spec.separated:
                    toolbar.addSeparator()
                toolbar.addAction(self._actions[spec.name])

    def colour_icons(self, colour: str, running: bool, dark: bool) -> None:
        """Draw the icons in a theme's colour; two of them show what a press would do."""
        states = {
            "toggle_run": "pause" if running else "play",
            "toggle_theme": "sun" if dark else "moon",
        }
        for spec in ACTIONS:
            if spec.toolbar:
                self._actions[spec.name].setIcon(icon(states.get(spec.name, spec.name), colour))
