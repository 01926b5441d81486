"""The history of a run as CSV: a header, then one row an epoch.

The columns are ``epoch, step, train_loss, test_loss, train_accuracy, test_accuracy``; with several
replicas each of the last four stands once for each, as in ``train_loss_0, train_loss_1, …``. Where
there is no value (NaN) the cell is empty. The first row is the network before training, or where a
resumed run began. A history that became longer than its limit holds every second, fourth, … epoch
only; the column ``epoch`` tells.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from playground.exchange import files
from playground.training.history import History

COUNTS = ("epoch", "step")


def dumps(history: History) -> str:
    """The table as text."""
    table = history.table()
    header: list[str] = []
    columns: list[list[str]] = []
    for name, cells in table.items():
        if name in COUNTS:
            header.append(name)
            columns.append([str(int(value)) for value in cells[:, 0]])
            continue
        for replica in range(cells.shape[1]):
            header.append(name if cells.shape[1] == 1 else f"{name}_{replica}")
            columns.append([_cell(value) for value in cells[:, replica].tolist()])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()


def save(text: str, path: Path) -> None:
    """Write the table; if that fails, an old file stays as it was.

    Raises:
        PlaygroundError: It cannot be written.
    """
    files.write(path, text.encode())


def _cell(value: float) -> str:
    return "" if math.isnan(value) else repr(value)
