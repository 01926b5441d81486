"""The two ends of the network, and what stands between them when nothing does."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from playground.core.experiment import Experiment
from playground.core.families import features, loss_for
from playground.data.features import feature
from playground.gui.panels.card import CARD_WIDTH, Card
from playground.gui.theme import LIGHT, Colours, layer_colour
from playground.gui.widgets.editor import KEYS_ONLY, rich
from playground.gui.widgets.form import Form, Style

OUTPUT_WIDTH = 110
INPUT_WIDTH = 86


class InputCard(Card):
    """What goes in: the features, which a menu switches on and off.

    Signals:
        edit_requested: The features that are to be on.
    """

    edit_requested = Signal(tuple, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Inputs", INPUT_WIDTH, parent)
        self._chosen: tuple[str, ...] = ()
        self.choose = QToolButton()
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choose.setFocusPolicy(KEYS_ONLY)
        self.choose.setAccessibleName("Features")
        self.choose.setToolTip(rich("The features of each point: switch them on and off."))
        self.choose.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.menu = QMenu(self)
        self.choose.setMenu(self.menu)
        self.body.addWidget(self.choose)
        self.menu.aboutToShow.connect(self._fill)

    def show_experiment(self, experiment: Experiment) -> None:
        """Count the features; the menu lists them."""
        self._chosen = experiment.data.features
        self.choose.setText(_counted(len(self._chosen), "feature"))

    def _fill(self) -> None:
        self.menu.clear()
        known = {name: entry.label for name, entry in features.items()}
        for name in self._chosen:
            known.setdefault(name, feature(name).label)
        for name, label in known.items():
            action = self.menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(name in self._chosen)
            # The last one stays: a network without inputs has nothing to learn from.
            action.setEnabled(self._chosen != (name,))
            action.toggled.connect(partial(self._switch, name, tuple(known)))

    def _switch(self, name: str, order: tuple[str, ...], on: bool) -> None:
        chosen = {*self._chosen, name} if on else {*self._chosen} - {name}
        picked = tuple(each for each in order if each in chosen)
        self.edit_requested.emit(("data", "features"), picked)

    def set_slim(self, slim: bool) -> None:
        super().set_slim(slim)
        self.title.setText("in" if slim else "Inputs")

    def set_palette_colours(self, colours: Colours) -> None:
        super().set_palette_colours(colours)
        self.set_hue(colours.muted)


class OutputCard(Card):
    """The output layer: its units follow from the data and the loss."""

    edit_requested = Signal(tuple, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Output", OUTPUT_WIDTH, parent)
        self._short = self._slim = False
        self.units, self.loss = QLabel(), QLabel()
        self.units.setToolTip(rich("As many as the data and the loss need."))
        self.loss.setToolTip(rich("The loss is chosen in the training panel."))
        self.loss.setWordWrap(True)
        self.loss.setFixedHeight(2 * self.loss.fontMetrics().lineSpacing())
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

    def hasHeightForWidth(self) -> bool:
        return False  # all has its lines; else it would ask for room as for a narrow column

    def set_short(self, short: bool) -> None:
        """Take less height, where there is little."""
        self._short = short
        self.form.setVisible(not short and not self._slim)

    def set_slim(self, slim: bool) -> None:
        super().set_slim(slim)
        self._slim = slim
        self.title.setText("out" if slim else "Output")
        self.set_short(self._short)

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
