"""The stop rules: a check box for each, with its parameters below while it is on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.core.errors import Path
from playground.core.families import StopRule, stop_rules
from playground.core.fields import Control
from playground.gui.theme import Colours
from playground.gui.widgets.editor import SPACING, chain
from playground.gui.widgets.flag_editor import FlagEditor
from playground.gui.widgets.form import INDENT, Form, Style


class StopRules(QWidget):
    """All rules of the registry, in its order.

    Signals:
        edit_requested: Another tuple of rules at :attr:`path`, or a parameter below it.
    """

    edit_requested = Signal(tuple, object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._rules: tuple[StopRule, ...] = ()
        self.flags: dict[str, FlagEditor] = {}
        self.forms: dict[str, Form] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING // 2)
        for name, rule in stop_rules.items():
            source = f" Source: {rule.reference}." if rule.reference else ""
            about = f"Ends the run: {rule.formula}.{source}"
            flag = FlagEditor(Control(rule.label, about), default=False)
            form = Form(style=Style(indent=INDENT), live=True)
            form.show_model(rule())
            form.hide()
            flag.path = (name,)
            flag.edit_requested.connect(self._switch)
            form.edit_requested.connect(self.edit_requested)
            layout.addWidget(flag)
            layout.addWidget(form)
            self.flags[name], self.forms[name] = flag, form
        chain(self.focus_widgets())

    def show_rules(self, rules: tuple[StopRule, ...]) -> None:
        """Bring boxes and parameters to the rules that are on; nothing is emitted."""
        self._rules = rules
        places = {rule.name: index for index, rule in enumerate(rules)}
        for name, form in self.forms.items():
            self.flags[name].set_value(name in places)
            form.setVisible(name in places)
            if name in places:
                form.set_path((*self.path, places[name]))
                form.show_model(rules[places[name]])

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours what is not drawn in the palette's."""
        for form in self.forms.values():
            form.set_palette_colours(colours)

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        found: list[QWidget] = []
        for name, flag in self.flags.items():
            found += [*flag.focus_widgets(), *self.forms[name].focus_widgets()]
        return found

    def _switch(self, path: Path, on: bool) -> None:
        """Add a rule as it is by default, or take it away; in the order of the registry."""
        kept = {rule.name: rule for rule in self._rules if rule.name != path[0]}
        if on:
            kept[str(path[0])] = stop_rules[str(path[0])]()
        chosen = tuple(kept[name] for name in stop_rules if name in kept)
        self.edit_requested.emit(self.path, chosen)
