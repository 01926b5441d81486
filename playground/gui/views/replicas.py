"""What of several replicas is shown, in words; and the box in which it is chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from playground.core.families import Task
from playground.gui.widgets.editor import KEYS_ONLY
from playground.runtime.snapshot import Snapshot
from playground.training.spread import counted

MOST_VISIBLE = 16


def whose(snapshot: Snapshot) -> str:
    """Whose numbers a snapshot's are; empty where there is but one network."""
    if snapshot.replicas == 1 or snapshot.shown is None:
        return whose_median(snapshot)
    return f"replica {snapshot.shown + 1}"


def whose_median(snapshot: Snapshot) -> str:
    """Whose median is taken; empty where there is but one network."""
    if snapshot.replicas == 1:
        return ""
    return f"median of {counted(snapshot.diverged).sum()}"


def ends(snapshot: Snapshot) -> str:
    """How many of several replicas have ended while others go on, or empty."""
    count = snapshot.replicas
    if count == 1 or snapshot.stop is not None:
        return ""
    diverged = int(snapshot.diverged.sum())
    stopped = sum(stop is not None for stop in snapshot.stops) - diverged
    sentences = [
        f"{number} of {count} replicas {'has' if number == 1 else 'have'} {what}."
        for number, what in ((diverged, "diverged"), (stopped, "been stopped by a rule"))
        if number
    ]
    return " ".join(sentences)


class ReplicaBox(QComboBox):
    """Chooses a replica, or all of them together.

    Signals:
        chosen: By the user: the replica from 0, or None for all.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: object = None
        self.setAccessibleName("What is shown of the replicas")
        self.setToolTip(
            "Which of the networks is shown here and in the charts of gradients and dead neurons: "
            "one of them, or all together. Each has a seed of its own."
        )
        self.setFocusPolicy(KEYS_ONLY)
        self.setMaxVisibleItems(MOST_VISIBLE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(12)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.hide()
        self.currentIndexChanged.connect(self._choose)

    def follow(self, snapshot: Snapshot) -> None:
        """Show what a snapshot shows; nothing is emitted."""
        self.setVisible(snapshot.replicas > 1)
        entries = _entries(snapshot)
        blocked = self.blockSignals(True)
        if entries != self._drawn:
            self._drawn = entries
            self.clear()
            for index, text in enumerate(entries):
                self.addItem(text, index - 1 if index else None)
        self.setCurrentIndex(0 if snapshot.shown is None else snapshot.shown + 1)
        self.blockSignals(blocked)

    def _choose(self) -> None:
        self.chosen.emit(self.currentData())


def _entries(snapshot: Snapshot) -> list[str]:
    seed = snapshot.experiment.training.seed
    entries = [_all(snapshot.dataset.task, snapshot.replicas)]
    for index, diverged in enumerate(snapshot.diverged):
        entry = f"Replica {index + 1} (seed {seed + index})"
        entries.append(f"{entry}, diverged" if diverged else entry)
    return entries


def _all(task: Task, replicas: int) -> str:
    if task.kind == "regression":
        return f"All {replicas}: median of their outputs"
    return f"All {replicas}: share of votes" if task.classes == 2 else f"All {replicas}: majority"
