"""How activations, errors, weights and gradients are distributed, layer by layer, now or before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.exchange.drawing.scales import Plane, Tick, in_words
from playground.gui.theme import LIGHT, Colours
from playground.gui.views import distribution_verdicts as verdicts
from playground.gui.views.cursor_box import CursorBox
from playground.gui.views.distribution_quantities import (
    NO_BATCH_NORM,
    POINTS,
    QUANTITIES,
    SIGNED,
    STEP,
    Quantity,
    bars,
    courses,
    until,
)
from playground.gui.views.distribution_rows import AxisStrip, Rows
from playground.gui.views.legend import Chip
from playground.gui.views.picture import PictureMenu
from playground.gui.views.quantity_box import QuantityBox
from playground.gui.views.value_axes import Span
from playground.gui.views.verdict import Verdict
from playground.gui.views.view import View
from playground.runtime.snapshot import Snapshot
from playground.training.instruments.distributions import Distributions

PERIODS = (
    (False, "Now", "a histogram of each layer."),
    (True, "Over time", "epochs across, values up, the darker the more values are there; the strip "
     "below is the share of exact zeros."),
)  # fmt: skip
HIGH_ENOUGH = 200
"""From this height on the axis has a name below it."""


class DistributionsView(View):
    """Small multiples of histograms, or their course over time.

    Attributes:
        quantity: Chooses what is looked at.
        period: Chooses between now and over time: its data is whether it is over time.
        whose: Of several replicas, whose values are drawn; of one network, what it is judged by.
        verdict: The sentence above the rows.
        rows: The layers.
        axis: Below them.
        box: The values at the mouse.
        picture: Its context menu.
    """

    instruments = ("distributions",)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Distributions by layer")
        self._snapshot: Snapshot | None = None
        self._colours: Colours = LIGHT
        self._spans: tuple[Span, Span] | None = None
        self._shown: object = None
        self._mouse: tuple[int, QPointF] | None = None
        labels = [(what.label, what.label, what.help) for what in QUANTITIES]
        self.quantity = QuantityBox("What is shown", labels)
        self.period = QuantityBox("Now or over time", PERIODS)
        self.whose, self._apology = QLabel(), QLabel()
        self.verdict = Verdict(verdicts.LONGEST)
        self.rows, self.axis = Rows(), AxisStrip()
        self._build()
        self.picture = PictureMenu(self, "distributions by layer")
        self.quantity.currentIndexChanged.connect(self._rescale)
        self.period.currentIndexChanged.connect(self._rescale)
        self.rows.hovered.connect(self._hover)
        self.rows.left.connect(self._leave)
        self.set_palette_colours(LIGHT)

    # --- drawing -----------------------------------------------------------------------------

    def render(self, snapshot: Snapshot) -> None:  # type: ignore[override]  # a view's, not Qt's
        """Draw a moment, if it is seen and not drawn already."""
        if not self.isVisible() or snapshot is self._snapshot:
            return
        self._snapshot = snapshot
        shown = (snapshot.run, snapshot.shown, len(snapshot.experiment.network.hidden))
        if shown != self._shown:
            self._shown, self._spans = shown, None
        self._draw()

    def _rescale(self) -> None:
        """Look at something else: the axis starts anew."""
        self._spans = None
        self._draw()

    @property
    def _what(self) -> Quantity:
        return QUANTITIES[self.quantity.currentIndex()]

    @property
    def _over_time(self) -> bool:
        return bool(self.period.currentData())

    def _draw(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        reading = snapshot.readings.get("distributions")
        if reading is None:
            return  # not read yet; it comes with the next snapshot
        what, hidden = self._what, snapshot.experiment.network.hidden
        self._say_whose(snapshot, reading)
        there = all(key in reading.now.seen for key in what.keys)
        self._show_apology("" if there else NO_BATCH_NORM)
        if not there:
            self.rows.set_rows(())
            self.verdict.say("")
            self._leave()
            return
        self.verdict.say(*what.judge(reading, hidden))
        self._cover(reading)
        assert self._spans is not None
        if self._over_time:
            self.rows.set_rows(courses(what, reading, *self._spans))
        else:
            self.rows.set_rows(bars(what, reading, self._spans[0]))
        self._show_axis(reading)
        self._show_box()

    def _cover(self, reading: Distributions) -> None:
        """Let the axes hold what is drawn.

        Over time, where each picture has an axis, the output's raw sums have one of their own.
        """
        keys, fresh = self._what.keys, self._spans is None
        if self._spans is None:
            axis = reading.now.seen[keys[0]].axis
            self._spans = Span(axis), Span(axis)
        own = self._over_time and keys == ("activations",)
        moments = reading.past if self._over_time and fresh else (reading.now,)
        for moment in moments:
            for key in keys:
                self._spans[0].cover(moment.seen[key], slice(-1 if own else None))
                self._spans[1].cover(moment.seen[key], slice(-1 if own else 0, None))

    def _show_axis(self, reading: Distributions) -> None:
        assert self._spans is not None
        what = self._what
        width = self._scroll.viewport().width()
        most = self.axis.most_ticks(width)
        batch = (
            "of the " + _batch_words(reading) + ("" if reading.now.step else ", before any step")
        )
        points = f"at {reading.points} training points in evaluation mode"
        source = {POINTS: points, STEP: batch}.get(what.source, "")
        parts = [part for part in (what.axis, source) if part]
        if self._over_time:
            ticks: Sequence[Tick] = _epoch_ticks(until(reading), most)
            parts[0] = parts[0].replace(f", {SIGNED}", "") + " over epochs"
            if reading.past[0].step:
                parts.append(f"recorded since epoch {in_words(reading.past[0].epoch, 4)}")
            self.axis.show_axis(ticks, "", "; ".join(parts), width)
        else:
            self.axis.show_axis(self._spans[0].ticks(most), "= 0", "; ".join(parts), width)

    def _say_whose(self, snapshot: Snapshot, reading: Distributions) -> None:
        """Of several replicas which; of one network what is judged, as far as there is room."""
        text = {POINTS: "training points", STEP: _batch_words(reading)}.get(self._what.source, "")
        if snapshot.replicas > 1:
            text = f"replica {(snapshot.shown or 0) + 1}"
        if text != self.whose.text():
            self.whose.setText(text)

    def _show_apology(self, text: str) -> None:
        if text != self._apology.text():
            self._apology.setText(text)
        self.verdict.setVisible(not text)
        self._stack.setCurrentIndex(int(bool(text)))

    # --- the mouse ---------------------------------------------------------------------------

    def _hover(self, index: int, at: QPointF) -> None:
        self._mouse = index, at
        self._show_box()

    def _leave(self) -> None:
        self._mouse = None
        self.box.hide()

    def _show_box(self) -> None:
        if self._mouse is None or self._mouse[0] >= len(self.rows.rows):
            self.box.hide()
            return
        index, at = self._mouse
        row = self.rows.rows[index]
        words = [row.words.replace("  ", ", ")]
        if self.rows.place_of(index).frame.contains(at):
            words.insert(0, row.picture.read(self.rows.plot_of_row(index), at))
        self.box.say(row.name, [text for text in words if text])
        self.box.stand_at(self.rows.mapTo(self, at.toPoint()))

    # --- looks -------------------------------------------------------------------------------

    def set_palette_colours(self, colours: Colours) -> None:
        """Follow a change of the theme."""
        self._colours = colours
        for part in (self.rows, self.axis, self.verdict, self.box):
            part.set_palette_colours(colours)
        for label in (self.whose, self._apology):
            label.setStyleSheet(f"color: {colours.muted}")

    def _build(self) -> None:
        for box in (self.quantity, self.period):
            box.setFixedHeight(Chip.height_of(box))
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self.quantity)
        header.addWidget(self.period)
        header.addWidget(self.whose, 1)
        self.whose.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.rows)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._scroll.setAccessibleName("Layers")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().installEventFilter(self)
        self._apology.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._apology.setWordWrap(True)
        self._apology.setMargin(16)
        plots = QWidget()
        column = QVBoxLayout(plots)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.axis)
        self._stack = QStackedWidget()
        self._stack.addWidget(plots)
        self._stack.addWidget(self._apology)
        self._stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self.verdict)
        layout.addWidget(self._stack, 1)
        self.box = CursorBox(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The axis below is as wide as what is seen of the rows."""
        if event.type() == QEvent.Type.Resize and self._snapshot is not None:
            reading = self._snapshot.readings.get("distributions")
            if reading is not None and self._spans is not None and self.rows.rows:
                self._show_axis(reading)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the rows get it."""
        self.axis.set_named(self.height() >= HIGH_ENOUGH)
        super().resizeEvent(event)


def _batch_words(reading: Distributions) -> str:
    return f"{'last' if reading.now.step else 'first'} batch of {reading.batch}"


def _epoch_ticks(until: tuple[float, float], most: int) -> list[Tick]:
    low, high = until
    return [((at - low) / (high - low), text) for at, text in Plane(low, high).ticks(max(most, 2))]
