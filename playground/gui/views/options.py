"""The menu of what is shown on the plane, and the button that sees all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from playground.gui import icons
from playground.gui.theme import Colours
from playground.gui.widgets.editor import KEYS_ONLY

ICON = 16


class Options(QToolButton):
    """Opens a menu of things that are shown or not.

    Attributes:
        test: Test points.
        discrete: Only which class is answered, or bands of values.
        errors: Rings around points whose class is wrong.
        contours: Lines of equal height.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText("Show")
        self.setAccessibleName("What is shown on the plane")
        self.setToolTip("What is shown on the plane: test points, errors, contour lines, classes.")
        self.setAutoRaise(True)
        self.setFocusPolicy(KEYS_ONLY)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        # Held here: else Python may collect the menu, and its entries with it, during a long run.
        menu = self._menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.test = _entry(
            menu, "Test points",
            "Show the points kept out of training: as rings, or as squares if they have values.",
        )  # fmt: skip
        self.test.setChecked(True)
        self.errors = _entry(
            menu, "Errors", "Ring the points in red whose class the network gets wrong."
        )
        self.contours = _entry(
            menu, "Contours", "Draw lines of equal probability, or of equal output."
        )
        self.discrete = _entry(
            menu, "Discretise", "Show only which class is answered, or bands of values."
        )
        self.setMenu(menu)


class AllButton(QToolButton):
    """Sees all of the plane again; enabled while only a part is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setFocusPolicy(KEYS_ONLY)
        self.setIconSize(QSize(ICON, ICON))
        self.setAccessibleName("Show all of the plane")
        self.setToolTip(
            "Show all of the plane again (0, or a double click on it).\n"
            "The wheel or + and − zoom, dragging or the arrow keys move."
        )
        self.setEnabled(False)

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self.setIcon(icons.icon("fit", colours.text))


def _entry(menu: QMenu, text: str, help: str) -> QAction:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setToolTip(help)
    return action
