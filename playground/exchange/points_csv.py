"""The points of an experiment as CSV: those that train, then those that test.

The columns are ``x1, x2, target, set``; the last one is ``train`` or ``test``. They are the points
that the network sees: drawn, with wrong labels and moved as the experiment says. Numbers are the
shortest decimals that give the same bits back.
"""

from __future__ import annotations

from pathlib import Path

from playground.data.dataset import Dataset
from playground.exchange import files

COLUMNS = ("x1", "x2", "target", "set")


def dumps(dataset: Dataset) -> str:
    """The table as text."""
    lines = [",".join(COLUMNS)]
    whole = dataset.task.kind == "classification"
    for part, name in ((dataset.train, "train"), (dataset.test, "test")):
        targets = part.targets.astype(int).tolist() if whole else part.targets.tolist()
        rows = zip(part.points.tolist(), targets, strict=True)
        lines += [f"{x1!r},{x2!r},{target!r},{name}" for (x1, x2), target in rows]
    return "\n".join(lines) + "\n"


def save(dataset: Dataset, path: Path) -> None:
    """Write the table; if that fails, an old file stays as it was.

    Raises:
        PlaygroundError: It cannot be written.
    """
    files.write(path, dumps(dataset).encode())
