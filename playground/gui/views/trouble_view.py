"""How noisy the gradient is, how near to running away its steps are, and which rate to take."""

from __future__ import annotations

from functools import partial
from typing import cast

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QStackedWidget, QVBoxLayout, QWidget

from playground.gui.theme import Colours
from playground.gui.views.legend import Chip
from playground.gui.views.rate_page import RatePage
from playground.gui.views.trouble_chart import Quantity, TroubleChart
from playground.gui.views.view import View
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.session import Session
from playground.runtime.snapshot import Snapshot

CHOICES = (
    ("noise_scale", "Noise scale", "How many points make a step with as much signal as noise: the "
     "variance of a training point’s gradient over the squared gradient (McCandlish et al. 2018)."),
    ("sharpness", "Sharpness", "The largest curvature of the training loss, without dropout. "
     "Beyond 2/η gradient descent runs away from a minimum, with momentum μ beyond 2(1 + μ)/η; "
     "with full batches it often hovers just there (Cohen et al. 2021). Where the rate adapts, it "
     "is that of the weights as the optimizer scales them: Adam’s bound is 38/η. With mini-batches "
     "all this is a guide; schedules count, clipping and AdamW’s decay do not."),
    ("rate", "Rate test", "The range test: which rates make the loss fall (Smith 2017)."),
)  # fmt: skip


class TroubleView(View):
    """One of three things at a time, chosen above it.

    Attributes:
        chart: Over epochs: the noise scale or the sharpness.
        rates: The learning-rate range test.
        choices: The box in which it is chosen, as it stands above the chart and above the test.
    """

    instruments = ("noise_scale", "sharpness")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Trouble: noise, sharpness, learning rates")
        self._snapshot: Snapshot | None = None
        self.choices = (_choice(), _choice())
        self.chart = TroubleChart(self.choices[0])
        self.rates = RatePage(session, self.choices[1])
        self._pages = QStackedWidget()
        self._pages.addWidget(self.chart)
        self._pages.addWidget(self.rates)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        for page, box in enumerate(self.choices):
            box.currentIndexChanged.connect(partial(self._choose, page))

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        self._snapshot = snapshot
        if self._pages.currentWidget() is self.rates:
            self.rates.follow(snapshot)
        else:
            self.chart.render(snapshot)

    def _choose(self, page: int, index: int) -> None:
        name = CHOICES[index][0]
        chosen = self.rates if name == "rate" else self.chart
        other = self.choices[1 - page]
        blocked = other.blockSignals(True)
        other.setCurrentIndex(index)
        other.blockSignals(blocked)
        had_focus = self.choices[page].hasFocus()
        self._pages.setCurrentWidget(chosen)
        if name != "rate":
            self.chart.show_quantity(cast(Quantity, name))
        if had_focus and not self.choices[page].isVisible():
            other.setFocus()
        if self._snapshot is not None:
            self.render(self._snapshot)

    def set_palette_colours(self, colours: Colours) -> None:
        self.chart.set_palette_colours(colours)
        self.rates.set_palette_colours(colours)

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 150)


def _choice() -> QComboBox:
    box = QComboBox()
    box.setFocusPolicy(KEYS_ONLY)
    for name, label, _ in CHOICES:
        box.addItem(label, name)
    box.setFixedHeight(Chip.height_of(box))
    box.setAccessibleName("What is shown")
    box.setToolTip("\n".join(f"{label}: {text}" for _, label, text in CHOICES))
    return box
