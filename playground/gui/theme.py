"""The theme of the window: Qt told of the colours, which stand in ``exchange.drawing.colours``."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from playground.exchange.drawing.colours import DARK as DARK
from playground.exchange.drawing.colours import LIGHT as LIGHT
from playground.exchange.drawing.colours import SHADES as SHADES
from playground.exchange.drawing.colours import Colours as Colours
from playground.exchange.drawing.colours import blend as blend
from playground.exchange.drawing.colours import class_colours as class_colours
from playground.exchange.drawing.colours import diverging as diverging
from playground.exchange.drawing.colours import layer_colour as layer_colour
from playground.exchange.drawing.colours import packed as packed
from playground.exchange.drawing.colours import rgb as rgb


def apply(app: QApplication, dark: bool | None) -> Colours:
    """Give the application a light or a dark theme; ``None`` follows the system.

    Returns:
        The colours that hold now, ``LIGHT`` or ``DARK`` itself.
    """
    scheme = Qt.ColorScheme
    asked = {True: scheme.Dark, False: scheme.Light, None: scheme.Unknown}[dark]
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.styleHints().setColorScheme(asked)
    if dark is None:
        dark = app.styleHints().colorScheme() == scheme.Dark
    colours = DARK if dark else LIGHT
    # Set as well as the scheme, for not every platform can follow a scheme that is asked for.
    app.setPalette(_palette(colours))
    for widget in app.allWidgets():
        if widget.styleSheet():  # it has kept the palette of when its style sheet was set
            widget.setStyleSheet(widget.styleSheet())
    return colours


def colour_text(widget: QWidget, colour: str | None) -> None:
    """Write in a colour, or in the palette's; what is so already costs nothing.

    A new style sheet has the whole window laid out anew.
    """
    sheet = "" if colour is None else f"color: {colour}"
    if sheet != widget.styleSheet():
        widget.setStyleSheet(sheet)


def _palette(colours: Colours) -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette(QColor(colours.raised), QColor(colours.background))
    everywhere = {
        role.WindowText: colours.text,
        role.Base: colours.field,
        role.AlternateBase: blend(colours.field, colours.background, 0.5),
        role.Text: colours.text,
        role.ButtonText: colours.text,
        role.BrightText: colours.red,
        role.PlaceholderText: colours.muted,
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.Highlight: colours.accent,
        role.HighlightedText: "#ffffff" if colours is LIGHT else colours.panel,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
    }
    for where, colour in everywhere.items():
        palette.setColor(where, QColor(colour))
    off = QColor(blend(colours.muted, colours.background, 0.4))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, where, off)
    palette.setColor(group.Disabled, role.Highlight, QColor(colours.border))
    return palette
