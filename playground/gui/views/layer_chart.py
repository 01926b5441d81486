"""What charts with a curve for each layer have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from playground.exchange.drawing.scales import Log, Scale
from playground.gui.theme import Colours, layer_colour
from playground.gui.views.chart import Chart
from playground.gui.views.lines import Line, layer_lines
from playground.gui.views.quantity_box import QuantityBox
from playground.gui.views.verdict import Verdict
from playground.runtime.snapshot import Snapshot


class LayerChart(Chart):
    """One of several quantities of each layer, with a verdict above; on a logarithmic scale.

    Attributes:
        quantity: Chooses what is shown.
        has_output: Whether the output layer has a curve too.
    """

    has_output: ClassVar[bool] = True
    verdict: Verdict

    def __init__(
        self, name: str, quantity: QuantityBox, verdict: Verdict, parent: QWidget | None = None
    ) -> None:
        self.quantity = quantity
        super().__init__(name, quantity, verdict=verdict, parent=parent)
        quantity.currentIndexChanged.connect(self.rescale)

    @property
    def shown_quantity(self) -> str:
        """What is chosen."""
        return str(self.quantity.currentData())

    def lines(self, snapshot: Snapshot) -> Sequence[Line]:
        return layer_lines(len(snapshot.experiment.network.hidden), output=self.has_output)

    def colour(self, index: int, count: int, colours: Colours) -> str:
        # An output without a curve counts too: a layer has one colour in all charts.
        return layer_colour(index, count + (not self.has_output), colours)

    def new_scale(self) -> Scale:
        return Log()

    @property
    def notes_zeros(self) -> bool:
        return isinstance(self._y, Log)
