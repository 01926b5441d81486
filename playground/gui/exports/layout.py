"""What the window of exports is made of, and where each part stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.gui.exports.offers import DragHandle, OfferList
from playground.gui.exports.preview import Preview
from playground.gui.theme import Colours, colour_text
from playground.gui.widgets.editor import SPACING

WIDTH, HEIGHT, LIST_WIDTH = 940, 600, 196
LARGE = 1.15
MOST_NOTES = 150
"""Pixels of the sentences below an export."""
"""Times the font's size, of the title."""
PNG, SVG = ".png", ".svg"
KINDS = {PNG: "PNG (pixels)", SVG: "SVG (shapes)"}


class Notes(QScrollArea):
    """Sentences, as high as they are; many of them are scrolled, so that the window stays small."""

    def __init__(self, label: QLabel) -> None:
        super().__init__()
        self._label = label
        self.setWidget(label)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        label.setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_text(self, text: str) -> None:
        """Show other ones; nothing is seen of none."""
        self._label.setText(text)
        self.verticalScrollBar().setValue(0)
        self.setHidden(not text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        height = max(self._label.heightForWidth(self.width()), 0)  # -1 of an empty one
        self.setFixedHeight(min(height, MOST_NOTES))
        policies = Qt.FocusPolicy  # who scrolls by keyboard must get there
        self.setFocusPolicy(policies.TabFocus if height > MOST_NOTES else policies.NoFocus)


class ExportLayout(QDialog):
    """The parts, which do nothing yet.

    Attributes:
        offers: The list.
        title, help: What is chosen.
        replica_box: Of several replicas, the one whose network is exported.
        replica_label: Before it.
        kind_box: As what a picture goes out.
        moment: Which moment it is of.
        refresh_button: Makes it anew.
        progress: Seen while it is being made.
        preview: How it looks.
        notes: What the format cannot carry, and which files belong together.
        notes_area: What it lies in.
        drag_handle: To drag it out by.
        message: What has been done, or why not.
        open_button, copy_button, save_button, close_button: The other ways out.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.offers, self.preview = OfferList(), Preview()
        self.offers.setFixedWidth(LIST_WIDTH)
        self._make_labels()
        self.replica_box, self.replica_label = QComboBox(), QLabel("&Network:")
        self.replica_box.setAccessibleName("Whose network is exported")
        self.replica_label.setBuddy(self.replica_box)
        self.kind_box = QComboBox()
        self.kind_box.setAccessibleName("Kind of picture")
        for kind, text in KINDS.items():
            self.kind_box.addItem(text, kind)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(SPACING // 2)
        self.progress.setAccessibleName("It is being made")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.drag_handle = DragHandle()
        self._make_buttons()
        self._lay_out()
        self.resize(WIDTH, HEIGHT)

    def colour_words(self, colours: Colours) -> None:
        """Write in a theme's colours what stands back."""
        for label in (self.help, self.moment, self.notes, self.drag_handle):
            colour_text(label, colours.muted)
        self.preview.set_palette_colours(colours)

    def _make_labels(self) -> None:
        self.title, self.help, self.notes = QLabel(), QLabel(), QLabel()
        self.moment, self.message = QLabel(), QLabel()
        names = ("Export", "What it is", "What is to be known", "Moment", "What was done")
        labels = (self.title, self.help, self.notes, self.moment, self.message)
        for label, name in zip(labels, names, strict=True):
            label.setAccessibleName(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(label is not self.moment)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes_area = Notes(self.notes)
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(LARGE * font.pointSizeF())
        self.title.setFont(font)

    def _make_buttons(self) -> None:
        self.refresh_button = QPushButton("&Refresh")
        self.refresh_button.setToolTip("Make it anew, of what is looked at now.")
        self.open_button, self.copy_button = QPushButton("&Open"), QPushButton("&Copy")
        self.open_button.setToolTip("Show it in the system’s program for such files.")
        self.copy_button.setToolTip("Put it on the clipboard.")
        self.save_button, self.close_button = QPushButton("&Save…"), QPushButton("Close")
        for button in self._buttons:
            button.setAutoDefault(False)
        self.save_button.setDefault(True)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        ways_out = (self.open_button, self.copy_button, self.save_button, self.close_button)
        return (self.refresh_button, *ways_out)

    def _lay_out(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        for widget in (self.replica_label, self.replica_box, self.kind_box):
            above.addWidget(widget)
        above.addStretch(1)
        above.addWidget(self.moment)
        above.addWidget(self.refresh_button)
        below.addWidget(self.drag_handle)
        below.addSpacing(SPACING)
        below.addWidget(self.message, 1)
        for button in self._buttons[1:]:
            below.addWidget(button)
        right = QVBoxLayout()
        right.setSpacing(SPACING)
        right.addWidget(self.title)
        right.addWidget(self.help)
        right.addLayout(above)
        right.addWidget(self.progress)
        right.addWidget(self.preview, 1)
        right.addWidget(self.notes_area)
        right.addLayout(below)
        layout = QHBoxLayout(self)
        layout.setSpacing(2 * SPACING)
        layout.addWidget(self.offers)
        layout.addLayout(right, 1)
