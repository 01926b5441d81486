"""The two ends of the network, and what stands between them when nothing does."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from playground.core.experiment import Experiment
from playground.core.families import loss_for
from playground.core.words import shortened
from playground.data.features import feature
from playground.gui.panels.card import CARD_WIDTH, Card
from playground.gui.theme import LIGHT, Colours, layer_colour
from playground.gui.widgets.editor import rich
from playground.gui.widgets.form import Form, Style

INPUT_WIDTH = 88
LABEL_CHARACTERS = 11
"""Of a feature's label, in so narrow a card."""


class InputCard(Card):
    """What goes in: the features that are on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Inputs", INPUT_WIDTH, parent)
        self.setToolTip(rich("The features of each point. They are chosen in the data panel."))
        self.count, self.names = QLabel(), QLabel()
        self.body.addWidget(self.count)
        self.body.addWidget(self.names)

    def show_experiment(self, experiment: Experiment) -> None:
        """List the features."""
        names = experiment.data.features
        self.count.setText(_counted(len(names), "feature"))
        labels = [feature(name).label for name in names]
        self.names.setText("\n".join(shortened(label, LABEL_CHARACTERS) for label in labels))
        cut = any(len(label) > LABEL_CHARACTERS for label in labels)
        self.names.setToolTip(rich(*labels) if cut else "")

    def set_palette_colours(self, colours: Colours) -> None:
        super().set_palette_colours(colours)
        self.set_hue(colours.muted)


class OutputCard(Card):
    """The output layer: its units follow from the data and the loss."""

    edit_requested = Signal(tuple, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Output", CARD_WIDTH, parent)
        self.units, self.loss = QLabel(), QLabel()
        self.units.setToolTip(rich("As many as the data and the loss need."))
        self.loss.setToolTip(rich("The loss is chosen in the training panel."))
        self.loss.setWordWrap(True)
        self.form = Form(("network", "output"), style=Style(stacked=True, folded=("initializer",)))
        for widget in (self.units, self.loss, self.form):
            self.body.addWidget(widget)
        self.form.edit_requested.connect(self.edit_requested)

    def show_experiment(self, experiment: Experiment) -> bool:
        """Bring everything to an experiment; says whether widgets have come or gone."""
        loss = loss_for(experiment.training.loss, experiment.data.task)
        self.units.setText(f"{_counted(experiment.sizes[-1], 'unit')}, linear")
        self.loss.setText(f"into {_lower_first(loss.label)}")
        return self.form.show_model(experiment.network.output)

    def set_palette_colours(self, colours: Colours) -> None:
        super().set_palette_colours(colours)
        self.form.set_palette_colours(colours)
        self.set_hue(layer_colour(1, 2, colours))


class EmptyCard(Card):
    """Where the hidden layers would be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("No hidden layer", CARD_WIDTH, parent)
        hint = QLabel("A linear model of its inputs. Press + to put a layer in between.")
        hint.setWordWrap(True)
        hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(hint)
        self.set_palette_colours(LIGHT)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
