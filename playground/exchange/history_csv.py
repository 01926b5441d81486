"""The history of a run as CSV: a header, then one row an epoch.

The columns are ``epoch, step, train_loss, test_loss, train_accuracy, test_accuracy``; with several
replicas each of the last four stands once for each, as in ``train_loss_0, train_loss_1, …``. Where
there is no value (NaN) the cell is empty. The first row is the network before training, or where a
run was taken up from a file that knew no history. A history that became longer than its limit holds
every second, fourth, … epoch only, and so does the part that a file had thinned; the column
``epoch`` tells.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

from playground.engine.calls import Array
from playground.exchange.history_columns import COUNTS, flattened, header


def table(columns: Sequence[str], cells: Array) -> str:
    """The table as text, of ``cells`` (rows, columns, replicas)."""
    names = header(columns, cells.shape[2])
    texts = []
    for name, values in zip(names, flattened(columns, cells).T.tolist(), strict=True):
        texts.append([str(int(v)) for v in values] if name in COUNTS else map(_cell, values))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(zip(*texts, strict=True))
    return text.getvalue()


def _cell(value: float) -> str:
    return "" if math.isnan(value) else repr(value)
