"""A form: an editor for each field of a frozen model, found by its type and its control alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from playground.core.choice import Choice, Registry
from playground.core.errors import Path
from playground.core.fields import control_of
from playground.gui.theme import Colours
from playground.gui.widgets.batch_size_editor import BatchSizeEditor
from playground.gui.widgets.choice_editor import ChoiceEditor, items_of
from playground.gui.widgets.editor import SPACING, Coloured, Editor, FieldLabel, chain
from playground.gui.widgets.flag_editor import FlagEditor
from playground.gui.widgets.number_editor import NumberEditor
from playground.gui.widgets.section import Section

EditorFactory = Callable[..., Editor]
"""``(control, default, *, live) -> editor``."""
LABEL_CHARACTERS = 17
INDENT = 12


@dataclass(slots=True)
class Style:
    """How a form is laid out.

    Attributes:
        stacked: For narrow places: numbers take two lines, and labels no fixed width.
        indent: Pixels before the labels.
        folded: Fields whose entry's own parameters are folded away under "More".
    """

    stacked: bool = False
    indent: int = 0
    folded: Collection[str] = ()


@dataclass(slots=True)
class Row:
    """What belongs to one field."""

    editor: Editor
    widgets: list[QWidget] = field(default_factory=list)
    nested: Form | None = None
    section: Section | None = None
    label: QWidget | None = None
    registry: Registry[Any] | None = None


class Form(QWidget):
    """Labels and editors of a model, and under each choice of a family the form of its entry.

    The widgets are kept as long as the model is of the same type.

    Args:
        only: The fields to show, in this order; all if it is not given.
        first: Fields that come before the others.
        editors: Editors of one's own for some fields.
        live: Whether every change acts on the running network, whatever the controls say.

    Signals:
        edit_requested: The user has changed the value at a path.
    """

    edit_requested = Signal(tuple, object)

    def __init__(
        self,
        path: Path = (),
        *,
        only: Sequence[str] | None = None,
        first: Sequence[str] = (),
        editors: Mapping[str, EditorFactory] | None = None,
        style: Style | None = None,
        live: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._only, self._first, self._factories = only, first, editors or {}
        self._style, self._live = style or Style(), live
        self._rows: dict[str, Row] = {}
        self._type: type[BaseModel] | None = None
        self._model: BaseModel | None = None
        self._colours: Colours | None = None
        self._lines = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACING)
        self._grid.setVerticalSpacing(SPACING // 2)
        self._grid.setColumnStretch(1, 1)

    def show_model(self, model: BaseModel) -> bool:
        """Bring all editors to a model; nothing is emitted.

        Returns:
            Whether widgets have come or gone, so that their order needs a new :func:`chain`.
        """
        rebuilt = type(model) is not self._type
        if rebuilt:
            self._build(type(model))
        elif model is self._model:
            return False
        self._model = model
        for name, row in self._rows.items():
            value = getattr(model, name)
            if row.nested is None:
                row.editor.set_value(value)
            else:
                row.editor.set_value(value.name)
                if row.nested.show_model(value):
                    rebuilt = True
                    (row.section or row.nested).setVisible(bool(row.nested.names))
        if rebuilt:
            chain(self.focus_widgets())
        return rebuilt

    def set_path(self, path: Path) -> None:
        """Say where the model stands; it may move."""
        self.path = path
        for name, row in self._rows.items():
            row.editor.path = (*path, name)
            if row.nested is not None:
                row.nested.set_path((*path, name))

    def set_palette_colours(self, colours: Colours) -> None:
        """Draw in a theme's colours what is not drawn in the palette's."""
        self._colours = colours
        for row in self._rows.values():
            if isinstance(row.editor, Coloured):
                row.editor.set_palette_colours(colours)
            if row.nested is not None:
                row.nested.set_palette_colours(colours)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that have a row, in order."""
        return tuple(self._rows)

    def editor(self, name: str) -> Any:
        """The editor of a field; for a choice of a family, of its name."""
        return self._rows[name].editor

    def nested(self, name: str) -> Form:
        """The form of the entry that a field has chosen."""
        nested = self._rows[name].nested
        assert nested is not None, name
        return nested

    def set_label_visible(self, name: str, visible: bool) -> None:
        """Show or hide the label of a field; its editor says the same to a screen reader."""
        label = self._rows[name].label
        if label is not None:
            label.setVisible(visible)

    def set_nested_visible(self, name: str, visible: bool) -> None:
        """Show or hide the entry's own parameters of a field, where it has some."""
        row = self._rows[name]
        if row.nested is not None:
            (row.section or row.nested).setVisible(visible and bool(row.nested.names))

    def set_row_visible(self, name: str, visible: bool) -> None:
        """Show or hide all of a field."""
        row = self._rows[name]
        for widget in row.widgets:
            empty = row.nested is not None and not row.nested.names
            widget.setVisible(visible and not (empty and widget in (row.nested, row.section)))

    def focus_widgets(self) -> list[QWidget]:
        """What the tab key reaches, in order."""
        found: list[QWidget] = []
        for row in self._rows.values():
            found += row.editor.focus_widgets()
            if row.section is not None:
                found.append(row.section.header)
            if row.nested is not None:
                found += row.nested.focus_widgets()
        return found

    # --- building ----------------------------------------------------------------------------

    def _build(self, model: type[BaseModel]) -> None:
        for row in self._rows.values():
            for widget in row.widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows, self._type, self._lines = {}, model, 0
        names = self._only if self._only is not None else list(model.model_fields)
        for name in (*self._first, *(name for name in names if name not in self._first)):
            self._add(name, model.model_fields[name])
        self.set_path(self.path)
        if self._colours is not None:
            self.set_palette_colours(self._colours)

    def _add(self, name: str, info: FieldInfo) -> None:
        control = control_of(info)
        live = self._live or control.live
        default = info.get_default(call_default_factory=True)
        registry = next((entry for entry in info.metadata if isinstance(entry, Registry)), None)
        if name in self._factories:
            editor = self._factories[name](control, default, live=live)
        elif registry is not None:
            assert isinstance(default, Choice)
            editor = ChoiceEditor(control, default.name, items_of(registry), live=live)
        else:
            editor = editor_for(info, live=live, stacked=self._style.stacked)
        row = self._rows[name] = Row(editor, registry=registry)
        self._place(row)
        if registry is None:
            editor.edit_requested.connect(self._forward)
        else:
            editor.edit_requested.connect(self._choose)
            self._nest(row, live, folded=name in self._style.folded)

    def _place(self, row: Row) -> None:
        at, editor = self._next_line(), row.editor
        row.widgets.append(editor)
        if isinstance(editor, FlagEditor):
            editor.setContentsMargins(self._style.indent, 0, 0, 0)
            self._grid.addWidget(editor, at, 0, 1, 2)
            return
        if self._style.stacked and isinstance(editor, NumberEditor):
            self._grid.addWidget(editor, at, 0, 1, 2)
            return
        label = FieldLabel(editor.control.label)
        reached = editor.focus_widgets()
        label.setBuddy(reached[0])
        label.setToolTip(editor.toolTip() or reached[0].toolTip())
        label.double_clicked.connect(editor.restore_default)
        label.setContentsMargins(self._style.indent, 0, 0, 0)
        row.label = label
        row.widgets.append(label)
        if self._style.stacked and isinstance(editor, ChoiceEditor):
            self._grid.addWidget(_above(label, editor, row), at, 0, 1, 2)
            return
        label.setMinimumHeight(max(widget.sizeHint().height() for widget in reached))
        if not self._style.stacked:
            label.setWordWrap(True)
            label.setFixedWidth(LABEL_CHARACTERS * self.fontMetrics().averageCharWidth())
        self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(editor, at, 1)

    def _nest(self, row: Row, live: bool, *, folded: bool) -> None:
        stacked = self._style.stacked
        style = Style(stacked=stacked, indent=0 if stacked else self._style.indent + INDENT)
        row.nested = Form(style=style, live=live)
        row.nested.edit_requested.connect(self._forward)
        widget: QWidget = row.nested
        if folded:
            row.section = widget = Section("More", row.nested, unfolded=False, small=True)
        row.widgets.append(widget)
        self._grid.addWidget(widget, self._next_line(), 0, 1, 2)

    def _next_line(self) -> int:
        self._lines += 1
        return self._lines - 1

    # --- editing -----------------------------------------------------------------------------

    def _choose(self, path: Path, name: str) -> None:
        registry = self._rows[str(path[-1])].registry
        assert registry is not None
        self._forward(path, registry[name]())

    def _forward(self, path: Path, value: object) -> None:
        self._model = None  # what is shown may now differ from it, if the edit is refused
        self.edit_requested.emit(path, value)


def _above(label: QWidget, editor: QWidget, row: Row) -> QWidget:
    both = QWidget()
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(label)
    layout.addWidget(editor)
    row.widgets = [both]
    return both


def editor_for(info: FieldInfo, *, live: bool = True, stacked: bool = False) -> Editor:
    """The editor that suits a field.

    Raises:
        TypeError: There is none for a field of this type.
    """
    control, kind = control_of(info), info.annotation
    default = info.get_default(call_default_factory=True)
    kinds = get_args(kind) if get_origin(kind) is not Literal else (kind,)
    kinds = kinds or (kind,)
    if kind is bool:
        return FlagEditor(control, default, live=live)
    if control.options:
        return ChoiceEditor(control, default, items_of(control.options), live=live)
    if any(get_origin(part) is Literal for part in kinds):
        return BatchSizeEditor(control, default, live=live)
    if control.minimum is not None and {int, float} & set(kinds):
        return NumberEditor(
            control,
            default,
            whole=int in kinds,
            optional=type(None) in kinds,
            live=live,
            stacked=stacked,
        )
    raise TypeError(f"no editor for a field of the type {kind}")
