"""The slider under the charts that goes back through a run, and what can be done from there."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSlider, QWidget

from playground.gui.theme import LIGHT, Colours
from playground.runtime.snapshot import Snapshot

HINT = (
    "Go back through the run: the plane, the neurons and all that is measured are then those of "
    "the epoch that is looked at. The arrow keys go moment by moment, End returns to the present."
)
NOT_KEPT = "This network is so large that its earlier weights are not kept."
NOTHING_YET = "Once the network has trained, you can go back through the run here."
WIDEST = "Epoch 1,000,000 of 1,000,000"


class Words(QWidget):
    """A line of text that changes with each frame: unlike a label it lays nothing out anew.

    Attributes:
        text: What it says.
        colour: In which colour.
    """

    def __init__(self, widest: str) -> None:
        """``widest``: what there is always room for."""
        super().__init__()
        self.text, self.colour = "", LIGHT.muted
        metrics = self.fontMetrics()
        self.setFixedSize(metrics.horizontalAdvance(widest), metrics.height() + 2)
        self.setAccessibleName("Moment that is looked at")

    def say(self, text: str) -> None:
        """Say something else."""
        if text != self.text:
            self.text = text
            self.setAccessibleDescription(text)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(self.colour))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), left, self.text)
        painter.end()


class TimeLine(QWidget):
    """A slider over the moments that are kept, the present at its right end.

    Attributes:
        slider: One position for each moment, and the last one for the present.
        here: The button that trains on from the moment that is looked at.
        back: The one that returns to the present.

    Signals:
        moved: The epoch that is to be looked back at, or None for the present.
        branch_asked: Training is to go on from there.
    """

    moved = Signal(object)
    branch_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moments: tuple[int, ...] = ()
        name, self._where = QLabel("Time"), Words(WIDEST)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Moment of the run")
        self.slider.setPageStep(10)
        name.setBuddy(self.slider)
        self.here, self.back = QPushButton("Run from here"), QPushButton("To the present")
        self.here.setToolTip(
            "Train on from this moment with the settings as they are now, as a new branch. The "
            "run until now is drawn faintly behind it, and Ctrl+Z returns to it."
        )
        self.back.setToolTip("Look at the network as it is now; Run does so too.")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 10, 0)
        layout.setSpacing(10)
        layout.addWidget(name)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self._where)
        for button in (self.here, self.back):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            layout.addWidget(button)
            button.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.slider.valueChanged.connect(self._move)
        self.here.clicked.connect(self.branch_asked)
        self.back.clicked.connect(self.to_present)
        self._show_moments((), True)

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Show where in its run a snapshot is."""
        earlier = tuple(snapshot.moments[snapshot.moments < snapshot.present].tolist())
        if snapshot.moment == snapshot.present:  # its kept moment: it looks the same
            earlier = (*earlier, snapshot.present)
        if earlier != self._moments or not earlier:
            self._show_moments(earlier, len(snapshot.moments) > 0 or not snapshot.present)
        if not self.slider.isSliderDown():  # else the hand is ahead of the picture
            last = len(earlier)
            place = last if snapshot.moment is None else earlier.index(snapshot.moment)
            self._put(place)
        is_back = snapshot.moment is not None
        self.here.setVisible(is_back)
        self.back.setVisible(is_back)
        self._say(snapshot.epoch, snapshot.present, is_back)

    def to_present(self) -> None:
        """Return to the present."""
        self.slider.setValue(self.slider.maximum())

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._where.colour = colours.muted
        self._where.update()

    def _show_moments(self, moments: tuple[int, ...], kept: bool) -> None:
        self._moments = moments
        at_end = self.slider.value() == self.slider.maximum()
        with QSignalBlocker(self.slider):
            self.slider.setMaximum(len(moments))
            if at_end:
                self.slider.setValue(len(moments))
        self.slider.setEnabled(bool(moments))
        hint = HINT if moments else NOTHING_YET
        self.slider.setToolTip(hint if kept else NOT_KEPT)

    def _put(self, place: int) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(place)

    def _say(self, epoch: int, present: int, is_back: bool) -> None:
        text = f"Epoch {epoch:,} of {present:,}" if is_back else f"Epoch {present:,}, now"
        self._where.say(text)

    def _move(self, place: int) -> None:
        self.moved.emit(self._moments[place] if place < len(self._moments) else None)
